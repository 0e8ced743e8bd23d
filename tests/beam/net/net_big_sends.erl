%% SPDX-License-Identifier: Apache-2.0
%% What is too much for a copy goes out in parts that refer to the sender's binaries: in the order and with the
%% bytes that were given, to a peer that reads late, with packet headers, behind what waits already, and when the
%% sender goes on with its binaries, is busy or closes meanwhile.
-module(net_big_sends).
-include("../t.hrl").
start() ->
    [?T({Packet, parts(Packet)}) || Packet <- [raw, 1, 2, 4]],
    ?T(late(raw)), ?T(late(4)), ?T(appended()), ?T(busy()), ?T(owner_command()), ?T(closed_behind()), ?T(closed_with_linger()), ?T(times_out()),
    ?T(shared_is_given_back()), ?T(many_parts()), ?T(before_file()), ?T(pipe()), ?T(datagram()), ?T(refused()).
pair(Options) -> pair(Options, []).
pair(Options, Late) ->
    {ok, L} = gen_tcp:listen(0, [binary, {ip, {127, 0, 0, 1}}, {active, false} | Options ++ Late]),
    {ok, P} = inet:port(L),
    {ok, S} = gen_tcp:connect({127, 0, 0, 1}, P, [binary, {active, false} | Options]),
    {ok, A} = gen_tcp:accept(L, 5000),
    gen_tcp:close(L),
    {S, A}.
blob(N) -> << <<(K * 7 rem 251)>> || K <- lists:seq(1, N) >>.
sum(Iodata) -> {iolist_size(Iodata), erlang:crc32(Iodata)}.
%% lists, small binaries, big ones, a part of one, one that begins within a byte, nested, with a binary as tail
mixed(N) ->
    B = blob(N),
    <<_:100/binary, Part:2000/binary, _/binary>> = B,
    <<_:3, Askew:1500/binary, _/bitstring>> = B,
    [1, 2, [B, "text", [[]], <<"small">>, [Part | Askew]], lists:seq(0, 255), lists:duplicate(300, $x), [[[B]]], [] | Part].
parts(Packet) ->
    {S, A} = pair([{packet, Packet}]),
    Sent = case Packet of 1 -> [blob(200), "more"]; 2 -> mixed(12000); _ -> mixed(50000) end,
    Size = iolist_size(Sent),
    [ok = gen_tcp:send(S, Sent) || _ <- [1, 2, 3]],
    Got = [begin {ok, B} = gen_tcp:recv(A, case Packet of raw -> Size; _ -> 0 end, 5000), sum(B) =:= sum(Sent) end || _ <- [1, 2, 3]],
    {Size, Got, inet:getstat(S, [send_oct, send_cnt])}.
%% the peer reads when all is queued
late(Packet) ->
    {S, A} = pair([{packet, Packet}, {sndbuf, 16384}], [{recbuf, 16384}]),
    Sent = [mixed(300000) || _ <- [1, 2, 3, 4]], % one that waits for the watermark holds up the next
    Me = self(),
    spawn_link(fun() -> [Me ! {done, gen_tcp:send(S, X)} || X <- Sent], gen_tcp:shutdown(S, write), receive never -> ok end end),
    receive {done, ok} -> ok end,
    inet:setopts(A, [{packet, raw}]),
    All = sum(all(A)),
    Plain = [[case Packet of raw -> []; 4 -> <<(iolist_size(X)):32>> end, X] || X <- Sent],
    {All =:= sum(Plain), [receive {done, R} -> R end || _ <- [2, 3, 4]]}.
all(A) -> case gen_tcp:recv(A, 0, 10000) of {ok, D} -> [D | all(A)]; {error, closed} -> [] end.
%% the sender writes behind the binary that is being sent
appended() ->
    {S, A} = pair([{sndbuf, 16384}], [{recbuf, 16384}]),
    B = << <<(K rem 256)>> || K <- lists:seq(1, 3000000) >>,
    ok = gen_tcp:send(S, B),
    C = lists:foldl(fun(K, Acc) -> <<Acc/binary, K:32, (blob(100))/binary>> end, B, lists:seq(1, 5000)),
    D = <<B/binary, "other">>,
    gen_tcp:shutdown(S, write),
    {sum(all(A)) =:= sum(B), byte_size(C), byte_size(D)}.
%% a command that waits for the port keeps its parts
busy() ->
    {S, A} = pair([{sndbuf, 16384}, {high_watermark, 4096}, {low_watermark, 1024}], [{recbuf, 16384}]),
    Me = self(),
    Sent = lists:duplicate(4, mixed(200000)), % who waits goes on in any order
    Pids = [begin P = spawn_link(fun() -> receive go -> Me ! {sent, K, gen_tcp:send(S, lists:nth(K, Sent))} end end), P ! go, wait_for(fun() -> has_sent(P) end), P end || K <- [1, 2, 3, 4]],
    {ok, D} = gen_tcp:recv(A, iolist_size(Sent), 10000),
    Got = sum(D),
    {length(Pids), Got =:= sum(Sent), [receive {sent, K, R} -> R after 5000 -> none end || K <- [1, 2, 3, 4]]}.
has_sent(P) -> case process_info(P, status) of {status, waiting} -> {message_queue_len, 0} =:= process_info(P, message_queue_len); undefined -> true; _ -> false end.
owner_command() ->
    {S, A} = pair([]),
    case erlang:system_info(otp_release) of "25" -> S ! {self(), {command, [blob(20000) | blob(30000)]}}; _ -> gen_tcp:send(S, [blob(20000) | blob(30000)]) end,
    {ok, B} = gen_tcp:recv(A, 50000, 5000),
    sum(B) =:= sum([blob(20000), blob(30000)]).
closed_behind() ->
    {S, A} = pair([{sndbuf, 16384}], [{recbuf, 16384}]),
    B = blob(1500000),
    ok = gen_tcp:send(S, B),
    spawn(fun() -> gen_tcp:close(S) end),
    sum(all(A)) =:= sum(B).
closed_with_linger() ->
    {S, _} = pair([{sndbuf, 16384}, {linger, {true, 0}}], [{recbuf, 16384}]),
    ok = gen_tcp:send(S, blob(1500000)),
    {gen_tcp:close(S), erlang:port_info(S)}.
times_out() ->
    {S, _} = pair([{sndbuf, 16384}, {send_timeout, 50}], [{recbuf, 16384}]),
    B = binary:copy(<<1>>, 128 bsl 20),
    {element(2, timer:tc(fun() -> gen_tcp:send(S, B) end)), gen_tcp:send(S, B), gen_tcp:send(S, [B, B]), [gen_tcp:close(S)]}.
shared_is_given_back() ->
    Before = memory(),
    [begin {S, A} = pair([{sndbuf, 16384}], [{recbuf, 16384}]), ok = gen_tcp:send(S, binary:copy(<<2>>, 1 bsl 20)), case K rem 3 of 0 -> exit(S, kill); 1 -> gen_tcp:close(A), gen_tcp:close(S); 2 -> all_but_last(A), gen_tcp:close(A), gen_tcp:close(S) end end || K <- lists:seq(1, 60)],
    wait_for(fun() -> erlang:garbage_collect(), memory() - Before < 8 bsl 20 end).
all_but_last(A) -> {ok, _} = gen_tcp:recv(A, 1000000, 5000).
memory() -> erlang:memory(binary).
many_parts() ->
    {S, A} = pair([]),
    B = blob(2000),
    Me = self(),
    spawn_link(fun() -> Me ! {sent, gen_tcp:send(S, [[K, B] || K <- lists:seq(1, 255)])}, gen_tcp:shutdown(S, write), receive never -> ok end end),
    Got = sum(all(A)),
    {Got =:= sum([[K, B] || K <- lists:seq(1, 255)]), receive {sent, R} -> R end}.
before_file() ->
    ok = file:write_file("big_sends_file", blob(400000)),
    {S, A} = pair([{sndbuf, 16384}], [{recbuf, 16384}]),
    ok = gen_tcp:send(S, blob(500000)),
    Me = self(),
    Sender = spawn_link(fun() -> receive go -> ok end, Me ! {file, file:sendfile("big_sends_file", S)}, gen_tcp:send(S, blob(10000)), gen_tcp:shutdown(S, write), receive never -> ok end end),
    ok = gen_tcp:controlling_process(S, Sender),
    Sender ! go,
    Got = sum(all(A)),
    {Got =:= sum([blob(500000), blob(400000), blob(10000)]), receive {file, R} -> R end}.
%% drivers that take their bytes in one run
pipe() ->
    P = open_port({spawn_executable, "/bin/cat"}, [binary, {packet, 4}]),
    Sent = mixed(100000),
    true = port_command(P, Sent),
    R = receive {P, {data, D}} -> sum(D) =:= sum(Sent) after 5000 -> none end,
    port_close(P),
    R.
datagram() ->
    {ok, A} = gen_udp:open(0, [binary, {active, false}, {ip, {127, 0, 0, 1}}, {recbuf, 200000}]),
    {ok, B} = gen_udp:open(0, [binary, {sndbuf, 200000}, {ip, {127, 0, 0, 1}}]),
    {ok, P} = inet:port(A),
    ok = gen_udp:send(B, {127, 0, 0, 1}, P, [blob(20000), "and", blob(10000)]),
    {ok, {_, _, D}} = gen_udp:recv(A, 0, 5000),
    {sum(D) =:= sum([blob(20000), "and", blob(10000)]), gen_udp:send(B, {127, 0, 0, 1}, P, blob(70000))}.
refused() ->
    {S, _} = pair([]),
    B = blob(20000),
    [try R = port_command(S, X), receive {inet_reply, S, Y} -> {R, Y} after 20 -> R end catch C:W -> {C, W} end || X <- [[B, 256], [B | 1], [B, <<1:3>>], [B, a], {B}, [[B | foo]]]].
