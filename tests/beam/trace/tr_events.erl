%% SPDX-License-Identifier: Apache-2.0
%% Sends, receives, process events, set_on_spawn and its like, patterns of sends and receives.
-module(tr_events).
-export([serve/0]).
-include("../t.hrl").
start() ->
    P = spawn(fun serve/0),
    register(tr_events_server, P),
    ?T(erlang:trace(P, true, [send, 'receive', procs])),
    ?T(erlang:trace_info(P, flags)),
    ?T(run(P, fun() -> self() ! me, receive me -> ok end end)),
    ?T(run(P, fun() -> receive after 1 -> ok end end)),
    ?T(run(P, fun() -> catch (tr_events_nobody ! x), ok end)),
    ?T(run(P, fun() -> X = spawn(fun() -> ok end), M = monitor(process, X), receive {'DOWN', M, _, _, R} -> R end end)),
    ?T(run(P, fun() -> process_flag(trap_exit, true), X = spawn_link(fun() -> exit(bye) end), receive {'EXIT', X, R} -> R end end)),
    ?T(run(P, fun() -> X = spawn(fun() -> receive stop -> ok end end), link(X), unlink(X), X ! stop, ok end)),
    ?T(begin register(tr_events_name, spawn(fun() -> receive stop -> ok end end)), unregister(tr_events_name) end),
    ?T(begin unregister(tr_events_server), register(tr_events_again, P), flush() end),
    ?T(erlang:trace_pattern(send, [{['_', {r, '$1'}], [], [{message, {{got, '$1'}}}]}], [])),
    ?T(erlang:trace_pattern('receive', false, [])),
    ?T(erlang:trace_info(send, match_spec)),
    ?T(erlang:trace_info('receive', match_spec)),
    ?T(run(P, fun() -> self() ! me, receive me -> ok end end)),
    ?T(erlang:trace_pattern(send, true, [])),
    ?T(erlang:trace_pattern('receive', [{['_', '$1', '_'], [{'=:=', '$1', self()}], []}], [])),
    ?T(run(P, fun() -> self() ! me, receive me -> ok end end)),
    ?T(erlang:trace_pattern('receive', true, [])),
    ?T(erlang:trace(P, false, [all])),
    ?T(erlang:trace(P, true, [set_on_spawn, set_on_link, procs])),
    ?T(run(P, fun() -> X = spawn(fun() -> receive stop -> ok end end), put(x, X), ok end)),
    ?T(run(P, fun() -> get(x) ! stop, ok end)),
    ?T(erlang:trace(P, false, [all])),
    ?T(erlang:trace(P, true, [set_on_first_spawn, procs])),
    ?T(run(P, fun() -> spawn(fun() -> ok end), spawn(fun() -> ok end), ok end)),
    ?T(erlang:trace_info(P, flags)),
    ?T(run(P, fun() -> exit(over) end)),
    ?T(erlang:trace_info(P, flags)),
    ?T(erlang:trace(P, true, [send])),
    ?T(erlang:trace(new_processes, true, [procs])),
    ?T(erlang:trace_info(new_processes, flags)),
    ?T(erlang:trace(new, false, [procs])),
    ?T(erlang:trace_info(new, flags)),
    ?T(erlang:trace_info(new, tracer)).
serve() -> receive {From, F} -> From ! {r, F()}, serve() end.
run(P, F) ->
    M = monitor(process, P),
    P ! {self(), F},
    R = receive {r, V} -> V; {'DOWN', M, _, _, V} -> {down, V} end,
    demonitor(M, [flush]),
    timer:sleep(50),
    {R, flush()}.
flush() -> lists:sort(all()).
all() -> receive T when element(1, T) =:= trace -> [strip(T) | all()] after 0 -> [] end.
strip(T) -> [clean(X) || X <- tl(tuple_to_list(T))].
clean(T) when is_tuple(T) -> list_to_tuple([clean(X) || X <- tuple_to_list(T)]);
clean([H | T]) -> [clean(H) | clean(T)];
clean(P) when is_pid(P) -> pid;
clean(F) when is_function(F) -> fn;
clean(R) when is_reference(R) -> ref;
clean(X) -> X.
