%% SPDX-License-Identifier: Apache-2.0
%% Objects, monitors, descriptors, queues, threads, scheduled and dirty calls, versions: lib/objects.c.
%% timeout: 300
-module(objects_test).
-export([start/1]).

-define(READ, 1). -define(WRITE, 2). -define(STOP, 4). -define(CANCEL, 8). -define(CUSTOM, 16).

guard(F) -> try F() catch C:R:S -> {C, R, [element(2, E) || E <- lists:sublist(S, 2)]} end.

got() -> receive M -> M after 5000 -> nothing end.

load(Dir, Variant) ->
    persistent_term:put(objects, {filename:join(Dir, "objects_" ++ Variant), self()}),
    {ok, objects, Code} = compile_it(),
    code:load_binary(objects, "objects.beam", Code).

compile_it() ->
    case get(code) of
        undefined ->
            {ok, Code} = file:read_file(filename:join(get(dir), "objects.beam")),
            put(code, Code),
            {ok, objects, Code};
        Code -> {ok, objects, Code}
    end.

start([Dir]) ->
    put(dir, Dir),
    logger:set_primary_config(level, none),
    io:format("~p~n", [load(Dir, "1")]),
    objects(), descriptors(), queues(), calls(), versions(Dir), rounds(Dir).

objects() ->
    R = objects:make(),
    io:format("~p ~p ~p ~p~n", [objects:look(R), objects:look(make_ref()), objects:look(x), objects:look(<<"x">>)]),
    {B, C, D} = objects:bytes(R),
    io:format("~p ~p ~p ~p ~p~n", [B, C, objects:look(B), objects:look(D), objects:dynamic(R)]),
    %% what stands for an object still does when it has been sent, however short it is
    self() ! {B, D},
    Echo = spawn(fun() -> receive {From, Parts} -> From ! Parts end end),
    Echo ! {self(), [B, C, D]},
    io:format("~p ~p~n", [got(), [objects:look(P) || P <- got()]]),
    erlang:garbage_collect(),
    io:format("~p ~p ~p~n", [objects:look(B), objects:look(D), objects:tried()]),
    io:format("~p~n", [binary_to_term(term_to_binary(R)) =:= R]),
    Self = self(),
    Pid = spawn(fun() -> receive go -> Self ! {has, objects:look(R)} end end),
    io:format("~p~n", [objects:watch(R, Pid)]),
    {monitored_by, [By]} = process_info(Pid, monitored_by),
    io:format("~p~n", [By =:= R]),
    Pid ! go,
    io:format("~p ~p~n", [got(), got()]),
    io:format("~p ~p~n", [objects:watch(R, Pid), objects:unwatch(R)]),
    Other = spawn(fun() -> receive _ -> ok end end),
    io:format("~p ~p ~p~n", [objects:watch(R, Other), objects:unwatch(R), objects:unwatch(R)]),
    Other ! stop,
    drop().

drop() ->
    erlang:garbage_collect(),
    spawn(fun() -> objects:make() end),
    %% when a destructor runs is the collector's affair
    receive {dtor, _, _} -> ok after 300 -> ok end.

descriptors() ->
    R = objects:make(),
    0 = objects:pipe_of(R),
    io:format("~p ", [objects:select_of(R, 0, ?READ, one)]),
    io:format("~p ", [receive _ -> early after 50 -> none end]),
    1 = objects:write_to(R),
    {select, R, one, ready_input} = got(),
    io:format("~p ", [objects:select_of(R, 0, ?READ, undefined)]),
    {select, R, undefined, ready_input} = got(),
    1 = objects:read_from(R),
    io:format("~p ", [objects:select_of(R, 0, ?READ bor ?CUSTOM, {mine, [1, 2]})]),
    io:format("~p ", [objects:select_of(R, 0, ?READ bor ?CANCEL, undefined)]),
    io:format("~p ", [objects:select_of(R, 0, ?READ bor ?CANCEL, undefined)]),
    io:format("~p ", [objects:select_of(R, 0, ?READ bor ?CUSTOM, {mine, [1, 2]})]),
    1 = objects:write_to(R),
    io:format("~p ", [got()]),
    io:format("~p~n", [objects:select_of(R, 1, ?WRITE, two)]),
    {select, R, two, ready_output} = got(),
    io:format("~p ", [objects:select_of(R, -1, ?READ, x) < 0]),
    io:format("~p ~p~n", [objects:select_of(R, 0, ?STOP, x), got()]).

queues() ->
    Large = binary:copy(<<"large">>, 50),
    [io:format("~0p~n", [guard(fun() -> objects:queue(L, S, D) end)])
     || {L, S, D} <- [{[], 0, 0}, {[<<"abc">>], 1, 2}, {[<<"abc">>, Large, <<"x">>], 4, 100}, {[<<"abc">>, Large], 300, 1},
                      {[<<"a">> || _ <- lists:seq(1, 40)], 3, 39}, {[<<"a">> || _ <- lists:seq(1, 70)], 0, 7}, {[a], 0, 0},
                      {[<<"abc">>], 0, 1000}]].

calls() ->
    io:format("~p ~p~n", [objects:many_keys(), lists:member(objects, erlang:system_info(taints))]),
    register(a_name, self()),
    {Found, IsPort} = objects:whereis_of_thread(a_name),
    io:format("~p ~p ~p~n", [Found =:= self(), IsPort, objects:whereis_of_thread(no_such_name)]),
    unregister(a_name),
    senders(),
    io:format("~0p~n", [objects:threads()]),
    io:format("~p~n", [lists:sort([receive {thread, N, 1} -> N after 5000 -> none end || _ <- lists:seq(1, 400)]) =:=
                       lists:sort(lists:append(lists:duplicate(4, lists:seq(0, 99))))]),
    io:format("~0p ~0p~n", [objects:steps(0, []), objects:steps(7, [])]),
    io:format("~0p ~0p~n", [guard(fun() -> objects:fail_on([x]) end), guard(fun() -> objects:steps(-1, [y]) end)]),
    io:format("~0p~n", [length(objects:steps(1000, []))]),
    Self = self(),
    {Pid, Ref} = spawn_monitor(fun() -> objects:hold(20000, Self) end),
    timer:sleep(100),
    exit(Pid, kill),
    io:format("~0p ~p~n", [receive {'DOWN', Ref, _, _, Why} -> Why after 5000 -> none end, next()]),
    P2 = spawn(fun() -> Self ! {result, objects:hold(1500, x)} end),
    timer:sleep(50),
    io:format("~p ~p~n", [is_process_alive(P2), next()]).

senders() ->
    Self = self(),
    Sender = spawn(fun() -> receive go -> Self ! {done, objects:send_both(Self)} end end),
    erlang:trace(Sender, true, [send]),
    Sender ! go,
    Traced = [receive {trace, Sender, send, M, Self} -> M after 5000 -> none end || _ <- [1, 2, 3]],
    io:format("~p ~p~n", [Traced, [next(), next(), next()]]),
    Victim = spawn(fun() -> objects:send_dead(Self) end),
    {alive, 0, 1} = next(),
    exit(Victim, kill),
    io:format("~p~n", [next()]).

%% The moment of a destructor is nobody's promise.
next() -> case got() of {dtor, _, _} -> next(); M -> M end.

versions(Dir) ->
    io:format("~p ~p~n", [objects:version(), objects:count()]),
    R = objects:make(),
    io:format("~0p~n", [catch objects:load(filename:join(Dir, "objects_1"), self())]),
    io:format("~0p~n", [load(Dir, "veto")]),
    flush(),
    io:format("~p ~p~n", [objects:version(), objects:count()]),
    io:format("~0p~n", [load(Dir, "2")]),
    flush(),
    io:format("~p ~p ~p~n", [objects:version(), objects:count(), objects:look(R)]),
    io:format("~p ~0p~n", [code:purge(objects), flush()]),
    io:format("~0p ~0p~n", [code:delete(objects), guard(fun() -> objects:version() end)]),
    io:format("~p~n", [code:purge(objects)]),
    flush(),
    _ = R =:= R,
    persistent_term:put(objects, {filename:join(Dir, "no_such_library"), self()}),
    {ok, objects, Code} = compile_it(),
    io:format("~0p~n", [code:load_binary(objects, "x", Code)]).

%% Messages that are there, without the destructors' and unloads', whose moment is nobody's promise.
flush() ->
    receive
        {dtor, _, _} -> flush();
        {unload, _, _} -> flush();
        M -> [M | flush()]
    after 100 -> []
    end.

rounds(Dir) ->
    {ok, objects, _} = compile_it(),
    Stop = counters:new(1, []),
    load(Dir, "1"),
    {Rounds, Count} = case os:getenv("MICA_TEST_FULL") of false -> {50, 20}; _ -> {1000, 100} end,
    Callers = [spawn_monitor(fun() -> caller(Stop) end) || _ <- lists:seq(1, Count)],
    [begin
         {module, objects} = load(Dir, integer_to_list(1 + N rem 2)),
         erlang:garbage_collect(),
         code:soft_purge(objects) orelse purge_later()
     end || N <- lists:seq(1, Rounds)],
    counters:put(Stop, 1, 1),
    io:format("~p~n", [lists:usort([receive {'DOWN', Ref, _, _, Why} -> Why end || {_, Ref} <- Callers])]).

purge_later() ->
    timer:sleep(1),
    code:soft_purge(objects) orelse purge_later().

caller(Stop) ->
    case counters:get(Stop, 1) of
        1 -> ok;
        0 ->
            R = objects:make(),
            _ = objects:look(R),
            _ = objects:count(),
            _ = objects:steps(3, []),
            forget_objects(),
            caller(Stop)
    end.

forget_objects() -> receive {dtor, _, _} -> forget_objects() after 0 -> ok end.
