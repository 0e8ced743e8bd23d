%% SPDX-License-Identifier: Apache-2.0
%% A library that needs every function of erl_nif.h, and those that the other programs do not use: see lib/every.c.
-module(every_test).
-export([start/1]).
-nifs([names/0, locks/0, command/2, command_own/1, texts/1, library/1, keep/0, release/0, gone_count/0]).

-define(STUB, erlang:nif_error(not_loaded)).
names() -> ?STUB.
locks() -> ?STUB.
command(_, _) -> ?STUB.
texts(_) -> ?STUB.
command_own(_) -> ?STUB.
library(_) -> ?STUB.
keep() -> ?STUB.
release() -> ?STUB.
gone_count() -> ?STUB.

start([Dir]) ->
    ok = erlang:load_nif(filename:join(Dir, "every"), 0),
    Names = lists:sort(names()),
    io:format("~p functions~n~p~n", [length(Names), Names]),
    io:format("~p~n", [locks()]),
    ports(),
    [io:format("~p~n", [texts(T)]) || T <- [ok, {a, "b", <<"c">>}, [1, 2 | 3]]],
    io:format("~p~n", [library(filename:join(Dir, "bad_good"))]),
    io:format("~p ~p ~p~n", [keep(), release(), gone()]).

%% a destructor may run later
gone() -> case gone_count() of 0 -> timer:sleep(1), gone(); N -> N end.

ports() ->
    Port = open_port({spawn_executable, "/bin/cat"}, [stream, binary]),
    io:format("~p~n", [[command(Port, [<<"from ">>, "a call and"]), command_own(Port), read(Port, <<>>)]]),
    port_close(Port),
    io:format("~p~n", [[command(self(), "x"), command(Port, "x"), command_own(Port)]]).

%% all that is sent ends with a full stop
read(Port, Got) ->
    receive
        {Port, {data, D}} ->
            All = <<Got/binary, D/binary>>,
            case binary:last(All) of $. -> All; _ -> read(Port, All) end
    after 5000 -> {late, Got}
    end.
