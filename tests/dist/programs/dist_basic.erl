%% SPDX-License-Identifier: Apache-2.0
%% What processes of two nodes do with each other while both live.
-module(dist_basic).
-compile([export_all, nowarn_export_all]).
-import(dist_driver, [collect/1, flush/0, until/1]).

%% ---- helpers on either node: names that no scenario ends in
echo() -> receive {From, M} -> From ! {self(), M}, echo(); stop -> ok end.
die(Reason) -> exit(Reason).
die_when_told() -> receive {die, Reason} -> exit(Reason) end.
trap_and_tell(To) ->
    process_flag(trap_exit, true),
    To ! {self(), ready},
    trap_loop(To).
trap_loop(To) -> receive stop -> ok; M -> To ! {self(), got, M}, trap_loop(To) end.
named_echo(Name) -> register(Name, self()), echo().
count(To, N) -> [To ! {n, I} || I <- lists:seq(1, N)], ok.

%% ---- scenarios
'01_ping'(B) ->
    {net_adm:ping(B), lists:member(B, nodes()), nodes(hidden), lists:member(B, nodes(known)),
     node(spawn(B, ?MODULE, echo, [])), rpc:call(B, erlang, nodes, []), is_alive(),
     lists:member(node(), nodes(this)), [T || {N, #{node_type := T}} <- nodes(visible, #{node_type => true}), N =:= B]}.

terms() ->
    [0, 1, -1, 255, 256, -2147483648, 2147483647, 1 bsl 59, -(1 bsl 59), 1 bsl 60, 1 bsl 63, 1 bsl 64, -(1 bsl 64), 1 bsl 3000,
     1.0, -0.5, 1.0e300, 5.0e-324, 'ok', '', 'a b', 'blåbär', '日本語', list_to_atom(lists:duplicate(255, $x)),
     list_to_atom(lists:duplicate(255, 16#65e5)),
     [], [1, 2, 3], "text", [a | b], lists:seq(1, 300), lists:duplicate(70000, $a), {}, {a, {b, {c}}}, list_to_tuple(lists:seq(1, 300)),
     <<>>, <<1, 2, 3>>, <<1:3>>, <<255, 7:5>>, binary:copy(<<"x">>, 65), binary:copy(<<"y">>, 300000), <<0:7, (binary:copy(<<"z">>, 100))/binary>>,
     #{}, #{a => 1, "b" => <<"c">>}, maps:from_list([{I, {I}} || I <- lists:seq(1, 100)]),
     fun lists:map/2, fun ?MODULE:echo/0, fun() -> ok end, self(), make_ref(), node(),
     [list_to_atom("atom_" ++ integer_to_list(I)) || I <- lists:seq(1, 400)]].

'02_terms'(B) ->
    P = spawn(B, ?MODULE, echo, []),
    [begin
         P ! {self(), T},
         receive {P, T} -> same; {P, Other} -> {different, Other} after 10000 -> timeout end
     end || T <- terms()].

'03_their_terms'(B) ->
    Ts = rpc:call(B, ?MODULE, terms, []),
    Same = [rpc:call(B, erlang, '=:=', [T, T]) || T <- Ts],
    {lists:usort(Same), [erlang:phash2(T) =:= rpc:call(B, erlang, phash2, [T]) || T <- Ts, not is_function(T)],
     [rpc:call(B, erlang, node, [lists:nth(I, Ts)]) || I <- [46, 47]]}.

'04_port'(B) ->
    Port = rpc:call(B, erlang, hd, [rpc:call(B, erlang, ports, [])]),
    {is_port(Port), node(Port) =:= B, catch port_command(Port, "x"), catch erlang:port_info(Port),
     catch link(Port), catch (Port ! {self(), close})}.

'05_order'(B) ->
    spawn(B, ?MODULE, count, [self(), 20000]),
    [receive {n, I} -> I after 10000 -> exit({missing, I}) end || I <- lists:seq(1, 20000)] =:= lists:seq(1, 20000).

'06_send'(B) ->
    P = spawn(B, ?MODULE, named_echo, [dist_echo]),
    until(fun() -> rpc:call(B, erlang, whereis, [dist_echo]) =:= P end),
    {dist_echo, B} ! {self(), by_name},
    A1 = receive {P, M1} -> M1 after 5000 -> timeout end,
    R = [erlang:send({dist_echo, B}, {self(), 1}), erlang:send(P, {self(), 2}, []),
         erlang:send(P, {self(), 3}, [noconnect]), erlang:send({dist_echo, B}, {self(), 4}, [noconnect, nosuspend]),
         erlang:send_nosuspend(P, {self(), 5}), erlang:send({nobody_here, B}, 6),
         erlang:send({x, 'nosuchnode@nosuchhost'}, 7, [noconnect])],
    Got = [receive {P, I} -> I after 5000 -> timeout end || I <- [1, 2, 3, 4, 5]],
    P ! stop,
    {A1, R, Got, catch ({x, y, z} ! 1), catch ({1, B} ! 1), {nobody, B} ! hello}.

'07_rpc'(B) ->
    {rpc:call(B, lists, reverse, [[1, 2, 3]]), rpc:call(B, erlang, error, [oops]) , rpc:call(B, erlang, throw, [ball]),
     element(1, rpc:call(B, erlang, exit, [bye])), rpc:call(B, no_such_module, f, []), rpc:call(B, timer, sleep, [5000], 100),
     rpc:multicall([node(), B], erlang, node, []), rpc:yield(rpc:async_call(B, erlang, node, [])),
     rpc:block_call(B, erlang, node, []), rpc:call('nosuchnode@nosuchhost', erlang, node, []),
     rpc:pmap({erlang, abs}, [], [-1, -2])}.

'08_erpc'(B) ->
    Try = fun(F) -> try F() catch C:R -> {C, R} end end,
    Req = erpc:send_request(B, erlang, node, []),
    {erpc:call(B, erlang, node, []), erpc:call(B, fun() -> node() end),
     Try(fun() -> erpc:call(B, erlang, error, [oops]) end) =/= x,
     Try(fun() -> erpc:call(B, erlang, throw, [ball]) end), Try(fun() -> erpc:call(B, erlang, exit, [bye]) end),
     Try(fun() -> erpc:call(B, timer, sleep, [5000], 100) end), erpc:receive_response(Req),
     erpc:multicall([node(), B], erlang, node, []), erpc:cast(B, erlang, node, []),
     Try(fun() -> erpc:call('nosuchnode@nosuchhost', erlang, node, []) end)}.

'10_spawn'(B) ->
    process_flag(trap_exit, true),
    P1 = spawn_link(B, ?MODULE, die, [one]),
    M1 = collect(1),
    {P2, R2} = spawn_monitor(B, ?MODULE, die, [two]),
    M2 = collect(1),
    P3 = spawn_opt(B, ?MODULE, echo, [], [link, {priority, high}, {min_heap_size, 1000}]),
    P4 = spawn_link(B, fun() -> exit(node()) end),
    M4 = collect(1),
    P5 = spawn_link(B, no_such_module, f, [1]),
    [{'EXIT', P5, {undef, [{no_such_module, f, [1], []} | _]}}] = collect(1),
    Info = rpc:call(B, erlang, process_info, [P3, [links, priority, initial_call, group_leader, parent]]),
    exit(P3, kill),
    M3 = collect(1),
    {M1 =:= [{'EXIT', P1, one}], M2 =:= [{'DOWN', R2, process, P2, two}], M3 =:= [{'EXIT', P3, killed}],
     M4 =:= [{'EXIT', P4, B}], Info, catch spawn_opt(B, ?MODULE, echo, [], [bad_option]),
     catch spawn(B, ?MODULE, echo, not_a_list), flush()}.

'11_spawn_request'(B) ->
    R1 = spawn_request(B, ?MODULE, die, [x], [monitor, {reply_tag, tag}]),
    M1 = [receive {tag, R1, ok, P1} when is_pid(P1) -> ok after 5000 -> timeout end,
          receive {'DOWN', R1, process, _, Reason} -> Reason after 5000 -> timeout end],
    R2 = spawn_request(B, ?MODULE, die, [y], [{monitor, [{tag, my_down}]}, {reply, no}]),
    M2 = receive {my_down, R2, process, _, Reason2} -> Reason2 after 5000 -> timeout end,
    R3 = spawn_request(B, ?MODULE, echo, [], [no_option]),
    M3 = receive {spawn_reply, R3, error, E3} -> E3 after 5000 -> timeout end,
    R4 = spawn_request(B, ?MODULE, echo, [], [{reply, bad}]),
    M4 = receive {spawn_reply, R4, error, E4} -> E4 after 5000 -> timeout end,
    R5 = spawn_request('nosuchnode@nosuchhost', ?MODULE, echo, [], [monitor]),
    M5 = receive {spawn_reply, R5, error, E5} -> E5 after 5000 -> timeout end,
    process_flag(trap_exit, true),
    R6 = spawn_request(B, ?MODULE, echo, [], [link]),
    Abandoned = spawn_request_abandon(R6),
    M6 = receive {spawn_reply, R6, ok, _} -> answered after 300 -> none end,
    R7 = spawn_request(B, ?MODULE, die_when_told, [], [{monitor, [{alias, reply_demonitor}]}, link]),
    P7 = receive {spawn_reply, R7, ok, Spawned} -> Spawned end,
    P7 ! {die, z},
    M7 = lists:sort([receive {'DOWN', R7, process, P7, z} -> down; {'EXIT', P7, z} -> exit after 5000 -> timeout end || _ <- [1, 2]]),
    {M1, M2, M3, M4, M5, {Abandoned, M6}, M7, spawn_request_abandon(make_ref()), flush()}.

'12_monitor'(B) ->
    P = spawn(B, ?MODULE, die_when_told, []),
    R = monitor(process, P),
    {monitors, Ms} = process_info(self(), monitors),
    {monitored_by, By} = rpc:call(B, erlang, process_info, [P, monitored_by]),
    P ! {die, {reason, lists:seq(1, 10), <<"bin">>}},
    M1 = collect(1),
    R2 = monitor(process, P),
    M2 = collect(1),
    R3 = monitor(process, {nobody_here, B}),
    M3 = collect(1),
    Q = spawn(B, ?MODULE, named_echo, [dist_echo2]),
    until(fun() -> rpc:call(B, erlang, whereis, [dist_echo2]) =:= Q end),
    R4 = monitor(process, {dist_echo2, B}),
    {monitors, Ms4} = process_info(self(), monitors),
    D = [demonitor(R4, [info]), demonitor(R4, [info]), demonitor(R4, [flush]), demonitor(R4)],
    {monitored_by, By4} = rpc:call(B, erlang, process_info, [Q, monitored_by]),
    R5 = monitor(process, {dist_echo2, B}),
    Q ! stop,
    M5 = collect(1),
    R6 = monitor(process, spawn(B, ?MODULE, die_when_told, []), [{tag, {my, tag}}]),
    {R, R2, R3, R4, R5, R6, Ms =:= [{process, P}], By =:= [self()], M1 =:= [{'DOWN', R, process, P, {reason, lists:seq(1, 10), <<"bin">>}}],
     M2 =:= [{'DOWN', R2, process, P, noproc}], M3 =:= [{'DOWN', R3, process, {nobody_here, B}, noproc}], Ms4, D, By4,
     M5 =:= [{'DOWN', R5, process, {dist_echo2, B}, normal}], flush(),
     catch monitor(port, {x, B}), catch monitor(process, {x, 'nosuchnode@nosuchhost'}), collect(1)}.

'13_they_monitor'(B) ->
    Self = self(),
    T = spawn(fun() -> register(dist_target, self()), die_when_told() end),
    until(fun() -> whereis(dist_target) =:= T end),
    W = spawn(B, fun() ->
                         _ = [monitor(process, T), monitor(process, {dist_target, node(Self)}), monitor(process, {nobody, node(Self)})],
                         Self ! ready,
                         Self ! [receive {'DOWN', _, K, O, Why} -> {K, O, Why} end || _ <- [1, 2, 3]]
                 end),
    collect(1),
    {monitored_by, By} = process_info(T, monitored_by),
    T ! {die, because},
    {lists:sort(By) =:= [W, W], lists:sort(hd(collect(1)))}.

'14_alias'(B) ->
    P = spawn(B, ?MODULE, echo, []),
    A = alias(),
    P ! {A, one},
    M1 = collect(1),
    unalias(A),
    P ! {A, two},
    M2 = flush(),
    R = monitor(process, P, [{alias, reply_demonitor}]),
    P ! {R, three},
    M3 = collect(1),
    P ! {R, four},
    M4 = flush(),
    C = rpc:call(B, erlang, alias, []),
    C ! into_the_void,
    P ! stop,
    {M1 =:= [{P, one}], M2, M3 =:= [{P, three}], M4, is_reference(C)}.

'15_link'(B) ->
    process_flag(trap_exit, true),
    P = spawn(B, ?MODULE, trap_and_tell, [self()]),
    collect(1),
    link(P), link(P),
    {links, L1} = process_info(self(), links),
    L2 = until(fun() -> rpc:call(B, erlang, process_info, [P, links]) =:= {links, [self()]} end),
    unlink(P),
    L3 = until(fun() -> rpc:call(B, erlang, process_info, [P, links]) =:= {links, []} end),
    link(P), unlink(P), link(P),
    exit(P, {some, reason}),
    M1 = collect(1),
    exit(P, normal),
    M2 = collect(1),
    exit(P, kill),
    M3 = collect(1),
    link(P),
    M4 = collect(1),
    Dies = spawn(B, ?MODULE, die_when_told, []),
    Q = spawn(fun() -> link(Dies), Dies ! {die, from_there}, receive after infinity -> ok end end),
    Ref = monitor(process, Q),
    M5 = collect(1),
    R = spawn(fun() -> link(P), receive after infinity -> ok end end),
    Ref2 = monitor(process, R),
    M6 = collect(1),
    {L1 =:= [P], L2, L3, M1 =:= [{P, got, {'EXIT', self(), {some, reason}}}], M2 =:= [{P, got, {'EXIT', self(), normal}}],
     M3 =:= [{'EXIT', P, killed}], M4 =:= [{'EXIT', P, noproc}], M5 =:= [{'DOWN', Ref, process, Q, from_there}],
     M6 =:= [{'DOWN', Ref2, process, R, noproc}], unlink(P), flush()}.

'16_our_end'(B) ->
    P = spawn(B, ?MODULE, trap_and_tell, [self()]),
    collect(1),
    [begin
         Q = spawn(fun() -> link(P), exit(Reason) end),
         receive {P, got, {'EXIT', Q, R}} -> R =:= Reason after 5000 -> timeout end
     end || Reason <- [normal, shutdown, {shutdown, x}, kill, {big, lists:seq(1, 30000)}]].

'17_exit2'(B) ->
    [begin
         {P, R} = spawn_monitor(B, ?MODULE, die_when_told, []),
         Result = exit(P, Reason),
         M = receive {'DOWN', R, _, _, Why} -> Why after 300 -> alive end,
         exit(P, kill),
         {Result, M}
     end || Reason <- [normal, kill, other, {a, b}]].

'18_errors'(B) ->
    P = spawn(B, ?MODULE, echo, []),
    E = fun(F) -> try F() catch C:R -> {C, R} end end,
    [E(fun() -> is_process_alive(P) end), E(fun() -> process_info(P) end), E(fun() -> process_info(P, links) end),
     E(fun() -> register(some_name, P) end), E(fun() -> erlang:suspend_process(P) end), E(fun() -> erlang:garbage_collect(P) end),
     E(fun() -> erlang:send_after(1, P, x) end), E(fun() -> group_leader(P, P) end), E(fun() -> monitor_node("x", true) end),
     E(fun() -> erlang:trace(P, true, [send]) end), E(fun() -> P ! stop end)].

'19_group_leader'(B) ->
    P = spawn(B, ?MODULE, echo, []),
    G0 = rpc:call(B, erlang, process_info, [P, group_leader]),
    true = group_leader(self(), P),
    G1 = until(fun() -> rpc:call(B, erlang, process_info, [P, group_leader]) =:= {group_leader, self()} end),
    rpc:call(B, io, format, ["printed here: ~p ~ts~n", [node() =/= B, "ok"]]),
    P ! stop,
    {G0, G1}.

'20_gen_server'(B) ->
    {ok, P} = rpc:call(B, dist_server, start, []),
    E = fun(F) -> try F() catch C:R -> {C, R} end end,
    Big = binary:copy(<<"0123456789">>, 20000),
    X = [gen_server:call(P, {echo, hello}), gen_server:call({dist_server, B}, {echo, hello}), gen_server:call(P, {echo, Big}) =:= Big,
         E(fun() -> gen_server:call(P, {sleep, 3000}, 50) end), gen_server:cast({dist_server, B}, {tell, self(), cast}), collect(1),
         gen_server:call(P, {call_back, self()}), gen_server:multi_call([B], dist_server, {echo, m}),
         gen_server:multi_call([B, 'nosuchnode@nosuchhost'], dist_server, {echo, m}), gen_server:abcast([B], dist_server, {tell, self(), ab}), collect(1),
         E(fun() -> gen_server:call(P, {die, badly}) end), E(fun() -> gen_server:call({dist_server, B}, x) end),
         E(fun() -> gen_server:call({dist_server, 'nosuchnode@nosuchhost'}, x) end)],
    {ok, _} = dist_server:start(),
    Y = rpc:call(B, gen_server, call, [{dist_server, node()}, {echo, from_there}]),
    gen_server:stop(dist_server),
    {X, Y}.

'21_big'(B) ->
    P = spawn(B, ?MODULE, echo, []),
    Q = spawn(B, ?MODULE, echo, []),
    Big = binary:copy(<<"abcdefgh">>, 2500000),
    Deep = lists:foldl(fun(I, A) -> [I, A] end, [], lists:seq(1, 100000)),
    P ! {self(), Big},
    P ! {self(), Deep},
    P ! {self(), {Deep, Big, lists:seq(1, 500000)}},
    [begin Q ! {self(), I}, receive {Q, I} -> ok after 20000 -> exit(timeout) end end || I <- lists:seq(1, 100)],
    A = [receive {P, Big} -> ok after 30000 -> timeout end, receive {P, Deep} -> ok after 30000 -> timeout end,
         receive {P, {Deep, Big, L}} when length(L) =:= 500000 -> ok after 30000 -> timeout end],
    P ! stop, Q ! stop,
    A.

'22_many'(B) ->
    Ps = [spawn(B, ?MODULE, echo, []) || _ <- lists:seq(1, 300)],
    Rs = [monitor(process, P) || P <- Ps],
    [P ! {self(), I} || {P, I} <- lists:zip(Ps, lists:seq(1, 300))],
    Sum = lists:sum([receive {P, I} -> I after 10000 -> 0 end || P <- Ps]),
    [P ! stop || P <- Ps],
    Downs = [receive {'DOWN', R, process, _, normal} -> 1 after 10000 -> 0 end || R <- Rs],
    {Sum, lists:sum(Downs), process_info(self(), monitors)}.

'23_nl'(B) ->
    Source = "-module(dist_loaded). -export([f/0]). f() -> {loaded, node()}.",
    Forms = [begin {ok, T, _} = erl_scan:string(S ++ "."), {ok, F} = erl_parse:parse_form(T), F end
             || S <- string:split(string:trim(Source, trailing, "."), ". ", all)],
    {ok, dist_loaded, Code} = compile:forms(Forms),
    R0 = rpc:call(B, code, load_binary, [dist_loaded, "dist_loaded.erl", Code]),
    R1 = rpc:call(B, dist_loaded, f, []),
    ok = file:write_file("dist_loaded.beam", Code),
    code:add_patha("."),
    rpc:call(B, code, purge, [dist_loaded]),
    {R0, R1, c:nl(dist_loaded), rpc:call(B, dist_loaded, f, [])}.

'24_supervisor'(B) ->
    process_flag(trap_exit, true),
    {ok, Sup} = dist_server:start_supervisor(B),
    [{_, P1, _, _}] = supervisor:which_children(Sup),
    R1 = gen_server:call(P1, {echo, 1}),
    exit(P1, kill),
    until(fun() -> [{_, P, _, _}] = supervisor:which_children(Sup), is_pid(P) andalso P =/= P1 end),
    [{_, P2, _, _}] = supervisor:which_children(Sup),
    R2 = gen_server:call(P2, {echo, 2}),
    M = monitor(process, P2),
    exit(Sup, shutdown),
    Down = receive {'DOWN', M, _, _, Why} -> Why after 10000 -> timeout end,
    {node(P1), R1, node(P2), R2, Down, collect(1)}.

'25_pg'(B) ->
    {ok, _} = pg:start(dist_scope),
    {ok, There} = rpc:call(B, dist_server, start_pg, [dist_scope]),
    P = spawn(B, ?MODULE, echo, []),
    ok = rpc:call(B, pg, join, [dist_scope, group, P]),
    ok = pg:join(dist_scope, group, self()),
    Here = until(fun() -> lists:sort(pg:get_members(dist_scope, group)) =:= lists:sort([self(), P]) end),
    Theirs = until(fun() -> lists:sort(rpc:call(B, pg, get_members, [dist_scope, group])) =:= lists:sort([self(), P]) end),
    P ! stop,
    Gone = until(fun() -> pg:get_members(dist_scope, group) =:= [self()] end),
    pg:leave(dist_scope, group, self()),
    exit(There, kill),
    {Here, Theirs, Gone}.

'26_global'(B) ->
    P = spawn(B, ?MODULE, echo, []),
    Q = spawn(?MODULE, echo, []),
    R = [global:sync(), global:register_name(dist_global, P), global:whereis_name(dist_global) =:= P,
         rpc:call(B, global, whereis_name, [dist_global]) =:= P, global:register_name(dist_global, Q),
         rpc:call(B, global, register_name, [dist_global, Q]), global:re_register_name(dist_global, Q),
         until(fun() -> rpc:call(B, global, whereis_name, [dist_global]) =:= Q end),
         rpc:call(B, global, send, [dist_global, {self(), hello}]) =:= Q],
    M = receive {Q, hello} -> got after 5000 -> timeout end,
    Q ! stop,
    U = until(fun() -> rpc:call(B, global, whereis_name, [dist_global]) =:= undefined end),
    T = global:trans({dist_lock, self()}, fun() -> rpc:call(B, global, set_lock, [{dist_lock, other}, [node(), B], 0]) end),
    L = rpc:call(B, global, set_lock, [{dist_lock, other}, [node(), B], 0]),
    rpc:call(B, global, del_lock, [{dist_lock, other}]),
    P ! stop,
    {R, M, U, T, L}.

'27_info'(B) ->
    [{B, Ctrl}] = [C || {N, _} = C <- erlang:system_info(dist_ctrl), N =:= B],
    {ok, Info} = net_kernel:node_info(B),
    {is_port(Ctrl), [K || {K, _} <- Info], proplists:get_value(state, Info), proplists:get_value(type, Info),
     net_kernel:connect_node(B), net_kernel:connect_node(node()), net_kernel:connect_node('nosuchnode@nosuchhost'),
     erlang:system_info(dist_buf_busy_limit), is_integer(erlang:system_info(creation)), net_kernel:get_net_ticktime(),
     [element(1, N) || N <- element(2, net_kernel:nodes_info())] =/= [], lists:sort(maps:to_list(net_kernel:get_state()))}.

'28_file'(B) ->
    ok = file:write_file("dist_file", "line one\nline two\n"),
    Path = filename:absname("dist_file"),
    {ok, Closed} = rpc:call(B, file, open, [Path, [read]]),
    Ref = monitor(process, Closed), % it ends with the call's process
    receive {'DOWN', Ref, _, _, _} -> ok end,
    Owner = spawn(B, ?MODULE, open_file, [self(), Path]),
    F = receive {Owner, {ok, Opened}} -> Opened end,
    Lines = [io:get_line(F, '') || _ <- [1, 2, 3]],
    {node(F), io:get_line(Closed, ''), file:close(Closed), Lines, file:close(F), io:get_line(F, '')}.
open_file(Reader, Path) ->
    Reader ! {self(), file:open(Path, [read])},
    receive stop -> ok end.

'29_fun'(B) ->
    X = 42,
    Fun = fun(Y) -> {X, Y, node()} end,
    {rpc:call(B, erlang, apply, [Fun, [1]]), (rpc:call(B, ?MODULE, make_fun, []))(7),
     rpc:call(B, erlang, fun_info, [Fun, arity]), Fun =:= rpc:call(B, erlang, element, [1, {Fun}])}.
make_fun() -> N = node(), fun(Y) -> {N, Y} end.

%% what a match specification sees of a message from there: its node
'30_traced_receive'(B) ->
    Self = self(),
    Receiver = spawn(fun() -> receive stop -> ok end end),
    register(dist_traced, Receiver),
    There = spawn(B, ?MODULE, relay, []),
    1 = erlang:trace(Receiver, true, ['receive']),
    Seen = fun(Pattern) ->
                   erlang:trace_pattern('receive', Pattern, []),
                   [begin
                        There ! {Self, To, Message},
                        receive {There, sent} -> ok end,
                        case Message of
                            {big, _} -> receive {trace, Receiver, 'receive', {big, _}} -> big after 1000 -> none end;
                            M -> receive {trace, Receiver, 'receive', M} -> M after 500 -> none end
                        end
                    end || {To, Message} <- [{Receiver, hello}, {{dist_traced, node()}, named}, {Receiver, {big, lists:seq(1, 20000)}}]]
           end,
    R = [Seen(P) || P <- [true, [{[B, '_', '_'], [], []}], [{[node(), '_', '_'], [], []}], [{[system, '_', '_'], [], []}]]],
    erlang:trace_pattern('receive', true, []),
    There ! stop,
    Receiver ! stop,
    R.
relay() -> receive {From, To, M} -> To ! M, From ! {self(), sent}, relay(); stop -> ok end.

seq_tracer(To) ->
    Before = seq_trace:set_system_tracer(self()),
    To ! {self(), ready},
    receive {get, To} -> seq_trace:set_system_tracer(Before), To ! {self(), seq_told()} end.
seq_told() -> receive {seq_trace, Label, What} -> [{Label, What} | seq_told()] after 0 -> [] end.
greet(To) -> To ! {self(), seq_trace:get_token(label)}, receive stop -> ok end.

%% A token goes with the request and comes back with the answer, and tracers of both nodes are told the same.
'90_spawn_with_token'(B) ->
    Tracers = [spawn(N, ?MODULE, seq_tracer, [self()]) || N <- [node(), B]],
    [receive {T, ready} -> ok end || T <- Tracers],
    [seq_trace:set_token(K, V) || {K, V} <- [{label, {a, label}}, {send, true}, {'receive', true}]],
    P = spawn_opt(B, ?MODULE, greet, [self()], [link]),
    Label = receive {P, L} -> L after 5000 -> timeout end,
    R = spawn_request(B, ?MODULE, echo, [], [no_option]),
    Error = receive {spawn_reply, R, error, E} -> E after 5000 -> timeout end,
    Token = seq_trace:get_token(),
    seq_trace:set_token([]),
    unlink(P),
    P ! stop,
    {Label, Error, Token, [begin T ! {get, self()}, receive {T, Told} -> Told after 5000 -> timeout end end || T <- Tracers]}.
