%% SPDX-License-Identifier: Apache-2.0
%%
%% How long it takes until a process runs that gets a message, while each scheduler has a process that computes.
%% main([Seconds, File]): pairs of processes, one that wakes by its timer and sends the time of day, one that takes the
%% message. File gets two lists of whole numbers, one number a line: `message N` (nanoseconds from sending to running) and
%% `timer N` (nanoseconds from when the timer was due, a whole millisecond, to running).
-module(wakeups).
-export([main/1]).

main([Seconds, File]) ->
    Self = self(),
    End = erlang:monotonic_time(millisecond) + 1000 * list_to_integer(Seconds),
    Computing = [spawn(fun() -> compute(lists:seq(1, 300)) end) || _ <- lists:seq(1, erlang:system_info(schedulers_online))],
    Pairs = [spawn(fun() -> Taker = spawn(fun() -> take(Self, []) end), wake(Self, Taker, End, I, []) end)
             || I <- lists:seq(1, 8)],
    Results = [receive {Kind, Numbers} -> {Kind, Numbers} end || _ <- Pairs, _ <- [timer, message]],
    [exit(P, kill) || P <- Computing],
    ok = file:write_file(File, [[atom_to_list(K), " ", integer_to_list(N), $\n] || {K, Ns} <- Results, N <- Ns]),
    io:format("wakeups ~w~n", [lists:sum([length(Ns) || {_, Ns} <- Results])]),
    erlang:halt(0).

compute(L) -> lists:sort(fun(A, B) -> A > B end, [X * 7919 rem 1009 || X <- L]), compute(L).

wake(Main, Taker, End, I, Late) ->
    Due = erlang:monotonic_time(millisecond) + 2 + I rem 3,
    erlang:send_after(Due, self(), go, [{abs, true}]),
    receive go -> ok end,
    Now = erlang:monotonic_time(nanosecond),
    Taker ! {sent, Now},
    if
        Due < End -> wake(Main, Taker, End, I, [Now - Due * 1000000 | Late]);
        true -> Taker ! stop, Main ! {timer, Late}
    end.

take(Main, Took) ->
    receive
        {sent, At} -> take(Main, [erlang:monotonic_time(nanosecond) - At | Took]);
        stop -> Main ! {message, Took}
    end.
