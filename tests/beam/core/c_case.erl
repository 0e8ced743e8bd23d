%% SPDX-License-Identifier: Apache-2.0
-module(c_case).
-include("core.hrl").
start() ->
    ?T([sv(X) || X <- [0, 1, 2, 3, 10, 100, -1, 1 bsl 70, a, b, [], {}, 1.0, "x"]]),
    ?T([jt(X) || X <- [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, -1, x]]),
    ?T([at(X) || X <- [january, february, march, april, may, june, july, august, september, x, 1]]),
    ?T([fl(X) || X <- [1.0, 2.5, 0.0, 1, x]]), ?T([bg(X) || X <- [1 bsl 64, (1 bsl 64) + 1, -(1 bsl 64), 5, x]]),
    ?T([ar(X) || X <- [{}, {1}, {1, 2}, {1, 2, 3}, {a, 2, 3, 4}, x]]), ?T([ls(X) || X <- [[], [1], [1, 2], [a | b], [x, y, z], q]]),
    ?T([st(X) || X <- ["", "a", "abc", "abd", "xyz"]]), ?T([mx(X) || X <- [1, a, 2.0, "s", {t}, #{}, <<>>, self(), []]]),
    ?T([iff(A, B) || A <- [1, 2, 3], B <- [1, 2, 3]]), ?T(catch iff(x, y, none)), ?T(cc(id(5))), ?T(fc(a, b)), ?T(nested({1, {2, x}})), ?T(nested({1, {3, x}})),
    ?T([ws(X) || X <- [{ok, 1}, {error, a}, ok, {ok, 1, 2}, error]]), ?T([rg(X) || X <- [-5, 0, 5, 10, 15, 50, 99, 100, 1000]]),
    ?T([vow(C) || C <- "education xyz"]), ?T(sm(init, [a, b, a, c, b, q])), ?T(if_only(id(3))), ?T(fizz(1, 15)), ?T([dis(X) || X <- [{a, 1}, {b, 1}, {a, 2}, {b, 2}, {c, 3}]]).
sv(0) -> zero; sv(1) -> one; sv(10) -> ten; sv(100) -> hundred; sv(-1) -> minus; sv(a) -> atom_a; sv([]) -> nil; sv({}) -> empty; sv(1.0) -> f; sv(X) -> {other, X}.
jt(0) -> a; jt(1) -> b; jt(2) -> c; jt(3) -> d; jt(4) -> e; jt(5) -> f; jt(6) -> g; jt(7) -> h; jt(8) -> i; jt(9) -> j; jt(_) -> z.
at(january) -> 1; at(february) -> 2; at(march) -> 3; at(april) -> 4; at(may) -> 5; at(june) -> 6; at(july) -> 7; at(august) -> 8; at(september) -> 9; at(_) -> 0.
fl(1.0) -> a; fl(2.5) -> b; fl(0.0) -> z; fl(X) -> X.
bg(18446744073709551616) -> a; bg(18446744073709551617) -> b; bg(-18446744073709551616) -> c; bg(X) -> X.
ar({}) -> 0; ar({_}) -> 1; ar({_, _}) -> 2; ar({a, _, _, _}) -> a4; ar({_, X, _}) -> {3, X}; ar(X) -> X.
ls([]) -> 0; ls([_]) -> 1; ls([1, 2]) -> onetwo; ls([_ | b]) -> imp; ls([_, _ | T]) -> T; ls(X) -> X.
st("") -> e; st("abc") -> abc; st("abd") -> abd; st([H | _]) -> H.
mx(X) when is_integer(X) -> int; mx(X) when is_atom(X) -> atom; mx(X) when is_float(X) -> float; mx([]) -> nil; mx(X) when is_list(X) -> list; mx(X) when is_tuple(X) -> tuple;
mx(X) when is_map(X) -> map; mx(X) when is_binary(X) -> bin; mx(X) when is_pid(X) -> pid.
iff(A, B) -> if A < B -> lt; A > B, A > 2 -> gt2; A > B -> gt; true -> eq end.
iff(A, B, _) -> if A < 0 -> A; B =:= 3 -> B end.
cc(X) -> case X of 5 -> case X + 1 of 6 -> case id(x) of x -> deep; _ -> no end; _ -> no end; _ -> no end.
fc(a, a) -> 1; fc(b, _) -> 2.
nested(T) -> {A, C} = T, {2, D} = C, {A, D}.
ws(R) -> case R of {ok, V} -> V; {error, E} -> {e, E}; ok -> ok end.
rg(X) when X < 0 -> neg; rg(0) -> zero; rg(X) when X < 10 -> small; rg(X) when X >= 10, X < 50; X =:= 99 -> mid; rg(X) when X < 100 -> large; rg(_) -> huge.
vow(C) when C =:= $a; C =:= $e; C =:= $i; C =:= $o; C =:= $u -> v; vow($\s) -> sp; vow(_) -> c.
sm(S, []) -> [S];
sm(init, [a | T]) -> [init | sm(one, T)];
sm(one, [b | T]) -> [one | sm(two, T)];
sm(two, [a | T]) -> [two | sm(one, T)];
sm(S, [_ | T]) -> [{skip, S} | sm(S, T)].
if_only(X) -> if X =:= 1 -> a; X =:= 2 -> b end.
fizz(N, M) when N > M -> [];
fizz(N, M) -> [case {N rem 3, N rem 5} of {0, 0} -> fizzbuzz; {0, _} -> fizz; {_, 0} -> buzz; _ -> N end | fizz(N + 1, M)].
dis({a, N}) when N > 1 -> a_big; dis({b, N}) when N > 1 -> b_big; dis({a, _}) -> a; dis({b, _}) -> b; dis(_) -> none.
