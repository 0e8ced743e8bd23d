%% SPDX-License-Identifier: Apache-2.0
%% otp: 27
%% Trace sessions: each with a tracer and settings of its own, beside the legacy one; what is told of
%% them, and their end, also by the loss of their handles. call_memory.
-module(trace_sessions).
-export([f/1, top/1, middle/1, bottom/1, pair/1, pairs/1]).
-include("../t.hrl").
start() ->
    process_flag(trap_exit, true),
    names(),
    events(),
    calls(),
    return_to(),
    inherited(),
    patterns(),
    on_load(),
    memory(),
    meta(),
    ended(),
    collected(),
    wrong().

names() ->
    S1 = trace:session_create(a, self(), []),
    S2 = trace:session_create(b, undefined, []),
    {R, {a, N}} = S1,
    ?T({is_reference(R), is_integer(N), element(1, element(2, S2))}),
    ?T([Name || {Name, _} <- trace:session_info(all)]),
    ?T(trace:session_info(self())),
    ?T(trace:session_info({?MODULE, nope, 7})),
    ?T(trace:session_info({?MODULE, f, 1})),
    ?T(trace:session_info(list_to_pid("<0.9999.0>"))),
    ?T(trace:function(S1, {?MODULE, f, 1}, true, [])),
    ?T(trace:process(S1, self(), true, [send])),
    ?T([Name || {Name, _} <- trace:session_info({?MODULE, f, 1})]),
    ?T([Name || {Name, _} <- trace:session_info(self())]),
    ?T(trace:info({a, N}, self(), flags)),
    ?T(trace:info(S2, self(), flags)),
    ?T(erlang:trace_info(self(), flags)),
    ?T(trace:info(S1, {?MODULE, f, 1}, all)),
    ?T(trace:info(S2, {?MODULE, f, 1}, all)),
    ?T(trace:session_destroy(S1)),
    ?T(trace:session_destroy(S1)),
    ?T(trace:session_info({?MODULE, f, 1})),
    ?T(trace:session_destroy(S2)).

events() ->
    {T1, T2, T0} = {tracer(), tracer(), tracer()},
    S1 = trace:session_create(one, T1, []),
    S2 = trace:session_create(two, T2, []),
    P = worker(),
    ?T(trace:process(S1, P, true, [send, procs])),
    ?T(trace:process(S2, P, true, ['receive', procs])),
    ?T(erlang:trace(P, true, [send, 'receive', {tracer, T0}])),
    Me = self(),
    do(P, fun() -> register(traced_worker, self()), unregister(traced_worker), Me ! hello end),
    receive hello -> ok end,
    ?T(shown(S1, T1, P)),
    ?T(shown(S2, T2, P)),
    ?T(shown(S1, T0, P)),
    ?T(trace:process(S1, P, false, [procs])),
    do(P, fun() -> register(traced_worker, self()), unregister(traced_worker) end),
    ?T(shown(S1, T1, P)),
    ?T(shown(S2, T2, P)),
    ?T(trace:session_destroy(S2)),
    do(P, fun() -> ok end),
    ?T(shown(S1, T1, P)),
    ?T(shown(S1, T2, P)),
    ?T(shown(S1, T0, P)),
    ?T(erlang:trace(P, false, [all])),
    ?T(trace:session_destroy(S1)).

calls() ->
    {T1, T2, T0} = {tracer(), tracer(), tracer()},
    S1 = trace:session_create(one, T1, []),
    S2 = trace:session_create(two, T2, []),
    P = worker(),
    [?T(trace:process(S, P, true, [call])) || S <- [S1, S2]],
    ?T(erlang:trace(P, true, [call, {tracer, T0}])),
    ?T(trace:function(S1, {?MODULE, f, 1}, [{'_', [], [{return_trace}]}], [local])),
    ?T(trace:function(S2, {?MODULE, f, 1}, true, [global])),
    ?T(erlang:trace_pattern({?MODULE, f, 1}, [{['$1'], [{'>', '$1', 5}], [{message, '$1'}]}], [local, call_count])),
    do(P, fun() -> f(1), ?MODULE:f(2), ?MODULE:f(7) end),
    ?T(shown(S1, T1, P)),
    ?T(shown(S2, T2, P)),
    ?T(shown(S2, T0, P)),
    ?T(trace:info(S1, {?MODULE, f, 1}, traced)),
    ?T(trace:info(S2, {?MODULE, f, 1}, traced)),
    ?T(erlang:trace_info({?MODULE, f, 1}, call_count)),
    ?T(trace:function(S2, {?MODULE, f, 1}, false, [global])),
    ?T(trace:function(S1, {?MODULE, f, 1}, true, [call_count])),
    do(P, fun() -> ?MODULE:f(8) end),
    ?T(trace:info(S1, {?MODULE, f, 1}, call_count)),
    ?T(trace:info(S2, {?MODULE, f, 1}, call_count)),
    ?T(shown(S1, T1, P)),
    ?T(shown(S2, T2, P)),
    ?T([trace:session_destroy(S) || S <- [S1, S2]]),
    do(P, fun() -> ?MODULE:f(9) end),
    ?T(shown(S2, T0, P)),
    ?T(erlang:trace_info({?MODULE, f, 1}, call_count)),
    ?T(erlang:trace_pattern({?MODULE, f, 1}, false, [local, call_count])).

return_to() ->
    {T1, T2} = {tracer(), tracer()},
    S1 = trace:session_create(one, T1, []),
    S2 = trace:session_create(two, T2, []),
    P = worker(),
    [trace:process(S, P, true, [call, return_to, arity]) || S <- [S1, S2]],
    trace:function(S1, {?MODULE, bottom, 1}, true, [local]),
    trace:function(S2, {?MODULE, middle, 1}, true, [local]),
    trace:function(S2, {?MODULE, bottom, 1}, [{'_', [], [{exception_trace}]}], [local]),
    [begin
         do(P, fun() -> top([How, What]) end),
         ?T({How, What, shown(S1, T1, P), shown(S2, T2, P)})
     end || How <- [body, tail, 'catch'], What <- [return, exception]],
    ?T([trace:session_destroy(S) || S <- [S1, S2]]).

top([How | T]) -> [(catch middle([How | T])) | top].
middle([body | T]) -> [bottom(T) | middle];
middle(['catch' | T]) -> [(catch bottom(T)) | middle];
middle([tail | T]) -> bottom(T).
bottom([return]) -> done;
bottom([exception]) -> exit(thrown).

inherited() ->
    {T1, T2} = {tracer(), tracer()},
    S1 = trace:session_create(one, T1, []),
    S2 = trace:session_create(two, T2, []),
    P = worker(),
    trace:process(S1, P, true, [procs, set_on_spawn]),
    trace:process(S2, P, true, [send, set_on_first_link]),
    Me = self(),
    do(P, fun() -> C1 = spawn_link(fun() -> receive stop -> ok end end), C2 = spawn(fun() -> receive stop -> ok end end), Me ! {children, C1, C2} end),
    {C1, C2} = receive {children, A, B} -> {A, B} end,
    ?T([{F, trace:info(S1, C, F) =:= trace:info(S1, P, F)} || C <- [C1, C2], F <- [flags, tracer]]),
    ?T([trace:info(S1, C, flags) || C <- [P, C1, C2]]),
    ?T([trace:info(S2, C, flags) || C <- [P, C1, C2]]),
    ?T(trace:process(S2, new, true, [call])),
    D = spawn(fun() -> receive stop -> ok end end),
    ?T({trace:info(S1, D, flags), trace:info(S2, D, flags), erlang:trace_info(D, flags)}),
    ?T(trace:info(S2, new, flags)),
    ?T([N || {N, _} <- trace:session_info(new_processes)]),
    ?T([trace:session_destroy(S) || S <- [S1, S2]]),
    ?T(trace:session_info(new)),
    [C ! stop || C <- [C1, C2, D]].

patterns() ->
    {T1, T2} = {tracer(), tracer()},
    S1 = trace:session_create(one, T1, []),
    S2 = trace:session_create(two, T2, []),
    P = worker(),
    Me = self(),
    [trace:process(S, P, true, [send]) || S <- [S1, S2]],
    ?T(trace:send(S1, [{['_', {keep, '_'}], [], []}], [])),
    ?T(trace:recv(S1, false, [])),
    do(P, fun() -> Me ! {keep, 1}, Me ! {drop, 2} end),
    ?T(shown(S1, T1, P)),
    ?T(shown(S2, T2, P)),
    ?T(trace:info(S1, send, match_spec)),
    ?T(trace:info(S2, send, match_spec)),
    ?T(erlang:trace_info(send, match_spec)),
    ?T([N || {N, _} <- trace:session_info('receive')]),
    ?T(trace:send(S2, false, [])),
    do(P, fun() -> Me ! {keep, 3} end),
    ?T(shown(S1, T1, P)),
    ?T(shown(S2, T2, P)),
    ?T([trace:session_destroy(S) || S <- [S1, S2]]),
    flush().

on_load() ->
    S1 = trace:session_create(one, self(), []),
    S2 = trace:session_create(two, self(), []),
    ?T(trace:function(S1, on_load, true, [local])),
    ?T(trace:function(S2, on_load, true, [])),
    ?T(trace:info(S1, on_load, all)),
    ?T([N || {N, _} <- trace:session_info(on_load)]),
    code:purge(orddict), code:load_file(orddict),
    ?T(trace:info(S1, {orddict, new, 0}, traced)),
    ?T(trace:info(S2, {orddict, new, 0}, traced)),
    ?T([trace:session_destroy(S) || S <- [S1, S2]]),
    ?T(trace:session_info({orddict, new, 0})),
    ?T(trace:session_info(on_load)).

memory() ->
    S = trace:session_create(memory, self(), []),
    P = worker(),
    trace:process(S, P, true, [call]),
    ?T(trace:function(S, {?MODULE, pair, 1}, true, [call_memory])),
    do(P, fun() -> [pair(N) || N <- [1, 2, 3]] end),
    ?T([{C, W} || {Q, C, W} <- element(2, trace:info(S, {?MODULE, pair, 1}, call_memory)), Q =:= P]),
    ?T(trace:function(S, {?MODULE, pairs, 1}, true, [call_memory, call_count])),
    ?T(trace:function(S, {?MODULE, pair, 1}, restart, [call_memory])),
    do(P, fun() -> pairs(4), erlang:garbage_collect(), pairs(2) end),
    ?T([{C, W} || F <- [pair, pairs], {Q, C, W} <- element(2, trace:info(S, {?MODULE, F, 1}, call_memory)), Q =:= P]),
    ?T(trace:info(S, {?MODULE, pairs, 1}, call_count)),
    ?T(trace:function(S, {?MODULE, pairs, 1}, pause, [call_memory])),
    do(P, fun() -> pairs(5) end),
    ?T([C || {Q, C, _} <- element(2, trace:info(S, {?MODULE, pairs, 1}, call_memory)), Q =:= P]),
    ?T(trace:function(S, {?MODULE, '_', '_'}, false, [call_memory]) > 0),
    ?T(trace:info(S, {?MODULE, pair, 1}, call_memory)),
    ?T(erlang:trace_pattern({?MODULE, pair, 1}, true, [call_memory])),
    ?T(erlang:trace_info({?MODULE, pair, 1}, call_memory)),
    ?T(erlang:trace_info({?MODULE, pair, 1}, all)),
    ?T(erlang:trace_pattern({?MODULE, pair, 1}, false, [call_memory])),
    ?T(trace:session_destroy(S)).

pair(N) -> {N, N}.
pairs(0) -> [];
pairs(N) -> P = pair(N), [P | pairs(N - 1)].

meta() ->
    {T1, T2} = {tracer(), tracer()},
    S1 = trace:session_create(one, T1, []),
    S2 = trace:session_create(two, T2, []),
    P = worker(),
    ?T(trace:function(S1, {?MODULE, f, 1}, [{'_', [], [{trace, [], [send]}, {return_trace}]}], [meta])),
    ?T(trace:function(S2, {?MODULE, f, 1}, true, [meta])),
    do(P, fun() -> f(3) end),
    ?T([case M of {trace_ts, Q, W, A, _} -> {Q =:= P, W, A}; {trace_ts, Q, W, A, B, _} -> {Q =:= P, W, A, B}; {trace, Q, W, _, _} -> {Q =:= P, W} end || M <- got(S1, T1, P)]),
    ?T([{Q =:= P, W, A} || {trace_ts, Q, W, A, _} <- got(S2, T2, P)]),
    ?T(trace:info(S1, P, flags)),
    ?T({element(2, trace:info(S1, {?MODULE, f, 1}, meta)) =:= T1, element(2, trace:info(S1, P, tracer)) =:= T1}),
    ?T([trace:session_destroy(S) || S <- [S1, S2]]),
    ?T(trace:session_info(P)).

%% The tracer dies.
ended() ->
    T = tracer(),
    S = trace:session_create(one, T, []),
    P = worker(),
    trace:process(S, P, true, [send]),
    trace:function(S, {?MODULE, f, 1}, true, [local]),
    M = erlang:monitor(process, T),
    exit(T, kill),
    receive {'DOWN', M, _, _, _} -> ok end,
    ?T(trace:info(S, P, flags)),
    ?T(trace:info(S, {?MODULE, f, 1}, traced)),
    ?T(trace:session_destroy(S)).

%% The handle is lost.
collected() ->
    Me = self(),
    {Q, M} = spawn_monitor(fun() ->
        S = trace:session_create(lost, Me, []),
        trace:process(S, Me, true, [procs]),
        trace:function(S, {?MODULE, f, 1}, true, [local]),
        ?T([N || {N, _} <- trace:session_info(Me)]),
        erlang:send(Me, element(1, element(2, S)))
    end),
    receive {'DOWN', M, process, Q, _} -> ok end,
    receive lost -> ok end,
    ?T(wait_for(fun() -> trace:session_info(Me) =:= [] end)),
    ?T([N || {N, _} <- trace:session_info(all)]),
    ?T(wait_for(fun() -> trace:session_info({?MODULE, f, 1}) =:= [] end)).

wrong() ->
    S = trace:session_create(one, self(), []),
    U = trace:session_create(two, undefined, []),
    Any = {?MODULE, '_', '_'},
    [?T({F, why(F, A)}) || {F, A} <- [
        {process, [S, a, true, []]}, {process, [S, self(), true, [{tracer, self()}]]}, {process, [S, self(), 1, []]},
        {process, [S, self(), true, [bad]]}, {process, [bad, self(), true, [call]]}, {process, [make_ref(), self(), true, [call]]},
        {process, [S, self(), true, bad]}, {process, [{one, 4711}, self(), true, []]}, {port, [S, a, true, []]},
        {function, [S, a, true, []]}, {function, [S, Any, true, [{meta, self()}]]}, {function, [S, Any, true, [local | meta]]},
        {function, [S, Any, [{[self(), '_'], [], []}], [call_count]]}, {function, [S, Any, 1, []]}, {function, [S, Any, true, [bad]]},
        {send, [S, a, []]}, {send, [S, true, bad]}, {recv, [S, true, [x]]},
        {info, [bad, self(), flags]}, {info, [make_ref(), self(), flags]}, {info, [atomics:new(1, []), self(), flags]},
        {info, [S, self(), bad]}, {info, [S, xx, flags]}, {info, [S, Any, traced]},
        {session_create, ["bad", self(), []]}, {session_create, [n, bad, []]}, {session_create, [n, self(), bad]}, {session_create, [n, self(), [x]]},
        {session_destroy, [bad]}, {session_destroy, [make_ref()]}, {session_info, [xx]}]],
    ?T(trace:process(U, self(), true, [send, {tracer, tracer()}])),
    ?T(trace:info(U, self(), flags)),
    ?T([trace:session_destroy(X) || X <- [S, U]]).

why(F, A) ->
    try apply(trace, F, A)
    catch error:R:St -> [{M, N, _, Info} | _] = St, {R, M, N, proplists:get_value(error_info, Info)}
    end.

f(X) -> X.

tracer() -> spawn(fun() -> collect([]) end).
collect(L) ->
    receive
        {get, From} -> From ! {got, lists:reverse(L)}, collect([]);
        M -> collect([M | L])
    end.
got(_, T, P) ->
    R = erlang:trace_delivered(P),
    receive {trace_delivered, P, R} -> ok end,
    T ! {get, self()},
    receive {got, L} -> L end.
%% without what differs from run to run
shown(S, T, P) -> [list_to_tuple([if is_pid(E) -> pid; is_reference(E) -> ref; is_function(E) -> 'fun'; true -> hide(E) end || E <- tuple_to_list(M)]) || M <- got(S, T, P)].
hide({do, _, _, _}) -> do;
hide({done, _}) -> done;
hide(T) -> T.
worker() -> spawn(fun work/0).
work() -> receive {do, From, Ref, F} -> F(), From ! {done, Ref}, work() end.
do(P, F) -> R = make_ref(), P ! {do, self(), R, F}, receive {done, R} -> ok end.
flush() -> receive _ -> flush() after 0 -> ok end.
