%% SPDX-License-Identifier: Apache-2.0
%% A stock with orders: several tables kept in step, counters, secondary index, totals by match specifications.
-module(ets_inventory).
-include("../t.hrl").

start() ->
    S = ets:new(stock, [set, {keypos, 2}]),
    I = ets:new(by_kind, [bag]),
    L = ets:new(log, [ordered_set]),
    Goods = [{item, Id, Kind, Id * 7 rem 50, Id * 3} || {Id, Kind} <- lists:zip(lists:seq(1, 40), kinds(40))],
    ?T(ets:insert(S, Goods)),
    ?T([ets:insert(I, {K, Id}) || {item, Id, K, _, _} <- Goods, true] =:= [true || _ <- Goods]),
    ?T([order(S, L, N, N * 13 rem 45, N rem 9) || N <- lists:seq(1, 60)]),
    ?T(lists:sort(ets:select(S, [{{item, '$1', '$2', '$3', '_'}, [{'<', '$3', 10}], [{{'$1', '$2', '$3'}}]}]))),
    ?T(ets:select_count(S, [{{item, '_', fruit, '_', '_'}, [], [true]}])),
    ?T(lists:sort(ets:lookup(I, fruit))),
    ?T([length(ets:lookup(I, K)) || K <- [fruit, nut, root, none]]),
    ?T(ets:first(L)), ?T(ets:last(L)), ?T(ets:info(L, size)),
    ?T(ets:select(L, [{{'$1', refused, '_'}, [{'>', '$1', 30}], ['$1']}], 5) =/= '$end_of_table'),
    ?T(element(1, ets:select(L, [{{'$1', refused, '$2'}, [{'>', '$1', 30}], [{{'$1', '$2'}}]}], 5))),
    ?T(ets:select_delete(L, [{{'_', refused, '_'}, [], [true]}])),
    ?T(ets:foldl(fun({_, sold, {_, N}}, Acc) -> Acc + N end, 0, L)),
    ?T(ets:foldr(fun({N, _, _}, Acc) -> [N | Acc] end, [], L)),
    ?T(lists:sort(ets:match(S, {item, '$1', root, '$2', 9}))),
    ?T(ets:select_replace(S, [{{item, '$1', '$2', '$3', '$4'}, [{'=:=', '$2', nut}], [{{item, '$1', nut, {'+', '$3', 100}, '$4'}}]}])),
    ?T(lists:sort([N || {item, _, nut, N, _} <- ets:tab2list(S)])),
    ?T(ets:take(S, 5)), ?T(ets:take(S, 5)), ?T(ets:member(S, 5)),
    ?T(ets:update_element(S, 6, [{3, other}, {4, 0}])), ?T(ets:lookup(S, 6)),
    ?T(ets:lookup_element(S, 6, 3)).

kinds(N) -> lists:sublist(lists:append(lists:duplicate(N, [fruit, nut, root])), N).

order(S, L, N, Id, Count) ->
    case ets:lookup(S, Id) of
        [{item, _, _, Have, _}] when Have >= Count ->
            Left = ets:update_counter(S, Id, {4, -Count}),
            ets:insert(L, {N, sold, {Id, Count}}),
            Left;
        _ -> ets:insert(L, {N, refused, Id}), refused
    end.
