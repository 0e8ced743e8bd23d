%% SPDX-License-Identifier: Apache-2.0
-module(c_yregs).
-include("core.hrl").
start() ->
    ?T(many(id(1), id(2), id(3))), ?T(swap(id(a), id(b), 5)), ?T(perm(id(1), id(2), id(3), id(4), 7)), ?T(trim(id(5))), ?T(callargs(id(1), id(2), id(3), id(4), id(5), id(6))), ?T(lets(id(10))), ?T(back(4, [])), ?T(mixed(id([1, 2, 3]), id({a, b}), id(<<"x">>))), ?T(rot(id({1, 2, 3, 4, 5, 6}), 4)), ?T(args16(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)), ?T(bigframe(id(3))), ?T(upd(id({a, b, c, d}), 3)), ?T(tailswap(1000, a, b, c)), ?T(eval({'+', {'*', 2, 3}, {'-', 10, {'/', 8, 4}}})), ?T(life(5)), ?T(primes(100)), ?T(bf("++++++++[>++++[>++>+++>+++>+<<<<-]>+>+>->>+[<]<-]>>.>---.+++++++..+++.")), ?T(rle("aaabbbccd")), ?T(roman(1994)), ?T(bst([5, 2, 8, 1, 9, 3])), ?T(edit("kitten", "sitting")), ?T(matmul([[1, 2], [3, 4]], [[5, 6], [7, 8]])).
many(A, B, C) -> D = id(A + B), E = id(B + C), F = id(D * E), G = id(F - A), H = id([A, B, C]), I = id({D, E, F}), J = id(G rem 7), {A, B, C, D, E, F, G, H, I, J}.
swap(A, B, 0) -> {A, B}; swap(A, B, N) -> id(N), swap(B, A, N - 1).
perm(A, B, C, D, 0) -> [A, B, C, D]; perm(A, B, C, D, N) -> perm(D, A, B, C, id(N - 1)).
trim(X) -> A = id(X), B = id(A + 1), C = id(B + 1), Y = id(A * C), Z = id(Y + B), W = id(Z), id(W).
callargs(A, B, C, D, E, F) -> X = r(F, E, D, C, B, A), Y = r(id(A), id(B), C, id(D), E, F), {X, Y, r(C, A, B, F, D, E)}.
r(A, B, C, D, E, F) -> {F, E, D, C, B, A}.
lets(X) -> Y = case id(X) of 10 -> Z = id(1), Z + 1; _ -> 0 end, W = if Y > 1 -> id(Y); true -> 0 end, {X, Y, W}.
back(0, A) -> [lists_len(A)]; back(N, A) -> X = back(N - 1, [N | A]), Y = back(N - 1, A), [N | X ++ Y].
lists_len(L) -> length(L).
mixed(L, T, B) -> [H | R] = L, {X, Y} = T, <<C>> = B, id(z), Q = {H, R, X, Y, C}, id(Q), [Q, L, T, B].
rot(T, 0) -> T; rot({A, B, C, D, E, F}, N) -> rot(id({F, A, B, C, D, E}), N - 1).
args16(A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P) -> X = id(A + P), id([P, O, N, M, L, K, J, I, H, G, F, E, D, C, B, A, X]).
bigframe(X) -> A = id(X), B = id(A + 1), C = id(B + 1), D = id(C + 1), E = id(D + 1), F = id(E + 1), G = id(F + 1), H = id(G + 1), I = id(H + 1), J = id(I + 1), K = id(J + 1), L = id(K + 1), M = id(L + 1), N = id(M + 1), O = id(N + 1), P = id(O + 1), Q = id(P + 1), R = id(Q + 1), S = id(R + 1), T = id(S + 1), erlang:garbage_collect(), [A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S, T].
upd(T, 0) -> T; upd(T, N) -> upd(setelement(N, id(T), [N | element(N, T)]), N - 1).
tailswap(0, A, B, C) -> [A, B, C]; tailswap(N, A, B, C) when N rem 2 =:= 0 -> tailswap(N - 1, C, A, B); tailswap(N, A, B, C) -> tailswap(N - 1, B, A, C).
eval({'+', A, B}) -> eval(A) + eval(B); eval({'-', A, B}) -> eval(A) - eval(B); eval({'*', A, B}) -> eval(A) * eval(B); eval({'/', A, B}) -> eval(A) div eval(B); eval(N) -> N.
life(N) -> step(N, [{1, 0}, {2, 1}, {0, 2}, {1, 2}, {2, 2}]).
step(0, L) -> usort(L); step(N, L) -> step(N - 1, usort([{X, Y} || X <- seq(-2, 12), Y <- seq(-2, 12), alive(member({X, Y}, L), nb(X, Y, L))])).
nb(X, Y, L) -> length([x || {A, B} <- L, abs(A - X) =< 1, abs(B - Y) =< 1, {A, B} /= {X, Y}]).
alive(true, 2) -> true; alive(_, 3) -> true; alive(_, _) -> false.
member(_, []) -> false; member(X, [X | _]) -> true; member(X, [_ | T]) -> member(X, T).
usort([]) -> []; usort([P | T]) -> usort([X || X <- T, X < P]) ++ [P] ++ usort([X || X <- T, X > P]).
seq(A, B) when A > B -> []; seq(A, B) -> [A | seq(A + 1, B)].
primes(N) -> [X || X <- seq(2, N), [] =:= [D || D <- seq(2, X - 1), D * D =< X, X rem D =:= 0]].
bf(P) -> bf(list_to_tuple(P), 1, #{}, 0, []).
bf(P, I, _, _, O) when I > tuple_size(P) -> rv(O, []);
bf(P, I, M, D, O) -> V = case M of #{D := V0} -> V0; _ -> 0 end, case element(I, P) of $+ -> bf(P, I + 1, M#{D => (V + 1) band 255}, D, O); $- -> bf(P, I + 1, M#{D => (V - 1) band 255}, D, O); $> -> bf(P, I + 1, M, D + 1, O); $< -> bf(P, I + 1, M, D - 1, O); $. -> bf(P, I + 1, M, D, [V | O]); $[ when V =:= 0 -> bf(P, jmp(P, I + 1, 1, 0), M, D, O); $] when V =/= 0 -> bf(P, jmp(P, I - 1, -1, 0), M, D, O); _ -> bf(P, I + 1, M, D, O) end.
jmp(P, I, S, N) -> case {element(I, P), S} of {$], 1} when N =:= 0 -> I + 1; {$[, -1} when N =:= 0 -> I + 1; {$[, 1} -> jmp(P, I + S, S, N + 1); {$], -1} -> jmp(P, I + S, S, N + 1); {$], 1} -> jmp(P, I + S, S, N - 1); {$[, -1} -> jmp(P, I + S, S, N - 1); _ -> jmp(P, I + S, S, N) end.
rv([], A) -> A; rv([H | T], A) -> rv(T, [H | A]).
rle([]) -> []; rle([H | T]) -> rle(T, H, 1).
rle([H | T], H, N) -> rle(T, H, N + 1); rle(L, H, N) -> [{H, N} | rle(L)].
roman(0) -> ""; roman(N) -> roman(N, [{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}]).
roman(N, [{V, S} | _]) when N >= V -> S ++ roman(N - V); roman(N, [_ | T]) -> roman(N, T).
bst(L) -> ino(ins(L, nil)).
ins([], T) -> T; ins([H | R], T) -> ins(R, in(H, T)).
in(X, nil) -> {nil, X, nil}; in(X, {L, Y, R}) when X < Y -> {in(X, L), Y, R}; in(X, {L, Y, R}) -> {L, Y, in(X, R)}.
ino(nil) -> []; ino({L, X, R}) -> ino(L) ++ [X | ino(R)].
edit(A, []) -> length(A); edit([], B) -> length(B); edit([H | A], [H | B]) -> edit(A, B); edit([_ | A] = X, [_ | B] = Y) -> 1 + min(edit(A, Y), min(edit(X, B), edit(A, B))).
matmul(A, B) -> [[dot(R, C) || C <- tr(B)] || R <- A].
tr([[] | _]) -> []; tr(M) -> [[H || [H | _] <- M] | tr([T || [_ | T] <- M])].
dot([], []) -> 0; dot([A | As], [B | Bs]) -> A * B + dot(As, Bs).
