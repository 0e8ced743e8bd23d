%% SPDX-License-Identifier: Apache-2.0
%% update_counter with thresholds, several operations, defaults, big numbers.
-module(ets_counters_bounds).
-include("../t.hrl").

start() ->
    T = ets:new(t, []), ets:insert(T, [{a, 10, 20, 1 bsl 70}, {neg, -5, 0, 0}]),
    ?T(ets:update_counter(T, a, 1)), ?T(ets:update_counter(T, a, -11)), ?T(ets:update_counter(T, a, {3, 5})),
    ?T(ets:update_counter(T, a, {3, 5, 27, 0})), ?T(ets:update_counter(T, a, {3, 5, 27, 0})), ?T(ets:update_counter(T, a, {3, -10, -3, 100})), ?T(ets:update_counter(T, a, {3, -200, -3, 100})),
    ?T(ets:update_counter(T, a, [{2, 1}, {3, 1}, {4, 1}, {2, 0}])), ?T(ets:update_counter(T, a, {4, -(1 bsl 70)})), ?T(ets:update_counter(T, a, {4, 1 bsl 80, 1 bsl 79, 7})),
    ?T(ets:update_counter(T, a, [])), ?T(ets:lookup(T, a)), ?T(ets:update_counter(T, new, 3, {x, 4})), ?T(ets:lookup(T, new)), ?T(ets:update_counter(T, new2, [{2, 1}, {3, 1, 1, 0}], {x, 4, 1})), ?T(ets:lookup(T, new2)),
    ?T(ets:update_counter(T, neg, {2, 3, -1, -9})), ?T(ets:update_counter(T, neg, {2, 3, -8, -9})), ?T(ets:lookup(T, neg)),
    ?T(ets:update_counter(T, nokey, 1)), ?T(ets:update_counter(T, a, {1, 1})), ?T(ets:update_counter(T, a, {5, 1})), ?T(ets:update_counter(T, a, {2, 1.0})), ?T(ets:update_counter(T, a, {2, 1, a, 0})),
    ?T(ets:update_counter(T, a, [{2, 1}, {9, 1}])), ?T(ets:lookup(T, a)), ?T(ets:update_counter(T, k, 1, {k})), ?T(ets:member(T, k)), ?T(ets:update_counter(T, k, {2, 1}, {k, notint})),
    O = ets:new(o, [ordered_set, {keypos, 3}]), ets:insert(O, {0, 1, 1.0}), ?T(ets:update_counter(O, 1, {1, 7})), ?T(ets:update_counter(O, 1, 2)), ?T(ets:lookup(O, 1.0)),
    ?T(ets:update_counter(O, 2, {2, 4}, {1, 1, 99})), ?T(ets:tab2list(O)),
    C = ets:new(c, [public, {write_concurrency, true}, {decentralized_counters, true}]), ets:insert(C, {n, 0}),
    Ps = [spawn_monitor(fun() -> [ets:update_counter(C, n, 1) || _ <- lists:seq(1, 500)] end) || _ <- lists:seq(1, 8)], [receive {'DOWN', M, _, _, _} -> ok end || {_, M} <- Ps], ?T(ets:lookup(C, n)), ?T(ets:info(C, size)).
