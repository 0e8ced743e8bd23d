%% SPDX-License-Identifier: Apache-2.0
%% flags: +S 2:2
%% Microstate accounting: the switch, what it counts, and the module msacc.
-module(sc_msacc).
-include("../t.hrl").
f(A) -> erlang:system_flag(microstate_accounting, A).
all() -> erlang:statistics(microstate_accounting).
kinds() -> lists:usort([T || #{type := T, id := I} <- all(), T =/= aux, T =/= async, I < 4]).
sum(Type, State) -> lists:sum([maps:get(State, C) || #{type := T, counters := C} <- all(), T =:= Type]).
total() -> lists:sum([lists:sum(maps:values(C)) || #{counters := C} <- all()]).
start() ->
    ?T(kinds()),
    ?T([lists:sort([I || #{type := scheduler, id := I} <- all()]), total()]),
    ?T(lists:usort([maps:keys(C) || #{counters := C} <- all()])),
    ?T([f(true), f(true), f(false), f(false), f(reset), total()]),
    ?T(f('maybe')),
    ?T(work()),
    ?T(begin A = total(), receive after 20 -> ok end, [A > 0, total() =:= A] end),
    ?T([f(reset), total()]),
    ?T(begin msacc:start(100), S = msacc:stats(), [is_list(S), lists:usort([maps:is_key('$type', X) || X <- S])] end),
    ?T(begin R = msacc:stats(system_runtime), is_number(R) orelse R end),
    ?T([msacc:reset(), msacc:available()]).
%% A second of two schedulers: what is counted is about what has passed, and all of it.
work() ->
    T0 = erlang:monotonic_time(),
    f(true),
    Busy = spin(erlang:monotonic_time(millisecond) + 60, 0),
    receive after 60 -> ok end,
    f(false),
    T1 = erlang:monotonic_time(),
    Passed = erlang:convert_time_unit(T1 - T0, native, perf_counter),
    Counted = lists:sum([lists:sum(maps:values(C)) || #{type := scheduler, counters := C} <- all()]),
    Ms = erlang:convert_time_unit(1, millisecond, perf_counter),
    [Busy > 0, sum(scheduler, emulator) > 10 * Ms, sum(scheduler, sleep) > 10 * Ms, Counted > Passed, Counted =< 2 * Passed,
     sum(scheduler, gc) > 0].
spin(End, N) ->
    _ = lists:seq(1, 50),
    0 = count(100000),
    case erlang:monotonic_time(millisecond) of
        T when T < End; N < 60 -> spin(End, N + 1);
        _ -> N
    end.
%% Work without garbage, so that collections do not take all the time where every allocation collects.
count(0) -> 0;
count(N) -> count(N - 1).
