%% SPDX-License-Identifier: Apache-2.0
%% A hostile node: what a real one sent in its handshake and in its packets goes to a node of its own once more, damaged. The
%% connection may live or end, and then the log says why; the other node lives, and answers. Nobody comes in without the cookie.
%%   mutate_dist:main([Seed, First, Count])
%% It is its nodes' epmd, too. They run the program of MUTATE_ERL.
-module(mutate_dist).
-export([main/1, serve/1, record/1, echo/0, watch/1, spawn_back/1]).
-export([start_link/0, register_node/2, register_node/3, port_please/2, port_please/3, address_please/3, listen_port_please/2, names/1]).

-define(COOKIE, "mutated").

%% ---- in place of epmd
start_link() -> ignore.
register_node(_, _) -> {ok, 1}.
register_node(_, _, _) -> {ok, 1}.
port_please(_, _) -> {port, list_to_integer(os:getenv("MUTATE_CONNECT")), 6}.
port_please(Name, Host, _) -> port_please(Name, Host).
address_please(_, _, _) -> {ok, {127, 0, 0, 1}, list_to_integer(os:getenv("MUTATE_CONNECT")), 6}.
listen_port_please(_, _) -> {ok, list_to_integer(os:getenv("MUTATE_LISTEN"))}.
names(_) -> {ok, []}.

%% The victim ends with who started it.
serve([Starter]) ->
    case filelib:is_dir("/proc/" ++ Starter) of
        true -> timer:sleep(500), serve([Starter]);
        false -> halt(0)
    end.

%% ---- what is recorded
echo() -> register(mutate_echo, self()), echo_loop().
echo_loop() ->
    receive
        {From, alias} -> From ! {alias, alias()};
        {From, M} when is_pid(From) -> From ! {self(), M};
        _ -> ok
    end,
    echo_loop().
watch(P) -> process_flag(trap_exit, true), link(P), monitor(process, P), P ! watched, receive after 200 -> ok end.
spawn_back(To) -> To ! {back, spawn(node(To), erlang, node, []), element(2, spawn_monitor(node(To), erlang, node, []))}.

record([Node]) ->
    V = list_to_atom(Node),
    true = until(fun() -> net_kernel:connect_node(V) end),
    process_flag(trap_exit, true),
    P = spawn(V, ?MODULE, echo, []),
    Ask = fun(M) -> P ! {self(), M}, receive {P, _} -> ok; {alias, A} -> A after 5000 -> halt(1) end end,
    [Ask(T) || T <- terms()],
    {mutate_echo, V} ! {self(), by_name}, receive {P, by_name} -> ok end,
    Alias = Ask(alias),
    Alias ! {self(), by_alias}, receive {P, by_alias} -> ok end,
    [begin link(P), unlink(P), R = monitor(process, P), demonitor(R, [flush]), monitor(process, {mutate_none, V}),
           exit(P, normal), group_leader(group_leader(), P) end || _ <- [1, 2, 3]],
    seq_trace:set_token(label, 17), seq_trace:set_token(send, true),
    Ask({traced, message}), {mutate_echo, V} ! traced,
    seq_trace:set_token([]),
    [begin Q = spawn(fun() -> receive watched -> exit({the, <<"reason">>, [1, 2.0]}) end end), spawn(V, ?MODULE, watch, [Q]) end || _ <- [1, 2]],
    spawn_link(V, erlang, node, []), spawn_monitor(V, erlang, node, []), spawn_request(V, erlang, node, [], [link, monitor]),
    spawn_opt(V, erlang, node, [], [{priority, low}, {min_heap_size, 500}]),
    spawn(V, ?MODULE, spawn_back, [self()]), receive {back, _, _} -> ok end,
    Ask(lists:seq(1, 50000)), Ask(binary:copy(<<"fragments">>, 20000)),
    timer:sleep(500),
    halt(0).

terms() ->
    [1, -1 bsl 70, 1.5, atom, [a, b | c], "text", {}, {a, {b}}, #{a => 1, "k" => [2]}, <<"binary">>, <<1:3>>, binary:copy(<<"x">>, 300),
     fun lists:map/2, fun() -> ok end, self(), make_ref(), hd(erlang:ports()), [list_to_atom("atom" ++ integer_to_list(I)) || I <- lists:seq(1, 300)],
     maps:from_list([{I, I} || I <- lists:seq(1, 40)]), list_to_tuple(lists:seq(1, 300))].

until(F) -> until(F, 300).
until(_, 0) -> false;
until(F, N) -> case catch F() of true -> true; _ -> timer:sleep(100), until(F, N - 1) end.

node_of(Name, Role, Listen, Connect) ->
    Args = ["-sname", Name, "-hidden", "-noinput", "-setcookie", ?COOKIE, "-epmd_module", atom_to_list(?MODULE), "-start_epmd", "false",
            "-pa", filename:dirname(code:which(?MODULE)), "-kernel", "inet_dist_use_interface", "{127,0,0,1}" | Role],
    open_port({spawn_executable, os:getenv("MUTATE_ERL")},
              [{args, Args}, {env, [{"MUTATE_LISTEN", integer_to_list(Listen)}, {"MUTATE_CONNECT", integer_to_list(Connect)}]},
               {line, 1000}, binary, exit_status, stderr_to_stdout]).

connect(Port, Options) -> gen_tcp:connect({127, 0, 0, 1}, Port, [binary, {active, false}, {nodelay, true} | Options]).

%% Between the node that is recorded and the victim: what the one sent.
recording(Listen, VictimPort) ->
    {ok, A} = gen_tcp:accept(Listen, 60000),
    {ok, B} = connect(VictimPort, []),
    inet:setopts(A, [{active, true}]), inet:setopts(B, [{active, true}]),
    recording(A, B, []).
recording(A, B, Got) ->
    receive
        {tcp, A, D} -> ok = gen_tcp:send(B, D), recording(A, B, [D | Got]);
        {tcp, B, D} -> gen_tcp:send(A, D), recording(A, B, Got);
        {tcp_closed, A} -> gen_tcp:close(B), iolist_to_binary(lists:reverse(Got));
        {tcp_closed, B} -> gen_tcp:close(A), iolist_to_binary(lists:reverse(Got))
    end.

frames(Bits, Bin) ->
    case Bin of <<N:Bits, F:N/binary, Rest/binary>> -> [F | frames(Bits, Rest)]; _ -> [] end.

%% ---- the attack
main(Args) ->
    [Seed, First, Count] = [list_to_integer(A) || A <- Args],
    {ok, L} = gen_tcp:listen(0, [binary, {active, false}, {ip, {127, 0, 0, 1}}]),
    {ok, L2} = gen_tcp:listen(0, [{ip, {127, 0, 0, 1}}]),
    {ok, Proxy} = inet:port(L), {ok, VPort} = inet:port(L2), ok = gen_tcp:close(L2),
    {ok, Host} = inet:gethostname(),
    Self = self(),
    Watcher = spawn_link(fun() ->
        node_of("victim", ["-run", atom_to_list(?MODULE), "serve", os:getpid() | log_all()], VPort, 0),
        watch_output(Self, 0, [])
    end),
    true = until(fun() -> {ok, S} = connect(VPort, []), gen_tcp:close(S) =:= ok end),
    spawn_link(fun() -> node_of("fuzz0", ["-run", atom_to_list(?MODULE), "record", "victim@" ++ Host], 0, Proxy),
                        receive {_, {exit_status, X}} -> Self ! {recorded, X} end end),
    All = recording(L, VPort),
    receive {recorded, 0} -> ok; {recorded, X} -> fail("no recording: ~p", [X]) end,
    <<N:16, Name:N/binary, M:16, Reply:M/binary, Rest/binary>> = All,
    Packets = [P || P <- frames(32, Rest), P =/= <<>>],
    io:format("recorded: ~b packets~n", [length(Packets)]),
    Pids = [spawn_link(fun() -> worker(#{id => W, port => VPort, host => list_to_binary(Host), name => Name, reply => Reply,
                                         packets => list_to_tuple(Packets), seed => Seed, owner => Self},
                                       First + W - 1, First + Count, {0, 0, 0}) end) || W <- [1, 2, 3, 4]],
    Sums = [receive {P, R} -> R; {victim_died, X2, Text} -> fail("the node ended with ~p:~n~s", [X2, Text]) end || P <- Pids],
    [H, K, E] = [lists:sum([element(I, S) || S <- Sums]) || I <- [1, 2, 3]],
    %% it still takes a good one
    {ok, S} = handshake(#{id => 9, port => VPort, host => list_to_binary(Host), name => Name}, fun(_, F) -> F end),
    alive = ask(S, #{id => 9, host => list_to_binary(Host)}),
    Logged = logged(Watcher, E * 9 div 10, 100),
    io:format("~b damaged handshakes, ~b damaged packets, ~b connections ended, ~b logged~n", [H, K, E, Logged]),
    Logged >= E * 9 div 10 orelse fail("ended without a reason in the log", []),
    halt(0).

%% How much it has logged, when that is enough or does not grow any more.
logged(Watcher, Enough, Tries) ->
    timer:sleep(100),
    Watcher ! {count, self()},
    receive
        {logged, N} when N >= Enough; Tries =:= 0 -> N;
        {logged, N} -> logged(Watcher, Enough, case put(logged, N) of N -> Tries - 1; _ -> 100 end)
    after 120000 -> fail("no count", [])
    end.

%% Nothing of the log is dropped because there is so much of it.
log_all() ->
    ["-kernel", "logger", "[{handler,default,logger_std_h,#{config => #{burst_limit_enable => false, drop_mode_qlen => 1000000,"
                          " flush_qlen => 1000000}}}]"].

fail(F, A) -> io:format(F ++ "~n", A), halt(1).

%% What the victim prints.
watch_output(Owner, Logged, Last) ->
    receive
        {_, {data, {_, Line}}} ->
            Bad = [T || T <- [<<"AddressSanitizer">>, <<"runtime error:">>, <<"LeakSanitizer">>, <<"assertion">>], binary:match(Line, T) =/= nomatch],
            Bad =:= [] orelse fail("the node: ~s", [Line]),
            N = case binary:match(Line, <<"Got invalid data">>) of nomatch -> 0; _ -> 1 end,
            watch_output(Owner, Logged + N, [Line | lists:sublist(Last, 30)]);
        {_, {exit_status, X}} -> Owner ! {victim_died, X, lists:join("\n", lists:reverse(Last))};
        {count, From} -> From ! {logged, Logged}, watch_output(Owner, Logged, Last)
    end.

worker(#{owner := Owner}, N, End, Sums) when N >= End -> Owner ! {self(), Sums};
worker(#{seed := Seed} = C, N, End, {H, K, E}) ->
    rand:seed(exsss, {Seed, N, 11}),
    case rand:uniform(5) of
        1 -> bad_handshake(C), worker(C, N + 4, End, {H + 1, K, E});
        _ -> {Next, Ended} = session(C, N, End), worker(C, Next, End, {H, K + (Next - N) div 4, E + Ended})
    end.

my_name(#{id := Id, host := Host}) -> <<"fuzz", ($0 + Id), "@", Host/binary>>.

%% {ok, Socket} when it is over; change(Which, Frame) gives what is sent.
handshake(#{port := Port, name := Name} = C, Change) ->
    {ok, S} = connect(Port, [{packet, 2}]),
    <<$N, Flags:64, Creation:32, L:16, _:L/binary>> = Name,
    Mine = my_name(C),
    case gen_tcp:send(S, Change(name, <<$N, Flags:64, Creation:32, (byte_size(Mine)):16, Mine/binary>>)) of
        ok -> status(S, C, Change);
        _ -> gen_tcp:close(S), closed
    end.

status(S, C, Change) ->
    case gen_tcp:recv(S, 0, 20000) of
        {ok, <<"salive">>} -> gen_tcp:send(S, <<"strue">>), challenge(S, Change);
        {ok, <<"sok", _/binary>>} -> challenge(S, Change);
        {ok, <<"snok">>} -> gen_tcp:close(S), timer:sleep(20), handshake(C, Change);
        _ -> gen_tcp:close(S), closed
    end.

challenge(S, Change) ->
    case gen_tcp:recv(S, 0, 20000) of
        {ok, <<$N, _:64, Challenge:32, _/binary>>} ->
            Digest = erlang:md5([?COOKIE, integer_to_list(Challenge)]),
            Reply = <<$r, 12345:32, Digest/binary>>,
            Sent = Change(reply, Reply),
            gen_tcp:send(S, Sent),
            case gen_tcp:recv(S, 0, 20000) of
                {ok, <<$a, _/binary>>} when binary_part(Sent, 5, 16) =/= Digest -> fail("came in without the cookie: ~p ~p", [Reply, Sent]);
                {ok, <<$a, _/binary>>} -> inet:setopts(S, [{packet, 4}]), {ok, S};
                _ -> gen_tcp:close(S), closed
            end;
        _ -> gen_tcp:close(S), closed
    end.

bad_handshake(C) ->
    Which = element(rand:uniform(2), {name, reply}),
    Change = fun(W, F) when W =:= Which -> damage(F); (_, F) -> F end,
    {Pid, R} = spawn_monitor(fun() -> case handshake(C, Change) of {ok, S} -> gen_tcp:close(S); closed -> ok end end),
    receive {'DOWN', R, _, _, _} -> ok
    after 300 -> exit(Pid, kill), receive {'DOWN', R, _, _, _} -> ok end
    end.

%% Good packets up to some place, from there on damaged ones, until the end.
session(C, N, End) -> session(C, N, End, 100).
session(_, _, _, 0) -> fail("a good handshake is refused", []);
session(#{packets := Packets} = C, N, End, Tries) ->
    case handshake(C, fun(_, F) -> F end) of
        {ok, S} ->
            From = rand:uniform(tuple_size(Packets)),
            [gen_tcp:send(S, mine(C, element(I, Packets))) || I <- lists:seq(1, From - 1)],
            damaged(S, C, From, N, End);
        closed -> timer:sleep(100), session(C, N, End, Tries - 1) % the connection before may not have ended yet
    end.

damaged(S, #{packets := Packets}, At, N, End) when At > tuple_size(Packets); N >= End -> gen_tcp:close(S), {N, 0};
damaged(S, #{packets := Packets} = C, At, N, End) ->
    gen_tcp:send(S, mine(C, damage_aimed(element(At, Packets)))),
    case ask(S, C) of
        alive -> damaged(S, C, At + 1, N + 4, End);
        closed -> gen_tcp:close(S), {N + 4, 1}
    end.

%% It monitors a name that nobody has, and is told so: what came before has been seen.
ask(S, C) ->
    Mine = my_name(C),
    Node = <<119, (byte_size(Mine)), Mine/binary>>,
    Id = rand:uniform(1 bsl 30),
    Ref = <<90, 3:16, Node/binary, 1:32, 7:32, 7:32, Id:32>>,
    Control = <<104, 4, 97, 19, 88, Node/binary, 999:32, 0:32, 1:32, 119, 11, "mutate_none", Ref/binary>>,
    case gen_tcp:send(S, <<131, 68, 0, Control/binary>>) of
        ok -> answer(S, <<Id:32>>);
        _ -> closed
    end.

answer(S, Id) ->
    case gen_tcp:recv(S, 0, 30000) of
        {ok, D} -> case binary:match(D, Id) of nomatch -> answer(S, Id); _ -> alive end;
        {error, timeout} -> fail("no answer, and no end", []);
        {error, _} -> closed
    end.

%% The recorded node's name, as long as this one's, in whatever it sent.
mine(#{host := Host} = C, Packet) -> binary:replace(Packet, <<"fuzz0@", Host/binary>>, my_name(C), [global]).

%% A node that has the cookie may link to, exit or lead any process, on BEAM too: kernel's end with that, and so does the node. So
%% no damage makes one pid of the node into another one.
damage_aimed(Packet) ->
    Damaged = damage(Packet),
    case local_numbers(Damaged) -- local_numbers(Packet) of [] -> Damaged; _ -> damage_aimed(Packet) end.

%% What may be the number of a pid that began with the node: serial 0, creation 1 (register_node/2,3).
local_numbers(Bin) -> [N || {At, _} <- binary:matches(Bin, <<0:32, 1:32>>), At >= 4, <<N:32>> <- [binary:part(Bin, At - 4, 4)], N < 1000].

damage(Bin) ->
    Size = byte_size(Bin),
    At = rand:uniform(Size) - 1,
    <<A:At/binary, Byte, B/binary>> = Bin,
    case rand:uniform(8) of
        1 -> binary:part(Bin, 0, At);
        2 -> <<A/binary, B/binary>>;
        3 -> <<A/binary, (rand:uniform(256) - 1), Byte, B/binary>>;
        4 -> <<A/binary, (Byte bxor (1 bsl (rand:uniform(8) - 1))), B/binary>>;
        5 -> <<A/binary, (element(rand:uniform(6), {0, 1, 127, 128, 254, 255})), B/binary>>;
        6 -> Head = min(Size, 40), I = rand:uniform(Head) - 1, <<X:I/binary, _, Y/binary>> = Bin, <<X/binary, (rand:uniform(256) - 1), Y/binary>>;
        7 -> <<Bin/binary, (rand:bytes(rand:uniform(20)))/binary>>;
        8 -> N = min(byte_size(B), rand:uniform(8)), <<_:N/binary, Rest/binary>> = B, <<A/binary, Byte, (rand:bytes(N))/binary, Rest/binary>>
    end.
