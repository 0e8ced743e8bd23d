%% SPDX-License-Identifier: Apache-2.0
%% Stub of common_test's test_server for mini_ct.
-module(test_server).
-compile([export_all, nowarn_export_all]).
-compile({nowarn_deprecated_function, [{slave,start,5},{slave,stop,1}]}).

lookup_config(Key, Config) ->
    case lists:keyfind(Key, 1, Config) of
        {Key, Val} -> Val;
        _ -> undefined
    end.

fail() -> exit(suite_failed).
fail(Reason) -> exit({suite_failed, Reason}).

format(F) -> ct:log(F).
format(Detail, F) when is_integer(Detail); is_atom(Detail) -> ct:log(F);
format(F, A) -> ct:log(F, A).
format(_Detail, F, A) -> ct:log(F, A).

capture_start() -> group_leader() ! {capture, self()}, ok.
capture_stop() -> group_leader() ! {capture, false}, ok.
capture_get() -> capture_get([]).
capture_get(Msgs) ->
    receive {captured, Msg} -> capture_get([Msg|Msgs])
    after 0 -> lists:reverse(Msgs)
    end.

messages_get() -> messages_get([]).
messages_get(Msgs) ->
    receive Msg -> messages_get([Msg|Msgs])
    after 0 -> lists:reverse(Msgs)
    end.

permit_io(_, _) -> ok.
hours(N) -> trunc(N * 1000 * 60 * 60).
minutes(N) -> trunc(N * 1000 * 60).
seconds(N) -> trunc(N * 1000).

sleep(infinity) -> receive after infinity -> ok end;
sleep(MSecs) -> receive after trunc(MSecs) -> ok end, ok.
adjusted_sleep(T) -> sleep(T).

timecall(M, F, A) ->
    {Elapsed, Val} = timer:tc(M, F, A),
    {Elapsed / 1000000, Val}.

timetrap_scale_factor() -> 1.
timetrap(T) -> mini_ct:timetrap(T), {mini_timetrap, T}.
timetrap_cancel(_) -> mini_ct:timetrap_cancel(), ok.
timetrap_cancel() -> mini_ct:timetrap_cancel(), ok.
get_timetrap_info() -> mini_ct:timetrap_get().

m_out_of_n(0, _, _) -> ok;
m_out_of_n(M, 0, _) -> exit({m_out_of_n_failed, {M, left_to_do}});
m_out_of_n(M, N, Fun) ->
    case catch Fun() of
        {'EXIT', _} -> m_out_of_n(M, N-1, Fun);
        _ -> m_out_of_n(M-1, N-1, Fun)
    end.

do_times(N, M, F, A) when N > 0 -> apply(M, F, A), do_times(N-1, M, F, A);
do_times(0, _, _, _) -> ok.
do_times(N, Fun) when N > 0 -> Fun(), do_times(N-1, Fun);
do_times(0, _) -> ok.

call_crash(M, F, A) -> call_crash(infinity, M, F, A).
call_crash(Time, M, F, A) -> call_crash(Time, any, M, F, A).
call_crash(Time, Crash, M, F, A) ->
    Old = process_flag(trap_exit, true),
    Pid = spawn_link(M, F, A),
    Answer = receive
                 {'EXIT', Pid, Crash} -> ok;
                 {'EXIT', Pid, _} when Crash =:= any -> ok;
                 {'EXIT', Pid, R} -> exit({wrong_crash_reason, R})
             after Time -> exit(call_crash_timeout)
             end,
    process_flag(trap_exit, Old),
    Answer.

temp_name(Stem) ->
    Num = erlang:unique_integer([positive]),
    Name = Stem ++ integer_to_list(Num),
    case file:read_file_info(Name) of
        {ok, _} -> temp_name(Stem);
        _ -> Name
    end.

comment(_) -> ok.
make_priv_dir() -> ok.

is_cover() -> false.
is_cover(_) -> false.
is_debug() ->
    case catch erlang:system_info(debug_compiled) of
        true -> true;
        _ -> false
    end.
is_commercial() -> false.
is_native(_) -> false.
memory_checker() -> none.
is_valgrind() -> false.
is_asan() -> false.
purify_is_running() -> false.

%% These three read files of the real common_test application when it is there.
app_test(App) -> test_server_sup:app_test(App, pedantic).
app_test(App, Mode) -> test_server_sup:app_test(App, Mode).
appup_test(App) -> test_server_sup:appup_test(App).

is_release_available(_) -> false.
find_release(_) -> not_available.

run_on_shielded_node(Fun, CArgs) ->
    Name = list_to_atom("shielded_" ++ os:getpid() ++ "_" ++
                            integer_to_list(erlang:unique_integer([positive]))),
    {ok, Node} = start_node(Name, slave, [{args, "-hidden -pa " ++ filename:dirname(code:which(?MODULE)) ++ " " ++ CArgs}]),
    Me = self(),
    Ref = make_ref(),
    {Pid, Mon} = erlang:spawn_monitor(Node, fun() -> R = (catch Fun()), Me ! {Ref, R} end),
    Res = receive
              {Ref, R} -> R;
              {'DOWN', Mon, process, Pid, Reason} -> exit({shielded, Reason})
          end,
    stop_node(Node),
    Res.

%% slave | peer nodes as test_server_node does it (local host only)
start_node(Name, Type, Opts) ->
    Args0 = opt(args, Opts, ""),
    Args = case string:find(Args0, "-setcookie") of
               nomatch -> "-setcookie " ++ atom_to_list(erlang:get_cookie()) ++ " " ++ Args0;
               _ -> Args0
           end,
    Host = host(),
    case opt(erl, Opts, [this]) of
        [{release, _}|_] -> {error, no_release};
        _ ->
            case Type of
                slave ->
                    case slave:start(Host, Name, Args, no_link, ct:get_progname()) of
                        {ok, N} -> net_adm:ping(N), {ok, N};
                        E -> fail_or(E, Opts)
                    end;
                peer ->
                    Node = list_to_atom(str(Name) ++ "@" ++ Host),
                    Cmd = lists:concat([ct:get_progname(), " -detached ", naming(),
                                        " ", Name, " ", Args]),
                    Env = case opt(env, Opts, []) of [] -> []; E -> [{env, E}] end,
                    catch open_port({spawn, Cmd}, [stream|Env]),
                    case opt(wait, Opts, true) of
                        false -> {ok, Node};
                        true -> wait_pong(Node, 600, Opts)
                    end
            end
    end.

fail_or(E, Opts) ->
    case opt(fail_on_error, Opts, true) of
        true -> fail(E);
        false -> E
    end.

wait_for_node(Node) ->
    case wait_pong(Node, 600, [{fail_on_error, false}]) of
        {ok, _} -> ok;
        E -> E
    end.

wait_pong(_, 0, Opts) -> fail_or({error, timeout}, Opts);
wait_pong(Node, N, Opts) ->
    case net_adm:ping(Node) of
        pong -> wait_started(Node, N, Opts);
        pang -> receive after 100 -> ok end, wait_pong(Node, N-1, Opts)
    end.

%% As test_server_node does, whose nodes tell by -s that they are there: connected they are much sooner.
wait_started(_, 0, Opts) -> fail_or({error, timeout}, Opts);
wait_started(Node, N, Opts) ->
    case rpc:call(Node, init, get_status, []) of
        {started, _} -> {ok, Node};
        _ -> receive after 100 -> ok end, wait_started(Node, N-1, Opts)
    end.

stop_node(Node) ->
    case net_adm:ping(Node) of
        pong ->
            erlang:monitor_node(Node, true),
            slave:stop(Node),
            receive {nodedown, Node} -> true
            after 30000 -> erlang:monitor_node(Node, false), false
            end;
        pang -> false
    end.

naming() -> case net_kernel:longnames() of true -> "-name"; _ -> "-sname" end.

host() ->
    case string:split(atom_to_list(node()), "@") of
        [_, H] -> H;
        _ -> {ok, H} = inet:gethostname(), H
    end.

str(A) when is_atom(A) -> atom_to_list(A);
str(L) -> L.

opt(K, L, D) -> proplists:get_value(K, L, D).

%% Peers
peer_name(Module, TestCase) ->
    peer:random_name(lists:concat([Module, "-", TestCase])).

start_peer(Args, Module, TestCase) when is_list(Args) ->
    start_peer(#{args => Args, name => peer_name(Module, TestCase)}, Module);
start_peer(#{name := _} = Opts, Module, _) -> start_peer(Opts, Module);
start_peer(Opts, Module, TestCase) ->
    start_peer(Opts#{name => peer_name(Module, TestCase)}, Module).

start_peer(_Opts, _Module, _TestCase, _Release, _OutDir) -> not_available.

start_peer(#{name := Name} = Opts, Module) ->
    {ok, Cwd} = file:get_cwd(),
    CrashFile = filename:join(Cwd, lists:concat(["erl_crash_dump.", Name])),
    Args = maps:get(args, Opts, []),
    CookieArg = case lists:member("-setcookie", Args) of
                    false -> ["-setcookie", atom_to_list(erlang:get_cookie())];
                    true -> []
                end,
    FullArgs = CookieArg ++ ["-pa", filename:dirname(code:which(Module)),
                             "-pz", filename:dirname(code:which(?MODULE)),
                             "-env", "ERL_CRASH_DUMP", CrashFile] ++ Args,
    peer:start_link(Opts#{args => FullArgs}).

break(_) -> ok.
break(_, _) -> ok.
break(_, _, _) -> ok.
continue() -> ok.
continue(_) -> ok.
