%% SPDX-License-Identifier: Apache-2.0
%% Ten thousand connections held at once, each echoed twice, between this process of the operating system and another of the same
%% emulator: so each needs ten thousand descriptors only. Then all clients end at once, by SIGKILL. By gen_tcp and by `socket`, each at
%% both ends.
%% slow
%% timeout: 240
-module(net_ten_thousand_apart).
-export([clients/1]).
-include("../t.hrl").

-define(COUNT, 10000).
-define(WAIT, 120000).

start() ->
    [code:ensure_loaded(M) || M <- [gen_tcp, socket, inet_tcp, inet, prim_inet, os]],
    process_flag(priority, high),
    [?T({Kind, held(Kind)}) || Kind <- [gen_tcp, socket]].

held(Kind) ->
    {Listener, Port} = listen(Kind),
    Counter = self(),
    Acceptor = spawn_link(fun() -> acceptor(Kind, Listener, Counter) end),
    Clients = open_port({spawn_executable, program()},
                        [{args, ["-noshell", "-pa", filename:dirname(code:which(?MODULE)), "-run", atom_to_list(?MODULE), "clients",
                                 atom_to_list(Kind), integer_to_list(Port), integer_to_list(?COUNT)]}, {line, 1000}]),
    Connected = answer(Clients),
    Here = count(here, ?COUNT),
    port_command(Clients, "echo 1\n"),
    First = answer(Clients),
    port_command(Clients, "echo 100000\n"),
    Second = answer(Clients),
    {os_pid, Pid} = erlang:port_info(Clients, os_pid),
    Descriptors = descriptors(os:getpid()) > ?COUNT andalso descriptors(integer_to_list(Pid)) > ?COUNT,
    os:cmd("kill -9 " ++ integer_to_list(Pid)),
    Gone = count(gone, ?COUNT),
    unlink(Acceptor),
    exit(Acceptor, kill),
    ok = Kind:close(Listener),
    {Connected, Here, First, Second, Descriptors, Gone}.

%% This emulator: BEAM's needs the variables that `erl` sets.
program() ->
    {ok, Path} = file:read_link("/proc/" ++ os:getpid() ++ "/exe"),
    case filename:basename(Path) of
        "beam" ++ _ -> os:find_executable("erl");
        _ -> Path
    end.

descriptors(Pid) -> {ok, Names} = file:list_dir("/proc/" ++ Pid ++ "/fd"), length(Names).

answer(Port) -> receive {Port, {data, {eol, Line}}} -> Line after ?WAIT -> timeout end.

count(_, 0) -> all;
count(What, N) -> receive What -> count(What, N - 1) after ?WAIT -> {missing, N} end.

listen(gen_tcp) ->
    {ok, L} = gen_tcp:listen(0, [binary, {active, false}, {backlog, 1024}, {ip, {127, 0, 0, 1}}]),
    {ok, Port} = inet:port(L),
    {L, Port};
listen(socket) ->
    {ok, L} = socket:open(inet, stream, tcp),
    ok = socket:bind(L, #{family => inet, addr => {127, 0, 0, 1}, port => 0}),
    ok = socket:listen(L, 1024),
    {ok, #{port := Port}} = socket:sockname(L),
    {L, Port}.

acceptor(Kind, Listener, Counter) ->
    {ok, S} = Kind:accept(Listener),
    Pid = spawn(fun() -> receive go -> Counter ! here, echo(Kind, S), Counter ! gone end end),
    ok = give(Kind, S, Pid),
    Pid ! go,
    acceptor(Kind, Listener, Counter).

give(gen_tcp, S, Pid) -> gen_tcp:controlling_process(S, Pid);
give(socket, S, Pid) -> socket:setopt(S, {otp, controlling_process}, Pid).

echo(gen_tcp, S) ->
    inet:setopts(S, [{active, once}]),
    receive
        {tcp, S, D} -> gen_tcp:send(S, D), echo(gen_tcp, S);
        {tcp_error, S, _} -> echo(gen_tcp, S);
        {tcp_closed, S} -> ok
    end;
echo(socket, S) ->
    case socket:recv(S) of
        {ok, D} -> ok = socket:send(S, D), echo(socket, S);
        {error, _} -> socket:close(S)
    end.

%% ---- the other process

clients([Kind, Port, Count]) -> clients(list_to_atom(Kind), list_to_integer(Port), list_to_integer(Count)).

clients(Kind, Port, Count) ->
    process_flag(priority, high),
    Clients = [{K, connect(Kind, Port)} || K <- lists:seq(1, Count)],
    io:format("connected ~b~n", [length(Clients)]),
    obey(Kind, Clients).

connect(gen_tcp, Port) ->
    {ok, S} = gen_tcp:connect({127, 0, 0, 1}, Port, [binary, {active, false}], ?WAIT),
    S;
connect(socket, Port) ->
    {ok, S} = socket:open(inet, stream, tcp),
    ok = socket:connect(S, #{family => inet, addr => {127, 0, 0, 1}, port => Port}),
    S.

obey(Kind, Clients) ->
    case io:get_line("") of
        "echo " ++ Line ->
            {Base, _} = string:to_integer(Line),
            [ok = Kind:send(S, <<(Base + K):32>>) || {K, S} <- Clients],
            Right = [K || {K, S} <- Clients, {ok, <<(Base + K):32>>} =:= Kind:recv(S, 4, ?WAIT)],
            io:format("echoed ~b~n", [length(Right)]),
            obey(Kind, Clients);
        _ ->
            halt(1)
    end.
