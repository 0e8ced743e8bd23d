%% SPDX-License-Identifier: Apache-2.0
%% later: tracing is not built yet
-module(tr_basic).
-export([f/1, g/2, loop/0]).
-include("../t.hrl").
start() -> P = spawn(fun loop/0), ?T(erlang:trace(P, true, [call, procs, 'receive', send])), ?T(erlang:trace_pattern({?MODULE, f, 1}, true, [local])), ?T(do(P, {call, f, [1]})), ?T(ev()), ?T(erlang:trace_pattern({?MODULE, g, 2}, [{'_', [], [{return_trace}]}], [local])), ?T(do(P, {call, g, [1, 2]})), ?T(ev()), ?T(erlang:trace_pattern({?MODULE, f, 1}, [{['$1'], [{'>', '$1', 5}], [{message, {arg, '$1'}}]}], [local])), ?T(do(P, {call, f, [3]})), ?T(do(P, {call, f, [7]})), ?T(ev()), ?T(erlang:trace_info(P, flags) =/= x), ?T(lists:sort(element(2, erlang:trace_info(P, flags)))), ?T(erlang:trace_info({?MODULE, f, 1}, traced)), ?T(erlang:trace_info({?MODULE, g, 2}, match_spec)), ?T(erlang:trace_info({?MODULE, loop, 0}, traced)), ?T(erlang:trace(P, false, [send, 'receive'])), ?T(do(P, spawn)), ?T(ev()), ?T(erlang:trace_pattern({?MODULE, f, 1}, true, [local, call_count])), ?T([do(P, {call, f, [K]}) || K <- [1, 2, 3]]), ?T(erlang:trace_info({?MODULE, f, 1}, call_count)), ?T(erlang:trace_pattern({?MODULE, '_', '_'}, false, [local, call_count])), ?T(erlang:trace_pattern({?MODULE, '_', '_'}, false, [local])), ?T(do(P, exit)), ?T(ev()), ?T(catch_(fun() -> erlang:trace(P, true, [call]) end)), ?T(catch_(fun() -> erlang:trace(x, true, [call]) end)), ?T(catch_(fun() -> erlang:trace(self(), true, [zork]) end)), ?T(new_spawned()), ?T(global_calls()), ?T(exception_t()), ?T(sendrecv()), ?T(erlang:trace_delivered(all) =/= x), ?T(receive {trace_delivered, all, _} -> ok after 2000 -> t end), ?T(dbg_t()), ?T(timestamps()), ?T(seqt()), ?T(sysmon()).
f(X) -> X * 2.
g(A, B) -> h(A) + B.
h(X) -> X + 1.
loop() -> receive {From, {call, F, A}} -> From ! {r, apply(?MODULE, F, A)}, loop(); {From, spawn} -> Q = spawn(fun() -> ok end), M = monitor(process, Q), receive {'DOWN', M, _, _, _} -> ok end, From ! {r, spawned}, loop(); {From, exit} -> From ! {r, bye}, exit(finished) end.
do(P, M) -> P ! {self(), M}, receive {r, R} -> R after 3000 -> timeout end.
ev() -> timer:sleep(30), fl().
fl() -> receive T when element(1, T) =:= trace -> [norm(T) | fl()] after 0 -> [] end.
norm(T) -> list_to_tuple([n(X) || X <- tuple_to_list(T), not (is_pid(X) andalso X =:= element(2, T))]).
n(X) when is_pid(X) -> pid; n(X) when is_reference(X) -> ref; n(X) when is_function(X) -> fn; n(T) when is_tuple(T) -> list_to_tuple([n(X) || X <- tuple_to_list(T)]); n([H | T]) -> [n(H) | n(T)]; n(X) -> X.
catch_(F) -> try F() catch C:R -> {C, R} end.
new_spawned() -> S = self(), P = spawn(fun() -> receive go -> Q = spawn(fun() -> receive x -> f(1) end end), S ! {q, Q} end end), erlang:trace(P, true, [procs, set_on_spawn]), P ! go, Q = receive {q, X} -> X end, {flags, F} = erlang:trace_info(Q, flags), Q ! x, timer:sleep(20), {lists:sort(F), length(fl()) > 2}.
global_calls() -> S = self(), erlang:trace_pattern({lists, seq, 2}, true, [global]), P = spawn(fun() -> receive go -> S ! {l, lists:seq(1, 3)} end end), erlang:trace(P, true, [call]), P ! go, receive {l, L} -> ok end, timer:sleep(20), R = fl(), erlang:trace_pattern({lists, seq, 2}, false, [global]), {L, R}.
exception_t() -> erlang:trace_pattern({?MODULE, f, 1}, [{'_', [], [{exception_trace}]}], [local]), P = spawn(fun() -> receive go -> catch f(a) end end), erlang:trace(P, true, [call]), P ! go, timer:sleep(30), R = fl(), erlang:trace_pattern({?MODULE, f, 1}, false, [local]), R.
sendrecv() -> P = spawn(fun() -> receive {m, F} -> F ! answer end end), erlang:trace(P, true, [send, 'receive']), P ! {m, self()}, receive answer -> ok after 1000 -> t end, timer:sleep(20), fl().
dbg_t() -> {ok, _} = dbg:tracer(process, {fun(M, S) -> S ! {dbg, norm(M)}, S end, self()}), {ok, _} = dbg:tpl(?MODULE, h, x), P = spawn(fun() -> receive go -> g(1, 2) end end), {ok, _} = dbg:p(P, [c]), P ! go, R = [receive {dbg, M} -> M after 2000 -> t end || _ <- [1, 2]], dbg:stop_clear(), R.
timestamps() -> P = spawn(fun() -> receive go -> f(1) end end), erlang:trace_pattern({?MODULE, f, 1}, true, [local]), erlang:trace(P, true, [call, monotonic_timestamp]), P ! go, R = receive {trace_ts, P, call, {_, f, _}, T} -> is_integer(T) after 2000 -> t end, erlang:trace_pattern({?MODULE, f, 1}, false, [local]), R.
seqt() -> seq_trace:set_token(label, 17), A = seq_trace:get_token(label), seq_trace:set_token([]), {A, seq_trace:get_token()}.
sysmon() -> Old = erlang:system_monitor(), erlang:system_monitor(self(), [{large_heap, 200000}]), P = spawn(fun() -> L = lists:seq(1, 500000), receive x -> length(L) end end), R = receive {monitor, P, large_heap, I} -> is_list(I) after 3000 -> none end, exit(P, kill), erlang:system_monitor(undefined), {Old, R}.
