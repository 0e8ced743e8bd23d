%% SPDX-License-Identifier: Apache-2.0
%% What happens at a bad moment: two that load at once, a purge while a library is told of its successor or a dirty call lasts,
%% objects that go while the process which they watch ends, code that is changed while another process has that to itself.
%% timeout: 120
-module(moments_test).
-export([start/1]).

start([Dir]) ->
    logger:set_primary_config(level, none),
    timer:sleep(0), % loaded before it cannot be
    {ok, Code} = file:read_file(filename:join(Dir, "moments.beam")),
    Reload = fun() -> {module, moments} = code:load_binary(moments, "moments.beam", Code) end,
    One = filename:join(Dir, "moments_1"),
    Two = filename:join(Dir, "moments_2"),
    Reload(),
    io:format("~p~n", [moments:version()]),
    two_at_once(One),
    purge_in_upgrade(Reload, Two),
    purge_in_dirty_call(),
    Reload(),
    io:format("~p~n", [moments:load(One, {self(), 0})]),
    io:format("~p~n", [said(2)]),
    io:format("~p~n", [lists:usort([drop(N) || N <- lists:seq(1, 200)])]),
    io:format("~p~n", [lists:usort([killed_while_watched() || _ <- lists:seq(1, 500)])]),
    held_code(Reload),
    io:format("~p~n", [said(1)]).

%% The next messages of the library
said(Count) -> [receive {What, V} when is_atom(What), is_integer(V) -> {What, V} after 20000 -> nothing end || _ <- lists:seq(1, Count)].

%% What the functions give, each called by a process of its own
at_once(Functions) ->
    Calls = [spawn_monitor(fun() -> exit({gave, F()}) end) || F <- Functions],
    [receive {'DOWN', Ref, _, _, Why} -> Why end || {_, Ref} <- Calls].

two_at_once(One) ->
    Self = self(),
    Results = at_once([fun() -> moments:load(One, {Self, 200}) end || _ <- [1, 2, 3]]),
    io:format("~0p~n~0p ~p~n", [lists:sort(Results), said(2), moments:version()]).

purge_in_upgrade(Reload, Two) ->
    Self = self(),
    Reload(),
    io:format("~p~n", [moments:version()]),
    Loader = spawn_monitor(fun() -> exit({gave, moments:load(Two, {Self, 300})}) end),
    io:format("~p~n", [said(1)]),
    io:format("~p ~0p ~p~n", [code:purge(moments), said(2), moments:version()]),
    receive {'DOWN', Ref, _, _, Why} when Ref =:= element(2, Loader) -> io:format("~0p~n", [Why]) end.

%% Who is in the call is killed, and dead at once; the library goes when the call has ended.
purge_in_dirty_call() ->
    Self = self(),
    {Pid, Ref} = spawn_monitor(fun() -> exit(moments:hold(1000, Self)) end),
    io:format("~p~n", [said(1)]),
    true = code:delete(moments),
    io:format("~p ~p~n", [code:purge(moments), is_process_alive(Pid)]),
    receive {'DOWN', Ref, _, _, Why} -> io:format("~p~n", [Why]) end,
    io:format("~p~n", [said(2)]).

drop(_) ->
    {Pid, Ref} = spawn_monitor(fun() -> receive stop -> ok end end),
    Alive = moments:drop(Pid, 20),
    receive {'DOWN', Ref, _, _, Why} -> {Alive, Why} end.

killed_while_watched() ->
    {Pid, Ref} = spawn_monitor(fun() -> receive stop -> ok end end),
    spawn(fun() -> exit(Pid, kill) end),
    Alive = moments:drop(Pid, 100),
    receive {'DOWN', Ref, _, _, Why} when Why =:= killed; Why =:= normal -> is_integer(Alive) end.

%% Everything that changes code waits for who may.
held_code(Reload) ->
    erts_debug:set_internal_state(available_internal_state, true),
    Self = self(),
    Holder = spawn(fun() ->
                           true = erts_debug:set_internal_state(code_write_permission, true),
                           Self ! held,
                           receive go -> ok end,
                           true = erts_debug:set_internal_state(code_write_permission, false)
                   end),
    receive held -> ok end,
    Killed = spawn(fun() -> erlang:delete_module(moments) end),
    Changer = spawn_monitor(fun() -> Reload(), true = code:delete(moments), exit({purged, code:purge(moments)}) end),
    timer:sleep(100),
    exit(Killed, kill),
    io:format("~p ~p~n", [is_process_alive(element(1, Changer)), moments:version()]),
    Holder ! go,
    receive {'DOWN', Ref, _, _, Why} when Ref =:= element(2, Changer) -> io:format("~p~n", [Why]) end,
    erts_debug:set_internal_state(available_internal_state, false).
