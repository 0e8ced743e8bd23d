%% SPDX-License-Identifier: Apache-2.0
%% slow
%% flags: +S 2:2
%%
%% Two that talk by calls with monitors stay on one scheduler: the other one sleeps on, and is not woken again and again.
-module(sc_partners).
-export([start/0]).

-define(CALLS, 100000).

start() ->
    Server = spawn(fun serve/0),
    calls(1000, Server),
    Before = switches(),
    calls(?CALLS, Server),
    Switches = switches() - Before,
    io:format("~p~n", [if Switches < ?CALLS div 100 -> few; true -> {many, Switches} end]).

serve() -> receive {From, Ref, N} -> From ! {Ref, N + 1}, serve() end.

calls(0, _) -> ok;
calls(N, Server) ->
    Ref = monitor(process, Server),
    Server ! {self(), Ref, N},
    receive {Ref, Answer} when Answer =:= N + 1 -> demonitor(Ref, [flush]), calls(N - 1, Server) end.

%% How often this program's threads went to sleep.
switches() ->
    lists:sum([voluntary(Status) || Status <- filelib:wildcard("/proc/self/task/*/status")]).

voluntary(File) ->
    {ok, Text} = file:read_file(File),
    case re:run(Text, "\nvoluntary_ctxt_switches:\\s*(\\d+)", [{capture, all_but_first, list}]) of
        {match, [N]} -> list_to_integer(N);
        nomatch -> 0
    end.
