%% SPDX-License-Identifier: Apache-2.0
%% A tracer that is a module of native functions: what it is told, discards, its options, its end.
-module(event_tracer).
-export([start/1, enabled/3, enabled_send/3, trace/5, trace_send/5, f/1, load/1]).

enabled(_, _, _) -> erlang:nif_error(not_loaded).
enabled_send(_, _, _) -> erlang:nif_error(not_loaded).
trace(_, _, _, _, _) -> erlang:nif_error(not_loaded).
trace_send(_, _, _, _, _) -> erlang:nif_error(not_loaded).
load(Folder) -> erlang:load_nif(filename:join(Folder, "event_tracer"), 0).
f(X) -> {X}.

start([Folder]) ->
    io:format("~p~n", [catch erlang:trace(self(), true, [call, {tracer, ?MODULE, x}])]),
    io:format("~p~n", [load(Folder)]),
    Me = self(),
    Tags = [call, return_from, send, 'receive', spawn, register, unregister, exit],
    State = {Me, maps:from_list([{T, trace} || T <- Tags])},
    P = worker(),
    io:format("~p~n", [erlang:trace(P, true, [call, send, procs, {tracer, ?MODULE, State}])]),
    io:format("~p~n", [erlang:trace_info(P, tracer) =:= {tracer, {?MODULE, State}}]),
    io:format("~p~n", [erlang:trace_pattern({?MODULE, f, 1}, [{[1], [], [{return_trace}]}, {'_', [], [{message, seen}]}], [local])]),
    do(P, fun() -> f(1), f(2), Me ! {hello, [1, 2.5, <<"bytes">>]}, register(a_name, self()), unregister(a_name), spawn(?MODULE, f, [3]), ok end),
    show(P),
    erlang:trace(P, true, [timestamp, scheduler_id, {tracer, ?MODULE, State}]),
    do(P, fun() -> f(4) end),
    show(P),
    erlang:trace(P, true, [strict_monotonic_timestamp, {tracer, ?MODULE, State}]), erlang:trace(P, false, [timestamp]),
    do(P, fun() -> f(4) end),
    show(P),
    erlang:trace(P, false, [all]),
    io:format("discard~n"),
    erlang:trace(P, true, [call, send, {tracer, ?MODULE, {Me, #{call => discard, send => trace}}}]),
    do(P, fun() -> f(1) end),
    show(P),
    erlang:trace(P, false, [all]),
    io:format("meta~n"),
    io:format("~p~n", [erlang:trace_pattern({?MODULE, f, 1}, [{'_', [], [{return_trace}]}], [{meta, ?MODULE, State}])]),
    do(P, fun() -> f(5) end),
    show(P),
    io:format("~p~n", [erlang:trace_info({?MODULE, f, 1}, meta) =:= {meta, {?MODULE, State}}]),
    erlang:trace_pattern({?MODULE, f, 1}, false, [meta, local]),
    io:format("removed~n"),
    io:format("~p~n", [erlang:trace(P, true, [send, {tracer, ?MODULE, {Me, #{trace_status => remove, send => trace}}}])]),
    do(P, fun() -> ok end),
    io:format("~p~n", [erlang:trace_info(P, flags)]),
    io:format("sequential~n"),
    _ = seq_trace:set_system_tracer({?MODULE, {Me, #{seq_trace => trace}}}),
    _ = [seq_trace:set_token(K, V) || {K, V} <- [{label, 17}, {print, true}]],
    seq_trace:print(17, hi),
    seq_trace:set_token([]),
    show(P),
    io:format("~p~n", [seq_trace:get_system_tracer() =:= {?MODULE, {Me, #{seq_trace => trace}}}]),
    _ = seq_trace:set_system_tracer(false).

worker() -> spawn(fun work/0).
work() -> receive {do, From, Ref, F} -> F(), From ! {Ref, done}, work() end.
do(P, F) -> R = make_ref(), P ! {do, self(), R, F}, receive {R, done} -> ok end.

show(P) ->
    R = erlang:trace_delivered(P),
    receive {trace_delivered, P, R} -> ok end,
    shown(P).
shown(P) ->
    receive
        {hello, _} -> shown(P);
        {F, Tag, Tracee, Data, Opts} ->
            io:format("~p ~p ~p ~0p ~0p~n", [F, Tag, Tracee =:= P orelse Tracee, hide(Data), hide(Opts)]),
            shown(P)
    after 0 -> ok
    end.
hide(#{scheduler_id := N} = M) when is_integer(N), N > 0 -> hide(M#{scheduler_id := some});
hide(M) when is_map(M) -> maps:map(fun(_, V) -> hide(V) end, M);
hide(T) when is_tuple(T) -> list_to_tuple([hide(E) || E <- tuple_to_list(T)]);
hide(P) when is_pid(P) -> pid;
hide(R) when is_reference(R) -> ref;
hide(X) -> X.
