%% SPDX-License-Identifier: Apache-2.0
-module(in_records).
-include("../t.hrl").
-record(p, {x = 0, y = 0}).
-record(big, {a, b, c, d, e, f, g, h}).
start() -> P = id(#p{x = 1}), ?T(upd(P, 100)), B = id(#big{a = 1, h = 8}), ?T(B#big{b = 2, c = 3, g = 7}), ?T(setel(list_to_tuple(lists:seq(1, 30)))), ?T(upd_many(B, 50)), ?T(swap(P#p{y = 2})), ?T(match(B)), ?T(chain(P)), ?T([tag(X) || X <- [#p{}, #big{}, {p, 1}, {p, 1, 2, 3}, p]]), ?T(alias(P)), ?T(gcupd(B, 200)), ?T(nested({{1, 2}, {3, {4, 5}}})), ?T(cond_upd(P, true)), ?T(cond_upd(P, false)), ?T(get_el(id({a, b, c, d, e}))), ?T(loops(1000)), ?T(swapreg(1, 2, 3)), ?T(mv(id({1, 2, 3, 4}))), ?T(tailpass(id(10), [], {})), ?T(deadcode(id(1))), ?T(strict(P, id(5))).
upd(P, 0) -> P; upd(#p{x = X, y = Y} = P, N) -> upd(P#p{x = X + N, y = Y - N}, N - 1).
setel(T) -> T1 = setelement(30, T, z), T2 = setelement(15, T1, m), T3 = setelement(1, T2, a), {erlang:phash2(T), erlang:phash2(T3), element(15, T3)}.
upd_many(B, 0) -> B; upd_many(B, N) -> upd_many(B#big{a = N, b = B#big.a, c = B#big.b, d = B#big.c, e = B#big.d}, N - 1).
swap(#p{x = X, y = Y} = P) -> {P, P#p{x = Y, y = X}}.
match(#big{a = A, h = H, d = undefined}) when A < H -> {lt, A, H}.
chain(P) -> ((P#p{x = 5})#p{y = 6})#p{x = 7}.
tag(#p{x = X}) -> {p, X}; tag(#big{}) -> big; tag({p, _}) -> p2; tag({p, _, _, Z}) -> Z; tag(X) -> X.
alias(#p{x = X} = Q) -> R = Q#p{x = X + 1}, [Q, R].
gcupd(B, 0) -> B; gcupd(B, N) -> erlang:garbage_collect(), gcupd(B#big{b = [N | case B#big.b of L when is_list(L), length(L) < 5 -> L; _ -> [] end], c = lists:seq(1, N rem 10)}, N - 1).
nested({{A, B}, {C, {D, E}}}) -> {{E, D}, {C, {B, A}}}.
cond_upd(P, C) -> Q = case C of true -> P#p{x = yes}; false -> P end, {P, Q, P =:= Q}.
get_el({A, B, C, D, E}) -> id(x), {E, D, C, B, A}.
loops(N) -> lp(N, 0, 0, 0). 
lp(0, A, B, C) -> {A, B, C}; lp(N, A, B, C) when N rem 3 =:= 0 -> lp(N - 1, B, C, A + N); lp(N, A, B, C) -> lp(N - 1, C, A, B + 1).
swapreg(A, B, C) -> {X, Y, Z} = {id(C), id(A), id(B)}, sw(Z, X, Y).
sw(A, B, C) -> [C, A, B].
mv({A, B, C, D}) -> E = id({D, C}), F = id({B, A}), G = {E, F}, id(G), {A, G, D, F, C, E, B}.
tailpass(0, A, B) -> {A, B}; tailpass(N, A, B) -> tailpass(N - 1, [B], {A}).
deadcode(X) -> _ = id(X), Y = id(2), _Z = {X, Y}, case id(Y) of 2 -> ok end, X.
strict(P, V) -> try P#p{x = element(V, {1, 2})} catch error:badarg -> P#p{x = caught} end.
