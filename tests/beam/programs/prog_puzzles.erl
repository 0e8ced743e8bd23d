%% SPDX-License-Identifier: Apache-2.0
%% Search and dynamic programming: queens, sudoku, knapsack, edit distance, coins, permutations, a SAT solver, a countdown game, Hanoi.
-module(prog_puzzles).
-include("../t.hrl").
start() ->
    ?T([length(queens(N)) || N <- [1, 4, 5, 6, 7]]), ?T(hd(queens(8))), ?T(sudoku("53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79")), ?T(knapsack([{12, 4}, {2, 2}, {1, 1}, {1, 2}, {4, 10}], 15)), ?T([edit(A, B) || {A, B} <- [{"kitten", "sitting"}, {"", "abc"}, {"same", "same"}, {"intention", "execution"}]]), ?T(lcs("AGGTABQWERTY", "GXTXAYBQWRTY")), ?T([coins(N, [1, 5, 10, 25, 50]) || N <- [0, 7, 50, 100]]), ?T(coins_exact(63, [1, 5, 21, 25])),
    ?T(length(perms(lists:seq(1, 6)))), ?T(lists:nth(20, perms([a, b, c, d]))), ?T(combos(3, [1, 2, 3, 4, 5])), ?T(length(powerset(lists:seq(1, 10)))), ?T(partitions_of([a, b, c])), ?T([sat(F) || F <- [[[1, 2], [-1, 2], [1, -2]], [[1], [-1]], [[1, 2, 3], [-1, -2], [-2, -3], [-1, -3], [2, 3]], pigeons(3, 2), pigeons(3, 3)]]), ?T(send_more()), ?T(lists:sublist(countdown([1, 3, 7, 10], 24), 1)), ?T(length(hanoi(8, a, b, c))), ?T(lists:sublist(hanoi(4, a, b, c), 5)),
    ?T(lis([10, 9, 2, 5, 3, 7, 101, 18, 4, 20, 21])), ?T(max_sub([-2, 1, -3, 4, -1, 2, 1, -5, 4])), ?T(spiral(5)), ?T(magic(5)), ?T(pascal(10)), ?T(roman([1990, 2008, 1666, 3999, 4])), ?T([unroman(R) || R <- roman([1990, 2008, 1666, 3999, 4])]), ?T([say(N) || N <- [0, 13, 21, 100, 342, 1999, 1000001]]), ?T(look_say(8)), ?T(water([0, 1, 0, 2, 1, 0, 1, 3, 2, 1, 2, 1])), ?T(matrix_chain([40, 20, 30, 10, 30])), ?T(balanced(4)), ?T(josephus(41, 3)), ?T(gray(4)), ?T(perfect(500)), ?T(amicable(1300)), ?T([luhn(S) || S <- ["49927398716", "49927398717", "1234567812345670"]]), ?T(rle("WWWWBBBWWC")), ?T(caesar("Hello, World!", 3)), ?T(anagrams(["eat", "tea", "tan", "ate", "nat", "bat"])), ?T(zeckendorf(100)), ?T(egyptian({7, 15})), ?T(ethiopian(17, 34)), ?T(happy(50)), ?T(bulls("1234", "1325")), ?T(fifteen([1, 2, 3, 4, 5, 6, 0, 7, 8])), ?T(flood(["..#..", ".##..", "....#"])), ?T(word_ladder("hit", "cog", ["hot", "dot", "dog", "lot", "log", "cog"])).
queens(N) -> q(N, N, []).
q(0, _, Qs) -> [Qs]; q(K, N, Qs) -> [S || C <- lists:seq(1, N), safe(C, 1, Qs), S <- q(K - 1, N, [C | Qs])].
safe(_, _, []) -> true; safe(C, D, [Q | Qs]) -> C =/= Q andalso abs(C - Q) =/= D andalso safe(C, D + 1, Qs).
sudoku(S) -> B = maps:from_list([{{I div 9, I rem 9}, C - $0} || {I, C} <- lists:zip(lists:seq(0, 80), S), C =/= $.]), case solve(B) of none -> none; M -> [maps:get({I div 9, I rem 9}, M) + $0 || I <- lists:seq(0, 80)] end.
solve(B) when map_size(B) =:= 81 -> B; solve(B) -> {_, P, Vs} = lists:min([{length(V), P, V} || I <- lists:seq(0, 80), P <- [{I div 9, I rem 9}], not is_map_key(P, B), V <- [free(P, B)]]), first(fun(V) -> solve(B#{P => V}) end, Vs).
free({R, C}, B) -> lists:seq(1, 9) -- [maps:get(P, B, 0) || K <- lists:seq(0, 8), P <- [{R, K}, {K, C}, {R div 3 * 3 + K div 3, C div 3 * 3 + K rem 3}]].
first(_, []) -> none; first(F, [V | Vs]) -> case F(V) of none -> first(F, Vs); R -> R end.
knapsack(Items, Cap) -> T = lists:foldl(fun({W, V}, A) -> list_to_tuple([case C >= W of true -> max(element(C + 1, A), element(C - W + 1, A) + V); false -> element(C + 1, A) end || C <- lists:seq(0, Cap)]) end, erlang:make_tuple(Cap + 1, 0), Items), element(Cap + 1, T).
edit(A, B) -> lists:last(lists:foldl(fun(C, [D | Ds] = Row) -> {R, _} = lists:mapfoldl(fun({X, Up, Diag}, Left) -> V = lists:min([Up + 1, Left + 1, Diag + (case X of C -> 0; _ -> 1 end)]), {V, V} end, D + 1, lists:zip3(B, Ds, lists:droplast(Row))), [D + 1 | R] end, lists:seq(0, length(B)), A)).
lcs(A, B) -> {R, _} = lcs(A, B, #{}), R.
lcs([], _, M) -> {[], M}; lcs(_, [], M) -> {[], M}; lcs([H | A] = L, [H | B] = K, M) -> memo({L, K}, M, fun(M1) -> {R, M2} = lcs(A, B, M1), {[H | R], M2} end); lcs([_ | A] = L, [_ | B] = K, M) -> memo({L, K}, M, fun(M1) -> {X, M2} = lcs(A, K, M1), {Y, M3} = lcs(L, B, M2), {case length(X) >= length(Y) of true -> X; false -> Y end, M3} end).
memo(K, M, F) -> case M of #{K := V} -> {V, M}; _ -> {V, M2} = F(M), {V, M2#{K => V}} end.
coins(0, _) -> 1; coins(N, Cs) when N < 0; Cs =:= [] -> 0; coins(N, [C | R] = Cs) -> coins(N - C, Cs) + coins(N, R).
coins_exact(N, Cs) -> maps:get(N, lists:foldl(fun(K, M) -> M#{K => element(2, lists:min([{length(L), L} || L <- [[C | maps:get(K - C, M)] || C <- Cs, C =< K]]))} end, #{0 => []}, lists:seq(1, N))).
perms([]) -> [[]]; perms(L) -> [[X | P] || X <- L, P <- perms(L -- [X])].
combos(0, _) -> [[]]; combos(_, []) -> []; combos(K, [H | T]) -> [[H | C] || C <- combos(K - 1, T)] ++ combos(K, T).
powerset([]) -> [[]]; powerset([H | T]) -> P = powerset(T), P ++ [[H | S] || S <- P].
partitions_of([]) -> [[]]; partitions_of([H | T]) -> lists:append([[[[H] | P] | [insert(H, K, P) || K <- lists:seq(1, length(P))]] || P <- partitions_of(T)]).
insert(X, 1, [S | R]) -> [[X | S] | R]; insert(X, K, [S | R]) -> [S | insert(X, K - 1, R)].
sat(Cs) -> dpll(Cs, []).
dpll([], A) -> {sat, lists:sort(A)}; dpll(Cs, A) -> case lists:member([], Cs) of true -> unsat; false -> L = case [X || [X] <- Cs] of [X | _] -> X; [] -> hd(hd(Cs)) end, case dpll(assign(L, Cs), [L | A]) of unsat -> dpll(assign(-L, Cs), [-L | A]); R -> R end end.
assign(L, Cs) -> [C -- [-L] || C <- Cs, not lists:member(L, C)].
pigeons(P, H) -> V = fun(I, J) -> (I - 1) * H + J end, [[V(I, J) || J <- lists:seq(1, H)] || I <- lists:seq(1, P)] ++ [[-V(I, J), -V(K, J)] || J <- lists:seq(1, H), I <- lists:seq(1, P), K <- lists:seq(I + 1, P)].
send_more() -> D = lists:seq(0, 9), [{S, E, N, Dd, 1, O, R, Y} || S <- [9], O <- [0], E <- D -- [S, O, 1], N <- [E + 1], N < 10, Dd <- D -- [S, O, 1, E, N], R <- D -- [S, O, 1, E, N, Dd], Y <- [(Dd + E) rem 10], not lists:member(Y, [S, O, 1, E, N, Dd, R]), 1000 * S + 100 * E + 10 * N + Dd + 1000 + 100 * O + 10 * R + E =:= 10000 + 1000 * O + 100 * N + 10 * E + Y].
countdown(Ns, T) -> [E || {V, E} <- exprs(Ns), V =:= T].
exprs([N]) -> [{N, N}]; exprs(Ns) -> [X || P <- lists:sublist(perms(Ns), 24), {L, R} <- [lists:split(K, P) || K <- lists:seq(1, length(P) - 1)], {A, EA} <- ex(L), {B, EB} <- ex(R), X <- ops(A, EA, B, EB)].
ex([N]) -> [{N, N}]; ex(L) -> [X || {P, Q} <- [lists:split(K, L) || K <- lists:seq(1, length(L) - 1)], {A, EA} <- ex(P), {B, EB} <- ex(Q), X <- ops(A, EA, B, EB)].
ops(A, EA, B, EB) -> [{A + B, {EA, '+', EB}}, {A * B, {EA, '*', EB}}] ++ [{A - B, {EA, '-', EB}} || A > B] ++ [{A div B, {EA, '/', EB}} || B > 0, A rem B =:= 0].
hanoi(0, _, _, _) -> []; hanoi(N, A, B, C) -> hanoi(N - 1, A, C, B) ++ [{A, B}] ++ hanoi(N - 1, C, B, A).
lis(L) -> Bs = lists:foldl(fun(X, Best) -> P = lists:max([{length(B), B} || B <- [[] | Best], B =:= [] orelse hd(B) < X]), [[X | element(2, P)] | Best] end, [], L), lists:reverse(element(2, lists:max([{length(B), B} || B <- Bs]))).
max_sub([H | T]) -> element(2, lists:foldl(fun(X, {C, B}) -> N = max(X, C + X), {N, max(B, N)} end, {H, H}, T)).
spiral(N) -> sp([lists:seq(R * N, R * N + N - 1) || R <- lists:seq(0, N - 1)]).
sp([]) -> []; sp([R | Rs]) -> R ++ sp(lists:reverse(transpose(Rs))).
transpose([]) -> []; transpose([[] | _]) -> []; transpose(M) -> [[hd(R) || R <- M] | transpose([tl(R) || R <- M])].
magic(N) -> M = [[((I + J + N div 2) rem N) * N + (I + 2 * J + N - 3) rem N + 1 || J <- lists:seq(1, N)] || I <- lists:seq(1, N)], {M, lists:usort([lists:sum(R) || R <- M ++ transpose(M)])}.
pascal(N) -> lists:foldl(fun(_, R) -> lists:zipwith(fun(A, B) -> A + B end, [0 | R], R ++ [0]) end, [1], lists:seq(1, N)).
numerals() -> [{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}].
roman(L) -> [rom(N, numerals()) || N <- L].
rom(0, _) -> ""; rom(N, [{V, S} | _] = L) when N >= V -> S ++ rom(N - V, L); rom(N, [_ | L]) -> rom(N, L).
unroman(S) -> lists:foldl(fun({V, R}, {A, T}) -> strip(V, R, A, T) end, {0, S}, numerals()).
strip(V, R, A, T) -> case lists:prefix(R, T) of true -> strip(V, R, A + V, lists:nthtail(length(R), T)); false -> {A, T} end.
say(0) -> "zero"; say(N) -> string:trim(lists:flatten(sy(N))).
sy(N) when N >= 1000000 -> [sy(N div 1000000), "million ", sy(N rem 1000000)]; sy(N) when N >= 1000 -> [sy(N div 1000), "thousand ", sy(N rem 1000)]; sy(N) when N >= 100 -> [sy(N div 100), "hundred ", sy(N rem 100)]; sy(N) when N >= 20 -> [element(N div 10 - 1, {"twenty ", "thirty ", "forty ", "fifty ", "sixty ", "seventy ", "eighty ", "ninety "}), sy(N rem 10)]; sy(0) -> ""; sy(N) -> [element(N, {"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"}), " "].
look_say(N) -> lists:foldl(fun(_, [L | _] = A) -> [lists:append([integer_to_list(K) ++ [C] || {C, K} <- rle(L)]) | A] end, ["1"], lists:seq(1, N)).
rle([]) -> []; rle([C | _] = L) -> {A, B} = lists:splitwith(fun(X) -> X =:= C end, L), [{C, length(A)} | rle(B)].
water(H) -> L = scan(H), R = lists:reverse(scan(lists:reverse(H))), lists:sum([min(A, B) - C || {A, B, C} <- lists:zip3(L, R, H)]).
scan(L) -> element(1, lists:mapfoldl(fun(X, M) -> N = max(X, M), {N, N} end, 0, L)).
matrix_chain([_, _]) -> 0; matrix_chain(D) -> lists:min([begin {A, [X | B]} = lists:split(K, D), matrix_chain(A ++ [X]) + matrix_chain([X | B]) + hd(D) * X * lists:last(D) end || K <- lists:seq(1, length(D) - 2)]).
balanced(0) -> [""]; balanced(N) -> ["(" ++ A ++ ")" ++ B || K <- lists:seq(0, N - 1), A <- balanced(K), B <- balanced(N - 1 - K)].
josephus(1, _) -> 0; josephus(N, K) -> (josephus(N - 1, K) + K) rem N.
gray(0) -> [""]; gray(N) -> G = gray(N - 1), [[$0 | S] || S <- G] ++ [[$1 | S] || S <- lists:reverse(G)].
divs(N) -> lists:sum([D || D <- lists:seq(1, N div 2), N rem D =:= 0]).
perfect(M) -> [N || N <- lists:seq(2, M), divs(N) =:= N].
amicable(M) -> [{N, K} || N <- lists:seq(200, M, 4), K <- [divs(N)], K > N, divs(K) =:= N].
luhn(S) -> {_, T} = lists:foldr(fun(C, {E, A}) -> D = C - $0, {not E, A + case E of true -> (2 * D) div 10 + (2 * D) rem 10; false -> D end} end, {false, 0}, S), T rem 10 =:= 0.
caesar(S, K) -> [if C >= $a, C =< $z -> (C - $a + K) rem 26 + $a; C >= $A, C =< $Z -> (C - $A + K) rem 26 + $A; true -> C end || C <- S].
anagrams(Ws) -> lists:sort(maps:values(lists:foldr(fun(W, M) -> maps:update_with(lists:sort(W), fun(L) -> [W | L] end, [W], M) end, #{}, Ws))).
zeckendorf(N) -> z(N, lists:reverse(lists:takewhile(fun(F) -> F =< N end, [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144]))).
z(0, _) -> []; z(N, [F | Fs]) when F =< N -> [F | z(N - F, Fs)]; z(N, [_ | Fs]) -> z(N, Fs).
egyptian({0, _}) -> []; egyptian({A, B}) -> C = (B + A - 1) div A, [C | egyptian({A * C - B, B * C})].
ethiopian(1, B) -> B; ethiopian(A, B) -> ethiopian(A div 2, B * 2) + (A rem 2) * B.
happy(M) -> [N || N <- lists:seq(1, M), hp(N, [])].
hp(1, _) -> true; hp(N, S) -> not lists:member(N, S) andalso hp(lists:sum([(C - $0) * (C - $0) || C <- integer_to_list(N)]), [N | S]).
bulls(A, B) -> Bu = length([x || {X, X} <- lists:zip(A, B)]), {Bu, length([x || C <- B, lists:member(C, A)]) - Bu}.
fifteen(S) -> slide([{S, 0}], [1, 2, 3, 4, 5, 6, 7, 8, 0], #{S => y}).
slide([{G, N} | _], G, Seen) -> {N, map_size(Seen) > 0}; slide([{S, N} | Q], G, Seen) -> I = length(lists:takewhile(fun(X) -> X =/= 0 end, S)), New = [T || J <- [I - 3, I + 3] ++ [I - 1 || I rem 3 > 0] ++ [I + 1 || I rem 3 < 2], J >= 0, J < 9, T <- [swap(S, J)], not is_map_key(T, Seen)], slide(Q ++ [{T, N + 1} || T <- New], G, lists:foldl(fun(T, M) -> M#{T => y} end, Seen, New)).
swap(S, J) -> V = lists:nth(J + 1, S), [case X of 0 -> V; V -> 0; _ -> X end || X <- S].
flood(Rs) -> M = maps:from_list([{{X, Y}, C} || {Y, R} <- lists:zip(lists:seq(1, length(Rs)), Rs), {X, C} <- lists:zip(lists:seq(1, length(R)), R), C =:= $.]), length(fill([{1, 1}], M, [])).
fill([], _, A) -> A; fill([{X, Y} = P | Q], M, A) -> case is_map_key(P, M) andalso not lists:member(P, A) of true -> fill([{X + 1, Y}, {X - 1, Y}, {X, Y + 1}, {X, Y - 1} | Q], M, [P | A]); false -> fill(Q, M, A) end.
word_ladder(A, B, Ws) -> ladder([[A]], B, Ws).
ladder([], _, _) -> none; ladder([[B | _] = P | _], B, _) -> lists:reverse(P); ladder([[W | _] = P | Q], B, Ws) -> Next = [X || X <- Ws, length([y || {U, V} <- lists:zip(X, W), U =/= V]) =:= 1], ladder(Q ++ [[X | P] || X <- Next], B, Ws -- Next).
