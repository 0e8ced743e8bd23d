%% SPDX-License-Identifier: Apache-2.0
%% A build system: digraph for what depends on what, order, cycles, strong components.
-module(sl_digraph_build).
-include("../t.hrl").

start() ->
    G = digraph:new(), Deps = [{app, [lib, net, ui]}, {lib, [base]}, {net, [base, ssl]}, {ssl, [base, crypto]}, {crypto, []}, {base, []}, {ui, [lib, gfx]}, {gfx, [base]}],
    [digraph:add_vertex(G, V, {weight, length(D)}) || {V, D} <- Deps], ?T([digraph:add_edge(G, V, W, {V, W}) || {V, D} <- Deps, W <- D]), ?T(digraph:add_edge(G, app, nosuch)), ?T(digraph:no_vertices(G)), ?T(digraph:no_edges(G)), ?T(lists:sort(digraph:vertices(G))), ?T(digraph:vertex(G, net)), ?T(digraph:vertex(G, zzz)),
    T = digraph_utils:topsort(G), ?T(is_list(T)), ?T([{A, B} || {A, D} <- Deps, B <- D, pos(A, T) > pos(B, T)]), ?T(digraph:get_path(G, app, crypto)), ?T(digraph:get_short_path(G, app, base)), ?T(digraph:get_path(G, base, app)), ?T(lists:sort(digraph_utils:reachable([net], G))), ?T(lists:sort(digraph_utils:reaching([base], G))), ?T(lists:sort(digraph_utils:reachable_neighbours([net], G))), ?T({lists:sort(digraph:in_neighbours(G, base)), lists:sort(digraph:out_neighbours(G, app)), digraph:in_degree(G, base), digraph:out_degree(G, app)}), ?T(digraph_utils:is_acyclic(G)), ?T(digraph_utils:is_tree(G)), ?T(digraph_utils:is_arborescence(G)), ?T(digraph_utils:arborescence_root(G)), ?T(digraph_utils:loop_vertices(G)),
    E = digraph:add_edge(G, base, net), ?T(E), ?T(digraph:edge(G, E)), ?T(digraph_utils:topsort(G)), ?T(digraph:get_cycle(G, net)), ?T(digraph:get_short_cycle(G, base)), ?T([lists:sort(C) || C <- digraph_utils:cyclic_strong_components(G)]), ?T(lists:sort([lists:sort(C) || C <- digraph_utils:strong_components(G)])), C = digraph_utils:condensation(G), ?T(lists:sort([lists:sort(V) || V <- digraph:vertices(C)])), ?T(digraph:del_edge(G, E)), ?T(lists:sort([lists:sort(X) || X <- digraph_utils:components(G)])), S = digraph_utils:subgraph(G, [net, ssl, crypto]), ?T(lists:sort([{A, B} || Ed <- digraph:edges(S), {_, A, B, _} <- [digraph:edge(S, Ed)]])),
    A = digraph:new([acyclic]), [digraph:add_vertex(A, V) || V <- [1, 2, 3]], ?T([digraph:add_edge(A, X, Y) || {X, Y} <- [{1, 2}, {2, 3}]]), ?T(digraph:add_edge(A, 3, 1)), ?T(digraph:add_edge(A, 1, 1)), ?T(digraph:info(A) -- [{memory, proplists:get_value(memory, digraph:info(A))}]), ?T(digraph:del_vertex(A, 2)), ?T(digraph:edges(A)), ?T(digraph:del_path(G, app, base)), ?T(digraph:get_path(G, app, base)), ?T(digraph:delete(G)), ?T(digraph:vertices(G)), ?T(digraph:new([bad])), ?T(lists:sort(digraph_utils:preorder(A))), ?T(lists:sort(digraph_utils:postorder(A))).

pos(X, [X | _]) -> 1;
pos(X, [_ | R]) -> 1 + pos(X, R).
