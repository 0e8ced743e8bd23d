%% SPDX-License-Identifier: Apache-2.0
%% env: MICA_TEST_ENV=from outside
-module(io_os).
-include("../t.hrl").
start() ->
    ?T(os:getenv("MICA_TEST_ENV")), ?T(os:putenv("MICA_X", "a=b")), ?T(os:getenv("MICA_X")), ?T(lists:keyfind("MICA_X", 1, os:env())), ?T(lists:member("MICA_X=a=b", os:getenv())), ?T(os:unsetenv("MICA_X")), ?T(os:getenv("MICA_X")), ?T(os:getenv("MICA_X", "default")), ?T(os:getenv("")), ?T(os:getenv(<<"HOME">>)), ?T(os:getenv(home)), ?T(os:putenv("a=b", "c")), ?T(os:putenv("", "c")), ?T(os:putenv("X", <<"abc">>)), ?T(os:putenv("MICA_U", "blå" ++ [1000])), ?T(os:getenv("MICA_U")), ?T(os:cmd("echo $MICA_U")), ?T(os:unsetenv("MICA_U")), ?T(os:getenv([$M, [$I]])), ?T(os:putenv("MICA_E", "")), ?T(os:getenv("MICA_E")),
    ?T(is_integer(list_to_integer(os:getpid()))), {A, B, C} = os:timestamp(), ?T({is_integer(A), B < 1000000, C < 1000000}), ?T(abs(os:system_time(second) - os:system_time() div 1000000000) < 2), ?T(os:system_time(foo)), ?T(os:system_time(0)), ?T(os:system_time(7) > 0), ?T(os:perf_counter(nanosecond) > 0), ?T(os:type()), ?T(tuple_size(os:version())),
    ?T(os:set_signal(sighup, ignore)), ?T(os:set_signal(sighup, default)), ?T(os:set_signal(sigint, handle)), ?T(os:set_signal(sigterm, foo)), ?T(os:set_signal(foo, handle)), ?T(os:set_signal("sighup", handle)),
    ?T(erlang:universaltime_to_posixtime({{2000, 1, 1}, {0, 0, 0}})), ?T(erlang:posixtime_to_universaltime(951868799)), ?T(erlang:posixtime_to_universaltime(-1)), ?T(erlang:universaltime_to_posixtime({{2021, 2, 29}, {0, 0, 0}})), ?T(erlang:universaltime_to_localtime({{2020, 5, 5}, {5, 5, 5}})), ?T(erlang:localtime_to_universaltime({{2020, 5, 5}, {5, 5, 5}}, false)), ?T(erlang:localtime_to_universaltime({{1800, 5, 5}, {5, 5, 5}})), ?T(erlang:localtime_to_universaltime({{2020, 5, 5}, {5, 5, 5}}, foo)), ?T(calendar:local_time_to_universal_time_dst({{2020, 5, 5}, {5, 5, 5}})), ?T(erlang:posixtime_to_universaltime(foo)), ?T(erlang:posixtime_to_universaltime(1 bsl 70)), {Y, Mo, Da} = date(), ?T(calendar:valid_date(Y, Mo, Da)), ?T(tuple_size(time())), ?T(calendar:datetime_to_gregorian_seconds(erlang:universaltime()) > 63000000000),
    ?T(halts(["halt(3)", "halt(300)", "halt(0,[{flush,false}])", "halt([])", "halt(\"slogan\")", "halt(abort2)", "init:stop(7)", "io:put_chars(lists:duplicate(100000,$x)),halt()", "os:set_signal(sigusr1,ignore),os:cmd(\"kill -USR1 \"++os:getpid()),halt(5)", "exit(foo)", "os:cmd(\"kill -TERM \"++os:getpid()),timer:sleep(5000),halt(9)"])).
halts(L) -> [begin
                 P = open_port({spawn_executable, os:find_executable(prog())}, [{args, ["-noshell", "-eval", E]}, {env, [{"ERL_CRASH_DUMP_SECONDS", "0"}]}, exit_status, binary, in, stderr_to_stdout]),
                 collect(P, 0)
             end || E <- L].
prog() -> {ok, [[P]]} = init:get_argument(progname), case os:getenv("MICA_BIN") of false -> P; D -> case os:getenv("MICA_IS_ME") of false -> P; _ -> D ++ "/" ++ P end end.
collect(P, N) -> receive {P, {data, D}} -> collect(P, N + byte_size(D)); {P, {exit_status, S}} -> {N, S} after 20000 -> timeout end.
