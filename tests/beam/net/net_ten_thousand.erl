%% SPDX-License-Identifier: Apache-2.0
%% Ten thousand connections held at once, each echoed twice; then a third of the peers reset, and a third close their half. By TCP, by local
%% sockets, by `socket`, and as many addresses of UDP.
%% slow
%% timeout: 240
-module(net_ten_thousand).
-include("../t.hrl").

-define(COUNT, 10000).
-define(WAIT, 120000).
%% both ends are here
-define(DESCRIPTORS, 20600).

start() ->
    [code:ensure_loaded(M) || M <- [gen_tcp, gen_udp, socket, inet_tcp, local_tcp, inet_udp, inet, prim_inet, os]],
    N = most(),
    process_flag(priority, high),
    ?T({N, tcp(N, {ifaddr, {127, 0, 0, 1}})}),
    ?T(tcp(N, {ifaddr, {local, "server"}})),
    ?T(sockets(N)),
    ?T(udp(N div 2)).

%% Who may not have so many descriptors holds fewer.
most() ->
    os:cmd(lists:flatten(io_lib:format("prlimit --nofile=~w:~w --pid ~s", [?DESCRIPTORS, ?DESCRIPTORS, os:getpid()]))),
    "Max open files" ++ Limits = string:trim(os:cmd("grep '^Max open files' /proc/" ++ os:getpid() ++ "/limits")),
    [Soft | _] = string:lexemes(Limits, " "),
    min(?COUNT, (list_to_integer(Soft) - 600) div 2).

tcp(N, Where) ->
    Options = [binary, {active, false}, {backlog, 1024}, Where],
    {ok, Listener} = gen_tcp:listen(0, Options),
    {ok, Name} = inet:sockname(Listener),
    Server = spawn_link(fun() -> accept(Listener, self(), 0) end),
    Clients = [client(Name, Server, K) || K <- lists:seq(1, N)],
    R = [echo_all(Clients, 1), held(Server, N), echo_all(Clients, 100000)],
    %% every third resets, every third closes its half, the others go on
    {Resets, Halves, Fills} = thirds(Clients),
    [begin inet:setopts(C, [{linger, {true, 0}}]), gen_tcp:close(C) end || C <- Resets],
    [ok = gen_tcp:shutdown(C, write) || C <- Halves],
    Ends = lists:usort([gen_tcp:recv(C, 0, ?WAIT) || C <- Halves]),
    held(Server, length(Fills)),
    Last = echo_all(Fills, 1),
    [gen_tcp:close(C) || C <- Fills ++ Halves],
    Gone = held(Server, 0),
    unlink(Server),
    exit(Server, kill),
    gen_tcp:close(Listener),
    [file:delete(F) || {local, F} <- [Name]],
    {R, Ends, Last, Gone, ports()}.

%% A local socket that finds the backlog full is never connected.
client(Name, Server, K) ->
    {ok, C} = connect(Name),
    case K rem 500 of 0 -> K = held(Server, K); _ -> ok end,
    C.

connect({local, _} = Name) -> gen_tcp:connect(Name, 0, [binary, {active, false}], ?WAIT);
connect({Address, Port}) -> gen_tcp:connect(Address, Port, [binary, {active, false}], ?WAIT).

thirds([A, B, C | Rest]) -> {As, Bs, Cs} = thirds(Rest), {[A | As], [B | Bs], [C | Cs]};
thirds(Rest) -> {Rest, [], []}.

accept(Listener, Server, Count) ->
    Me = self(),
    Acceptor = spawn_link(fun() -> acceptor(Listener, Me) end),
    serve(Server, Acceptor, Count, Count, none).

%% Counts who is there and tells when there are as many as somebody waits for.
serve(Server, Acceptor, Now, Ever, {From, Now}) -> From ! {held, Now}, serve(Server, Acceptor, Now, Ever, none);
serve(Server, Acceptor, Now, Ever, Waiter) ->
    receive
        here -> serve(Server, Acceptor, Now + 1, Ever + 1, Waiter);
        gone -> serve(Server, Acceptor, Now - 1, Ever, Waiter);
        {held, From, Count} -> serve(Server, Acceptor, Now, Ever, {From, Count})
    end.

acceptor(Listener, Server) ->
    case gen_tcp:accept(Listener) of
        {ok, S} ->
            Server ! here,
            Pid = spawn(fun() -> receive go -> echo(S), Server ! gone end end),
            ok = gen_tcp:controlling_process(S, Pid),
            Pid ! go,
            acceptor(Listener, Server);
        {error, closed} ->
            ok
    end.

echo(S) ->
    inet:setopts(S, [{active, once}]),
    receive
        {tcp, S, D} -> gen_tcp:send(S, D), echo(S);
        {tcp_error, S, _} -> echo(S);
        {tcp_closed, S} -> ok
    end.

held(Server, Count) ->
    Server ! {held, self(), Count},
    receive {held, Count} -> Count after ?WAIT -> timeout end.

echo_all(Clients, Base) ->
    Numbered = lists:zip(lists:seq(Base, Base + length(Clients) - 1), Clients),
    [ok = gen_tcp:send(C, <<K:32>>) || {K, C} <- Numbered],
    lists:usort([case gen_tcp:recv(C, 4, ?WAIT) of {ok, <<K:32>>} -> same; Other -> Other end || {K, C} <- Numbered]).

ports() -> settled(length(erlang:ports()), 100).
settled(N, 0) -> {left, N};
settled(N, K) -> case N < 10 of true -> few; false -> timer:sleep(50), settled(length(erlang:ports()), K - 1) end.

sockets(N) ->
    {ok, L} = socket:open(inet, stream, tcp),
    ok = socket:bind(L, #{family => inet, addr => {127, 0, 0, 1}, port => 0}),
    ok = socket:listen(L, 1024),
    {ok, Name} = socket:sockname(L),
    Acceptor = spawn_link(fun() -> socket_acceptor(L) end),
    Clients = [begin {ok, C} = socket:open(inet, stream, tcp), ok = socket:connect(C, Name), C end || _ <- lists:seq(1, N)],
    R = [socket_echo_all(Clients, K) || K <- [1, 100000]],
    Before = socket:number_of() >= 2 * N,
    [ok = socket:close(C) || C <- Clients],
    unlink(Acceptor),
    exit(Acceptor, kill),
    ok = socket:close(L),
    {R, Before, wait_for(fun() -> socket:number_of() =:= 0 end)}.

socket_acceptor(L) ->
    {ok, S} = socket:accept(L),
    Pid = spawn(fun() -> receive go -> socket_echo(S) end end),
    ok = socket:setopt(S, {otp, controlling_process}, Pid),
    Pid ! go,
    socket_acceptor(L).

socket_echo(S) ->
    case socket:recv(S) of
        {ok, D} -> ok = socket:send(S, D), socket_echo(S);
        {error, closed} -> socket:close(S)
    end.

socket_echo_all(Clients, Base) ->
    Numbered = lists:zip(lists:seq(Base, Base + length(Clients) - 1), Clients),
    [ok = socket:send(C, <<K:32>>) || {K, C} <- Numbered],
    lists:usort([case socket:recv(C, 4, ?WAIT) of {ok, <<K:32>>} -> same; Other -> Other end || {K, C} <- Numbered]).

%% A server with one address, many clients; each waits for its own answer, so nothing is lost for want of room.
udp(N) ->
    {ok, S} = gen_udp:open(0, [binary, {active, false}, {ip, {127, 0, 0, 1}}]),
    {ok, Port} = inet:port(S),
    Server = spawn_link(fun() -> receive go -> udp_echo(S) end end),
    ok = gen_udp:controlling_process(S, Server),
    Server ! go,
    Clients = [begin {ok, C} = gen_udp:open(0, [binary, {active, false}, {ip, {127, 0, 0, 1}}]), C end || _ <- lists:seq(1, N)],
    R = lists:usort([begin
                         ok = gen_udp:send(C, {127, 0, 0, 1}, Port, <<K:32>>),
                         case gen_udp:recv(C, 0, ?WAIT) of
                             {ok, {{127, 0, 0, 1}, Port, <<K:32>>}} -> same;
                             Other -> Other
                         end
                     end || {K, C} <- lists:zip(lists:seq(1, N), Clients)]),
    [gen_udp:close(C) || C <- Clients],
    unlink(Server),
    exit(Server, kill),
    {R, ports()}.

udp_echo(S) ->
    {ok, {A, P, D}} = gen_udp:recv(S, 0),
    ok = gen_udp:send(S, A, P, D),
    udp_echo(S).
