%% SPDX-License-Identifier: Apache-2.0
-module(pi_refusals).
-export([start/0]).
-define(E(X), io:format("~p: ~p~n", [?LINE, norm(catch X)])).
norm({'EXIT',{R,[H|_]}}) -> {'EXIT',{R,norm(H)}};
norm(P) when is_pid(P) -> pid; norm(P) when is_reference(P) -> ref; norm(P) when is_port(P) -> port;
norm(T) when is_tuple(T) -> list_to_tuple([norm(E)||E<-tuple_to_list(T)]);
norm(L) when is_list(L) -> try [norm(E)||E<-L] catch _:_ -> L end;
norm(M) when is_map(M) -> maps:map(fun(_,V)->norm(V) end, M);
norm(X) -> X.
w() -> receive stop -> ok end.
start() ->
  S = self(),
  ?E(process_flag(trap_exit, foo)), ?E(process_flag(foo, bar)), ?E(process_flag(priority, foo)), ?E(process_flag(priority, high)), ?E(process_flag(priority, normal)),
  ?E(process_flag(min_heap_size, 1000)), ?E(process_flag(min_heap_size, 233)), ?E(process_flag(min_bin_vheap_size, 1)), ?E(process_flag(min_bin_vheap_size, 46422)),
  ?E(process_flag(max_heap_size, #{size=>0})), ?E(process_flag(max_heap_size, 100)), ?E(process_flag(max_heap_size, #{size=>100000, kill=>false})), ?E(process_flag(max_heap_size, 0)),
  ?E(process_flag(fullsweep_after, 10)), ?E(process_flag(fullsweep_after, 65535)), ?E(process_flag(fullsweep_after, -1)),
  ?E(process_flag(message_queue_data, off_heap)), ?E(process_flag(message_queue_data, on_heap)), ?E(process_flag(message_queue_data, x)),
  ?E(process_flag(sensitive, true)), ?E(process_info(self(), messages)), ?E(process_flag(sensitive, false)), ?E(process_flag(save_calls, -1)),
  ?E(process_flag(error_handler, x)), ?E(process_flag(error_handler, error_handler)), ?E(process_flag(error_handler, 1)),
  P = spawn(fun w/0),
  ?E(process_flag(P, save_calls, 0)), ?E(process_flag(P, foo, 0)), ?E(process_flag(P, save_calls, x)),
  ?E(spawn_opt(fun() -> ok end, [foo])), ?E(spawn_opt(fun() -> ok end, [{priority, x}])), ?E(spawn_opt(fun() -> ok end, [link|x])), ?E(spawn_opt(fun() -> ok end, [{min_heap_size, 500}, {fullsweep_after, 3}, {min_bin_vheap_size, 1000}, {priority, low}, {message_queue_data, off_heap}])),
  ?E(spawn_opt(fun() -> ok end, [monitor])), ?E(spawn_opt(fun() -> ok end, [{monitor, [{alias, explicit_unalias}]}])), ?E(spawn_opt(fun() -> ok end, [{monitor, [{alias, foo}]}])),
  ?E(spawn_opt(erlang, apply, [a|b], [])), ?E(spawn(a, b, c)), ?E(spawn(1, b, [])), ?E(spawn_link(a, 1, [])), ?E(spawn(foo)),
  flush(),
  P2 = spawn_opt(fun w/0, [{min_heap_size, 500}, {fullsweep_after, 3}, {min_bin_vheap_size, 1000}, {priority, low}, {message_queue_data, off_heap}, {max_heap_size, #{size=>1000000, kill=>false, error_logger=>false}}]),
  receive after 5 -> ok end,
  [?E(process_info(P2, I)) || I <- [min_heap_size, fullsweep_after, min_bin_vheap_size, priority, message_queue_data, max_heap_size, status, initial_call, current_function, current_location, registered_name, message_queue_len, messages, links, monitors, monitored_by, dictionary, trap_exit, error_handler, group_leader, catchlevel, suspending, trace, sequential_trace_token, last_calls, parent, magic_ref]],
  ?E(process_info(P2, [])), ?E(process_info(P2, foo)), ?E(process_info(P2, [status, foo])), ?E(process_info(P2, [status, status])), ?E(process_info(P2, [registered_name, status])), ?E(process_info(foo, status)), ?E(process_info(self(), [status|x])),
  ?E([K || {K,_} <- process_info(P2)]), ?E([K || {K,_} <- process_info(P2, [garbage_collection, heap_size])]), ?E([K || {K,_} <- element(2, process_info(P2, garbage_collection))]), ?E([K || {K,_} <- element(2, process_info(P2, garbage_collection_info))]),
  ?E(current_stack(P2)), 
  ?E(erlang:suspend_process(P2)), ?E(process_info(P2, status)), ?E(process_info(self(), suspending)), ?E(erlang:suspend_process(P2, [unless_suspending])), ?E(erlang:suspend_process(P2)), ?E(process_info(self(), suspending)), ?E(erlang:resume_process(P2)), ?E(erlang:resume_process(P2)), ?E(erlang:resume_process(P2)), ?E(erlang:suspend_process(self())), ?E(erlang:suspend_process(P2, [foo])), ?E(erlang:suspend_process(foo)), ?E(erlang:suspend_process(P2, [asynchronous])), ?E(erlang:resume_process(P2)), ?E(erlang:suspend_process(P2, [{asynchronous, tag}])), ?E(receive M1 -> M1 after 1000 -> none end), ?E(erlang:resume_process(P2)),
  exit(P2, kill), wd(P2), ?E(process_info(P2)), ?E(process_info(P2, status)), ?E(erlang:suspend_process(P2)), ?E(erlang:resume_process(P2)), ?E(garbage_collect(P2)), ?E(erlang:check_process_code(P2, lists)), ?E(link(P2)), ?E(is_process_alive(P2)), ?E(exit(P2, x)), ?E(group_leader(self(), P2)), ?E(P2 ! x), ?E(register(dead_one, P2)), ?E(process_flag(P2, save_calls, 0)),
  ?E(garbage_collect(P)), ?E(garbage_collect(P, [{type, minor}])), ?E(garbage_collect(P, [{type, x}])), ?E(garbage_collect(P, [foo])), ?E(garbage_collect(x)), ?E(erlang:check_process_code(P, lists)), ?E(erlang:check_process_code(self(), lists)),
  ?E(group_leader() =:= element(2, process_info(self(), group_leader))), ?E(group_leader(P, P)), ?E(element(2, process_info(P, group_leader)) =:= P), ?E(group_leader(x, P)), ?E(group_leader(P, x)),
  ?E(exit(foo, bar)), ?E(is_process_alive(foo)), ?E(unlink(foo)), ?E(link(foo)), ?E(link(self())), ?E(unlink(self())), ?E(unlink(P)),
  ?E(erlang:send(P, hi, [])), ?E(erlang:send(P, hi, [nosuspend, noconnect])), ?E(erlang:send(P, hi, [foo])), ?E(erlang:send(nobody_here, hi)), ?E(erlang:send({nobody_here, node()}, hi)), ?E(erlang:send({nobody_here, other@host}, hi)), ?E(erlang:send({a}, hi)), ?E(erlang:send({a, b, c}, hi)), ?E(erlang:send(1, hi)), ?E(erlang:send("x", hi, [])), ?E(erlang:send(make_ref(), hi)), ?E(nobody_here ! hi),
  ?E(spawn_request(fun() -> ok end, [{reply_tag, rt}])), ?E(receive {rt, _, ok, _} = M2 -> M2 after 1000 -> none end), ?E(spawn_request(fun() -> ok end, [{reply, no}])), ?E(spawn_request(fun() -> ok end, [{reply, foo}])), ?E(spawn_request(fun() -> ok end, [monitor])), ?E(begin receive {spawn_reply, R1, ok, P3} -> receive {'DOWN', R1, process, P3, W} -> W after 1000 -> none end end end), ?E(erlang:spawn_request_abandon(make_ref())), ?E(erlang:spawn_request_abandon(x)), flush(),
  ?E(spawn_request(a, b, c)), ?E(spawn_request(a, b, [], x)), ?E(spawn_monitor(a, b, c)),
  ?E(monitor_node(foo@bar, true)), ?E(nodes()), ?E(nodes(this)), ?E(nodes(foo)), ?E(nodes([this, visible])), ?E(node()), ?E(node(self())), ?E(node(x)), ?E(is_alive()), ?E(erlang:disconnect_node(x@y)), ?E(net_kernel:get_state()), ?E(erlang:get_cookie()),
  ?E(erlang:system_flag(foo, 1)), ?E(erlang:system_flag(backtrace_depth, 9)), ?E(erlang:system_flag(backtrace_depth, 8)), ?E(erlang:system_flag(backtrace_depth, -1)), ?E(erlang:system_flag(fullsweep_after, 65535)), ?E(erlang:system_flag(min_heap_size, 233)), ?E(erlang:system_flag(max_heap_size, 0)), ?E(erlang:system_flag(schedulers_online, 0)), ?E(erlang:system_flag(multi_scheduling, block)), ?E(erlang:system_flag(multi_scheduling, unblock)), ?E(erlang:system_flag(time_offset, finalize)), ?E(erlang:system_flag(trace_control_word, 5)), ?E(erlang:system_flag(trace_control_word, 0)), ?E(erlang:system_flag(scheduler_wall_time, true)), ?E(length(statistics(scheduler_wall_time)) >= 2), ?E(erlang:system_flag(scheduler_wall_time, false)),
  ?E(statistics(foo)), ?E(erlang:system_info(foo)), ?E(erlang:system_info({a, b})), ?E(erlang:system_monitor()), ?E(erlang:system_monitor(self(), [busy_port, {long_gc, 100}])), ?E(erlang:system_monitor()), ?E(erlang:system_monitor(undefined)), ?E(erlang:system_monitor(self(), [foo])), ?E(erlang:system_profile()),
  ?E(erlang:bump_reductions(1)), ?E(erlang:bump_reductions(0)), ?E(erlang:bump_reductions(a)), ?E(erlang:yield()), ?E(erlang:process_display(P, foo)), ?E(erlang:process_display(foo, backtrace)),
  ?E(put(k, 1)), ?E(put(k, 2)), ?E(get(k)), ?E(erase(k)), ?E(get(k)), ?E(erase(zz)), [put(I, I * 2) || I <- lists:seq(1, 50)], ?E(lists:sort(get_keys())=:=lists:sort([K||{K,_}<-get()])), ?E(get_keys(100)), ?E([erase(I) || I <- lists:seq(1, 50, 3)]), ?E([get(I) || I <- lists:seq(1, 50)]), 
  ?E(exit_self(normal)), ?E(exit_self(kill)), ?E(exit_self(foo)), ?E(exit_trap(normal)), ?E(exit_trap(kill)), ?E(exit_trap(foo)),
  ?E(link_exit(normal)), ?E(link_exit(kill)), ?E(link_exit({a,1})),
  S ! done, receive done -> halt() end.
current_stack(P) -> {_, L} = process_info(P, current_stacktrace), [{M,F,A} || {M,F,A,_} <- L].
flush() -> receive _ -> flush() after 0 -> ok end.
wd(P) -> case is_process_alive(P) of true -> receive after 1 -> wd(P) end; false -> ok end.
exit_self(R) -> {P, M} = spawn_monitor(fun() -> exit(self(), R), exit(survived) end), receive {'DOWN', M, _, P, W} -> W end.
exit_trap(R) -> {P, M} = spawn_monitor(fun() -> process_flag(trap_exit, true), exit(self(), R), receive {'EXIT', _, X} -> exit({got, X}) after 50 -> exit(survived) end end), receive {'DOWN', M, _, P, W} -> W end.
link_exit(R) -> {P, M} = spawn_monitor(fun() -> spawn_link(fun() -> exit(R) end), receive after 30 -> exit(survived) end end), receive {'DOWN', M, _, P, W} -> W end.
