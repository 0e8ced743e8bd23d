%% timeout: 120
%% SPDX-License-Identifier: Apache-2.0
%% Processes killed in the middle of long built-ins, code purged meanwhile, big processes that end: who watches hears of it.
-module(long_killed).
-export([start/0]).

-define(N, 100000).

start() ->
    L = lists:seq(1, ?N),
    M = maps:from_list([{I, [I]} || I <- L]),
    B = binary:copy(<<"some text, ">>, 100000),
    T = term_to_binary(M),
    C = term_to_binary(L, [compressed]),
    Works = [fun() -> length(L ++ L) end,
             fun() -> L -- lists:reverse(L) end,
             fun() -> term_to_binary(M, [deterministic]) end,
             fun() -> term_to_binary({M, M}, [compressed]) end,
             fun() -> erlang:term_to_iovec(M) end,
             fun() -> binary_to_term(T) end,
             fun() -> binary_to_term(C) end,
             fun() -> maps:from_list([{I, x} || I <- L]) end,
             fun() -> maps:merge(M, #{x => y}) end,
             fun() -> maps:keys(M) end,
             fun() -> iolist_to_binary([L1 || L1 <- [B, [1, 2, 3]], _ <- lists:seq(1, 30)]) end,
             fun() -> erlang:iolist_to_iovec([[I rem 256] || I <- L]) end,
             fun() -> unicode:characters_to_binary([B, "more", 300 | lists:duplicate(?N, $a)]) end,
             fun() -> unicode:characters_to_list(B) end,
             fun() -> binary:split(B, <<"t">>, [global]) end,
             fun() -> binary:matches(B, <<"t">>) end,
             fun() -> erlang:md5([B, B, B]) end,
             fun() -> erlang:phash2([M, B]) end,
             fun() -> {M, L} =:= binary_to_term(term_to_binary({M, L})) end,
             fun() -> re:run(lists:duplicate(24, $a) ++ "b", "(a+)+$") end,
             fun() -> integer_to_list(7 bsl 300000) end,
             fun() -> E = ets:new(e, [public, ordered_set]), ets:insert(E, [{I} || I <- L]), ets:tab2list(E), ets:delete(E) end,
             fun() -> E = ets:new(e, [public]), ets:insert(E, [{I} || I <- L]), ets:tab2list(E), ets:delete_all_objects(E) end,
             fun() -> E = ets:new(e, []), ets:insert(E, [{I, B} || I <- L]), ets:delete(E) end],
    Tables = length(ets:all()),
    lists:foreach(fun(W) -> [kill(W, Turns) || Turns <- [1, 3, 12]] end, Works),
    io:format("~p works~n", [length(Works)]),
    Tables = length(ets:all()),
    purge(L),
    relations(),
    tables(L),
    ok.

%% A process that works again and again, killed after some turns of others.
kill(W, Turns) ->
    {P, M} = spawn_monitor(fun() -> again(W) end),
    [erlang:yield() || _ <- lists:seq(1, Turns * 3)],
    exit(P, kill),
    receive {'DOWN', M, process, P, killed} -> ok; {'DOWN', M, process, P, Other} -> io:format("ended: ~P~n", [Other, 10]) end.

again(W) -> W(), again(W).

%% The literals of a module that goes stay whole for a built-in that works on them.
purge(L) ->
    Name = long_killed_literals,
    Forms = [{attribute, 1, module, Name}, {attribute, 1, export, [{list, 0}]},
             {function, 1, list, 0, [{clause, 1, [], [], [erl_parse:abstract(lists:sublist(L, 50000))]}]}],
    {ok, Name, Code} = compile:forms(Forms, []),
    Hashes = [begin
        {module, Name} = code:load_binary(Name, "", Code),
        Self = self(),
        P = spawn(fun() -> X = Name:list(), Self ! ready, Self ! {self(), [erlang:phash2(binary_to_term(term_to_binary(Y))) || Y <- [X, X ++ X, {X, X}]]} end),
        receive ready -> ok end,
        code:delete(Name),
        code:purge(Name),
        receive {P, H} -> H end
    end || _ <- lists:seq(1, 5)],
    io:format("~p~n", [lists:usort(Hashes)]).

%% Many links and monitors, a long queue and a big heap end together.
relations() ->
    Self = self(),
    N = 5000,
    Hub = spawn(fun() ->
        process_flag(trap_exit, true),
        Ps = [spawn_link(fun() -> receive never -> ok end end) || _ <- lists:seq(1, N)],
        Ms = [monitor(process, P) || P <- Ps],
        Self ! {self(), Ps},
        receive stop -> exit({bye, length(Ms)}) end
    end),
    Ps = receive {Hub, X} -> X end,
    M = [monitor(process, Hub) || _ <- lists:seq(1, N)],
    [monitor(process, P) || P <- Ps],
    [Hub ! I || I <- lists:seq(1, N)],
    Hub ! stop,
    [receive {'DOWN', R, process, Hub, {bye, N}} -> ok end || R <- M],
    [receive {'DOWN', _, process, P, {bye, N}} -> ok end || P <- Ps],
    io:format("~p relations ended~n", [2 * N]).

%% Tables of a process that ends go, or go to their heirs.
tables(L) ->
    Self = self(),
    {P, M} = spawn_monitor(fun() ->
        E = ets:new(owned, [named_table]),
        H = ets:new(inherited, [{heir, Self, data}]),
        ets:insert(E, [{I} || I <- L]),
        ets:insert(H, [{I} || I <- L])
    end),
    receive {'DOWN', M, process, P, normal} -> ok end,
    receive {'ETS-TRANSFER', H, P, data} -> io:format("~p ~p~n", [ets:whereis(owned), ets:info(H, size)]), ets:delete(H) end.
