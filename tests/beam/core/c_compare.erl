%% SPDX-License-Identifier: Apache-2.0
-module(c_compare).
-include("core.hrl").
start() ->
    Vals = vals(),
    [row(A, Vals) || A <- Vals],
    ?T([id(1) == 1.0, id(1) =:= 1.0, id(1) /= 1.0, id(1) =/= 1.0]),
    ?T([{1, 2.0} == {1.0, 2}, {1, 2} =:= {1.0, 2}, [1 | 2.0] == [1.0 | 2]]),
    ?T([id(0.0) == -0.0, id(0.0) =:= id(-0.0)]),
    ?T([id(9007199254740993) == 9007199254740992.0, id(9007199254740993) > 9007199254740992.0,
        id(9007199254740992) == 9007199254740992.0]),
    ?T([(1 bsl 70) < 1.0e30, (1 bsl 70) > 1.0e21, (1 bsl 1500) > 1.0e300, -(1 bsl 1500) < -1.0e300]),
    ?T(#{a => 1} == #{a => 1.0}), ?T(#{a => 1} =:= #{a => 1.0}), ?T(#{1 => a} == #{1.0 => a}),
    ?T(#{1 => a} < #{1.0 => a}), ?T(#{a => 1, b => 2} < #{a => 1, c => 0}), ?T(#{a => 9} < #{a => 0, b => 0}),
    ?T(id(<<1:3>>) < <<1:4>>), ?T(id(<<1, 2>>) < <<1, 2, 0:1>>), ?T(id(<<2>>) > <<1, 255>>),
    ?T(id("abc") < "abd"), ?T(id("ab") < "abc"), ?T(id([]) < [a]), ?T(id([a | b]) < [a, b]),
    ?T(id({1, 2, 3}) > {9, 9}), ?T(id({}) < {0}),
    ?T(id('abc') < 'abd'), ?T(id('ab') < 'abc'), ?T(id('B') < 'a'), ?T(id('') < a),
    ?T(self() == self()), ?T(make_ref() == make_ref()), ?T(fun id/1 == fun id/1),
    ?T(fun erlang:abs/1 =:= fun erlang:abs/1),
    ?T(id(a) and true), ?T(id(true) or false), ?T(id(true) xor true), ?T(not id(false)),
    ?T(not id(0)), ?T(id(true) and false).

row(A, Vals) -> d([code(A, B) || B <- Vals]).
code(A, B) ->
    Lt = A < B, Gt = A > B, Le = A =< B, Ge = A >= B, Eq = A == B, Ex = A =:= B,
    case {Lt, Gt, Le, Ge, Eq, Ex} of
        {true, false, true, false, false, false} -> l;
        {false, true, false, true, false, false} -> g;
        {false, false, true, true, true, false} -> e;
        {false, false, true, true, true, true} -> x;
        Odd -> Odd
    end.
vals() ->
    [-(1 bsl 80), -5, -1.5, 0, 0.5, 1, 1.0, 2, 1 bsl 59, (1 bsl 60) + 1, 1 bsl 64, 1.0e25, '', a, abc, b,
     make_ref_once(), fun erlang:abs/1, self(), {}, {1}, {1.0}, {a, 1}, {a, b, c}, #{}, #{a => 1}, #{a => 2}, #{1 => 1, 2 => 2},
     [], [1], [1, 2], "abc", [a | b], <<>>, <<0>>, <<1:1>>, <<1, 2>>, <<"abc">>].
make_ref_once() ->
    case get(r) of undefined -> put(r, make_ref()), get(r); R -> R end.
