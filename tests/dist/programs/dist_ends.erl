%% SPDX-License-Identifier: Apache-2.0
%% Nodes that come and go: killed, stopped, disconnected, started again.
-module(dist_ends).
-compile([export_all, nowarn_export_all]).
-import(dist_driver, [collect/1, flush/0, until/1, start_node/2, start_node/3, stop_node/1, os_pid/1, signal/2]).

echo() -> receive {From, M} -> From ! {self(), M}, echo(); stop -> ok end.

%% Everything that one process can have with another node: what it hears when that goes, in order.
watch(C) ->
    process_flag(trap_exit, true),
    P = spawn_link(C, ?MODULE, echo, []),
    Q = spawn(C, ?MODULE, echo, []),
    R1 = monitor(process, Q),
    monitor_node(C, true),
    monitor_node(C, true),
    R2 = monitor(process, {rex, C}),
    R3 = monitor(process, Q, [{tag, tagged}]),
    monitor_node(C, true),
    monitor_node(C, false),
    {P, Q, R1, R2, R3}.

heard(C, {P, Q, R1, R2, R3}, N) ->
    [case M of
         {'EXIT', P, Why} -> {exit, Why};
         {'DOWN', R1, process, Q, Why} -> {down, Why};
         {'DOWN', R2, process, {rex, C}, Why} -> {named_down, Why};
         {tagged, R3, process, Q, Why} -> {tagged_down, Why};
         {nodedown, C} -> nodedown;
         Other -> Other
     end || M <- collect(N)].

'01_sigkill'(_) ->
    C = start_node("c1", []),
    net_kernel:monitor_nodes(true, [nodedown_reason]),
    W = watch(C),
    Call = spawn_monitor(fun() -> exit({result, catch gen_server:call({rex, C}, {call, timer, sleep, [60000], self()}, infinity)}) end),
    until(fun() -> rpc:call(C, erlang, node, []) =:= C end),
    signal("KILL", os_pid(C)),
    {P, R} = Call,
    All = heard(C, W, 8),
    net_kernel:monitor_nodes(false, [nodedown_reason]),
    {lists:sort([case M of {'DOWN', R, process, P, {result, {'EXIT', {Why, _}}}} -> {call, Why}; _ -> M end || M <- All]),
     [M || M <- All, M =/= nodedown, element(1, M) =/= 'DOWN', element(1, M) =/= nodedown],
     lists:member(C, nodes()), C ! x =:= x orelse ok}.

'02_sigstop'(_) ->
    C = start_node("c2", []),
    W = watch(C),
    Pid = os_pid(C),
    signal("STOP", Pid),
    All = heard(C, W, 6),
    signal("KILL", Pid),
    {All, lists:member(C, nodes())}.

'03_halt_and_return'(_) ->
    C = start_node("c3", []),
    Old = spawn(C, ?MODULE, echo, []),
    Stopped = stop_node(C),
    R1 = monitor(process, Old),
    M1 = receive {'DOWN', R1, process, Old, Why} -> Why after 20000 -> timeout end,
    C = start_node("c3", []),
    Old ! {self(), hello},
    R2 = monitor(process, Old),
    M2 = receive {'DOWN', R2, process, Old, Why2} -> Why2 after 20000 -> timeout end,
    process_flag(trap_exit, true),
    link(Old),
    M3 = receive {'EXIT', Old, Why3} -> Why3 after 20000 -> timeout end,
    New = spawn(C, ?MODULE, echo, []),
    New ! {self(), hello},
    M4 = receive {New, hello} -> hello after 20000 -> timeout end,
    {Stopped, M1, M2, M3, M4, exit(Old, kill), Old =:= New, stop_node(C), flush()}.

'04_disconnect'(B) ->
    W = watch(B),
    true = erlang:disconnect_node(B),
    M = heard(B, W, 6),
    P = spawn(B, ?MODULE, echo, []),
    P ! {self(), again},
    A = receive {P, again} -> again after 10000 -> timeout end,
    {M, A, lists:member(B, nodes()), erlang:disconnect_node('nosuchnode@nosuchhost'), flush()}.

'05_hidden'(B) ->
    net_kernel:monitor_nodes(true, #{node_type => all}),
    C = start_node("c5", ["-hidden"]),
    Up = receive {nodeup, C, I1} -> I1 after 10000 -> timeout end,
    X = {lists:member(C, nodes()), lists:member(C, nodes(hidden)), lists:member(C, nodes(connected)),
         [T || {N, #{node_type := T}} <- nodes(hidden, #{node_type => true}), N =:= C],
         rpc:call(C, net_adm, ping, [B]), rpc:call(C, erlang, nodes, []), lists:member(node(), rpc:call(C, erlang, nodes, [hidden])),
         lists:member(C, rpc:call(B, erlang, nodes, []))},
    Stopped = stop_node(C),
    Down = receive {nodedown, C, I2} -> I2 after 10000 -> timeout end,
    net_kernel:monitor_nodes(false, #{node_type => all}),
    {Up, X, Stopped, Down}.

'06_cookie'(B) ->
    C = start_node("c6", ["-setcookie", "another"], pang),
    Wrong = net_adm:ping(C),
    erlang:set_cookie(C, another),
    until(fun() -> net_adm:ping(C) =:= pong end),
    Right = net_adm:ping(C),
    {Wrong, Right, lists:member(C, nodes()), stop_node(C), net_adm:ping(B)}.

'07_noconnection'(_) ->
    N = 'nosuchnode@nosuchhost',
    process_flag(trap_exit, true),
    C = start_node("c7", []),
    P = spawn(C, ?MODULE, echo, []),
    ok = stop_node(C),
    link(P),
    M1 = collect(1),
    R2 = monitor(process, P),
    M2 = collect(1),
    monitor_node(C, true),
    M3 = collect(1),
    Q = spawn_link(N, ?MODULE, echo, []),
    M4 = collect(1),
    R5 = monitor(process, {x, N}),
    M5 = collect(1),
    E = fun(F) -> try F() catch Cl:R -> {Cl, R} end end,
    {M1 =:= [{'EXIT', P, noconnection}], M2 =:= [{'DOWN', R2, process, P, noconnection}], M3 =:= [{nodedown, C}],
     M4 =:= [{'EXIT', Q, noconnection}], M5 =:= [{'DOWN', R5, process, {x, N}, noconnection}],
     E(fun() -> gen_server:call({x, N}, y) end), P ! lost, exit(P, lost), catch net_kernel:connect_node(N),
     monitor_node(N, false), flush()}.

'08_global_conflict'(B) ->
    %% Two nodes that do not know each other register one name; when they meet, one of them loses it.
    C = start_node("c8", ["-kernel", "dist_auto_connect", "never"], pang),
    _ = C,
    net_kernel:connect_node(C),
    until(fun() -> lists:member(C, nodes()) end),
    erlang:disconnect_node(C),
    until(fun() -> not lists:member(C, nodes()) end),
    Self = self(),
    Mine = spawn(fun() -> process_flag(trap_exit, true), yes = global:register_name(dist_conflict, self()), Self ! ready,
                          receive X -> Self ! {mine, X} end end),
    collect(1),
    _ = B,
    true = net_kernel:hidden_connect_node(C),
    Theirs = spawn(C, fun() -> process_flag(trap_exit, true), R = global:register_name(dist_conflict, self()),
                               Self ! {registered, R}, receive X -> Self ! {theirs, X} end end),
    M1 = collect(1),
    W = [global:whereis_name(dist_conflict) =:= Mine, rpc:call(C, global, whereis_name, [dist_conflict]) =:= Theirs],
    exit(Mine, kill), exit(Theirs, kill),
    _ = stop_node(C),
    {M1, W, flush()}.

'09_monitor_nodes'(_) ->
    net_kernel:monitor_nodes(true),
    net_kernel:monitor_nodes(true, [{node_type, visible}, nodedown_reason]),
    net_kernel:monitor_nodes(true, #{connection_id => true}),
    C = start_node("c9", []),
    Up = lists:sort([case M of {nodeup, C} -> plain; {nodeup, C, L} when is_list(L) -> L; {nodeup, C, #{connection_id := I}} when is_integer(I) -> map; O -> O end
                     || M <- collect(3)]),
    ok = stop_node(C),
    Down = lists:sort([case M of {nodedown, C} -> plain; {nodedown, C, L} when is_list(L) -> L; {nodedown, C, #{connection_id := I}} when is_integer(I) -> map; O -> O end
                       || M <- collect(3)]),
    [net_kernel:monitor_nodes(false), net_kernel:monitor_nodes(false, [{node_type, visible}, nodedown_reason]),
     net_kernel:monitor_nodes(false, #{connection_id => true}), Up, Down, catch net_kernel:monitor_nodes(true, [bad])].
