%% SPDX-License-Identifier: Apache-2.0
%% flags: +S 4:4
%% What ETS promises while others change a table: lists of objects are inserted all or none, counters add up, an owner's end takes the
%% table, first/next over a fixed table see each key once, select in pages and replaced objects, tables given away.
-module(ets_isolated).
-include("../t.hrl").

start() ->
    process_flag(trap_exit, true),
    Kinds = [[set], [ordered_set], [set, {write_concurrency, true}], [set, {read_concurrency, true}, {write_concurrency, auto}], [ordered_set, {write_concurrency, true}], [set, compressed]],
    [?T({K, F, T(K)}) || K <- Kinds, {F, T} <- [{batches, fun batches/1}, {counters, fun counters/1}, {replaced, fun replaced/1}, {taken, fun taken/1}, {fixed, fun fixed/1}, {owners, fun owners/1}, {given, fun given/1}, {emptied, fun emptied/1}, {defaults, fun defaults/1}]],
    [?T({K, ordered(K)}) || K <- [[ordered_set], [ordered_set, {write_concurrency, true}], [ordered_set, compressed]]],
    [?T({K, bags(K)}) || K <- [[bag], [duplicate_bag], [bag, {write_concurrency, true}]]].

each(Fs) -> [receive {'EXIT', P, R} -> R end || P <- [spawn_link(fun() -> exit({done, F()}) end) || F <- Fs]].

%% a list is inserted at once: all its objects have the same number at any time, as one select sees them
batches(K) ->
    T = ets:new(t, [public | K]), ets:insert(T, [{I, 0} || I <- lists:seq(1, 20)]), Stop = atomics:new(1, []),
    Reader = spawn_link(fun() -> exit(look(T, Stop, 0)) end),
    each([fun() -> [ets:insert(T, [{I, {W, N}} || I <- lists:seq(1, 20)]) || N <- lists:seq(1, 200)], ok end || W <- [1, 2]]), atomics:put(Stop, 1, 1),
    R = receive {'EXIT', Reader, X} -> X end, Same = length(lists:usort([V || {_, V} <- ets:tab2list(T)])), ets:delete(T), {R, Same}.

look(T, Stop, Bad) ->
    %% an insertion of new objects only is all or none, too
    ets:insert_new(T, [{new_a, 1}, {new_b, 1}]) andalso begin ets:delete(T, new_a), ets:delete(T, new_b) end,
    Taken = ets:insert_new(T, [{new_c, 1}, {1, x}]), C = ets:member(T, new_c),
    case {atomics:get(Stop, 1), Taken, C} of {1, _, _} -> Bad; {_, false, false} -> look(T, Stop, Bad); _ -> look(T, Stop, Bad + 1) end.

counters(K) ->
    T = ets:new(t, [public | K]), ets:insert(T, [{a, 0, 0}, {b, 10, 0}]),
    R = each([fun() -> [begin ets:update_counter(T, a, {2, 1}), ets:update_counter(T, a, [{2, 1}, {3, -1}]), ets:update_counter(T, b, {2, 1, 15, 0}), ets:update_counter(T, {w, W}, 3, {{w, W}, 0}) end || _ <- lists:seq(1, 300)], ok end || W <- lists:seq(1, 4)]),
    L = lists:sort(ets:tab2list(T)), ets:delete(T), {lists:usort(R), L}.

replaced(K) ->
    T = ets:new(t, [public | K]), ets:insert(T, [{N, 0} || N <- lists:seq(1, 100)]),
    Rs = each([fun() -> lists:sum([ets:select_replace(T, [{{'$1', '$2'}, [{'=:=', {'rem', '$1', 4}, W}], [{{'$1', {'+', '$2', 1}}}]}]) || _ <- lists:seq(1, 50)]) end || W <- lists:seq(0, 3)]),
    V = lists:usort([X || {_, X} <- ets:tab2list(T)]), ets:delete(T), {Rs, V}.

%% each object is taken by one process only
taken(K) ->
    T = ets:new(t, [public | K]), ets:insert(T, [{N, N} || N <- lists:seq(1, 400)]),
    Rs = each([fun() -> lists:append([ets:take(T, N) || N <- lists:seq(1, 400)]) end || _ <- lists:seq(1, 4)]), All = lists:append([L || {done, L} <- Rs]), S = ets:info(T, size), ets:delete(T), {length(All), length(lists:usort(All)), S}.

fixed(K) ->
    T = ets:new(t, [public | K]), ets:insert(T, [{{stay, N}, N} || N <- lists:seq(1, 100)]), Stop = atomics:new(1, []),
    W = spawn_link(fun() -> churn(T, Stop, 1) end),
    Rs = [begin ets:safe_fixtable(T, true), Ks = keys(T, ets:first(T)), ets:safe_fixtable(T, false), {length([x || {stay, _} <- Ks]), length(Ks) =:= length(lists:usort(Ks))} end || _ <- lists:seq(1, 30)],
    Ps = [begin ets:safe_fixtable(T, true), P = pages(ets:select(T, [{{{stay, '$1'}, '_'}, [], ['$1']}], 7)), ets:safe_fixtable(T, false), length(P) end || _ <- lists:seq(1, 30)],
    atomics:put(Stop, 1, 1), receive {'EXIT', W, normal} -> ok end, ets:delete(T), {lists:usort(Rs), lists:usort(Ps)}.

keys(_, '$end_of_table') -> [];
keys(T, K) -> [K | keys(T, ets:next(T, K))].
pages('$end_of_table') -> [];
pages({L, C}) -> L ++ pages(ets:select(C)).
churn(T, Stop, N) -> ets:insert(T, {{go, N rem 50}, N}), ets:delete(T, {go, (N * 7) rem 50}), case atomics:get(Stop, 1) of 0 -> churn(T, Stop, N + 1); 1 -> ok end.

%% the owner ends while others use its table: they see it, or badarg
owners(K) ->
    Rs = [begin
         Self = self(), Owner = spawn(fun() -> T = ets:new(t, [public | K]), ets:insert(T, {k, 1}), Self ! {table, T}, receive go -> ok end end), T = receive {table, X} -> X end,
         Us = [spawn_link(fun() -> exit(use(T)) end) || _ <- [1, 2]], Owner ! go, [receive {'EXIT', U, R} -> R end || U <- Us] end || _ <- lists:seq(1, 10)],
    lists:usort(lists:append(Rs)) =:= [{error, badarg}].
use(T) -> case try ets:lookup(T, k), ets:update_counter(T, k, 1) catch C:R -> {C, R} end of N when is_integer(N) -> use(T); Why -> Why end.

given(K) ->
    Self = self(), T = ets:new(t, [private | K]), ets:insert(T, {hops, 0}),
    Ring = fun Ring(0) -> Self; Ring(N) -> Next = Ring(N - 1), spawn_link(fun() -> receive {'ETS-TRANSFER', T, _, N} -> ets:update_counter(T, hops, 1), ets:give_away(T, Next, N - 1) end end) end,
    First = Ring(30), ets:give_away(T, First, 30), Bad = (catch ets:lookup(T, hops)), receive {'ETS-TRANSFER', T, _, 0} -> ok end, L = ets:lookup(T, hops), [receive {'EXIT', _, normal} -> ok end || _ <- lists:seq(1, 30)], ets:delete(T), {element(1, element(2, {Bad, Bad})), L}.

emptied(K) ->
    T = ets:new(t, [public | K]),
    Rs = each([fun() -> [begin ets:insert(T, [{{W, N, I}, x} || I <- lists:seq(1, 10)]), case N rem 10 of 0 -> ets:select_delete(T, [{{{W, '_', '_'}, '_'}, [], [true]}]); 5 -> ets:match_delete(T, {{W, N, '_'}, '_'}); _ -> ok end end || N <- lists:seq(1, 50)], ok end || W <- [1, 2, 3]]),
    S = ets:info(T, size), true = ets:delete_all_objects(T), S2 = ets:info(T, size), ets:delete(T), {lists:usort(Rs), S, S2}.

defaults(K) ->
    T = ets:new(t, [public | K]), R = [ets:update_counter(T, k, {2, 5}, {k, 1}), ets:update_counter(T, k, [], {k, 1}), catch element(1, element(2, catch ets:update_counter(T, none, 1))), ets:update_element(T, k, {2, x}), ets:update_element(T, none, {2, x}), ets:lookup_element(T, k, 2),
         catch element(1, element(2, catch ets:lookup_element(T, k, 3))), ets:insert_new(T, []), ets:insert(T, []), ets:info(T, size), element(1, element(2, catch ets:insert(T, [{a, 1}, foo]))), ets:member(T, a)], ets:delete(T), R.

ordered(K) ->
    T = ets:new(t, [public | K]), ets:insert(T, [{N, N} || N <- lists:seq(0, 1000, 10)]), Stop = atomics:new(1, []),
    Ws = [spawn_link(fun() -> odd(T, Stop, W) end) || W <- [1, 2, 3]],
    Rs = [begin Up = up(T, ets:first(T)), Down = down(T, ets:last(T)), {Up =:= lists:usort(Up), Down =:= lists:reverse(lists:usort(Down)), length([N || N <- Up, N rem 10 =:= 0]), length([N || N <- Down, N rem 10 =:= 0])} end || _ <- lists:seq(1, 20)],
    Sel = [begin L = ets:select(T, [{{'$1', '_'}, [{'>=', '$1', 200}, {'<', '$1', 400}], ['$1']}]), {L =:= lists:usort(L), length([N || N <- L, N rem 10 =:= 0])} end || _ <- lists:seq(1, 20)],
    atomics:put(Stop, 1, 1), [receive {'EXIT', W, normal} -> ok end || W <- Ws], ets:delete(T), {lists:usort(Rs), lists:usort(Sel)}.
odd(T, Stop, W) -> [begin ets:insert(T, {N + W, x}), ets:delete(T, N + W) end || N <- lists:seq(0, 990, 10)], case atomics:get(Stop, 1) of 0 -> odd(T, Stop, W); 1 -> ok end.
up(_, '$end_of_table') -> [];
up(T, K) -> [K | up(T, ets:next(T, K))].
down(_, '$end_of_table') -> [];
down(T, K) -> [K | down(T, ets:prev(T, K))].

bags(K) ->
    T = ets:new(t, [public | K]), Rs = each([fun() -> [begin ets:insert(T, {k, N rem 7}), ets:insert(T, {{own, W}, N}), ets:delete_object(T, {{own, W}, N - 3}) end || N <- lists:seq(1, 70)], lists:sort(ets:lookup(T, {own, W})) end || W <- [1, 2, 3]]),
    R = {Rs, length(ets:lookup(T, k)), ets:lookup_element(T, {own, 1}, 2), length(ets:take(T, k)), ets:member(T, k)}, ets:delete(T), R.
