%% SPDX-License-Identifier: Apache-2.0
-module(ets_concurrent).
-include("../t.hrl").
start() ->
    ?T(counters(10, 500, [])), ?T(counters(10, 500, [{write_concurrency, true}])), ?T(counters(5, 300, [ordered_set, {write_concurrency, auto}])), ?T(inserters(8, 400, set)), ?T(inserters(8, 400, ordered_set)), ?T(inserters(8, 400, duplicate_bag)), ?T(readers_writer(6, 2000)), ?T(claim(10, 200)), ?T(many_tables(300)), ?T(owner_dies_while_read()), ?T(queue_via_ets(100)), ?T(cache_pattern()), ?T(fixed_during_delete(500)), ?T(idle()).
counters(P, N, Opts) -> T = ets:new(c, [public | Opts]), ets:insert(T, {c, 0}), par(P, fun(_) -> [ets:update_counter(T, c, 1) || _ <- lists:seq(1, N)] end), R = ets:lookup(T, c), ets:delete(T), R.
par(P, F) -> S = self(), Rs = [begin R = make_ref(), spawn_link(fun() -> F(I), S ! R end), R end || I <- lists:seq(1, P)], [receive R -> ok end || R <- Rs].
inserters(P, N, Ty) -> T = ets:new(i, [public, Ty]), par(P, fun(I) -> [ets:insert(T, {{I, K}, K}) || K <- lists:seq(1, N)], [ets:delete(T, {I, K}) || K <- lists:seq(1, N, 3)] end), R = {ets:info(T, size), lists:sum([V || {_, V} <- ets:tab2list(T)])}, ets:delete(T), R.
readers_writer(P, N) -> T = ets:new(rw, [public, {read_concurrency, true}]), ets:insert(T, {v, 0, 0}), S = self(), [spawn_link(fun() -> S ! {r, rd(T, N, true)} end) || _ <- lists:seq(1, P)], [ets:insert(T, {v, K, K * 2}) || K <- lists:seq(1, N)], lists:usort([receive {r, X} -> X end || _ <- lists:seq(1, P)]).
rd(_, 0, Ok) -> Ok; rd(T, N, Ok) -> [{v, A, B}] = ets:lookup(T, v), rd(T, N - 1, Ok andalso B =:= A * 2).
claim(P, N) -> T = ets:new(cl, [public]), S = self(), [spawn_link(fun() -> S ! {n, length([K || K <- lists:seq(1, N), ets:insert_new(T, {K, I})])} end) || I <- lists:seq(1, P)], lists:sum([receive {n, X} -> X end || _ <- lists:seq(1, P)]).
many_tables(N) -> Ts = [begin T = ets:new(m, []), ets:insert(T, {k, I}), T end || I <- lists:seq(1, N)], S = lists:sum([ets:lookup_element(T, k, 2) || T <- Ts]), [ets:delete(T) || T <- Ts], {S, [x || T <- Ts, ets:info(T) =/= undefined]}.
owner_dies_while_read() -> S = self(), P = spawn(fun() -> T = ets:new(o, [public]), ets:insert(T, [{K} || K <- lists:seq(1, 1000)]), S ! {t, T}, receive die -> ok end end), T = receive {t, X} -> X end, {_, C} = ets:select(T, [{{'$1'}, [], ['$1']}], 10), M = monitor(process, P), P ! die, receive {'DOWN', M, _, _, _} -> ok end, try ets:select(C) catch error:badarg -> gone end.
queue_via_ets(N) -> T = ets:new(q, [ordered_set, public]), par(4, fun(I) -> [ets:insert(T, {{K, I}, x}) || K <- lists:seq(1, N)] end), drain(T, ets:first(T), 0).
drain(_, '$end_of_table', N) -> N; drain(T, K, N) -> [_] = ets:take(T, K), drain(T, ets:first(T), N + 1).
cache_pattern() -> T = ets:new(cache, [public]), F = fun(K) -> case ets:lookup(T, K) of [{_, V}] -> {hit, V}; [] -> V = K * K, ets:insert(T, {K, V}), {miss, V} end end, [F(3), F(3), F(4), F(3)].
fixed_during_delete(N) -> T = ets:new(f, [public]), ets:insert(T, [{K} || K <- lists:seq(1, N)]), ets:safe_fixtable(T, true), par(3, fun(I) -> [ets:delete(T, K) || K <- lists:seq(I, N, 3)] end), A = ets:info(T, size), ets:safe_fixtable(T, false), ets:insert(T, [{K} || K <- lists:seq(1, N)]), {A, ets:info(T, size)}.
idle() -> T = ets:new(t, [public]), P = spawn(fun() -> ets:safe_fixtable(T, true), receive x -> ok end end), ok = wait_for(fun() -> ets:info(T, safe_fixed_monotonic_time) =/= false end), exit(P, kill), wait_for(fun() -> ets:info(T, safe_fixed_monotonic_time) =:= false end).
