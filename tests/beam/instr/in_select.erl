%% SPDX-License-Identifier: Apache-2.0
-module(in_select).
-include("../t.hrl").
start() -> ?T([a(X) || X <- lists:seq(-2, 70)]), ?T([b(X) || X <- [a, b, c, d, e, f, g, h, i, j, zz, 1, "s"]]), ?T([c(X) || X <- [0, 1000, 1000000, 1 bsl 40, 1 bsl 70, -1, -1000, x]]), ?T([d(X) || X <- [{a, 1}, {b, 1, 2}, {}, {c}, {a, 2}, {x, y}, x]]), ?T([e(X) || X <- [1, 1.0, 2, 2.0, "1", 3.5]]), ?T([f(X, Y) || X <- [1, 2, 3], Y <- [a, b, c]]), ?T([g(X) || X <- ["get", "put", "post", "", "gex", [0], [g]]]), ?T([h(X) || X <- [<<"get">>, <<"put">>, <<>>, <<"getx">>, <<1:1>>]]), ?T([i(X) || X <- [true, false, null]]), ?T([j(X) || X <- [[], [1], [1, 2], [[]], [1 | 2]]]), ?T([k(X) || X <- [#{t => a}, #{t => b}, #{t => c}, #{}]]), ?T(state(s0, "aabbaab")), ?T([l(X, X) || X <- [1, a, 2.0]]), ?T([month(M, Y) || Y <- [2023, 2024, 1900, 2000], M <- lists:seq(1, 12)]), ?T([op(O, 7, 3) || O <- ['+', '-', '*', 'div', 'rem', 'band', 'bor', 'bxor', 'bsl', 'bsr', x]]), ?T(vm([{push, 2}, {push, 3}, mul, {push, 4}, add, dup, {jnz, 7}, {push, 0}, halt], 100)), ?T([utf(C) || C <- [$a, 200, 3000, 70000, -1]]).
a(0) -> z; a(1) -> one; a(2) -> two; a(3) -> three; a(4) -> four; a(5) -> five; a(6) -> six; a(7) -> seven; a(8) -> eight; a(10) -> ten; a(64) -> sixtyfour; a(63) -> sixtythree; a(X) when X < 0 -> neg; a(X) -> X.
b(a) -> 1; b(b) -> 2; b(c) -> 3; b(d) -> 4; b(e) -> 5; b(f) -> 6; b(g) -> 7; b(h) -> 8; b(i) -> 9; b(j) -> 10; b(X) when is_atom(X) -> atom; b(_) -> none.
c(1000) -> a; c(1000000) -> b; c(1099511627776) -> c; c(1180591620717411303424) -> d; c(-1) -> e; c(-1000) -> f; c(0) -> g; c(_) -> h.
d({a, 1}) -> a1; d({a, _}) -> a; d({b, X, Y}) -> X + Y; d({}) -> empty; d({_}) -> one; d(T) when tuple_size(T) =:= 2 -> two; d(_) -> no.
e(1) -> int1; e(1.0) -> float1; e(2) -> int2; e(2.0) -> float2; e("1") -> str; e(_) -> other.
f(1, a) -> '1a'; f(1, b) -> '1b'; f(2, a) -> '2a'; f(_, c) -> c; f(3, X) -> X; f(_, _) -> none.
g("get") -> get; g("put") -> put; g("post") -> post; g("") -> empty; g([H | _]) -> H.
h(<<"get">>) -> get; h(<<"put">>) -> put; h(<<>>) -> empty; h(B) when is_binary(B) -> other; h(_) -> bits.
i(true) -> 1; i(false) -> 0; i(_) -> -1.
j([]) -> nil; j([[]]) -> nilnil; j([_]) -> one; j([_, _]) -> two; j([_ | X]) -> X.
k(#{t := a}) -> a; k(#{t := b}) -> b; k(#{t := _}) -> t; k(_) -> none.
l(X, X) -> same; l(_, _) -> diff.
state(S, []) -> S; state(s0, [$a | T]) -> state(s1, T); state(s1, [$a | T]) -> state(s2, T); state(s2, [$b | T]) -> state(s0, T); state(s0, [$b | T]) -> state(s0, T); state(_, [_ | T]) -> state(err, T).
month(2, Y) when Y rem 4 =:= 0, Y rem 100 =/= 0; Y rem 400 =:= 0, Y > 0 -> 29; month(2, _) -> 28; month(M, _) when M =:= 4; M =:= 6; M =:= 9; M =:= 11 -> 30; month(_, _) -> 31.
op('+', A, B) -> A + B; op('-', A, B) -> A - B; op('*', A, B) -> A * B; op('div', A, B) -> A div B; op('rem', A, B) -> A rem B; op('band', A, B) -> A band B; op('bor', A, B) -> A bor B; op('bxor', A, B) -> A bxor B; op('bsl', A, B) -> A bsl B; op('bsr', A, B) -> A bsr B; op(_, _, _) -> undef.
vm(P, Fuel) -> vm(list_to_tuple(P), 1, [], Fuel).
vm(_, _, S, 0) -> {fuel, S};
vm(P, I, S, N) -> case {element(I, P), S} of {halt, _} -> {ok, S}; {{push, V}, _} -> vm(P, I + 1, [V | S], N - 1); {add, [A, B | T]} -> vm(P, I + 1, [A + B | T], N - 1); {mul, [A, B | T]} -> vm(P, I + 1, [A * B | T], N - 1); {dup, [A | T]} -> vm(P, I + 1, [A, A | T], N - 1); {{jnz, J}, [0 | T]} -> vm(P, I + 1, T, N + J - J - 1); {{jnz, J}, [_ | T]} -> vm(P, J + 1, T, N - 1) end.
utf(C) when C < 0 -> bad; utf(C) when C < 16#80 -> 1; utf(C) when C < 16#800 -> 2; utf(C) when C < 16#10000 -> 3; utf(_) -> 4.
