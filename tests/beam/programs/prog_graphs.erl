%% SPDX-License-Identifier: Apache-2.0
%% Graph algorithms: shortest paths three ways, spanning trees two ways, components, flows, colouring, tours, with digraph beside.
-module(prog_graphs).
-include("../t.hrl").
start() ->
    G = graph(24, 70, 5), N = 24,
    ?T(length(G)), ?T(dijkstra(G, 1)), ?T(dijkstra(G, 1) =:= bellman(G, 1, N)), ?T([row(1, N, floyd(G, N)) =:= [maps:get(K, dijkstra(G, 1), inf) || K <- lists:seq(1, N)]]), ?T(path(G, 1, 20)), ?T(bfs(G, 1)), ?T(dfs(G, 1)),
    ?T({cost(kruskal(G)), length(kruskal(G))}), ?T(cost(prim(G, N))), ?T(scc([{1, 2}, {2, 3}, {3, 1}, {3, 4}, {4, 5}, {5, 4}, {6, 7}])), ?T(topo([{shirt, tie}, {tie, jacket}, {trousers, shoes}, {trousers, belt}, {belt, jacket}, {socks, shoes}])), ?T(topo([{a, b}, {b, a}])),
    ?T(flow([{s, a, 10}, {s, b, 10}, {a, b, 2}, {a, t, 4}, {a, c, 8}, {b, c, 9}, {c, t, 10}], s, t)), ?T(colour(G, N)), ?T(matching([{1, [a, b]}, {2, [a]}, {3, [b, c]}, {4, [c]}])), ?T(euler([{1, 2}, {2, 3}, {3, 1}, {1, 4}, {4, 5}, {5, 1}])), ?T(tsp([{0, 0}, {3, 4}, {6, 0}, {3, -4}, {10, 0}, {1, 1}, {7, 3}])), ?T(knight(5)), ?T(components([{1, 2}, {3, 4}, {2, 5}], 7)), ?T(bridges([{1, 2}, {2, 3}, {3, 1}, {3, 4}, {4, 5}, {5, 6}, {6, 4}])), ?T(pagerank([{a, b}, {a, c}, {b, c}, {c, a}, {d, c}])),
    ?T(digraphs(G)), ?T(maze(["S.#.....", ".##.###.", "....#...", ".####.#.", "......#E"])), ?T(life(glider(), 12)), ?T(dag_paths(20)).
graph(N, M, Seed) -> element(1, lists:mapfoldl(fun(K, S) -> {A, S1} = rand:uniform_s(N, S), {B, S2} = rand:uniform_s(N, S1), {W, S3} = rand:uniform_s(40, S2), {case K =< N of true -> {K, K rem N + 1, W}; false -> {A, B, W} end, S3} end, rand:seed_s(exsss, Seed), lists:seq(1, M))).
nb(G, V) -> [{B, W} || {A, B, W} <- G, A =:= V] ++ [{A, W} || {A, B, W} <- G, B =:= V].
dijkstra(G, S) -> dij(G, gb_sets:singleton({0, S}), #{}).
dij(G, Q, D) -> case gb_sets:is_empty(Q) of true -> D; false -> {{C, V}, Q2} = gb_sets:take_smallest(Q), case D of #{V := _} -> dij(G, Q2, D); _ -> dij(G, lists:foldl(fun({B, W}, A) -> gb_sets:add({C + W, B}, A) end, Q2, nb(G, V)), D#{V => C}) end end.
bellman(G, S, N) -> lists:foldl(fun(_, D) -> lists:foldl(fun({A, B, W}, E) -> relax(B, A, W, relax(A, B, W, E)) end, D, G) end, #{S => 0}, lists:seq(1, N)).
relax(A, B, W, D) -> case D of #{A := X, B := Y} when X + W >= Y -> D; #{A := X} -> D#{B => X + W}; _ -> D end.
floyd(G, N) -> L = lists:seq(1, N), D0 = lists:foldl(fun({A, B, W}, D) -> M = min(W, maps:get({A, B}, D, inf)), D#{{A, B} => M, {B, A} => M} end, maps:from_list([{{K, K}, 0} || K <- L]), [{A, B, W} || {A, B, W} <- G, A =/= B]), lists:foldl(fun(K, D) -> lists:foldl(fun({I, J}, E) -> case E of #{{I, K} := X, {K, J} := Y} -> E#{{I, J} => min(X + Y, maps:get({I, J}, E, inf))}; _ -> E end end, D, [{I, J} || I <- L, J <- L]) end, D0, L).
row(I, N, D) -> [maps:get({I, J}, D, inf) || J <- lists:seq(1, N)].
path(G, A, B) -> D = dijkstra(G, A), lists:reverse(back(G, D, A, B)).
back(_, _, A, A) -> [A]; back(G, D, A, B) -> [P | _] = lists:sort([V || {V, W} <- nb(G, B), V =/= B, maps:get(V, D) + W =:= maps:get(B, D)]), [B | back(G, D, A, P)].
bfs(G, S) -> bfs(G, queue:from_list([S]), [S], []).
bfs(G, Q, Seen, A) -> case queue:out(Q) of {empty, _} -> lists:reverse(A); {{value, V}, Q2} -> New = lists:usort([B || {B, _} <- nb(G, V)]) -- Seen, bfs(G, lists:foldl(fun queue:in/2, Q2, New), Seen ++ New, [V | A]) end.
dfs(G, S) -> lists:reverse(dfs(G, [S], [])).
dfs(_, [], A) -> A; dfs(G, [V | R], A) -> case lists:member(V, A) of true -> dfs(G, R, A); false -> dfs(G, lists:usort([B || {B, _} <- nb(G, V)]) ++ R, [V | A]) end.
kruskal(G) -> element(1, lists:foldl(fun({A, B, W}, {T, U}) -> case {find(A, U), find(B, U)} of {X, X} -> {T, U}; {X, Y} -> {[{A, B, W} | T], U#{X => Y}} end end, {[], #{}}, lists:keysort(3, G))).
find(X, U) -> case U of #{X := Y} -> find(Y, U); _ -> X end.
cost(T) -> lists:sum([W || {_, _, W} <- T]).
prim(G, N) -> prim(G, N, [1], []).
prim(_, N, In, T) when length(In) =:= N -> T; prim(G, N, In, T) -> {W, A, B} = lists:min([{W, A, B} || A <- In, {B, W} <- nb(G, A), not lists:member(B, In)]), prim(G, N, [B | In], [{A, B, W} | T]).
scc(E) -> Vs = lists:usort(lists:append([[A, B] || {A, B} <- E])), R = fun(A) -> reach([A], E, []) end, lists:usort([[B || B <- Vs, lists:member(B, R(A)), lists:member(A, R(B))] || A <- Vs]).
reach([], _, S) -> S; reach([V | Q], E, S) -> case lists:member(V, S) of true -> reach(Q, E, S); false -> reach([B || {A, B} <- E, A =:= V] ++ Q, E, [V | S]) end.
topo(E) -> topo(lists:usort(lists:append([[A, B] || {A, B} <- E])), E).
topo([], _) -> []; topo(Vs, E) -> case [V || V <- Vs, not lists:keymember(V, 2, E)] of [] -> {cycle, Vs}; [V | _] -> case topo(Vs -- [V], [X || X = {A, _} <- E, A =/= V]) of {cycle, C} -> {cycle, C}; L -> [V | L] end end.
flow(Es, S, T) -> flow(maps:from_list([{{A, B}, C} || {A, B, C} <- Es]), S, T, 0).
flow(C, S, T, F) -> case augment(C, T, [[S]]) of none -> F; P -> Hops = lists:zip(tl(P), lists:droplast(P)), M = lists:min([maps:get(H, C) || H <- Hops]), flow(lists:foldl(fun({A, B}, X) -> X#{{A, B} => maps:get({A, B}, X) - M, {B, A} => maps:get({B, A}, X, 0) + M} end, C, Hops), S, T, F + M) end.
augment(_, _, []) -> none; augment(_, T, [[T | _] = P | _]) -> P; augment(C, T, [[V | _] = P | Q]) -> augment(C, T, Q ++ [[B | P] || {A, B} <- lists:sort(maps:keys(C)), A =:= V, maps:get({A, B}, C) > 0, not lists:member(B, P)]).
colour(G, N) -> C = lists:foldl(fun(V, A) -> Used = [maps:get(B, A) || {B, _} <- nb(G, V), is_map_key(B, A)], A#{V => hd(lists:seq(1, N) -- Used)} end, #{}, lists:seq(1, N)), {lists:max(maps:values(C)), [bad || {A, B, _} <- G, A =/= B, maps:get(A, C) =:= maps:get(B, C)]}.
matching(L) -> M = lists:foldl(fun({U, _}, A) -> case try_m(U, L, A, []) of {ok, A2, _} -> A2; _ -> A end end, #{}, L), lists:sort(maps:to_list(M)).
try_m(U, L, M, Seen) -> {_, Vs} = lists:keyfind(U, 1, L), try_v(Vs -- Seen, U, L, M, Seen).
try_v([], _, _, _, Seen) -> {no, Seen}; try_v([V | Vs], U, L, M, Seen) -> case M of #{V := W} -> case try_m(W, L, M, [V | Seen]) of {ok, M2, S} -> {ok, M2#{V => U}, S}; {no, S} -> try_v(Vs -- S, U, L, M, S) end; _ -> {ok, M#{V => U}, Seen} end.
euler(E) -> lists:reverse(eul([1], E, [])).
eul([], _, A) -> A; eul([V | S] = St, E, A) -> case [X || X = {P, Q} <- E, P =:= V orelse Q =:= V] of [] -> eul(S, E, [V | A]); [{P, Q} = X | _] -> eul([case P of V -> Q; _ -> P end | St], E -- [X], A) end.
tsp([S | Ps]) -> lists:min([{round(1000 * len([S | P] ++ [S])), P} || P <- perms(Ps)]).
perms([]) -> [[]]; perms(L) -> [[X | P] || X <- L, P <- perms(L -- [X])].
len([{A, B}, {C, D} = P | R]) -> math:sqrt((A - C) * (A - C) + (B - D) * (B - D)) + len([P | R]); len(_) -> 0.
knight(N) -> {ok, P} = kn({1, 1}, N, #{{1, 1} => y}, [{1, 1}]), P.
kn(_, N, S, P) when map_size(S) =:= N * N -> {ok, lists:reverse(P)}; kn(A, N, S, P) -> try_k([B || {_, B} <- lists:sort([{length(mv(B, N, S)), B} || B <- mv(A, N, S)])], N, S, P).
try_k([], _, _, _) -> no; try_k([B | Bs], N, S, P) -> case kn(B, N, S#{B => y}, [B | P]) of no -> try_k(Bs, N, S, P); R -> R end.
mv({X, Y}, N, S) -> [{A, B} || {DX, DY} <- [{1, 2}, {2, 1}, {-1, 2}, {-2, 1}, {1, -2}, {2, -1}, {-1, -2}, {-2, -1}], A <- [X + DX], B <- [Y + DY], A > 0, B > 0, A =< N, B =< N, not is_map_key({A, B}, S)].
components(E, N) -> U = lists:foldl(fun({A, B}, M) -> case {find(A, M), find(B, M)} of {X, X} -> M; {X, Y} -> M#{X => Y} end end, #{}, E), lists:sort(maps:values(lists:foldl(fun(V, M) -> maps:update_with(find(V, U), fun(L) -> L ++ [V] end, [V], M) end, #{}, lists:seq(1, N)))).
bridges(E) -> Vs = lists:usort(lists:append([[A, B] || {A, B} <- E])), C = fun(X) -> length(components(X, lists:max(Vs))) end, [X || X <- E, C(E -- [X]) > C(E)].
pagerank(E) -> Vs = lists:usort(lists:append([[A, B] || {A, B} <- E])), N = length(Vs), R = lists:foldl(fun(_, M) -> maps:from_list([{V, 0.15 / N + 0.85 * lists:sum([maps:get(A, M) / length([x || {X, _} <- E, X =:= A]) || {A, B} <- E, B =:= V])} || V <- Vs]) end, maps:from_list([{V, 1 / N} || V <- Vs]), lists:seq(1, 50)), [{V, round(maps:get(V, R) * 1.0e6)} || V <- Vs].
digraphs(G) -> D = digraph:new(), [digraph:add_vertex(D, V) || V <- lists:seq(1, 24)], [digraph:add_edge(D, A, B, W) || {A, B, W} <- G], R = {digraph:no_edges(D), lists:sort([lists:sort(C) || C <- digraph_utils:strong_components(D)]) , digraph_utils:is_acyclic(D), length(digraph:get_short_path(D, 1, 20)), lists:sort(digraph_utils:reachable([1], D)) =:= lists:seq(1, 24), digraph:in_degree(D, 3), digraph:out_degree(D, 3), length(digraph_utils:loop_vertices(D))}, digraph:delete(D), R.
maze(Rows) -> M = maps:from_list([{{X, Y}, C} || {Y, R} <- lists:zip(lists:seq(1, length(Rows)), Rows), {X, C} <- lists:zip(lists:seq(1, length(R)), R)]), [S] = [P || {P, $S} <- maps:to_list(M)], walk([{S, 0}], M, [S]).
walk([], _, _) -> none; walk([{P, N} | Q], M, Seen) when is_map_key(P, M) -> case maps:get(P, M) of $E -> N; _ -> {X, Y} = P, New = [B || B <- [{X + 1, Y}, {X - 1, Y}, {X, Y + 1}, {X, Y - 1}], maps:get(B, M, $#) =/= $#, not lists:member(B, Seen)], walk(Q ++ [{B, N + 1} || B <- New], M, New ++ Seen) end.
glider() -> [{1, 0}, {2, 1}, {0, 2}, {1, 2}, {2, 2}].
life(C, 0) -> lists:sort(C); life(C, N) -> Cnt = lists:foldl(fun(P, M) -> maps:update_with(P, fun(K) -> K + 1 end, 1, M) end, #{}, [{X + DX, Y + DY} || {X, Y} <- C, DX <- [-1, 0, 1], DY <- [-1, 0, 1], {DX, DY} =/= {0, 0}]), life([P || {P, K} <- maps:to_list(Cnt), K =:= 3 orelse (K =:= 2 andalso lists:member(P, C))], N - 1).
dag_paths(N) -> element(1, lists:foldl(fun(_, {A, B}) -> {A + B, A * 2} end, {1, 1}, lists:seq(1, N))).
