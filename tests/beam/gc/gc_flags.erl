%% SPDX-License-Identifier: Apache-2.0
-module(gc_flags).
-include("../t.hrl").
start() -> ?T(mh(#{size => 50000, kill => true, error_logger => false})), ?T(mh(#{size => 1000000, kill => true, error_logger => false})), ?T(mh(#{size => 50000, kill => false, error_logger => false})), ?T(mh2(30000)), ?T(mh3()), ?T(catch_(fun() -> process_flag(max_heap_size, -1) end)), ?T(catch_(fun() -> process_flag(min_heap_size, -1) end)), ?T(catch_(fun() -> process_flag(fullsweep_after, a) end)), ?T(catch_(fun() -> process_flag(max_heap_size, #{size => 5}) end)), ?T(catch_(fun() -> process_flag(message_queue_data, x) end)), ?T(full(0)), ?T(full(1)), ?T(full(65535)), ?T(hib(3)), ?T(gcother()), ?T(offheap(300)), ?T(info()), ?T(old_to_young()), ?T(bigstack(100000)), ?T(frag()), ?T(binleak(2000)), ?T(sys()), ?T(async()), ?T(min_heap(10000)), ?T(shrink()), ?T(mqd(1000)), ?T(room_beside_old()).
catch_(F) -> try F() catch C:R -> {C, R} end.
mh(M) -> {_, R} = spawn_opt(fun() -> L = lists:foldl(fun(K, A) -> [K | A] end, [], lists:seq(1, 30000)), exit({len, length(L)}) end, [monitor, {max_heap_size, M}]), receive {'DOWN', R, _, _, W} -> W end.
mh2(N) -> Old = erlang:system_flag(max_heap_size, 0), {_, R} = spawn_monitor(fun() -> process_flag(max_heap_size, N), exit({lists, length(lists:seq(1, 100000))}) end), X = receive {'DOWN', R, _, _, W} -> W after 5000 -> t end, {Old, X}.
mh3() -> {P, R} = spawn_opt(fun() -> process_flag(trap_exit, true), receive never -> ok end end, [monitor, {max_heap_size, #{size => 20000, kill => true, error_logger => false}}]), [P ! {data, lists:seq(1, 2000)} || _ <- lists:seq(1, 50)], erlang:garbage_collect(P), receive {'DOWN', R, _, _, W} -> W after 200 -> exit(P, kill), W2 = receive {'DOWN', R, _, _, X} -> X end, {alive_or, W2} end.
full(N) -> {_, R} = spawn_opt(fun() -> exit(work(300, [])) end, [monitor, {fullsweep_after, N}]), receive {'DOWN', R, _, _, W} -> W end.
work(0, A) -> lists:sum([length(X) || X <- A]); work(N, A) -> L = lists:seq(1, N), work(N - 1, case N rem 7 of 0 -> [L | A]; _ -> A end).
hib(N) -> S = self(), P = spawn(fun() -> hl(S, lists:seq(1, 1000), N) end), R = [begin receive {ready, P} -> ok end, ok = wait_for(fun() -> process_info(P, status) =:= {status, waiting} end), H = element(2, process_info(P, total_heap_size)), P ! wake, H < 5000 end || _ <- lists:seq(1, N)], receive {done, X} -> {R, X} end.
hl(S, L, 0) -> S ! {done, lists:sum(L)}; hl(S, L, N) -> S ! {ready, self()}, _ = lists:seq(1, 20000), proc_lib:hibernate(erlang, apply, [fun() -> receive wake -> hl(S, L, N - 1) end end, []]).
gcother() -> P = spawn(fun() -> L = lists:seq(1, 5000), receive {sum, F} -> F ! {s, lists:sum(L)} end end), [true = erlang:garbage_collect(P) || _ <- [1, 2, 3]], P ! {sum, self()}, receive {s, X} -> X end.
offheap(N) -> Bs = [binary:copy(<<K>>, 100) || K <- lists:seq(1, 255)], [erlang:garbage_collect() || _ <- [1, 2]], L = lists:foldl(fun(K, A) -> [binary:copy(<<(K rem 256)>>, 70) | case A of [X, Y | _] -> [X, Y]; _ -> A end] end, [], lists:seq(1, N)), {length(L), lists:sum([binary:first(B) || B <- Bs])}.
info() -> {garbage_collection, L} = process_info(self(), garbage_collection), {minor_gcs, _} = lists:keyfind(minor_gcs, 1, L), A = element(1, erlang:statistics(garbage_collection)), erlang:garbage_collect(), B = element(1, erlang:statistics(garbage_collection)), B > A.
old_to_young() -> put(old, []), erlang:garbage_collect(), lists:foreach(fun(K) -> put(old, [{K, [K]} | get(old)]), _ = lists:seq(1, 500) end, lists:seq(1, 200)), erlang:garbage_collect(self(), [{type, minor}]), lists:sum([K || {K, [K]} <- get(old)]).
bigstack(N) -> bs(N) + bs(N div 2).
bs(0) -> 0; bs(N) -> X = {N}, 1 + bs(N - 1) + element(1, X) - N.
frag() -> S = self(), [spawn(fun() -> S ! {f, K, lists:seq(1, 300)} end) || K <- lists:seq(1, 100)], lists:sum([receive {f, K, L} -> erlang:garbage_collect(self(), [{type, minor}]), lists:sum(L) - K end || K <- lists:seq(1, 100)]).
binleak(N) -> [binary:copy(<<"x">>, 10000) || _ <- lists:seq(1, N)], erlang:garbage_collect(), erlang:memory(binary) < 20000000.
sys() -> [erlang:system_info(I) || I <- [min_heap_size, min_bin_vheap_size]] =/= [].
async() -> P = spawn(fun() -> receive x -> ok end end), async = erlang:garbage_collect(P, [{async, req1}]), A = receive {garbage_collect, req1, X} -> X after 3000 -> t end, exit(P, kill), ok = wait_for(fun() -> not is_process_alive(P) end), B = erlang:garbage_collect(P, [{async, req2}]), C = receive {garbage_collect, req2, Y} -> Y after 3000 -> t end, {A, B, C, erlang:garbage_collect(P)}.
min_heap(N) -> P = spawn_opt(fun() -> receive x -> ok end end, [{min_heap_size, N}]), element(2, process_info(P, heap_size)) >= N.
shrink() -> _ = lists:seq(1, 300000), erlang:garbage_collect(), element(2, process_info(self(), total_heap_size)) < 200000.
mqd(N) -> S = self(), {P, R} = spawn_opt(fun() -> receive go -> S ! {got, mq(0)} end end, [monitor, {message_queue_data, off_heap}]), [P ! {m, K, [K]} || K <- lists:seq(1, N)], P ! go, receive {got, X} -> demonitor(R, [flush]), X end.
mq(A) -> receive {m, K, [K]} -> mq(A + K) after 0 -> A end.
%% Work beside a large old heap is not collected time and again.
room_beside_old() -> S = self(), spawn_opt(fun() -> L = lists:seq(1, 300000), [erlang:garbage_collect(self(), [{type, minor}]) || _ <- [1, 2, 3]], Minors = fun() -> {_, I} = process_info(self(), garbage_collection), proplists:get_value(minor_gcs, I) end, A = Minors(), N = length(lists:sort(L)), S ! {room, N, Minors() - A < 50} end, [{fullsweep_after, 60000}]), receive {room, _, _} = R -> R end.
