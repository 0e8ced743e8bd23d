%% SPDX-License-Identifier: Apache-2.0
%% No descriptors left: emfile, and all is well again when some are given back. Many connections at once.
-module(net_limits).
-include("../t.hrl").

start() ->
    [code:ensure_loaded(M) || M <- [gen_tcp, gen_udp, socket, inet_tcp, inet_udp, inet, prim_inet, file, io_lib, erl_posix_msg, os]],
    Before = erlang:ports(),
    ?T(many(300)),
    settle(Before),
    {ok, L} = gen_tcp:listen(0, [binary, {active, false}, {backlog, 1024}, {ip, {127, 0, 0, 1}}]),
    {ok, P} = inet:port(L),
    limit("150:150"),
    {Ss, E} = fill([], P),
    Rs = [E, length(Ss) > 50, gen_tcp:listen(0, []), gen_udp:open(0), socket:open(inet, stream), file:open("x", [write]),
          (catch open_port({spawn, "true"}, [])), gen_tcp:accept(L)],
    [gen_tcp:close(S) || S <- Ss],
    ?T(Rs),
    ?T(again(L, P)).

%% The other ends close by themselves: until then they would give descriptors back.
settle(Before) ->
    case erlang:ports() -- Before of
        [] -> ok;
        _ -> timer:sleep(10), settle(Before)
    end.

%% Its end is awaited: a child that is still there may hold a descriptor.
limit(To) ->
    Port = open_port({spawn, "prlimit --nofile=" ++ To ++ " --pid " ++ os:getpid()}, [exit_status]),
    receive {Port, {exit_status, 0}} -> ok end.

again(L, P) ->
    {ok, C} = gen_tcp:connect({127, 0, 0, 1}, P, [binary, {active, false}]),
    {ok, S} = accept(L, inet:sockname(C)),
    ok = gen_tcp:send(C, "fine"),
    gen_tcp:recv(S, 4).

%% The first ones in the queue are those that were given up.
accept(L, Peer) ->
    {ok, S} = gen_tcp:accept(L, 5000),
    case inet:peername(S) of
        Peer -> {ok, S};
        _ -> gen_tcp:close(S), accept(L, Peer)
    end.

fill(Ss, P) ->
    case gen_tcp:connect({127, 0, 0, 1}, P, []) of
        {ok, S} -> fill([S | Ss], P);
        {error, E} -> {Ss, E}
    end.

many(N) ->
    {ok, L} = gen_tcp:listen(0, [binary, {active, false}, {backlog, 1024}, {ip, {127, 0, 0, 1}}]),
    {ok, P} = inet:port(L),
    A = spawn_link(fun() -> acceptor(L) end),
    Ss = [begin {ok, S} = gen_tcp:connect({127, 0, 0, 1}, P, [binary, {active, false}]), S end || _ <- lists:seq(1, N)],
    [ok = gen_tcp:send(S, <<"hello">>) || S <- Ss],
    R = lists:usort([gen_tcp:recv(S, 5, 20000) || S <- Ss]),
    Me = self(),
    [ok = gen_tcp:controlling_process(S, Me) || S <- Ss],
    [ok = inet:setopts(S, [{active, true}]) || S <- Ss],
    [ok = gen_tcp:send(S, integer_to_binary(K + 1000)) || {K, S} <- lists:zip(lists:seq(1, N), Ss)],
    Sum = lists:sum([receive {tcp, _, D} -> binary_to_integer(D) after 20000 -> 0 end || _ <- Ss]),
    [gen_tcp:close(S) || S <- Ss],
    unlink(A), exit(A, kill),
    gen_tcp:close(L),
    {R, Sum}.

acceptor(L) ->
    {ok, S} = gen_tcp:accept(L),
    Pid = spawn(fun() -> receive go -> echo(S) end end),
    ok = gen_tcp:controlling_process(S, Pid),
    Pid ! go,
    acceptor(L).

echo(S) ->
    inet:setopts(S, [{active, once}]),
    receive
        {tcp, S, D} -> gen_tcp:send(S, D), echo(S);
        {tcp_closed, S} -> ok
    end.
