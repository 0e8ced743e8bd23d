%% SPDX-License-Identifier: Apache-2.0
%% Connections whose other end does not read: who sends is suspended until the queue has sunk.
-module(dist_busy).
-compile([export_all, nowarn_export_all]).
-import(dist_driver, [collect/1, flush/0, until/1, start_node/2, stop_node/1, os_pid/1, signal/2]).

-define(CHUNK, binary:copy(<<"0123456789">>, 10000)).

count(To, N) -> receive {N, <<"0123456789", _/binary>>} -> count(To, N + 1); stop -> To ! {counted, N}; Other -> To ! Other end.
wait() -> receive stop -> ok end.
%% Other messages may stand before it: a sender who was suspended twice was told of twice.
counted() -> receive {counted, _} = M -> M after 20000 -> timeout end.
send_all(P, N, N) -> P ! stop;
send_all(P, I, N) -> P ! {I, ?CHUNK}, send_all(P, I + 1, N).

suspended(P) -> process_info(P, status) =:= {status, suspended}.

%% The queue is full, and the socket too: while that still takes something, senders stop and go.
suspended_for_good(P) -> lists:all(fun(_) -> timer:sleep(20), suspended(P) end, lists:seq(1, 20)).

%% A stopped node with a process that counts, and a sender of N chunks whom that has suspended.
busy(Name, N) ->
    C = start_node(Name, []),
    Self = self(),
    Counter = spawn(C, ?MODULE, count, [Self, 0]),
    Waiter = spawn(C, ?MODULE, wait, []),
    Os = os_pid(C),
    signal("STOP", Os),
    Sender = spawn(fun() -> send_all(Counter, 0, N), Self ! {self(), sent} end),
    true = until(fun() -> suspended_for_good(Sender) end),
    {C, Counter, Waiter, Os, Sender}.

'01_sender'(_) ->
    {C, _, Waiter, Os, Sender} = busy("c1", 200),
    Refused = [erlang:send(Waiter, x, [nosuspend]), erlang:send({name, C}, x, [nosuspend, noconnect]),
               erlang:send_nosuspend(Waiter, x), erlang:send_nosuspend({name, C}, x, [noconnect])],
    timer:sleep(200),
    Still = until(fun() -> suspended_for_good(Sender) end),
    signal("CONT", Os),
    Sent = receive {Sender, sent} -> sent after 20000 -> timeout end,
    {Refused, Still, Sent, collect(1), stop_node(C), flush()}.

'02_system_monitor'(_) ->
    erlang:system_monitor(self(), [busy_dist_port]),
    {C, _, _, Os, Sender} = busy("c2", 200),
    {monitor, Sender, busy_dist_port, Port} = hd(collect(1)),
    Of = [N || {N, P} <- erlang:system_info(dist_ctrl), P =:= Port] =:= [C],
    erlang:system_monitor(undefined),
    signal("CONT", Os),
    receive {Sender, sent} -> ok after 20000 -> exit(timeout) end,
    Counted = counted(),
    flush(),
    {is_port(Port), Of, Counted, stop_node(C)}.

%% Every signal that a process sends by itself.
'03_signals'(_) ->
    {C, _, Waiter, Os, Sender} = busy("c3", 200),
    Self = self(),
    Ops = [{message, fun() -> Waiter ! x end}, {named, fun() -> {name, C} ! x end}, {big, fun() -> Waiter ! lists:seq(1, 100000) end},
           {link, fun() -> link(Waiter), unlink(Waiter) end},
           {monitor, fun() -> monitor(process, Waiter) end}, {monitor_name, fun() -> monitor(process, {name, C}) end},
           {exit, fun() -> exit(Waiter, normal) end}, {group_leader, fun() -> group_leader(group_leader(), Waiter) end},
           {spawn_request, fun() -> spawn_request(C, erlang, node, []) end},
           {reply_alias, fun() -> monitor(process, Waiter, [{alias, reply_demonitor}]) end}],
    Ps = [{Name, spawn(fun() -> again(F), Self ! {self(), Name} end)} || {Name, F} <- Ops],
    Not = not_suspended(Ps, 300),
    signal("CONT", Os),
    receive {Sender, sent} -> ok after 20000 -> exit(timeout) end,
    [P ! stop || {_, P} <- Ps],
    Done = [receive {P, Name} -> Name after 20000 -> {timeout, Name} end || {Name, P} <- Ps],
    Counted = counted(),
    flush(),
    {Not, Done, Counted, stop_node(C)}.

%% Those who are not suspended when all were looked at together, in the end.
not_suspended(Ps, Tries) ->
    case [Name || {Name, P} <- Ps, not suspended(P)] of
        [_ | _] when Tries > 0 -> timer:sleep(50), not_suspended(Ps, Tries - 1);
        Not -> Not
    end.

%% The queue may sink a little by what the system still takes: then everybody goes on once.
again(F) -> F(), receive stop -> ok after 0 -> again(F) end.

%% What ends does not wait; the others hear of it later.
'04_ends'(_) ->
    process_flag(trap_exit, true),
    C = start_node("c4", []),
    Self = self(),
    P = spawn(fun() -> receive X -> exit(X) end end),
    There = spawn(C, fun() -> process_flag(trap_exit, true), link(P), R = monitor(process, P), Self ! ready,
                              Self ! {heard, lists:sort([case M of {'EXIT', P, W} -> {exit, W}; {'DOWN', R, _, P, W} -> {down, W} end || M <- collect(2)])} end),
    collect(1),
    Counter = spawn(C, ?MODULE, count, [Self, 0]),
    Os = os_pid(C),
    signal("STOP", Os),
    Sender = spawn(fun() -> send_all(Counter, 0, 200), Self ! {self(), sent} end),
    until(fun() -> suspended_for_good(Sender) end),
    Ref = monitor(process, P),
    P ! the_end,
    Down = receive {'DOWN', Ref, _, _, Why} -> Why after 10000 -> timeout end,
    Still = until(fun() -> suspended_for_good(Sender) end),
    signal("CONT", Os),
    receive {Sender, sent} -> ok after 20000 -> exit(timeout) end,
    Heard = lists:sort(collect(2)),
    {is_pid(There), Down, Still, Heard, stop_node(C)}.

%% The node dies: who waited goes on, and what it sent is lost.
'05_nodedown'(_) ->
    {C, _, Waiter, Os, Sender} = busy("c5", 200),
    Self = self(),
    Other = spawn(fun() -> link(Waiter), again(fun() -> Waiter ! x end) end),
    R = monitor(process, Other),
    Two = spawn(fun() -> monitor_node(C, true), again(fun() -> Waiter ! x end), Self ! {self(), flush()} end),
    until(fun() -> suspended(Other) andalso suspended(Two) end),
    monitor_node(C, true),
    Two ! stop,
    signal("KILL", Os),
    Down = receive {nodedown, C} -> nodedown after 20000 -> timeout end,
    Linked = receive {'DOWN', R, _, _, Why} -> Why after 20000 -> timeout end,
    Sent = receive {Sender, sent} -> sent after 20000 -> timeout end,
    Heard = receive {Two, H} -> H after 20000 -> timeout end,
    {Down, Linked, Sent, Heard, flush()}.

%% With nosuspend nobody ever waits, and as much as the queue takes has been sent.
'06_nosuspend'(_) ->
    C = start_node("c6", []),
    Counter = spawn(C, ?MODULE, count, [self(), 0]),
    Os = os_pid(C),
    signal("STOP", Os),
    N = fill(Counter, 0, 20),
    signal("CONT", Os),
    Counter ! stop,
    [{counted, N}] = collect(1),
    {N > 5, stop_node(C)}.

fill(_, N, 0) -> N;
fill(P, N, Tries) ->
    case erlang:send(P, {N, ?CHUNK}, [nosuspend]) of
        ok -> fill(P, N + 1, 20);
        nosuspend -> timer:sleep(20), fill(P, N, Tries - 1)
    end.

%% A suspended process can be killed, and be asked.
'07_killed'(_) ->
    {C, Counter, _, Os, Sender} = busy("c7", 100000),
    R = monitor(process, Sender),
    Info = process_info(Sender, [status, message_queue_len]),
    exit(Sender, kill),
    Why = receive {'DOWN', R, _, _, W} -> W after 10000 -> timeout end,
    signal("CONT", Os),
    Counter ! stop,
    [{counted, N}] = collect(1),
    {Info, Why, N > 5, stop_node(C)}.
