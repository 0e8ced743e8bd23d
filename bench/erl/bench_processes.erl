%% SPDX-License-Identifier: Apache-2.0
%%
%% Work on processes, as bench.erl is: main([Name | Size]) runs the named work once small, then once measured, and prints
%% `bench Name Microseconds Check`. Size: the first parameter of the work in place of the usual one (bench/scale).
-module(bench_processes).
-export([main/1]).

main([Name | Size]) ->
    Work = list_to_atom(Name),
    N = case Size of [] -> usual(Work); [S] -> list_to_integer(S) end,
    run(Work, max(N div 100, 1)),
    erlang:garbage_collect(),
    T0 = erlang:monotonic_time(microsecond),
    Check = run(Work, N),
    T1 = erlang:monotonic_time(microsecond),
    io:format("bench ~w ~w ~w~n", [Work, T1 - T0, if is_integer(Check) -> Check; true -> 0 end]),
    erlang:halt(0).

usual(spawn_all) -> 500000;
usual(fan_in) -> 1000000;
usual(timers_cancelled) -> 1000000;
usual(timers_fired) -> 1000000;
usual(receive_timeouts) -> 1000000;
usual(links_ended) -> 300000;
usual(monitors_ended) -> 300000;
usual(waiting_bytes) -> 1000000;
usual(alive) -> 10000000;
usual(message_words) -> 1000;
usual(independent_spawn) -> 500000;
usual(independent_compute) -> 300;
usual(ring) -> 1000000;
usual(ping_pong) -> 1000000.

%% All spawned at once, each sends one message. Their pids are kept: or else erl, whose collector visits each waiting message,
%% collects a small heap again and again beside a long queue and takes minutes.
run(spawn_all, N) ->
    Self = self(),
    Pids = [spawn(fun() -> Self ! I end) || I <- lists:seq(1, N)],
    Sum = take(N, 0),
    N = length(Pids),
    Sum;
%% 1,000 senders, one receiver
run(fan_in, N) ->
    Self = self(),
    Each = max(N div 1000, 1),
    [spawn(fun() -> send_many(Each, Self) end) || _ <- lists:seq(1, 1000)],
    take(Each * 1000, 0);
run(timers_cancelled, N) -> start_and_cancel(N, self());
%% They go off in ten milliseconds from now on, and while they are still being started.
run(timers_fired, N) ->
    start_timers(N, self()),
    take(N, 0);
%% A receive that gets its message in time starts and cancels a timer.
run(receive_timeouts, N) ->
    Self = self(),
    Echo = spawn(fun() -> echo(Self) end),
    Sum = asks(N, Echo, 0),
    Echo ! stop,
    Sum;
run(links_ended, N) ->
    process_flag(trap_exit, true),
    Pids = spawn_waiters(N, fun(F) -> spawn_link(F) end, []),
    [P ! stop || P <- Pids],
    Ended = count_ended(N, 0),
    process_flag(trap_exit, false),
    Ended;
run(monitors_ended, N) ->
    Pids = spawn_waiters(N, fun(F) -> {P, _} = spawn_monitor(F), P end, []),
    [P ! stop || P <- Pids],
    count_ended(N, 0);
%% Resident memory before and after, and what is between. Nobody keeps the pids.
run(waiting_bytes, N) when N < 100000 -> 0;
run(waiting_bytes, N) ->
    Before = resident_bytes(),
    spawn_quietly(N),
    erlang:yield(),
    wait_until_idle(),
    io:format("bytes ~w~n", [(resident_bytes() - Before) div N]),
    N;
%% All alive at once; then each answers a message.
run(alive, N) ->
    Self = self(),
    F = fun() -> receive hello -> Self ! 1 end end,
    Pids = spawn_alike(N, F, []),
    true = erlang:system_info(process_count) >= N,
    io:format("alive ~w~n", [N]),
    [P ! hello || P <- Pids],
    take(N, 0);
%% Messages of N words, acknowledged; about a million words altogether, or 1,000 messages.
run(message_words, N) ->
    Self = self(),
    P = spawn(fun() -> echo(Self) end),
    List = lists:seq(1, max(N div 2, 1)),
    Times = max(20, min(100000, 10000000 div N)),
    T0 = erlang:monotonic_time(nanosecond),
    send_lists(Times, P, List),
    T1 = erlang:monotonic_time(nanosecond),
    io:format("each ~w~n", [(T1 - T0) div Times]),
    P ! stop,
    N;
%% As much work for each of four processes that have nothing to do with each other.
run(independent_spawn, N) -> four(fun() -> spawns(N div 4) end);
run(independent_compute, N) -> four(fun() -> compute(N div 4 + 1, lists:seq(1, 1000), 0) end);
run(ring, Hops) ->
    Self = self(),
    Last = ring_build(999, Self),
    Last ! Hops,
    ring_node(Last),
    0;
run(ping_pong, N) ->
    Self = self(),
    P = spawn(fun() -> echo(Self) end),
    Sum = asks(N, P, 0),
    P ! stop,
    Sum.

send_many(0, _) -> ok;
send_many(N, To) -> To ! N, send_many(N - 1, To).

take(0, Sum) -> Sum;
take(N, Sum) -> receive X when is_integer(X) -> take(N - 1, Sum + X) end.

start_and_cancel(0, _) -> 0;
start_and_cancel(N, Self) ->
    T = erlang:start_timer(100000 + N rem 1000, Self, late),
    true = is_integer(erlang:cancel_timer(T)),
    start_and_cancel(N - 1, Self).

start_timers(0, _) -> ok;
start_timers(N, Self) -> erlang:send_after(N rem 10, Self, N), start_timers(N - 1, Self).

asks(0, _, Sum) -> Sum;
asks(N, P, Sum) ->
    P ! N,
    receive M -> asks(N - 1, P, Sum + M) after 5000 -> exit(late) end.

echo(P) ->
    receive
        stop -> ok;
        N when is_integer(N) -> P ! N, echo(P);
        {list, [H | _]} -> P ! H, echo(P)
    end.

send_lists(0, _, _) -> ok;
send_lists(N, P, List) -> P ! {list, List}, receive _ -> send_lists(N - 1, P, List) end.

spawn_waiters(0, _, Pids) -> Pids;
spawn_waiters(N, Spawn, Pids) -> spawn_waiters(N - 1, Spawn, [Spawn(fun() -> receive stop -> ok end end) | Pids]).

count_ended(0, Sum) -> Sum;
count_ended(N, Sum) ->
    receive
        {'EXIT', _, normal} -> count_ended(N - 1, Sum + 1);
        {'DOWN', _, process, _, normal} -> count_ended(N - 1, Sum + 1)
    end.

spawn_quietly(0) -> ok;
spawn_quietly(N) -> spawn(fun() -> receive stop -> ok end end), spawn_quietly(N - 1).

spawn_alike(0, _, Pids) -> Pids;
spawn_alike(N, F, Pids) -> spawn_alike(N - 1, F, [spawn(F) | Pids]).

spawns(0) -> 0;
spawns(N) ->
    Self = self(),
    P = spawn(fun() -> Self ! {done, self()} end),
    receive {done, P} -> spawns(N - 1) end.

ring_build(0, Next) -> Next;
ring_build(N, Next) -> ring_build(N - 1, spawn(fun() -> ring_node(Next) end)).

ring_node(Next) ->
    receive
        0 -> Next ! 0;
        N -> Next ! N - 1, ring_node(Next)
    end.

four(F) ->
    Ms = [spawn_monitor(F) || _ <- lists:seq(1, 4)],
    [receive {'DOWN', M, process, P, normal} -> ok end || {P, M} <- Ms],
    0.

compute(0, _, Sum) -> Sum;
compute(N, L, Sum) -> compute(N - 1, L, Sum + length(lists:sort([X * 7919 rem 1009 || X <- L ++ L]))).

resident_bytes() ->
    {ok, Text} = file:read_file("/proc/self/statm"),
    [_, Pages | _] = string:split(Text, " ", all),
    binary_to_integer(Pages) * 4096.

wait_until_idle() ->
    case erlang:statistics(total_run_queue_lengths) of
        0 -> receive after 300 -> ok end;
        _ -> receive after 10 -> wait_until_idle() end
    end.
