%% SPDX-License-Identifier: Apache-2.0
%% Runs the scenarios of a module one after another against a peer node, and prints for each what it gives, with
%% everything that differs from run to run (pids, references, names of nodes) made alike.
-module(dist_driver).
-export([main/1, show/1, start_node/2, start_node/3, stop_node/1, os_pid/1, signal/2, until/1, collect/1, flush/0]).

main([Peer | Modules]) ->
    put(peer, list_to_atom(Peer)),
    [run(list_to_atom(M)) || M <- Modules],
    halt(0).

run(Module) ->
    Peer = get(peer),
    wait_for(Peer, 300),
    [run_one(Module, F, Peer) || {F, 1} <- lists:sort(Module:module_info(exports)), hd(atom_to_list(F)) =< $9].

wait_for(_, 0) -> io:format("the peer does not come up~n"), halt(1);
wait_for(Peer, N) ->
    case net_adm:ping(Peer) of
        pong -> ok;
        pang -> timer:sleep(100), wait_for(Peer, N - 1)
    end.

%% Each scenario has a process of its own, and the connection up at its begin.
run_one(Module, F, Peer) ->
    wait_for(Peer, 300),
    Self = self(),
    {Pid, Ref} = spawn_monitor(fun() ->
                                       put(peer, Peer),
                                       Self ! {self(), catch Module:F(Peer)}
                               end),
    Result = receive
                 {Pid, R} -> R;
                 {'DOWN', Ref, _, _, Reason} -> {ended, Reason}
             after 60000 ->
                     exit(Pid, kill),
                     no_result
             end,
    io:format("### ~p~n~p~n", [F, show(Result)]).

show(T) when is_pid(T), node(T) =:= node() -> {pid, here};
show(T) when is_pid(T) -> {pid, name(node(T))};
show(T) when is_reference(T), node(T) =:= node() -> ref;
show(T) when is_reference(T) -> {ref, name(node(T))};
show(T) when is_port(T) -> port;
show(T) when is_function(T) -> 'fun';
show([H | T]) -> [show(H) | show(T)];
show(T) when is_tuple(T) -> list_to_tuple(show(tuple_to_list(T)));
show(T) when is_map(T) -> maps:from_list(show(maps:to_list(T)));
show(T) when is_atom(T) -> name(T);
show(T) -> T.

%% a, b, c1, c2: what stands before the first - of a node's name
name(T) ->
    case string:split(atom_to_list(T), "@") of
        [Name, _] when Name =/= "nonode" -> list_to_atom("node " ++ hd(string:split(Name, "-")));
        _ -> T
    end.

%% One more node of the peer's kind.
start_node(Name, Arguments) -> start_node(Name, Arguments, pong).

start_node(Name, Arguments, Expected) ->
    [Host] = tl(string:lexemes(atom_to_list(node()), "@")),
    [_, Suffix] = string:split(hd(string:lexemes(atom_to_list(node()), "@")), "-"),
    Full = Name ++ "-" ++ Suffix,
    Node = list_to_atom(Full ++ "@" ++ Host),
    Timeout = os:find_executable("timeout"),
    Arguments1 = ["-k", "5", "100", os:getenv("PEER_ERL"), "-sname", Full, "-noinput",
                  "-pa", filename:dirname(code:which(?MODULE)), "-start_epmd", "false",
                  "-kernel", "net_ticktime", os:getenv("TICK_TIME") | Arguments],
    spawn(fun() -> run_program(Timeout, Arguments1) end),
    until(fun() -> net_adm:ping(Node) =:= Expected end),
    Node.

%% Its owner is nobody whose messages are looked at.
run_program(Program, Arguments) ->
    Port = open_port({spawn_executable, Program}, [{args, Arguments}, stderr_to_stdout]),
    receive {Port, closed} -> ok end.

stop_node(Node) ->
    monitor_node(Node, true),
    rpc:cast(Node, erlang, halt, [0]),
    receive {nodedown, Node} -> ok after 20000 -> not_down end.

os_pid(Node) -> rpc:call(Node, os, getpid, []).
signal(Signal, Pid) -> os:cmd("kill -" ++ Signal ++ " " ++ Pid).

until(F) -> until(F, 300).
until(_, 0) -> false;
until(F, N) ->
    case F() of
        true -> true;
        _ -> timer:sleep(50), until(F, N - 1)
    end.

%% N messages, or as many as come in time.
collect(0) -> [];
collect(N) ->
    receive M -> [M | collect(N - 1)]
    after 20000 -> [timeout]
    end.

flush() -> receive M -> [M | flush()] after 200 -> [] end.
