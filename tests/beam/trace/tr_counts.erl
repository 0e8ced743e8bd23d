%% SPDX-License-Identifier: Apache-2.0
%% call_count and call_time: counting, pausing, restarting, and their end; cprof.
-module(tr_counts).
-export([f/1, g/1]).
-include("../t.hrl").
start() ->
    ?T(erlang:trace_pattern({?MODULE, f, 1}, true, [call_count])),
    ?T([f(N) || N <- lists:seq(1, 7)]),
    ?T(erlang:trace_info({?MODULE, f, 1}, call_count)),
    ?T(erlang:trace_pattern({?MODULE, f, 1}, pause, [call_count])),
    ?T([f(N) || N <- [1, 2]]),
    ?T(erlang:trace_info({?MODULE, f, 1}, call_count)),
    ?T(erlang:trace_pattern({?MODULE, f, 1}, restart, [call_count])),
    ?T([f(N) || N <- [1, 2]]),
    ?T(erlang:trace_info({?MODULE, f, 1}, call_count)),
    ?T(erlang:trace_pattern({?MODULE, g, 1}, restart, [call_count])),
    ?T(erlang:trace_info({?MODULE, g, 1}, call_count)),
    ?T(erlang:trace_pattern({?MODULE, '_', '_'}, false, [call_count]) > 0),
    ?T(erlang:trace_info({?MODULE, f, 1}, call_count)),
    ?T(erlang:trace_pattern({?MODULE, f, 1}, [{'_', [], []}], [call_count])),
    ?T(erlang:trace_pattern({?MODULE, '_', 1}, true, [call_time])),
    P = spawn(fun() -> receive go -> [g(N) || N <- lists:seq(1, 100)], receive stop -> ok end end end),
    ?T(erlang:trace(P, true, [call])),
    P ! go,
    ?T(wait_for(fun() -> case erlang:trace_info({?MODULE, g, 1}, call_time) of {_, [{P, 100, 0, _}]} -> true; _ -> false end end)),
    ?T(begin {call_time, [{P, N, 0, U}]} = erlang:trace_info({?MODULE, f, 1}, call_time), {N, is_integer(U)} end),
    P ! stop,
    ?T(erlang:trace_pattern({?MODULE, '_', '_'}, false, [call_time]) > 0),
    ?T(erlang:trace_info({?MODULE, f, 1}, call_time)),
    ?T(cprof:start(?MODULE, f) > 0),
    ?T([g(N) || N <- [1, 2, 3]]),
    ?T(cprof:pause() > 0),
    ?T(element(2, cprof:analyse(?MODULE))),
    ?T(cprof:stop() > 0),
    %% of erlang:apply/2,3, which nobody calls, too
    ?T(erlang:trace_pattern({erlang, apply, '_'}, true, [call_count])),
    ?T([erlang:trace_info({erlang, apply, A}, call_count) || A <- [2, 3]]),
    ?T(erlang:trace_pattern({erlang, apply, '_'}, false, [call_count])),
    ?T(erlang:trace_info({erlang, apply, 2}, call_count)).
f(X) -> X.
g(X) -> f(X) + 1.
