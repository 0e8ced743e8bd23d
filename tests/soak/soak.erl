%% SPDX-License-Identifier: Apache-2.0
%%
%% Many processes do at random all that processes do to each other, for a given time, and check what the language
%% promises. main([Seconds, Processes, Seed]) prints `soak ok ...` and halts with 0, or the first breach and halts with 1.
%%
%% Checked: messages of each pair carry numbers, by pid and by alias mixed, and come without gap and in order. Nothing comes
%% from a process after its DOWN. Who ends by itself tells in its reason how many messages it sent to whom: each that
%% monitors it has got just as many. A monitor fires once, and not at all after demonitor with flush; a timer goes off
%% once, and not after it was cancelled. Contents arrive as they were. In the end all processes and their memory are gone.
-module(soak).
-export([main/1, loop/1, wake/1]).

-record(s, {main, slot, slots, sent = #{}, got = #{}, gone = #{}, monitors = #{}, dropped = #{}, timers = #{},
            cancelled = #{}, steps = 0, stopping = false}).

-define(NAMES, 500).
-define(FORGET_STEPS, 400).

main([Seconds, Processes, Seed]) ->
    process_flag(trap_exit, true),
    rand:seed(exsss, list_to_integer(Seed)),
    N = list_to_integer(Processes),
    ets:new(soak_slots, [named_table, public, {read_concurrency, true}, {write_concurrency, true}]),
    Codes = [code_version(V) || V <- [1, 2]],
    load(hd(Codes)),
    round(max(N div 10, 10), 1, Codes),
    Before = settled(),
    Steps = round(N, list_to_integer(Seconds), Codes),
    After = settled(),
    check_left(Before, After, N),
    io:format("soak ok: ~w steps~n", [Steps]),
    erlang:halt(0).

breach(What) ->
    io:format("soak breach: ~p~n", [What]),
    erlang:halt(1).

%% {processes, memory of processes, all memory} when nothing moves any more
settled() ->
    [erlang:garbage_collect(P) || P <- processes()],
    receive after 500 -> ok end,
    {erlang:system_info(process_count), erlang:memory(processes), erlang:memory(total)}.

check_left({P0, M0, T0}, {P1, M1, T1}, N) ->
    io:format("soak memory: ~w -> ~w processes, ~w -> ~w bytes of them, ~w -> ~w in all~n", [P0, P1, M0, M1, T0, T1]),
    io:format("soak biggest: ~w~n", [biggest()]),
    P1 =:= P0 orelse breach({processes_left, P0, P1}),
    M1 < M0 + 4000000 + N * 8 orelse breach({memory_left, M0, M1}),
    T1 < T0 + 8000000 + N * 16 orelse breach({total_left, T0, T1}).

biggest() ->
    Keys = [memory, registered_name, initial_call, message_queue_len, total_heap_size],
    lists:sublist(lists:reverse(lists:sort([[V || {_, V} <- I] || P <- processes(),
                                                                 I <- [process_info(P, Keys)], I =/= undefined])), 4).

%% ---- one round: N processes live for so long, then all end

round(N, Seconds, Codes) ->
    Main = self(),
    Keeper = spawn_link(fun() -> keeper(Main, N) end),
    Loader = spawn_link(fun() -> loader(Codes ++ Codes) end),
    End = erlang:monotonic_time(millisecond) + Seconds * 1000,
    wait_until(End),
    Keeper ! stop,
    Steps = receive {steps, S} -> S; {breach, What} -> breach(What) end,
    Loader ! {stop, self()},
    receive loader_stopped -> ok end,
    [receive {'EXIT', P, normal} -> ok; {'EXIT', P, Why} -> breach({ended, Why}) end || P <- [Keeper, Loader]],
    ets:delete_all_objects(soak_slots),
    receive Left -> breach({left_over, Left}) after 0 -> ok end,
    Steps.

wait_until(End) ->
    receive
        {breach, What} -> breach(What);
        {'EXIT', P, Why} -> breach({ended, P, Why})
    after max(0, End - erlang:monotonic_time(millisecond)) -> ok
    end.

%% Spawns a process for each slot, and another one when it ends.
keeper(Main, N) ->
    Slots = maps:from_list([start(Main, I, N) || I <- lists:seq(1, N)]),
    keep(Main, N, Slots, 0).

start(Main, I, N) ->
    Seed = rand:uniform(1 bsl 58),
    {P, M} = spawn_monitor(fun() -> begin_worker(Main, I, N, Seed) end),
    {M, {I, P}}.

keep(Main, N, Slots, Steps) ->
    receive
        {'DOWN', M, process, _, Why} ->
            {{I, _}, Rest} = maps:take(M, Slots),
            {M2, New} = start(Main, I, N),
            keep(Main, N, Rest#{M2 => New}, Steps + steps_of(Main, Why));
        stop ->
            [P ! stop || {_, P} <- maps:values(Slots)],
            drain(Main, Slots, Steps)
    end.

drain(Main, Slots, Steps) when map_size(Slots) =:= 0 -> Main ! {steps, Steps};
drain(Main, Slots, Steps) ->
    receive {'DOWN', M, process, _, Why} -> drain(Main, maps:remove(M, Slots), Steps + steps_of(Main, Why)) end.

steps_of(_, {bye, Steps, _}) -> Steps;
steps_of(_, killed) -> 0;
steps_of(_, {pushed, _}) -> 0;
steps_of(Main, Why) -> Main ! {breach, {worker_ended, Why}}, 0.

%% ---- code that is replaced under everybody's feet

code_version(V) ->
    Forms = [{attribute, 1, module, soak_code}, {attribute, 1, export, [{version, 0}, {twice, 1}]},
             {function, 1, version, 0, [{clause, 1, [], [], [{integer, 1, V}]}]},
             {function, 2, twice, 1, [{clause, 2, [{var, 2, 'X'}], [], [{tuple, 2, [{var, 2, 'X'}, {integer, 2, V},
                                                                                 {string, 2, "a literal"}]}]}]}],
    {ok, soak_code, Bytes} = compile:forms(Forms, []),
    Bytes.

load(Bytes) -> {module, soak_code} = code:load_binary(soak_code, "soak_code.erl", Bytes).

loader([Bytes | Rest]) ->
    receive {stop, From} -> code:soft_purge(soak_code), From ! loader_stopped
    after 200 ->
        case code:soft_purge(soak_code) of
            true -> load(Bytes);
            false -> still_used
        end,
        loader(Rest ++ [Bytes])
    end.

%% ---- a worker

begin_worker(Main, Slot, Slots, Seed) ->
    process_flag(trap_exit, true),
    rand:seed(exsss, Seed),
    Alias = erlang:alias(),
    ets:insert(soak_slots, {Slot, self(), Alias}),
    loop(#s{main = Main, slot = Slot, slots = Slots}).

wake(S) -> loop(S).

loop(#s{steps = Steps} = S0) ->
    S = forget(act(rand:uniform(100), S0#s{steps = Steps + 1})),
    case rand:uniform(40) of
        1 when not S#s.stopping ->
            %% a message or this timer wakes it
            erlang:send_after(rand:uniform(1000), self(), wake),
            erlang:hibernate(?MODULE, wake, [S]);
        _ ->
            listen(S, case rand:uniform(4) of 1 -> 0; _ -> rand:uniform(1500) end)
    end.

%% Takes what is there, and waits for a while.
listen(S, Wait) ->
    receive
        stop -> finish(S);
        M -> listen(take(M, S), min(Wait, 20))
    after Wait ->
        loop(S)
    end.

finish(S) -> exit({bye, S#s.steps, S#s.sent}).

bad(S, What) ->
    S#s.main ! {breach, {What, self(), S#s.slot, S#s.steps}},
    receive after infinity -> ok end.

take({n, From, To, N, Contents}, S) ->
    To =:= self() orelse bad(S, {stray, To, N}),
    is_map_key(From, S#s.gone) andalso bad(S, {after_its_down, From, N}),
    Last = maps:get(From, S#s.got, 0),
    N =:= Last + 1 orelse bad(S, {number, From, Last, N}),
    contents(N) =:= Contents orelse bad(S, {contents, From, N, Contents}),
    S#s{got = maps:put(From, N, S#s.got)};
take({'DOWN', Ref, process, P, Why}, S) ->
    case maps:take(Ref, S#s.monitors) of
        {P, Rest} ->
            %% it may be monitored twice
            Got = maps:get(P, S#s.got, maps:get(P, S#s.gone, 0)),
            case Why of
                {bye, _, Sent} -> maps:get(self(), Sent, 0) =:= Got orelse bad(S, {lost, P, maps:get(self(), Sent, 0), Got});
                _ -> ok
            end,
            S#s{monitors = Rest, got = maps:remove(P, S#s.got), gone = maps:put(P, Got, S#s.gone)};
        error ->
            bad(S, {down, Ref, is_map_key(Ref, S#s.dropped), Why})
    end;
take({timeout, Ref, Sent}, S) ->
    case maps:take(Ref, S#s.timers) of
        {Sent, Rest} -> S#s{timers = Rest};
        _ -> bad(S, {timeout, Ref, is_map_key(Ref, S#s.cancelled)})
    end;
take({'EXIT', _, _}, S) -> S;
take({named, Name, Bytes}, S) ->
    byte_size(Bytes) =:= 100 orelse bad(S, {named, Name}),
    S;
take({tag, Ref, process, P, Why}, S) -> take({'DOWN', Ref, process, P, Why}, S);
take({reply, _, _}, S) -> S;
take(wake, S) -> S;
take({ask, From, Ref}, S) -> From ! {reply, Ref, self()}, S.

%% What has no end otherwise.
forget(#s{steps = Steps} = S) when Steps rem ?FORGET_STEPS =:= 0 -> S#s{dropped = #{}, cancelled = #{}};
forget(S) -> S.

contents(N) ->
    case N rem 7 of
        0 -> binary:copy(<<N:32>>, 50);
        1 -> #{number => N, list => [N, N + 1], float => N / 2};
        2 -> {N, <<N:16>>, "text"};
        3 -> lists:seq(N, N + N rem 40);
        4 -> N bsl 70;
        _ -> N
    end.

someone(S) ->
    %% partners near the own slot, so that pairs meet again, and sometimes anybody
    I = case rand:uniform(5) of
            1 -> rand:uniform(S#s.slots);
            _ -> (S#s.slot + rand:uniform(6)) rem S#s.slots + 1
        end,
    case ets:lookup(soak_slots, I) of
        [{_, P, Alias}] when P =/= self() -> {P, Alias};
        _ -> none
    end.

act(X, S) when X =< 50 -> with(S, fun(P, Alias) -> number(P, Alias, rand:uniform(4), S) end);
act(X, S) when X =< 60 -> with(S, fun(P, _) -> monitor_one(P, S) end);
act(X, S) when X =< 64 -> demonitor_one(S);
act(X, S) when X =< 68 -> with(S, fun(P, _) -> catch link(P), S end);
act(X, S) when X =< 71 -> with(S, fun(P, _) -> unlink(P), S end);
act(X, S) when X =< 76 -> timer(S);
act(X, S) when X =< 80 -> cancel(S);
act(X, S) when X =< 84 -> name(S);
act(X, S) when X =< 88 -> with(S, fun(P, _) -> ask(P, S) end);
act(X, S) when X =< 91 ->
    V = soak_code:version(),
    {S1, V1, "a literal"} = soak_code:twice(V),
    true = S1 >= 1 andalso V1 =< 2,
    S;
act(X, S) when X =< 93 -> erlang:garbage_collect(), S;
act(94, S) ->
    Self = self(),
    {P, M} = spawn_monitor(fun() -> spawn_link(fun() -> exit(linked) end), receive after 1000 -> Self end end),
    S#s{monitors = maps:put(M, P, S#s.monitors)};
act(95, S) ->
    {P, M} = spawn_opt(fun() -> ok end, [link, {monitor, [{tag, tag}]}]),
    S#s{monitors = maps:put(M, P, S#s.monitors)};
act(96, S) -> with(S, fun(P, _) -> rand:uniform(3) =:= 1 andalso exit(P, kill), S end);
%% whoever traps exits takes it for a message
act(97, S) -> with(S, fun(P, _) -> exit(P, {pushed, self()}), S end);
act(98, S) -> case rand:uniform(3) of 1 -> finish(S); _ -> S end;
act(99, S) -> process_flag(priority, lists:nth(rand:uniform(3), [low, normal, normal])), S;
act(100, S) -> with(S, fun(P, _) -> process_info(P, [message_queue_len, links, status]), S end).

with(S, F) ->
    case someone(S) of
        none -> S;
        {P, Alias} -> F(P, Alias)
    end.

number(_, _, 0, S) -> S;
%% to the pid and to its alias in turn: both are one way
number(P, Alias, Times, S) ->
    N = maps:get(P, S#s.sent, 0) + 1,
    To = case N rem 3 of 0 -> Alias; _ -> P end,
    To ! {n, self(), P, N, contents(N)},
    number(P, Alias, Times - 1, S#s{sent = maps:put(P, N, S#s.sent)}).

%% The answer comes by an alias that ends with it.
ask(P, S) ->
    Ref = erlang:monitor(process, P, [{alias, reply_demonitor}]),
    P ! {ask, Ref, Ref},
    receive
        {reply, Ref, P} -> erlang:demonitor(Ref, [flush]), S;
        {'DOWN', Ref, process, P, _} -> S
    after 300 ->
        erlang:demonitor(Ref, [flush]),
        receive {reply, Ref, P} -> S after 0 -> S end
    end.

monitor_one(P, S) ->
    Ref = case rand:uniform(3) of
              1 -> erlang:monitor(process, P, [{tag, tag}]);
              _ -> erlang:monitor(process, P)
          end,
    S#s{monitors = maps:put(Ref, P, S#s.monitors)}.

demonitor_one(S) ->
    case maps:next(maps:iterator(S#s.monitors)) of
        none -> S;
        {Ref, _, _} ->
            %% a message of another tag is not what flush takes away
            erlang:demonitor(Ref, [flush]),
            receive {tag, Ref, _, _, _} -> ok after 0 -> ok end,
            S#s{monitors = maps:remove(Ref, S#s.monitors), dropped = maps:put(Ref, true, S#s.dropped)}
    end.

timer(S) ->
    Sent = make_ref(),
    Ref = erlang:start_timer(rand:uniform(2000) - 1, self(), Sent),
    S#s{timers = maps:put(Ref, Sent, S#s.timers)}.

cancel(S) ->
    case maps:next(maps:iterator(S#s.timers)) of
        none -> S;
        {Ref, Sent, _} ->
            case erlang:cancel_timer(Ref) of
                false -> receive {timeout, Ref, Sent} -> ok after 60000 -> bad(S, {timer_lost, Ref}) end;
                Left when is_integer(Left) -> ok
            end,
            S#s{timers = maps:remove(Ref, S#s.timers), cancelled = maps:put(Ref, true, S#s.cancelled)}
    end.

name(S) ->
    Name = list_to_atom("soak_" ++ integer_to_list(rand:uniform(?NAMES))),
    case rand:uniform(3) of
        1 -> catch register(Name, self());
        2 -> catch unregister(Name);
        3 -> catch Name ! {named, Name, binary:copy(<<7>>, 100)}
    end,
    S.
