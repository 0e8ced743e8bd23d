%% SPDX-License-Identifier: Apache-2.0
%% Three nodes that know each other: a, its peer b, and one more, c.
-module(dist_cluster).
-compile([export_all, nowarn_export_all]).
-import(dist_driver, [collect/1, flush/0, until/1, start_node/2, start_node/3, stop_node/1, os_pid/1, signal/2]).

echo() -> receive {From, M} -> From ! {self(), M}, echo(); stop -> ok end.

%% All of them see each other.
three(B) ->
    C = start_node("c", []),
    Knows = fun(N) -> lists:sort([N | rpc:call(N, erlang, nodes, [])]) =:= lists:sort([node(), B, C]) end,
    true = until(fun() -> lists:all(Knows, [node(), B, C]) end),
    ok = global:sync(),
    C.

'01_calls'(B) ->
    C = three(B),
    All = [node(), B, C],
    R = [net_adm:ping(B), net_adm:ping(C), rpc:call(B, net_adm, ping, [C]), rpc:call(C, net_adm, ping, [B]),
         rpc:call(B, rpc, call, [C, lists, reverse, [[1, 2, 3]]]), rpc:multicall(All, erlang, abs, [-1]),
         erpc:multicall(All, erlang, abs, [-1]), erpc:call(B, erpc, call, [C, erlang, node, []]) =:= C,
         erpc:call(C, fun() -> erpc:call(B, fun() -> erlang:node() end) end) =:= B],
    Pids = [begin {ok, P} = rpc:call(N, dist_server, start, []), P end || N <- All],
    {Replies, Bad} = gen_server:multi_call(All, dist_server, {echo, hello}, 20000),
    Back = [gen_server:call(P, {call_back, self()}) || P <- Pids],
    There = [rpc:call(N, gen_server, call, [P, {echo, {N, P}}]) =:= {N, P} || N <- All, P <- Pids],
    gen_server:abcast(All, dist_server, {tell, self(), cast}),
    Told = collect(3),
    [exit(P, kill) || P <- Pids],
    {R, length(Replies), Bad, lists:usort(Back), lists:usort(There), Told, stop_node(C)}.

%% c and a each have registered the name before they meet.
'02_global_conflict'(B) ->
    C = start_node("c", [], pang),
    true = until(fun() -> net_kernel:hidden_connect_node(C) =:= true end),
    true = until(fun() -> is_pid(rpc:call(C, erlang, whereis, [global_name_server])) end),
    Self = self(),
    Names = [{notified, fun global:random_notify_name/3}, {killed, fun global:random_exit_name/3},
             {both, fun global:notify_all_name/3}],
    Register = fun() -> Self ! {node(), [global:register_name(N, spawn(?MODULE, named, [Self, N]), F) || {N, F} <- Names]},
                        receive stop -> ok end end,
    Here = spawn(Register),
    There = spawn(C, Register),
    Registered = [receive {N, R} -> R after 20000 -> timeout end || N <- [node(), C]],
    Before = [[rpc:call(N, global, whereis_name, [X]) =:= global:whereis_name(X) || {X, _} <- Names] || N <- [B, C]],
    true = until(fun() -> length(global:registered_names()) >= 3 end),
    erlang:disconnect_node(C),
    true = until(fun() -> nodes(hidden) =:= [] end),
    true = net_kernel:connect_node(C),
    Told = lists:sort(collect(4)),
    true = until(fun() -> lists:member(C, rpc:call(B, erlang, nodes, [])) end),
    Agree = until(fun() -> lists:all(fun(N) -> W = global:whereis_name(N),
                                               lists:usort([rpc:call(X, global, whereis_name, [N]) || X <- [node(), B, C]]) =:= [W] end,
                                     [notified, killed, both]) end),
    After = [is_pid(global:whereis_name(N)) || {N, _} <- Names],
    Here ! stop, There ! stop,
    [exit(P, kill) || {N, _} <- Names, P <- [global:whereis_name(N)], is_pid(P)],
    {Registered, Before, Told, Agree, After, stop_node(C), lists:sort(flush())}.

%% Tells when it has lost its name, or its life.
named(To, Name) ->
    Named = self(),
    spawn(fun() -> R = monitor(process, Named),
                   receive {'DOWN', R, _, _, killed} -> To ! {Name, killed}; {'DOWN', R, _, _, _} -> ok end end),
    named_loop(To).
named_loop(To) -> receive {global_name_conflict, N} -> To ! {N, lost}, named_loop(To);
                          {global_name_conflict, N, Other} when is_pid(Other) -> To ! {N, both}, named_loop(To) end.

'03_pg'(B) ->
    C = three(B),
    All = [node(), B, C],
    Starters = [begin {ok, P} = rpc:call(N, dist_server, start_pg, [cluster]), P end || N <- All],
    Members = [begin P = spawn(N, ?MODULE, echo, []), ok = rpc:call(N, pg, join, [cluster, group, [P, P]]), P end || N <- All],
    Want = lists:sort(Members ++ Members),
    Same = until(fun() -> lists:all(fun(N) -> lists:sort(rpc:call(N, pg, get_members, [cluster, group])) =:= Want end, All) end),
    Local = [length(rpc:call(N, pg, get_local_members, [cluster, group])) || N <- All],
    [_, _, Third] = Members,
    Stopped = stop_node(C),
    Less = until(fun() -> [lists:member(Third, rpc:call(N, pg, get_members, [cluster, group])) || N <- [node(), B]] =:= [false, false] end),
    [P ! stop || P <- Members],
    Empty = until(fun() -> rpc:call(B, pg, which_groups, [cluster]) =:= [] end),
    [exit(P, kill) || P <- lists:droplast(Starters)],
    {Same, Local, Stopped, Less, Empty}.

%% Watched from everywhere when it is killed.
'04_killed'(B) ->
    C = three(B),
    Self = self(),
    Watch = fun(N) -> spawn(N, fun() ->
                          process_flag(trap_exit, true),
                          P = spawn_link(C, ?MODULE, echo, []),
                          R = monitor(process, P),
                          monitor_node(C, true),
                          Self ! {node(), ready},
                          M = [case X of {'EXIT', P, W} -> {exit, W}; {'DOWN', R, _, P, W} -> {down, W}; {nodedown, C} -> nodedown; O -> O end
                               || X <- collect(3)],
                          Self ! {node(), M}
                      end) end,
    [Watch(N) || N <- [node(), B]],
    Ready = collect(2),
    signal("KILL", os_pid(C)),
    Heard = [receive {N, M} -> M after 20000 -> timeout end || N <- [node(), B]],
    {length(Ready), Heard, [lists:member(C, rpc:call(N, erlang, nodes, [])) || N <- [node(), B]], flush()}.

'05_nl'(B) ->
    C = three(B),
    {ok, dist_nl, Code} = compile:forms([{attribute, {1, 1}, module, dist_nl}, {attribute, {1, 1}, export, [{f, 0}]},
        {function, {1, 1}, f, 0, [{clause, {1, 1}, [], [], [{call, {1, 1}, {remote, {1, 1}, {atom, {1, 1}, erlang}, {atom, {1, 1}, node}}, []}]}]}]),
    ok = file:write_file("dist_nl.beam", Code),
    code:add_patha("."),
    Loaded = c:nl(dist_nl),
    {Loaded, [rpc:call(N, dist_nl, f, []) =:= N || N <- [node(), B, C]], stop_node(C)}.

%% Tables on a and on c; c goes and comes again.
'06_mnesia'(_) ->
    C = start_node("c", []),
    Both = [node(), C],
    Dirs = [begin D = filename:absname("mnesia-" ++ hd(string:lexemes(atom_to_list(N), "-"))),
                  ok = rpc:call(N, application, load, [mnesia]), ok = rpc:call(N, application, set_env, [mnesia, dir, D]), D end || N <- Both],
    Created = mnesia:create_schema(Both),
    Started = [rpc:call(N, application, start, [mnesia]) || N <- Both],
    T1 = mnesia:create_table(ram, [{ram_copies, Both}, {attributes, [k, v]}]),
    T2 = mnesia:create_table(disc, [{disc_copies, Both}, {attributes, [k, v]}, {index, [v]}]),
    T3 = mnesia:create_table(only, [{disc_only_copies, [C]}, {attributes, [k, v]}]),
    ok = mnesia:wait_for_tables([ram, disc, only], 20000),
    Write = fun(N, Ks) -> rpc:call(N, mnesia, transaction, [fun ?MODULE:write/1, [Ks]]) end,
    W = [Write(node(), lists:seq(1, 100)), Write(C, lists:seq(101, 200))],
    Count = fun(N) -> [rpc:call(N, mnesia, activity, [transaction, fun ?MODULE:sum/1, [T]]) || T <- [ram, disc, only]] end,
    S1 = [Count(N) || N <- Both],
    Aborted = rpc:call(C, mnesia, transaction, [fun ?MODULE:refuse/0, []]),
    Counters = [rpc:call(N, ?MODULE, add, [50, self()]) || N <- Both],
    [receive {added, P} -> ok after 60000 -> exit(timeout) end || P <- Counters],
    %% a replica is not waited for by a transaction
    Reads = fun() -> [rpc:call(N, mnesia, dirty_read, [ram, counter]) || N <- Both] end,
    until(fun() -> length(lists:usort(Reads())) =:= 1 end),
    S2 = Reads(),
    Index = [length(rpc:call(N, mnesia, dirty_index_read, [disc, 5, v])) || N <- Both],
    ok = stop_node(C),
    true = until(fun() -> mnesia:system_info(running_db_nodes) =:= [node()] end),
    W2 = mnesia:transaction(fun() -> mnesia:write({disc, new, 7}), mnesia:write({ram, new, 7}) end),
    C = start_node("c", []),
    ok = rpc:call(C, application, load, [mnesia]),
    ok = rpc:call(C, application, set_env, [mnesia, dir, lists:last(Dirs)]),
    Again = until(fun() -> rpc:call(C, application, start, [mnesia]), rpc:call(C, mnesia, system_info, [is_running]) =:= yes end),
    ok = rpc:call(C, mnesia, wait_for_tables, [[ram, disc, only], 20000]),
    S3 = [Count(N) || N <- Both],
    ok = stop_node(C),
    {Created, Started, [T1, T2, T3], W, S1, Aborted, S2, Index, W2, Again, S3, application:stop(mnesia)}.

write(Ks) -> [ok = mnesia:write({T, K, K}) || T <- [ram, disc, only], K <- Ks], length(Ks).
sum(T) -> mnesia:foldl(fun({_, _, V}, S) -> S + V end, 0, T).
refuse() -> ok = mnesia:write({ram, 1, 1000}), mnesia:abort(changed_my_mind).
add(N, To) -> spawn(fun() -> [{atomic, ok} = mnesia:transaction(fun ?MODULE:add_one/0) || _ <- lists:seq(1, N)], To ! {added, self()} end).
add_one() -> case mnesia:read(ram, counter, write) of [] -> mnesia:write({ram, counter, 1}); [{_, _, V}] -> mnesia:write({ram, counter, V + 1}) end.
