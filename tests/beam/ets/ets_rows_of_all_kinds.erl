% SPDX-License-Identifier: Apache-2.0
%
% Rows of every kind of term, read over and over: a row is copied as one run of words.
-module(ets_rows_of_all_kinds).
-export([start/0]).

start() ->
    T = ets:new(t, [set, public]),
    Big = binary:copy(<<"0123456789">>, 30),
    <<_:3, Bits:77/bitstring, _/bitstring>> = Big,
    <<_:5/binary, Part:200/binary, _/binary>> = Big,
    <<_:16, Short:9/bitstring, _/bitstring>> = Big,
    N = 1 bsl 70,
    Fun = fun(X) -> {X, Big, N} end,
    Map = #{a => [1, 2 | c], "key" => Big, {N} => 1.5},
    Large = maps:from_list([{I, {I, [I], integer_to_binary(I)}} || I <- lists:seq(1, 100)]),
    Rows = [{1}, {2, []}, {3, [1, 2, 3]}, {4, [[a | b], {c, "d"} | e]}, {5, Big}, {6, Bits}, {7, Part},
            {8, Short}, {9, N, -N}, {10, 1.25, -0.5}, {11, fun lists:map/2}, {12, self(), make_ref()},
            {13, Map}, {14, Large}, {15, atomics:new(3, [])}, {16, "literal", {literal, [<<"x">>], #{l => 1}}},
            {17, binary_to_term(<<131, 88, 100, 0, 3, "a@b", 1:32, 2:32, 3:32>>)},
            {18, lists:seq(1, 2000)}, {19, {{{{Big, Part}, Part}, Bits}, [Map | Big]}}, {20, Fun}],
    ets:insert(T, Rows),
    [io:format("~p ~p~n", [element(1, R), look(T, R, 100)]) || R <- Rows],
    [{20, F}] = ets:lookup(T, 20),
    io:format("~p~n", [F(7) =:= {7, Big, N}]),
    [{15, A}] = ets:lookup(T, 15),
    atomics:add(A, 2, 5),
    [{15, B}] = ets:lookup(T, 15),
    io:format("~p~n", [atomics:get(B, 2)]),
    % elements changed where they stand, and not
    ets:update_element(T, 9, {2, atom}),
    ets:update_element(T, 1, []),
    ets:insert(T, {21, 1, 2}),
    ets:update_counter(T, 21, {2, 1}),
    ets:update_counter(T, 21, {3, 1 bsl 65}),
    io:format("~p~n", [[ets:lookup(T, K) || K <- [1, 9, 21]]]),
    % bags, trees and deleted tables leave what was read as it was
    B2 = ets:new(b, [duplicate_bag]),
    [ets:insert(B2, {k, R}) || R <- Rows, _ <- [1, 2]],
    O = ets:new(o, [ordered_set]),
    ets:insert(O, Rows),
    Read = {ets:lookup(B2, k), [ets:lookup(O, K) || K <- lists:seq(1, 20)], ets:tab2list(O) =:= Rows},
    ets:delete(B2),
    ets:delete(O),
    ets:delete(T),
    erlang:garbage_collect(),
    {L, K, Same} = Read,
    io:format("~p ~p ~p ~p~n", [length(L), length(K), Same, [R || {k, R} <- L] =:= [R || R <- Rows, _ <- [1, 2]]]).

look(_, _, 0) -> same;
look(T, Row, N) ->
    Key = element(1, Row),
    case ets:lookup(T, Key) of
        [Row] -> look(T, Row, N - 1);
        Other -> {Other, Row}
    end.
