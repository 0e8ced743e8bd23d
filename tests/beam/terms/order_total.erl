%% SPDX-License-Identifier: Apache-2.0
%% The order of all terms: every pair of a set with each type at its edges, by all eight operators; sorts agree with it.
-module(order_total).
-include("../t.hrl").
start() ->
    L = terms(),
    [io:format("~w ~s~n", [A, [ops(A, B) || B <- L]]) || A <- L],
    ?T([{A, B} || A <- L, B <- L, not coherent(A, B)]), ?T([x || A <- L, B <- L, C <- L, A =< B, B =< C, not (A =< C)]), ?T(lists:sort(L)), ?T(lists:sort(L) =:= lists:sort(fun(A, B) -> A =< B end, L)), ?T(lists:usort(L)),
    ?T(lists:usort(L) =:= lists:usort(fun(A, B) -> A =< B end, L)), ?T(lists:min(L)), ?T(lists:max(L)), ?T([{min(A, B), max(A, B)} || {A, B} <- [{1, 1.0}, {1.0, 1}, {a, b}, {[], {}}, {<<>>, []}]]), ?T(ordsets:from_list(L)), ?T(length(sets:to_list(sets:from_list(L, [{version, 2}])))), ?T(length(gb_sets:to_list(gb_sets:from_list(L)))), ?T(lists:keysort(1, [{X} || X <- L]) =:= [{X} || X <- lists:sort(L)]),
    ?T(lists:sort([{X, 1} || X <- L]) =:= [{X, 1} || X <- lists:sort(L)]), ?T([A == B || A <- [{1, 2.0}, {1.0, 2}, {1, 2}], B <- [{1, 2}]]), ?T([A =:= B || A <- [{1, 2.0}, {1.0, 2}, {1, 2}], B <- [{1, 2}]]), ?T([1, 2, 3] < [1, 2.5]), ?T([1, 2, 3] < [1, 2]), ?T({1, 2, 3} < {9, 9}), ?T("abc" < "abd"), ?T(<<"abc">> < <<"abcd">>), ?T(<<1:1>> < <<0:2>>), ?T(<<16#FF:7>> > <<16#FE>>), ?T(<<1, 2:3>> < <<1, 64>>),
    ?T(begin [R1, R2] = [make_ref(), make_ref()], {R1 == R1, R1 =:= R2, R1 < a, R1 > 1} end), ?T(begin P = self(), Q = spawn(fun() -> ok end), {P =:= P, P == Q, P > fun() -> ok end, P < {}, is_pid(min(P, Q))} end), ?T(fun(X) -> X end > make_ref()), ?T(deep(2000) == deep(2000)), ?T(deep(2000) < deep(2001)), ?T(deep(2001) =:= deep(2000)), ?T(sel(L)).
ops(A, B) -> [if A < B -> $<; A > B -> $>; A =:= B -> $=; A == B -> $~ end].
coherent(A, B) -> Lt = id(A) < id(B), Gt = A > B, Eq = A == B, length([x || true <- [Lt, Gt, Eq]]) =:= 1 andalso (A =< B) =:= (Lt or Eq) andalso (A >= B) =:= (Gt or Eq) andalso (A /= B) =:= not Eq andalso (A =/= B) =:= not (A =:= B) andalso (not (A =:= B) orelse Eq) andalso (B < A) =:= Gt andalso (not (A =:= B) orelse erlang:phash2(A) =:= erlang:phash2(B)).
terms() ->
    [-(1 bsl 100), -(1 bsl 59) - 1, -1.0e30, -1, -1.0, -0.5, 0, 0.0, -0.0, 1, 1.0, 1.5, 2, 9007199254740992, 9007199254740992.0, 9007199254740993, 1 bsl 59, 576460752303423488.0, 1 bsl 64, 18446744073709551616.0, (1 bsl 64) + 1, 1 bsl 100, 1.0e300, 1 bsl 1100, '', a, aa, 'A', ab, b, 'é', true, fun erlang:abs/1, fun lists:map/2, {}, {a}, {1}, {1.0}, {a, b}, {1, 2}, {1, 2.0}, {{}, {}}, #{}, #{a => 1}, #{a => 1.0}, #{b => 1}, #{1 => a}, #{1.0 => a}, #{a => 1, b => 1}, [], [[]], [a], [a | b], [1], [1.0], [1, 2], [1 | 2], "abc", "abd", [[], []], <<>>, <<0>>, <<1>>, <<1:1>>, <<0:1>>, <<1, 2>>, <<1, 2:3>>, <<255>>, <<"abc">>, list_to_binary(lists:duplicate(70, 1))].
deep(0) -> []; deep(N) -> [{deep(N - 1)}].
sel(L) -> {lists:foldl(fun max/2, -(1 bsl 2000), L), lists:foldl(fun min/2, <<255, 255, 255>>, L)}.
