%% SPDX-License-Identifier: Apache-2.0
%% Messages between two nodes: bench/dist starts both.
-module(bench_dist).
-export([main/1, sink/1, echo/0]).

main([Peer, Count]) ->
    Node = list_to_atom(Peer),
    connect(Node, 200),
    N = list_to_integer(Count),
    stream(Node, N div 10),
    io:format("stream ~b~n", [stream(Node, N)]),
    beside(Node),
    rpc:cast(Node, erlang, halt, [0]),
    halt(0).

connect(_, 0) -> halt(1);
connect(Node, N) -> net_kernel:connect_node(Node) =:= true orelse begin timer:sleep(100), connect(Node, N - 1) end.

%% Microseconds until N messages of 1 KB have come there.
stream(Node, N) ->
    P = spawn(Node, ?MODULE, sink, [self()]),
    Message = {data, binary:copy(<<"0123456789abcdef">>, 64)},
    T = erlang:monotonic_time(microsecond),
    send(P, Message, N),
    P ! {enough, self()},
    receive {P, N} -> erlang:monotonic_time(microsecond) - T end.

send(_, _, 0) -> ok;
send(P, M, N) -> P ! M, send(P, M, N - 1).

sink(Owner) -> link(Owner), sink(Owner, 0).
sink(Owner, N) ->
    receive
        {data, _} -> sink(Owner, N + 1);
        {enough, From} -> From ! {self(), N}
    end.

echo() -> receive {From, M} -> From ! {self(), M}, echo() end.

%% Round trips of small messages of another process while 200 MB go: how long that took, and how many there were, the
%% median and the slowest.
beside(Node) ->
    Big = {data, binary:copy(<<"0123456789abcdef">>, 200 * 1024 * 64)},
    Echo = spawn(Node, ?MODULE, echo, []),
    Self = self(),
    Sink = spawn(Node, ?MODULE, sink, [Self]),
    T = erlang:monotonic_time(microsecond),
    Sender = spawn_link(fun() -> Sink ! Big, Sink ! {enough, self()}, receive {Sink, 1} -> Self ! arrived end end),
    Trips = trips(Echo, []),
    Took = erlang:monotonic_time(microsecond) - T,
    true = is_pid(Sender),
    Sorted = lists:sort(Trips),
    io:format("big ~b trips ~b median ~b slowest ~b~n",
              [Took, length(Sorted), lists:nth((length(Sorted) + 1) div 2, Sorted), lists:last(Sorted)]).

trips(Echo, Done) ->
    T = erlang:monotonic_time(microsecond),
    Echo ! {self(), small},
    receive {Echo, small} -> ok end,
    Trip = erlang:monotonic_time(microsecond) - T,
    receive arrived -> [Trip | Done] after 0 -> trips(Echo, [Trip | Done]) end.
