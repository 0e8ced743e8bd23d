%% SPDX-License-Identifier: Apache-2.0
-module(c_tuples).
-include("core.hrl").
-record(r, {a, b = 2, c = "x"}).
start() ->
    T = id({a, b, c}),
    ?T(element(1, T)), ?T(element(3, T)), ?T(element(4, T)), ?T(element(0, T)), ?T(element(a, T)), ?T(element(1, id([]))),
    ?T(element(id(2), T)), ?T(element(id(1 bsl 70), T)), ?T(element(id(1.0), T)),
    ?T(setelement(2, T, x)), ?T(setelement(id(3), T, x)), ?T(setelement(4, T, x)), ?T(setelement(0, T, x)), ?T(setelement(1, id(a), x)),
    ?T(tuple_size(T)), ?T(tuple_size(id({}))), ?T(tuple_size(id(a))), ?T(size(T)),
    ?T(tuple_to_list(T)), ?T(list_to_tuple([1, 2, 3])), ?T(list_to_tuple([])), ?T(list_to_tuple(id([a | b]))), ?T(tuple_to_list(id(1))),
    ?T(erlang:append_element(T, d)), ?T(erlang:make_tuple(3, z)), ?T(erlang:make_tuple(0, z)), ?T(erlang:make_tuple(-1, z)),
    ?T(erlang:make_tuple(5, d, [{2, two}, {5, five}, {2, deux}])), ?T(erlang:make_tuple(2, d, [{3, x}])),
    ?T(erlang:insert_element(1, T, n)), ?T(erlang:insert_element(4, T, n)), ?T(erlang:insert_element(5, T, n)),
    ?T(erlang:delete_element(1, T)), ?T(erlang:delete_element(3, T)), ?T(erlang:delete_element(4, T)),
    ?T(tuple_size(list_to_tuple(seq(1, 1000)))), ?T(element(777, list_to_tuple(seq(1, 1000)))),
    R = id(#r{a = 1}),
    ?T(R), ?T(R#r.a), ?T(R#r{b = 9, c = 8}), ?T((id(x))#r.a), ?T(is_record(R, r)), ?T(is_record(R, r, 4)), ?T(is_record(R, r, 3)),
    ?T(is_record(id({r}), r)), ?T(is_record(id(1), r)), ?T((id({q, 1, 2, 3}))#r.b),
    ?T(m({1, 2})), ?T(m({1, 2, 3})), ?T(m({point, 1, 2})), ?T(m({{1}, {2}})), ?T(m({})), ?T(m(x)), ?T(m({ok, [1 | 2]})),
    ?T(upd(10, {0, 0, 0})), ?T(upd3(id({1, 2, 3, 4, 5}))),
    {A, {B, [C | D]}} = id({1, {2, [3, 4]}}), ?T([A, B, C, D]),
    ?T(begin {X, X} = id({1, 1}), X end), ?T(begin {Y, Y} = id({1, 2}), Y end), ?T(begin {ok, Z} = id({error, r}), Z end),
    ?T(swap(id({l, r}))).
m({A, B}) when is_integer(A), is_integer(B) -> {pair, A, B};
m({1, 2, _}) -> one_two;
m({point, X, Y}) -> {pt, X + Y};
m({{A}, {B}}) -> [A, B];
m({ok, [H | T]}) -> {H, T};
m({}) -> empty;
m(Other) when not is_tuple(Other) -> {no, Other}.
upd(0, T) -> T;
upd(N, T) -> upd(N - 1, setelement(N rem 3 + 1, T, N + element(N rem 3 + 1, T))).
upd3(T) -> T1 = setelement(5, T, e), T2 = setelement(3, T1, c), {setelement(1, T2, a), T}.
swap({A, B}) -> {B, A}.
seq(A, B) when A > B -> [];
seq(A, B) -> [A | seq(A + 1, B)].
