%% SPDX-License-Identifier: Apache-2.0
%% A graph in nested maps: shortest paths, components, topological order, grouping.
-module(maps_as_graph).
-include("../t.hrl").

start() ->
    E = [{I, J, (I * 7 + J * 3) rem 11 + 1} || I <- lists:seq(1, 30), J <- lists:seq(1, 30), I =/= J, (I * J + I) rem 13 < 3],
    G = lists:foldl(fun({A, B, W}, M) -> maps:update_with(A, fun(N) -> N#{B => W} end, #{B => W}, M) end, #{}, E),
    ?T(maps:size(G)), ?T(lists:sum([maps:size(N) || N <- maps:values(G)])), D = dijkstra(G, 1), ?T(lists:sort(maps:to_list(D))), ?T(components(G)),
    Dag = maps:map(fun(A, N) -> maps:filter(fun(B, _) -> B > A end, N) end, G), ?T(topo(Dag)), ?T(maps:fold(fun(_, N, S) -> S + maps:size(N) end, 0, Dag)),
    ?T(lists:sort(maps:to_list(maps:groups_from_list(fun(X) -> X rem 4 end, lists:seq(1, 20))))), ?T(lists:sort(maps:to_list(maps:groups_from_list(fun(X) -> X rem 2 end, fun(X) -> X * X end, lists:seq(1, 9))))),
    ?T(maps:merge_with(fun(K, A, B) -> {K, A, B} end, #{a => 1, b => 2}, #{b => 3, c => 4})), ?T(maps:intersect(#{a => 1, b => 2}, #{b => 3, c => 4})), ?T(maps:intersect_with(fun(_, A, B) -> A + B end, #{a => 1, b => 2}, #{b => 3, c => 4})), ?T(maps:filtermap(fun(K, V) when V > 1 -> {true, {K, V}}; (_, 1) -> true; (_, _) -> false end, #{a => 0, b => 1, c => 2})),
    ?T(maps:with([a, z], #{a => 1, b => 2})), ?T(maps:without([a, z], #{a => 1, b => 2})), ?T(maps:take(a, #{a => 1, b => 2})), ?T(maps:take(z, #{a => 1})), ?T(maps:foreach(fun(K, V) -> put(K, V) end, #{seen => 5})), ?T(get(seen)), ?T(maps:from_keys([a, b, a], 0)),
    ?T(maps:find(1.0, #{1 => a})), ?T(#{1 => a, 1.0 => b}), ?T(maps:get(x, #{}, d)), ?T(maps:get(x, id(#{}))), ?T(maps:update(x, 1, #{})), ?T(maps:update_with(x, fun(V) -> V end, #{})), ?T(maps:get(x, id(notmap))), ?T(maps:fold(bad, 0, #{})), ?T(maps:map(fun(_, V) -> V end, [])), ?T(maps:from_list([{a, 1}, b])), ?T(maps:from_list([{a, 1} | b])).

dijkstra(G, S) -> dij(G, gb_sets:singleton({0, S}), #{}).
dij(G, Q, D) ->
    case gb_sets:is_empty(Q) of
        true -> D;
        false ->
            {{C, N}, Q1} = gb_sets:take_smallest(Q),
            case D of
                #{N := _} -> dij(G, Q1, D);
                _ -> dij(G, maps:fold(fun(B, W, A) -> gb_sets:add({C + W, B}, A) end, Q1, maps:get(N, G, #{})), D#{N => C})
            end
    end.
components(G) -> components(lists:sort(maps:keys(G)), G, []).
components([], _, Acc) -> lists:sort(Acc);
components([K | R], G, Acc) -> Seen = reach([K], G, #{}), components([X || X <- R, not is_map_key(X, Seen)], G, [{K, maps:size(Seen)} | Acc]).
reach([], _, S) -> S;
reach([K | R], G, S) when is_map_key(K, S) -> reach(R, G, S);
reach([K | R], G, S) -> reach(lists:sort(maps:keys(maps:get(K, G, #{}))) ++ R, G, S#{K => true}).
topo(G) -> lists:foldl(fun(K, Acc) -> visit(K, G, Acc) end, [], lists:sort(maps:keys(G))).
visit(K, G, Acc) -> case lists:member(K, Acc) of true -> Acc; false -> [K | lists:foldl(fun(B, A) -> visit(B, G, A) end, Acc, lists:sort(maps:keys(maps:get(K, G, #{}))))] end.
