%% SPDX-License-Identifier: Apache-2.0
%% Stub of common_test's ct for mini_ct.
-module(ct).
-compile([export_all, nowarn_export_all]).

log(F) -> log(default, F, []).
log(F, A) when is_list(A) -> lg(F, A);
log(_Cat, F) -> lg(F, []).
log(Cat, F, A) when is_atom(Cat) -> lg(F, A);
log(Cat, _Imp, F) when is_atom(Cat), is_list(F) -> lg(F, []);
log(F, A, Opts) when is_list(Opts) -> lg(F, A);
log(_Imp, F, A) -> lg(F, A).
log(_Cat, _Imp, F, A) -> lg(F, A).
log(_Cat, _Imp, F, A, _Opts) -> lg(F, A).

pal(F) -> lg(F, []).
pal(F, A) -> log(F, A).
pal(C, F, A) -> log(C, F, A).
pal(C, I, F, A) -> log(C, I, F, A).
pal(C, I, F, A, O) -> log(C, I, F, A, O).

print(F) -> lg(F, []).
print(F, A) -> log(F, A).
print(C, F, A) -> log(C, F, A).
print(C, I, F, A) -> log(C, I, F, A).
print(C, I, F, A, O) -> log(C, I, F, A, O).

error(F) -> lg(F, []).
error(F, A) -> lg(F, A).
notify(_, _) -> ok.
abort_current_testcase(_) -> ok.

lg(F, A) -> group_leader() ! {mini_log, F, A}, ok.

fail(Reason) ->
    exit({test_case_failed, Reason}).

fail(Format, Args) ->
    try io_lib:format(Format, Args) of
        Str ->
            exit({test_case_failed, lists:flatten(Str)})
    catch
        error:_ -> exit({test_case_failed, {Format, Args}})
    end.

comment(C) -> mini_ct:comment(C).
comment(F, A) -> mini_ct:comment({F, A}).
make_priv_dir() -> ok.

timetrap(T) -> mini_ct:timetrap(T).
get_timetrap_info() -> mini_ct:timetrap_get().

sleep({hours, H}) -> sleep(trunc(H * 3600000));
sleep({minutes, M}) -> sleep(trunc(M * 60000));
sleep({seconds, S}) -> sleep(trunc(S * 1000));
sleep(T) -> test_server:sleep(T).

capture_start() -> test_server:capture_start().
capture_stop() -> test_server:capture_stop().
capture_get() ->
    %% drop what looks like log printouts is done by CT; nothing to drop here
    test_server:capture_get().
capture_get(_Exclude) -> test_server:capture_get().

get_config(_) -> undefined.
get_config(_, Def) -> Def.
get_config(_, Def, _) -> Def.
require(_) -> ok.
require(_, _) -> ok.
get_target_name(_) -> {error, not_used}.
get_status() -> no_tests_running.
get_testspec_terms() -> undefined.
get_testspec_terms(_) -> undefined.
get_event_mgr_ref() -> undefined.
testcases(_, _) -> {error, not_supported}.
userdata(_, _) -> [].
userdata(_, _, _) -> [].

get_progname() ->
    case init:get_argument(progname) of
        {ok, [[Prog]]} -> Prog;
        _ -> "no_prog_name"
    end.

parse_table(_) -> {[], []}.
remaining_test_procs() -> {[], undefined, []}.
