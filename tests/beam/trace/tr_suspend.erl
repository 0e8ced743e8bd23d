%% SPDX-License-Identifier: Apache-2.0
%% Whom a process suspends, once they have stopped; a tracer of new processes that is gone; deep
%% match specifications; the stack that is left.
-module(tr_suspend).
-include("../t.hrl").
start() ->
    P = spawn(fun() -> receive after infinity -> ok end end),
    Of = fun() -> [{C, O} || {Q, C, O} <- element(2, process_info(self(), suspending)), Q =:= P] end,
    ?T(erlang:suspend_process(P)),
    ?T(Of()),
    ?T(erlang:suspend_process(P, [unless_suspending])),
    ?T(erlang:suspend_process(P, [asynchronous])),
    ?T(Of()),
    ?T([erlang:resume_process(P) || _ <- [1, 2]]),
    ?T(Of()),
    ?T(erlang:suspend_process(P, [{asynchronous, tag}])),
    ?T(receive {tag, R} -> R end),
    ?T(erlang:suspend_process(P, [unless_suspending])),
    ?T(Of()),
    ?T(erlang:resume_process(P)),
    ?T(Of()),
    exit(P, kill),

    {Tracer, M} = spawn_monitor(fun() -> receive after infinity -> ok end end),
    ?T(erlang:trace(new, true, [send, {tracer, Tracer}])),
    ?T(erlang:trace_info(new, flags)),
    exit(Tracer, kill),
    receive {'DOWN', M, _, _, _} -> ok end,
    ?T(erlang:trace_info(new, flags)),
    ?T(erlang:trace_info(new_processes, tracer)),

    erts_debug:set_internal_state(available_internal_state, true),
    ?T(erts_debug:get_internal_state(stack_check) > 1000),
    ?T([erts_internal:term_type(B) || B <- [<<1, 2>>, <<5:3>>, list_to_binary(lists:duplicate(100, 0))]]).
