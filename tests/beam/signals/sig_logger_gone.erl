%% SPDX-License-Identifier: Apache-2.0
%% Who gets what the VM has to say: a process of one's own, and the logger again when that has gone.
-module(sig_logger_gone).
-include("../t.hrl").
start() ->
    ?T(begin F = erlang:system_info(system_logger), F end), ?T(own()), ?T(gone()), ?T(none()), ?T(bad()).

crash() ->
    {P, R} = spawn_monitor(fun() -> exit_by(nok) end),
    receive {'DOWN', R, process, P, {{badmatch, nok}, _}} -> ok end.

exit_by(X) -> ok = id(X).

listener() ->
    S = self(),
    spawn(fun F() -> receive M -> S ! {told, M}, F() end end).

own() ->
    L = listener(),
    B = erlang:system_flag(system_logger, L),
    A = erlang:system_info(system_logger) =:= L,
    crash(),
    M = receive {told, {log, Level, Format, Args, #{pid := P}}} when is_pid(P) -> {Level, Format, length(Args)} after 5000 -> none end,
    C = erlang:system_flag(system_logger, B) =:= L,
    exit(L, kill),
    {B, A, M, C}.

gone() ->
    L = listener(),
    logger = erlang:system_flag(system_logger, L),
    R = monitor(process, L), exit(L, kill), receive {'DOWN', R, _, _, _} -> ok end,
    crash(),
    {erlang:system_info(system_logger), receive {told, _} -> told after 20 -> nothing end}.

none() ->
    logger = erlang:system_flag(system_logger, undefined),
    crash(),
    erlang:system_flag(system_logger, logger).

bad() -> [catch_error(fun() -> erlang:system_flag(system_logger, X) end) || X <- [1, "x", {}, 1.0]].
catch_error(F) -> try F() of V -> V catch error:E -> E end.
