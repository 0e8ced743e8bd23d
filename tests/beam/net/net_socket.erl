%% SPDX-License-Identifier: Apache-2.0
%% Sockets through `socket` and `net`: streams, datagrams, local ones, what waits and what is told at the end.
-module(net_socket).
-include("../t.hrl").

start() ->
    ?T(socket:info()), ?T(stream()), ?T(waits()), ?T(nowait()), ?T(cancelled()), ?T(many_acceptors(5)), ?T(closed_by_another()),
    ?T(owner_ends()), ?T(monitored()), ?T(datagram()), ?T(local()), ?T(messages()), ?T(options()), ?T(bad()),
    ?T(send_file()), ?T(big(3000000)), ?T(backend()), ?T(inet6()), ?T(net()),
    ?T([{K, socket:is_supported(K)} || K <- [ipv6, local, netns, sendfile]]),
    ?T(lists:sort([O || {O, true} <- socket:supports(options, socket)])),
    ?T(lists:sort(socket:supports(msg_flags))).

listener(Domain) ->
    {ok, L} = socket:open(Domain, stream, tcp),
    ok = socket:bind(L, #{family => Domain, addr => loopback, port => 0}),
    ok = socket:listen(L, 100),
    {ok, A} = socket:sockname(L),
    {L, A}.

pair() ->
    {L, A} = listener(inet),
    {ok, C} = socket:open(inet, stream, tcp),
    ok = socket:connect(C, A),
    {ok, S} = socket:accept(L),
    ok = socket:close(L),
    {C, S}.

stream() ->
    {C, S} = pair(),
    ok = socket:send(C, "hello"),
    A = socket:recv(S, 5),
    ok = socket:send(S, [<<"a">>, "b", [<<"c">>]]),
    B = socket:recv(C),
    ok = socket:shutdown(C, write),
    E = socket:recv(S),
    P = socket:peername(C) =:= socket:sockname(S),
    I = maps:without([counters, owner, rstates, wstates], socket:info(S)),
    {A, B, E, P, I, socket:close(C), socket:close(C), socket:close(S), catch socket:recv(S)}.

waits() ->
    {C, S} = pair(),
    Me = self(),
    spawn_link(fun() -> Me ! {read, socket:recv(S, 6)} end),
    ok = socket:send(C, "abc"),
    timer:sleep(20),
    ok = socket:send(C, "def"),
    R = receive {read, X} -> X end,
    T = socket:recv(C, 0, 10),
    ok = socket:send(S, "xy"),
    Part = socket:recv(C, 5, 30),
    {R, T, Part, socket:recv(C, 0, 0)}.

nowait() ->
    {C, S} = pair(),
    {select, Info} = socket:recv(S, 3, nowait),
    {select_info, recv, Ref} = Info,
    ok = socket:send(C, "now"),
    receive {'$socket', S, select, Ref} -> socket:recv(S, 3, nowait) after 5000 -> none end.

cancelled() ->
    {_C, S} = pair(),
    {select, Info} = socket:recv(S, 3, nowait),
    {socket:cancel(S, Info), element(1, element(2, socket:cancel(S, Info))), socket:recv(S, 3, 0)}.

many_acceptors(N) ->
    {L, A} = listener(inet),
    Me = self(),
    Ps = [spawn_link(fun() -> {ok, S} = socket:accept(L), {ok, D} = socket:recv(S), Me ! {got, D} end) || _ <- lists:seq(1, N)],
    Cs = [begin {ok, C} = socket:open(inet, stream, tcp), ok = socket:connect(C, A), ok = socket:send(C, [K]), C end
          || K <- lists:seq($a, $a + N - 1)],
    R = lists:sort([receive {got, D} -> D after 5000 -> none end || _ <- Ps]),
    [socket:close(C) || C <- Cs],
    {R, socket:accept(L, 10), socket:close(L)}.

closed_by_another() ->
    {_C, S} = pair(),
    Me = self(),
    spawn_link(fun() -> Me ! {read, socket:recv(S)} end),
    timer:sleep(20),
    ok = socket:close(S),
    receive {read, X} -> X after 5000 -> none end.

owner_ends() ->
    Me = self(),
    {Pid, M} = spawn_monitor(fun() -> {C, S} = pair(), Me ! {ends, C, S}, receive go -> ok end end),
    {C, S} = receive {ends, C0, S0} -> {C0, S0} end,
    ok = socket:setopt(C, otp, debug, false),
    Other = socket:setopt(C, otp, controlling_process, self()),
    Pid ! go,
    receive {'DOWN', M, _, _, _} -> ok end,
    {Other, catch socket:recv(C, 0, 100), catch socket:send(S, "x")}.

monitored() ->
    {C, _S} = pair(),
    M = socket:monitor(C),
    ok = socket:close(C),
    receive {'DOWN', M, socket, C, I} -> I after 5000 -> none end.

datagram() ->
    {ok, A} = socket:open(inet, dgram, udp),
    {ok, B} = socket:open(inet, dgram, udp),
    [ok = socket:bind(X, #{family => inet, addr => loopback, port => 0}) || X <- [A, B]],
    {ok, To} = socket:sockname(B),
    {ok, From} = socket:sockname(A),
    ok = socket:sendto(A, <<"one">>, To),
    {ok, {Src, D}} = socket:recvfrom(B),
    ok = socket:sendto(A, <<>>, To),
    E = element(2, element(2, socket:recvfrom(B))),
    ok = socket:connect(A, To),
    ok = socket:send(A, <<"two">>),
    {ok, M} = socket:recvmsg(B),
    {Src =:= From, D, E, maps:without([addr], M), socket:recvfrom(B, 0, 10), socket:recv(B, 0, 0)}.

local() ->
    file:delete("socket_local"),
    {ok, L} = socket:open(local, stream, default),
    ok = socket:bind(L, #{family => local, path => "socket_local"}),
    ok = socket:listen(L),
    {ok, C} = socket:open(local, stream, default),
    ok = socket:connect(C, #{family => local, path => <<"socket_local">>}),
    {ok, S} = socket:accept(L),
    ok = socket:send(C, "loc"),
    {socket:recv(S, 3), socket:sockname(L), socket:peername(S), socket:sockname(C)}.

messages() ->
    {ok, A} = socket:open(inet, dgram, udp),
    ok = socket:bind(A, #{family => inet, addr => loopback, port => 0}),
    {ok, To} = socket:sockname(A),
    ok = socket:setopt(A, ip, recvtos, true),
    ok = socket:setopt(A, ip, recvttl, true),
    ok = socket:sendmsg(A, #{addr => To, iov => [<<"x">>, <<>>, <<"yz">>], ctrl => [#{level => ip, type => tos, value => mincost}]}),
    {ok, M} = socket:recvmsg(A),
    maps:without([addr], M).

options() ->
    {C, _} = pair(),
    [{O, socket:setopt(C, L, O, V), socket:getopt(C, L, O)}
     || {L, O, V} <- [{socket, keepalive, true}, {socket, linger, #{onoff => true, linger => 3}}, {socket, priority, 2},
                      {tcp, nodelay, true}, {tcp, cork, false}, {ip, tos, lowdelay}, {ip, ttl, 33}, {ip, mtu_discover, want},
                      {otp, rcvbuf, 4096}, {otp, rcvbuf, {3, 1000}}, {otp, meta, {any, "term"}}, {socket, type, stream},
                      {socket, keepalive, 7}, {tcp, congestion, "reno"}]]
        ++ [socket:getopt(C, socket, type), socket:getopt(C, socket, domain), socket:getopt(C, socket, protocol),
            socket:getopt(C, socket, acceptconn), catch socket:getopt(C, socket, nosuch),
            socket:getopt_native(C, {socket, 9}, boolean), socket:getopt_native(C, {6, 1}, integer),
            socket:setopt_native(C, {6, 1}, 0), socket:getopt(C, tcp, nodelay)].

bad() ->
    [catch socket:open(nosuch, stream, tcp), catch socket:open(inet, nosuch, tcp), catch socket:open(inet, stream, nosuch),
     begin {ok, S} = socket:open(inet, stream, tcp),
           [socket:connect(S, #{family => inet, addr => {127, 0, 0, 1}, port => 1}),
            catch socket:bind(S, #{family => inet, addr => bad, port => 0}), catch socket:send(S, "x"), catch socket:recv(S),
            try socket:connect(S) catch K:R -> {K, R} end, socket:accept(S, 0)]
     end].

send_file() ->
    ok = file:write_file("socket_file", binary:copy(<<"0123456789">>, 50000)),
    {C, S} = pair(),
    Me = self(),
    spawn_link(fun() -> Me ! {all, read_all(S, 0)} end),
    {ok, F} = file:open("socket_file", [read, raw, binary]),
    R = socket:sendfile(C, F, 0, 0),
    R2 = socket:sendfile(C, F, 10, 25),
    socket:close(C),
    {R, R2, receive {all, N} -> N after 10000 -> none end}.

read_all(S, N) -> case socket:recv(S) of {ok, B} -> read_all(S, N + byte_size(B)); {error, closed} -> N end.

big(N) ->
    {C, S} = pair(),
    B = binary:copy(<<"abcdefghij">>, N div 10),
    Me = self(),
    spawn_link(fun() -> Me ! {sent, socket:send(C, B), socket:close(C)} end),
    {ok, R} = socket:recv(S, N),
    {R =:= B, receive {sent, X, Y} -> {X, Y} end}.

backend() ->
    {ok, L} = gen_tcp:listen(0, [{inet_backend, socket}, binary, {active, false}, {packet, 2}]),
    {ok, P} = inet:port(L),
    spawn_link(fun() -> {ok, A} = gen_tcp:accept(L), {ok, D} = gen_tcp:recv(A, 0), ok = gen_tcp:send(A, [D, D]), gen_tcp:recv(A, 0) end),
    {ok, C} = gen_tcp:connect({127, 0, 0, 1}, P, [{inet_backend, socket}, binary, {active, true}, {packet, 2}]),
    ok = gen_tcp:send(C, "framed"),
    R = receive {tcp, C, D} -> D after 5000 -> none end,
    {R, gen_tcp:close(C), gen_tcp:close(L)}.

inet6() ->
    case socket:open(inet6, stream, tcp) of
        {ok, L} ->
            case socket:bind(L, #{family => inet6, addr => loopback, port => 0}) of
                ok -> ok = socket:listen(L), {ok, A} = socket:sockname(L), {ok, C} = socket:open(inet6, stream, tcp),
                      {socket:connect(C, A), maps:remove(port, A)};
                E -> E
            end;
        E -> E
    end.

net() ->
    {net:gethostname() =:= inet:gethostname(), net:getaddrinfo("127.0.0.1"), net:getaddrinfo("no.such.name.invalid") =/= ok,
     net:if_names(), net:if_name2index("lo"), net:if_index2name(1), net:if_name2index("nosuch"),
     net:getnameinfo(#{family => inet, addr => {127, 0, 0, 1}, port => 80}, [numerichost, numericserv]),
     [maps:with([name, addr, netmask], I) || #{name := "lo"} = I <- element(2, net:getifaddrs(all))]}.
