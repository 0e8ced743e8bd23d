%% SPDX-License-Identifier: Apache-2.0
%% Sizes and bytes of iodata of every shape, good and bad, shared and deep; merging a map with itself; memory adds up.
-module(iodata_sizes).
-include("../t.hrl").
start() ->
    Shapes = [a, [a], [256], [-1], [1 | 2], [<<1:1>>], [[] | <<2>>], <<1:1>>, [[[]]], [], [1 | []], [[1] | [[2] | <<3>>]], [[[[1], 2], 3], [[4]]],
              [<<1, 2>>, [<<3>> | <<4>>] | <<5>>], [1 bsl 70], [1.0], [[], [], [[[[]]]]], [<<>> | <<>>], [[1, 2 | <<3:4>>]]],
    [begin ?T(iolist_size(S)), ?T(catch_bytes(fun() -> iolist_to_binary(S) end)), ?T(catch_bytes(fun() -> list_to_bitstring(S) end)) end || S <- Shapes],
    ?T(iolist_size(shared(binary:copy(<<7>>, 1 bsl 16), 18))),
    Long = lists:seq(0, 255) ++ lists:duplicate(100000, $x),
    ?T(iolist_size([Long, Long | <<1>>])), ?T(erlang:phash2(iolist_to_binary([Long, <<"mid">>, [Long | <<"end">>]]))),
    ?T(erlang:phash2(list_to_bitstring([Long, <<5:3>>, Long, <<1:1>>, [1, 2, 3]]))), ?T(iolist_size(deep([], 100000))),
    M = maps:from_list([{I, I} || I <- lists:seq(1, id(200))]), S = #{a => id(1)},
    ?T([erts_debug:same(maps:merge(X, X), X) || X <- [M, S, #{}]]),
    ?T(begin L = erlang:system_info(heap_sizes), {lists:sublist(L, 23), lists:usort(L) =:= L, lists:last(L) * 8 > 1 bsl 52} end),
    ?T(begin L = erlang:memory(), G = fun(K) -> proplists:get_value(K, L) end, G(system) >= G(atom) + G(binary) + G(code) + G(ets) end).
catch_bytes(F) -> try F() catch C:R -> {C, R} end.
shared(X, 0) -> X;
shared(X, N) -> shared([X, X], N - 1).
deep(X, 0) -> X;
deep(X, N) -> deep([X, N rem 256], N - 1).
