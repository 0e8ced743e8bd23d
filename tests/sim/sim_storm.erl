%% SPDX-License-Identifier: Apache-2.0
%% 1,000 processes that talk, wait on timers and choose at random what to receive next, for the deterministic mode:
%% which of them goes first is left to the schedule, so that the schedule can be seen in what is printed.
-module(sim_storm).
-export([start/0, start/1]).
-define(PROCESSES, 1000).
-define(ROUNDS, 20).

start() -> start(["1000"]).

%% start([Count]): runs Count processes; prints a digest of the order of all their events, and counts.
start([Count]) ->
    N = list_to_integer(Count),
    Main = self(),
    Log = spawn_link(fun() -> log(Main, 0, 0, []) end),
    Pids = list_to_tuple([spawn_link(fun() -> wait(I, Log, Main) end) || I <- lists:seq(1, N)]),
    [P ! {peers, Pids} || P <- tuple_to_list(Pids)],
    done(N),
    [P ! stop || P <- tuple_to_list(Pids)],
    Log ! {finish, self()},
    receive {digest, Events, Hash, Last} -> io:format("events ~p order ~8.16.0b last ~p~n", [Events, Hash, Last]) end.

done(0) -> ok;
done(N) -> receive {ended, _} -> done(N - 1) end.

wait(I, Log, Main) ->
    receive
        {peers, Pids} ->
            Seed = rand:seed_s(exsss, {I, I * 7, 13}),
            work(#{me => I, log => Log, main => Main, pids => Pids, seen => 0}, ?ROUNDS, Seed)
    end.

%% Each round: send to some peers, start a timer, and wait for one of the kinds of message, chosen at random; when it
%% does not come in time, take what there is.
work(S, 0, _) ->
    maps:get(main, S) ! {ended, maps:get(me, S)},
    rest(S);
work(S, Round, R0) ->
    #{me := Me, log := Log, pids := Pids} = S,
    {A, R1} = rand:uniform_s(tuple_size(Pids), R0),
    {B, R2} = rand:uniform_s(tuple_size(Pids), R1),
    {Delay, R3} = rand:uniform_s(30, R2),
    {Kind, R4} = rand:uniform_s(3, R3),
    element(A, Pids) ! {1, Me, Round},
    element(B, Pids) ! {2, Me, Round},
    Timer = erlang:start_timer(Delay, self(), Round),
    Event = receive
                {1, From, _} when Kind =:= 1 -> {one, From};
                {2, From, _} when Kind =:= 2 -> {two, From};
                {timeout, Timer, _} when Kind =:= 3 -> timer
            after Delay div 2 ->
                receive Any -> shape(Any) after 0 -> idle end
            end,
    Log ! {Me, Round, Event},
    case erlang:cancel_timer(Timer) of
        false -> receive {timeout, Timer, _} -> ok after 0 -> ok end;
        _ -> ok
    end,
    work(S, Round - 1, R4).

shape({timeout, _, N}) -> {late, N};
shape({K, From, _}) -> {K, From}.

rest(S) -> receive stop -> ok; _ -> rest(S) end.

log(Main, Events, Hash, Last) ->
    receive
        {finish, Main} -> Main ! {digest, Events, Hash, Last};
        {_, _, _} = Event -> log(Main, Events + 1, erlang:phash2({Hash, Event}, 1 bsl 32), element(1, Event))
    end.
