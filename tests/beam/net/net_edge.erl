%% SPDX-License-Identifier: Apache-2.0
%% Peers that reset, half-close or never read; timeouts, busy ports, odd framings, options, UDP's corners.
%% timeout: 90
-module(net_edge).
-include("../t.hrl").

start() ->
    ?T(reset(false, false)), ?T(reset(true, false)), ?T(reset(false, true)), ?T(reset(true, true)),
    ?T(send_to_gone(false)), ?T(send_to_gone(true)), ?T(half_close()), ?T(stays_open()), ?T(never_reads()), ?T(busy()),
    ?T(close_pending()), ?T(delayed()), ?T(acceptors()), ?T(dead_acceptor()), ?T(closed_listener()), ?T(recv_twice()),
    ?T(active_n()), ?T(unread()), ?T(header()), ?T(too_long()), ?T(line_cut()), ?T(frames()), ?T(owner_change()),
    ?T(kinds()), ?T(stat()), ?T(port_facts()), ?T(interfaces()), ?T(raw()), ?T(timeouts()), ?T(bad_calls()),
    ?T(services()), ?T(udp_connected()), ?T(udp_sizes()), ?T(udp_active()), ?T(udp_ancillary()), ?T(udp_local()),
    ?T(multicast()), ?T(ipv6()), ?T(fd_open()), ?T(files()), ?T(exits()), ?T(connect_twice()).

l() -> l([]).
l(O) -> {ok, L} = gen_tcp:listen(0, [{ip, {127, 0, 0, 1}}, {active, false}, binary | O]), {ok, P} = inet:port(L), {L, P}.
pair() -> pair([], []).
pair(CO, SO) ->
    {L, P} = l(SO),
    {ok, C} = gen_tcp:connect({127, 0, 0, 1}, P, [binary, {active, false} | CO]),
    {ok, S} = gen_tcp:accept(L, 5000),
    gen_tcp:close(L),
    {C, S}.
flush() -> receive {'EXIT', P, normal} when is_pid(P) -> flush(); M -> [simple(M) | flush()] after 200 -> [] end.
simple(M) when is_tuple(M) -> list_to_tuple([simple(X) || X <- tuple_to_list(M)]);
simple(P) when is_port(P) -> port;
simple(P) when is_pid(P) -> pid;
simple(X) -> X.

reset(Show, Active) ->
    {C, S} = pair([{show_econnreset, Show}, {active, Active}], []),
    ok = inet:setopts(S, [{linger, {true, 0}}]),
    ok = gen_tcp:close(S),
    R = case Active of
            true -> flush();
            false -> [gen_tcp:recv(C, 0, 2000), gen_tcp:recv(C, 0, 10), gen_tcp:send(C, "x")]
        end,
    {R, gen_tcp:close(C)}.

send_to_gone(Show) ->
    {C, S} = pair([{show_econnreset, Show}], []),
    ok = inet:setopts(S, [{linger, {true, 0}}]),
    ok = gen_tcp:close(S),
    timer:sleep(50),
    {gen_tcp:send(C, "x"), gen_tcp:send(C, "x"), gen_tcp:recv(C, 0, 100), gen_tcp:recv(C, 0, 100)}.

half_close() ->
    {C, S} = pair(),
    ok = gen_tcp:shutdown(C, write),
    R = [gen_tcp:recv(S, 0, 2000), gen_tcp:send(C, "no")],
    {C2, S2} = pair([{exit_on_close, false}], [{exit_on_close, false}]),
    ok = gen_tcp:shutdown(C2, write),
    R2 = [gen_tcp:recv(S2, 0, 2000), gen_tcp:send(S2, "still"), gen_tcp:recv(C2, 5, 2000)],
    gen_tcp:close(S),
    {R, R2, gen_tcp:shutdown(C2, read_write)}.

stays_open() ->
    {C, S} = pair([{exit_on_close, false}, {active, true}], []),
    ok = gen_tcp:close(S),
    R = flush(),
    {R, is_list(erlang:port_info(C)), gen_tcp:close(C)}.

never_reads() ->
    {C, _S} = pair([{send_timeout, 200}, {sndbuf, 4096}, {high_watermark, 8192}], [{recbuf, 4096}]),
    B = binary:copy(<<"x">>, 500000),
    R = [gen_tcp:send(C, B) || _ <- lists:seq(1, 15)],
    {C2, _} = pair([{send_timeout, 100}, {send_timeout_close, true}, {sndbuf, 4096}], [{recbuf, 4096}]),
    R2 = [gen_tcp:send(C2, B) || _ <- lists:seq(1, 15)],
    {lists:usort(R), lists:last(R), lists:usort(R2), lists:last(R2)}.

busy() ->
    {C, S} = pair([{sndbuf, 4096}, {high_watermark, 10000}, {low_watermark, 5000}], [{recbuf, 4096}]),
    B = binary:copy(<<"y">>, 1000000),
    Me = self(),
    W = spawn_link(fun() -> receive go -> ok end, Me ! {sent, [gen_tcp:send(C, B) || _ <- lists:seq(1, 10)]} end),
    ok = gen_tcp:controlling_process(C, W),
    W ! go,
    wait_for(fun() -> {ok, St} = prim_inet:getstatus(C), lists:member(busy, St) end),
    N = (catch erlang:port_command(C, "z", [nosuspend])),
    M = drain(S, 10 * 1000000),
    {N, receive {sent, R} -> lists:usort(R) after 10000 -> none end, M}.
drain(_, 0) -> ok;
drain(S, N) -> case gen_tcp:recv(S, 0, 5000) of {ok, D} -> drain(S, N - byte_size(D)); E -> {E, N} end.

close_pending() ->
    {C, S} = pair([{sndbuf, 4096}], [{recbuf, 4096}]),
    B = binary:copy(<<"p">>, 3000000),
    Me = self(),
    spawn_link(fun() -> receive go -> ok end, Me ! {ok, drain(S, 3000000), gen_tcp:recv(S, 0, 5000)} end) ! go,
    ok = gen_tcp:send(C, B),
    ok = gen_tcp:close(C),
    receive {ok, A, E} -> {A, E} after 20000 -> none end.

delayed() ->
    {C, S} = pair([{delay_send, true}], []),
    [ok = gen_tcp:send(C, [K]) || K <- "delayed"],
    {gen_tcp:recv(S, 7, 2000), inet:getopts(C, [delay_send])}.

acceptors() ->
    {L, P} = l(),
    Me = self(),
    As = [spawn_link(fun() -> Me ! {self(), case gen_tcp:accept(L, T) of {ok, S} -> gen_tcp:close(S), ok; E -> E end} end)
          || T <- [30, 5000, 60, 5000]],
    timer:sleep(150),
    {ok, St} = prim_inet:getstatus(L),
    [{ok, _} = gen_tcp:connect({127, 0, 0, 1}, P, []) || _ <- [1, 2]],
    R = [receive {A, X} -> X after 5000 -> none end || A <- As],
    {ok, St2} = prim_inet:getstatus(L),
    {R, St, St2}.

dead_acceptor() ->
    {L, P} = l(),
    {A, M} = spawn_monitor(fun() -> gen_tcp:accept(L) end),
    wait_for(fun() -> {ok, St} = prim_inet:getstatus(L), lists:member(accepting, St) end),
    exit(A, kill),
    receive {'DOWN', M, _, _, _} -> ok end,
    {ok, C} = gen_tcp:connect({127, 0, 0, 1}, P, [{active, false}]),
    {ok, S} = gen_tcp:accept(L, 2000),
    ok = gen_tcp:send(S, "alive"),
    gen_tcp:recv(C, 5, 2000).

closed_listener() ->
    {L, _} = l(),
    Me = self(),
    [spawn_link(fun() -> Me ! {r, gen_tcp:accept(L)} end) || _ <- [1, 2]],
    timer:sleep(30),
    ok = gen_tcp:close(L),
    [receive {r, X} -> X after 2000 -> none end || _ <- [1, 2]] ++ [gen_tcp:accept(L, 10)].

recv_twice() ->
    {C, S} = pair(),
    Me = self(),
    spawn_link(fun() -> Me ! {r, gen_tcp:recv(C, 0, 3000)} end),
    timer:sleep(30),
    R = gen_tcp:recv(C, 0, 100),
    ok = gen_tcp:send(S, "one"),
    {R, receive {r, X} -> X end, gen_tcp:recv(C, 0, 10), inet:setopts(C, [{active, true}]), gen_tcp:recv(C, 0)}.

active_n() ->
    {C, S} = pair([{packet, 1}], [{packet, 1}]),
    ok = inet:setopts(C, [{active, 2}]),
    ok = inet:setopts(C, [{active, 1}]),
    A = inet:getopts(C, [active]),
    [ok = gen_tcp:send(S, [K]) || K <- "abcd"],
    R = flush(),
    {A, R, inet:getopts(C, [active]), inet:setopts(C, [{active, -5}]), flush(), inet:setopts(C, [{active, 32767}]),
     catch inet:setopts(C, [{active, 32767}]), gen_tcp:recv(C, 0)}.

unread() ->
    {C, S} = pair(),
    ok = gen_tcp:unrecv(C, <<"back">>),
    ok = gen_tcp:send(S, "more"),
    {gen_tcp:recv(C, 4, 1000), gen_tcp:recv(C, 4, 1000)}.

header() ->
    {C, S} = pair([{header, 2}], []),
    ok = gen_tcp:send(S, "abcdef"),
    A = gen_tcp:recv(C, 6, 1000),
    ok = inet:setopts(C, [list]),
    ok = gen_tcp:send(S, "xyz"),
    {A, gen_tcp:recv(C, 3, 1000)}.

too_long() ->
    [begin
         {C, S} = pair([{packet, K}, {packet_size, 5}], []),
         ok = gen_tcp:send(S, D),
         gen_tcp:recv(C, 0, 1000)
     end || {K, D} <- [{2, <<0, 9, "123456789">>}, {line, "1234567\n"}, {4, <<0, 0, 0, 5, "12345">>}]].

line_cut() ->
    {C, S} = pair([{packet, line}, {buffer, 10}], []),
    ok = gen_tcp:send(S, "123456789012345\nab\n"),
    A = [gen_tcp:recv(C, 0, 1000) || _ <- [1, 2, 3]],
    ok = inet:setopts(C, [{line_delimiter, $;}]),
    ok = gen_tcp:send(S, "x;y\n;"),
    {A, [gen_tcp:recv(C, 0, 1000) || _ <- [1, 2]]}.

frames() ->
    [begin
         {C, S} = pair([{packet, K}], []),
         {H, T} = lists:split(3, binary_to_list(iolist_to_binary(D))),
         ok = gen_tcp:send(S, H), timer:sleep(5), ok = gen_tcp:send(S, T),
         P = gen_tcp:recv(C, 0, 1000),
         ok = inet:setopts(C, [{active, once}]),
         ok = gen_tcp:send(S, D),
         {K, P, receive M -> simple(M) after 1000 -> none end}
     end || {K, D} <- [{asn1, <<16#30, 3, 1, 2, 3>>}, {sunrm, <<16#80, 0, 0, 2, "ab">>}, {tpkt, <<3, 0, 0, 6, "ab">>},
                       {cdr, <<"GIOP", 1, 0, 0, 0, 0, 0, 0, 2, "ab">>}, {fcgi, <<1, 1, 0, 1, 0, 2, 1, 0, "ab", 0>>},
                       {ssl_tls, <<22, 3, 1, 0, 4, "data">>}, {http, "GET / HTTP/1.0\r\n"}, {httph, "Host: here\r\n\r\n"},
                       {http_bin, "HTTP/1.1 404 Not Found\r\n"}, {httph_bin, "X-Y: z\r\n\r\n"}]].

owner_change() ->
    {C, S} = pair([{active, true}], []),
    Me = self(),
    Q = spawn_link(fun() -> receive {tcp, _, D} -> Me ! {q, D} end end),
    A = gen_tcp:controlling_process(C, Q),
    ok = gen_tcp:send(S, "for q"),
    {A, receive {q, D} -> D after 2000 -> none end, gen_tcp:controlling_process(C, Me),
     gen_tcp:controlling_process(C, Q)}.

kinds() ->
    {L, _} = l(),
    {C, S} = pair(),
    {ok, U} = gen_udp:open(0, []),
    [begin {ok, St} = prim_inet:getstatus(X), {prim_inet:gettype(X), St} end || X <- [L, C, S, U]].

stat() ->
    {C, S} = pair([{packet, 2}], [{packet, 2}]),
    [ok = gen_tcp:send(C, D) || D <- ["a", "bcd", "efghi"]],
    [gen_tcp:recv(S, 0) || _ <- [1, 2, 3]],
    {inet:getstat(C, [send_cnt, send_max, send_avg, send_oct, send_pend]),
     inet:getstat(S, [recv_cnt, recv_max, recv_avg, recv_dvi, recv_oct])}.

port_facts() ->
    {C, _} = pair(),
    {erlang:port_info(C, name), erlang:port_info(C, connected) =:= {connected, self()},
     lists:member(self(), element(2, erlang:port_info(C, links))), erlang:port_info(C, input), erlang:port_info(C, queue_size),
     catch erlang:port_control(C, 1, []), catch erlang:port_call(C, 1, x)}.

interfaces() ->
    {ok, U} = gen_udp:open(0, []),
    {ok, L} = inet:getifaddrs(),
    {lists:keyfind("lo", 1, L), prim_inet:getiflist(U), prim_inet:ifget(U, "lo", [addr, netmask, mtu, flags, hwaddr]),
     prim_inet:ifget(U, "nosuch", [addr])}.

raw() ->
    {C, _} = pair(),
    {inet:setopts(C, [{raw, 1, 9, <<1:32/native>>}]), inet:getopts(C, [{raw, 1, 9, 4}, keepalive]), inet:getopts(C, [{raw, 6, 1, <<0:32>>}]),
     inet:getopts(C, [{raw, 99, 99, 4}])}.

timeouts() ->
    {L, P} = l([{backlog, 0}]),
    {C, _S} = pair(),
    {gen_tcp:accept(L, 0), gen_tcp:recv(C, 0, 0), gen_tcp:recv(C, 3, 20), gen_tcp:connect({127, 0, 0, 1}, P, [], 0) =/= x,
     catch gen_tcp:accept(L, -1), catch gen_tcp:recv(C, -1), catch gen_tcp:recv(C, 16#5000000)}.

bad_calls() ->
    {L, P} = l(),
    {C, _} = pair([{packet, 4}], []),
    {ok, U} = gen_udp:open(0, []),
    {gen_tcp:recv(L, 0, 10), gen_tcp:send(L, "x"), gen_tcp:accept(C, 10), gen_tcp:recv(C, 5, 10), gen_tcp:shutdown(L, write),
     inet:peername(L), gen_tcp:listen(P, [{ip, {127, 0, 0, 1}}]), gen_tcp:connect({127, 0, 0, 1}, 1, []),
     gen_udp:recv(U, 0), gen_udp:send(U, {127, 0, 0, 1}, 70000, "x"), catch gen_tcp:listen(0, [nosuch]),
     inet:setopts(C, [{nosuch, 1}]), inet:getopts(C, [nosuch]), prim_inet:bind(C, {127, 0, 0, 1}, 0)}.

services() ->
    {inet:getservbyname(ssh, tcp), inet:getservbyname(nosuch, tcp), prim_inet:getservbyport(element(2, gen_udp:open(0)), 22, tcp)}.

udp_pair() ->
    [A, B] = [begin {ok, X} = gen_udp:open(0, [binary, {active, false}, {ip, {127, 0, 0, 1}}]), X end || _ <- [1, 2]],
    {ok, P} = inet:port(B),
    {A, B, P}.

udp_connected() ->
    {A, B, P} = udp_pair(),
    ok = gen_udp:connect(A, {127, 0, 0, 1}, P),
    ok = gen_udp:send(A, "conn"),
    {ok, {_, PA, D}} = gen_udp:recv(B, 0, 1000),
    ok = gen_udp:send(B, {127, 0, 0, 1}, PA, "back"),
    R = gen_udp:recv(A, 0, 1000),
    gen_udp:close(B),
    ok = gen_udp:send(A, "gone"),
    timer:sleep(20),
    {D, element(3, element(2, R)), gen_udp:send(A, "again"), inet:peername(A) =:= {ok, {{127, 0, 0, 1}, P}}}.

udp_sizes() ->
    {A, B, P} = udp_pair(),
    ok = gen_udp:send(A, {127, 0, 0, 1}, P, ""),
    {ok, {_, _, E}} = gen_udp:recv(B, 0, 1000),
    ok = inet:setopts(B, [{buffer, 10}]),
    ok = gen_udp:send(A, {127, 0, 0, 1}, P, "0123456789abcdef"),
    {ok, {_, _, F}} = gen_udp:recv(B, 0, 1000),
    {E, F, gen_udp:send(A, {127, 0, 0, 1}, P, binary:copy(<<0>>, 70000)), inet:getopts(B, [buffer, read_packets])}.

udp_active() ->
    {A, B, P} = udp_pair(),
    ok = inet:setopts(B, [{active, 2}, {header, 1}]),
    [ok = gen_udp:send(A, {127, 0, 0, 1}, P, [K, "xy"]) || K <- "abc"],
    R = [case M of {udp, _, Ip, _, D} -> {Ip, D}; X -> simple(X) end || M <- take(3)],
    ok = inet:setopts(B, [{active, once}, list]),
    {R, [case M of {udp, _, Ip, _, D} -> {Ip, D} end || M <- take(1)]}.
take(0) -> [];
take(N) -> receive M -> [M | take(N - 1)] after 2000 -> [] end.

udp_ancillary() ->
    {A, B, P} = udp_pair(),
    ok = inet:setopts(B, [{recvtos, true}, {recvttl, true}]),
    ok = gen_udp:send(A, {{127, 0, 0, 1}, P}, [{tos, 96}, {ttl, 7}], "anc"),
    {ok, {_, _, Anc, D}} = gen_udp:recv(B, 0, 1000),
    {lists:sort(Anc), D, gen_udp:send(A, {{127, 0, 0, 1}, P}, [{nosuch, 1}], "anc")}.

udp_local() ->
    file:delete("udp_local"),
    {ok, B} = gen_udp:open(0, [local, binary, {active, false}, {ifaddr, {local, "udp_local"}}]),
    {ok, A} = gen_udp:open(0, [local, binary, {active, false}]),
    ok = gen_udp:send(A, {local, "udp_local"}, 0, "loc"),
    {gen_udp:recv(B, 0, 1000), inet:sockname(B), inet:sockname(A)}.

multicast() ->
    {ok, U} = gen_udp:open(0, [binary, {active, false}, {multicast_ttl, 3}, {multicast_loop, true}, {multicast_if, {127, 0, 0, 1}},
                               {add_membership, {{224, 0, 0, 251}, {127, 0, 0, 1}}}]),
    {ok, P} = inet:port(U),
    ok = gen_udp:send(U, {224, 0, 0, 251}, P, "group"),
    {element(3, element(2, gen_udp:recv(U, 0, 2000))), inet:getopts(U, [multicast_ttl, multicast_loop]),
     inet:setopts(U, [{drop_membership, {{224, 0, 0, 251}, {127, 0, 0, 1}}}])}.

ipv6() ->
    case gen_tcp:listen(0, [inet6, {ip, {0, 0, 0, 0, 0, 0, 0, 1}}, binary, {active, false}]) of
        {ok, L} ->
            {ok, P} = inet:port(L),
            {ok, C} = gen_tcp:connect({0, 0, 0, 0, 0, 0, 0, 1}, P, [inet6, binary, {active, false}]),
            {ok, S} = gen_tcp:accept(L),
            ok = gen_tcp:send(C, "six"),
            {gen_tcp:recv(S, 3, 1000), element(1, element(2, inet:peername(S))), prim_inet:gettype(S)};
        E -> E
    end.

fd_open() ->
    {L, P} = l(),
    {ok, Fd} = inet:getfd(L),
    {ok, L2} = gen_tcp:listen(0, [{fd, Fd}, binary, {active, false}]),
    {ok, C} = gen_tcp:connect({127, 0, 0, 1}, P, [binary, {active, false}]),
    {ok, S} = gen_tcp:accept(L2, 2000),
    ok = gen_tcp:send(C, "fd"),
    {gen_tcp:recv(S, 2, 1000), inet:port(L2) =:= {ok, P}, gen_tcp:close(L2)}.

files() ->
    ok = file:write_file("edge_file", binary:copy(<<"0123456789">>, 100000)),
    {C, S} = pair([{sndbuf, 4096}], [{recbuf, 4096}]),
    Me = self(),
    spawn_link(fun() -> Me ! {all, drain(S, 1000000 + 5 + 7)} end),
    {ok, F} = file:open("edge_file", [read, raw, binary]),
    ok = gen_tcp:send(C, "first"),
    A = file:sendfile(F, C, 0, 0, []),
    B = file:sendfile(F, C, 3, 7, []),
    {A, B, receive {all, X} -> X after 20000 -> none end, file:sendfile(F, S, -1, 0, [])}.

exits() ->
    flush(),
    process_flag(trap_exit, true),
    {C, S} = pair([{active, true}], []),
    exit(C, oops),
    A = flush(),
    M = monitor(port, S),
    gen_tcp:close(S),
    B = receive {'DOWN', M, port, S, R} -> R after 1000 -> none end,
    {C2, _} = pair(),
    true = erlang:port_connect(C2, self()),
    C2 ! {self(), close},
    {A, B, flush(), catch (C2 ! bad), process_flag(trap_exit, false)}.

connect_twice() ->
    {L, P} = l(),
    {ok, C} = gen_tcp:connect({127, 0, 0, 1}, P, []),
    {prim_inet:connect(C, {127, 0, 0, 1}, P), prim_inet:listen(C), prim_inet:connect(L, {127, 0, 0, 1}, P)}.
