%% SPDX-License-Identifier: Apache-2.0
%% timeout: 60
%% Signals to processes that stand in a built-in on a dirty thread are handled meanwhile.
-module(sig_dirty).
-include("../t.hrl").
start() ->
    process_flag(trap_exit, true),
    ?T(seen()), ?T(killed(dirty_io)), ?T(killed(dirty_cpu)), ?T(named()), ?T(linked()),
    ?T(trapped()), ?T(monitors()), ?T(suspended()), ?T(many(30)), ?T(reason_kept()),
    ?T(old_code()), ?T(leader()), ?T(collected()), ?T(aliased()), ?T(exits_itself()).

blocked(F) ->
    P = spawn_link(F),
    wait_status(P, running),
    P.

wait_status(P, S) ->
    case process_info(P, [status, current_function]) of
        [{status, S}, {current_function, {erts_debug, _, 2}}] -> ok;
        _ -> receive after 2 -> ok end, wait_status(P, S)
    end.

ended(P) -> receive {'EXIT', P, R} -> R after 20000 -> still_alive end.

%% what others can see of it
seen() ->
    P = blocked(fun() -> put(k, v), erts_debug:dirty_io(wait, 1500) end),
    P ! a, P ! b,
    L = process_info(P, [status, current_function, links, message_queue_len, messages, dictionary, trap_exit,
                         priority, registered_name, monitors, monitored_by]),
    X = is_process_alive(P),
    exit(P, kill),
    {L =:= [{status, running}, {current_function, {erts_debug, dirty_io, 2}}, {links, [self()]},
            {message_queue_len, 2}, {messages, [a, b]}, {dictionary, [{k, v}]}, {trap_exit, false},
            {priority, normal}, {registered_name, []}, {monitors, []}, {monitored_by, []}], X, ended(P)}.

%% dead for everybody long before its built-in returns
killed(Kind) ->
    P = blocked(fun() -> erts_debug:Kind(wait, 4000) end),
    R = monitor(process, P),
    T = erlang:monotonic_time(millisecond),
    exit(P, kill),
    E = ended(P),
    D = receive {'DOWN', R, process, P, W} -> W end,
    {E, D, erlang:monotonic_time(millisecond) - T < 3500, is_process_alive(P), process_info(P),
     lists:member(P, processes())}.

named() ->
    P = blocked(fun() -> erts_debug:dirty_io(wait, 4000) end),
    register(sig_dirty_name, P),
    A = whereis(sig_dirty_name) =:= P,
    exit(P, kill),
    killed = ended(P),
    B = whereis(sig_dirty_name),
    register(sig_dirty_name, self()),
    C = whereis(sig_dirty_name) =:= self(),
    unregister(sig_dirty_name),
    {A, B, C}.

%% the end of a linked process takes it along
linked() ->
    S = self(),
    Q = spawn_link(fun() ->
                       P = spawn_link(fun() -> S ! in, erts_debug:dirty_cpu(wait, 4000) end),
                       S ! {child, P},
                       receive stop -> exit(enough) end
                   end),
    P = receive {child, C} -> C end,
    receive in -> ok end,
    R = monitor(process, P),
    wait_status(P, running),
    Q ! stop,
    {ended(Q), receive {'DOWN', R, _, _, W} -> W after 3500 -> late end}.

%% who traps exits finds messages when the built-in has returned
trapped() ->
    S = self(),
    P = blocked(fun() ->
                    process_flag(trap_exit, true),
                    erts_debug:dirty_io(wait, 1500),
                    S ! {got, self(), [receive {'EXIT', S, X} -> X end || _ <- [1, 2, 3]]}
                end),
    exit(P, one), exit(P, {two, <<"bin">>}), exit(P, [3 | lists:seq(1, 5)]),
    {messages, M} = process_info(P, messages),
    {length(M), receive {got, P, L} -> L end, ended(P)}.

monitors() ->
    P = blocked(fun() -> erts_debug:dirty_io(wait, 1500), receive go -> exit(went) end end),
    Rs = [monitor(process, P) || _ <- [1, 2, 3]],
    demonitor(hd(Rs)),
    {monitored_by, B} = process_info(P, monitored_by),
    unlink(P), link(P),
    {links, L} = process_info(P, links),
    P ! go,
    Ds = [receive {'DOWN', R, process, P, W} -> W end || R <- tl(Rs)],
    {length(B), L =:= [self()], Ds, ended(P)}.

suspended() ->
    P = blocked(fun() -> erts_debug:dirty_io(wait, 1500), receive go -> exit(went) end end),
    true = erlang:suspend_process(P, [asynchronous]),
    {status, S1} = process_info(P, status),
    P ! go,
    (fun W() -> case process_info(P, status) of {status, suspended} -> ok; _ -> receive after 5 -> ok end, W() end end)(),
    {message_queue_len, N} = process_info(P, message_queue_len),
    true = erlang:resume_process(P),
    {S1, N, ended(P)}.

%% more than there are threads: those that wait for one are killed, too
many(N) ->
    Ps = [spawn_link(fun() -> erts_debug:dirty_io(wait, 250) end) || _ <- lists:seq(1, N)],
    [exit(P, {K, kill_me}) || {K, P} <- lists:zip(lists:seq(1, N), Ps)],
    lists:usort([case ended(P) of {_, kill_me} -> ok; normal -> ok; O -> O end || P <- Ps]).

reason_kept() ->
    P = blocked(fun() -> erts_debug:dirty_io(wait, 1500) end),
    Big = {reason, lists:seq(1, 2000), binary:copy(<<"x">>, 5000), #{a => {1.5, make_ref()}}},
    exit(P, Big),
    ended(P) =:= Big.

%% code that only a killed process still uses goes
old_code() ->
    Load = fun(N) ->
               {ok, M, B} = compile:forms([{attribute, 1, module, sig_dirty_code}, {attribute, 1, export, [{f, 1}]},
                   {function, 1, f, 1, [{clause, 1, [{var, 1, 'F'}], [],
                       [{call, 1, {var, 1, 'F'}, []}, {tuple, 1, [{integer, 1, N}, {string, 1, "literal"}]}]}]}], []),
               {module, M} = erlang:load_module(M, B),
               M
           end,
    M = Load(1),
    P = blocked(fun() -> exit(M:f(fun() -> erts_debug:dirty_io(wait, 4000) end)) end),
    A = erlang:check_process_code(P, M),
    Load(2),
    B = erlang:check_process_code(P, M),
    true = erlang:purge_module(M),
    E = ended(P),
    erlang:delete_module(M), erlang:purge_module(M),
    {A, B, E}.

leader() ->
    P = blocked(fun() -> erts_debug:dirty_io(wait, 1500) end),
    G = group_leader(),
    true = group_leader(self(), P),
    {group_leader, X} = process_info(P, group_leader),
    true = group_leader(G, P),
    {group_leader, Y} = process_info(P, group_leader),
    {X =:= self(), Y =:= G, ended(P)}.

%% what needs its heap waits
collected() ->
    S = self(),
    P = blocked(fun() -> X = lists:seq(1, 1000), erts_debug:dirty_io(wait, 1500), S ! lists:sum(X), receive go -> ok end end),
    true = erlang:garbage_collect(P),
    {binary, B} = process_info(P, binary),
    {memory, N} = process_info(P, memory),
    P ! go,
    {receive Y when is_integer(Y) -> Y end, B, N > 0, ended(P)}.

aliased() ->
    S = self(),
    P = blocked(fun() -> A = alias([reply]), S ! {alias, A}, erts_debug:dirty_io(wait, 1500), receive X -> S ! {first, X} end,
                         receive Y -> S ! {second, Y} after 50 -> S ! none end end),
    A = receive {alias, Z} -> Z end,
    A ! one, A ! two,
    {receive {first, F} -> F end, receive none -> none; {second, Y} -> Y end, ended(P)}.

%% an error in the built-in, with signals on their way
exits_itself() ->
    Ps = [spawn_link(fun() -> erts_debug:dirty_cpu(error, badarg) end) || _ <- lists:seq(1, 40)],
    [begin P ! x, monitor(process, P) end || P <- Ps],
    Rs = [case ended(P) of {badarg, [{erts_debug, dirty_cpu, [error, badarg], _} | _]} -> ok; O -> O end || P <- Ps],
    [receive {'DOWN', _, process, P, _} -> ok end || P <- Ps],
    lists:usort(Rs).
