%% SPDX-License-Identifier: Apache-2.0
%% mini_ct - a minimal runner for common_test style suites.
%%
%% Needs no common_test at run time: the modules ct, test_server,
%% test_server_ctrl, ct_property_test, ct_util beside this one are small stubs.
%% From OTP it needs at boot: erlang, lists, proplists, io_lib (only to print a
%% failure reason; there is a fallback), code (to load the suite).
%%
%%   erl -noinput -pa ebin/mini -pa ebin/emulator_test \
%%       -run mini_ct main suite=guard_SUITE [key=value ...]
%%
%% keys:  suite=M            suite module (required)
%%        data_dir=D         default: <dir of M.beam>/M_data
%%        priv_dir=D         default: ./priv (created)
%%        timeout=SECS       cap for one case (default 120); a smaller timetrap
%%                           set by the suite wins
%%        from=N             start at case number N (1 is the first)
%%        only=a,b,g/c       run only these (case name or group path/case)
%%        skip=a,b           do not run these (case, path/case or group names)
%%        list=1             print the numbered cases and stop
%%        verbose=1          let the cases' output through
%%        gl=0               do not put a group leader process in between
%%        out=user|display   where result lines go (default: user when there is
%%                           one, else erlang:display_string/1)
%%        preload=0          do not load a set of stdlib modules first
%%        settle=MS          pause after each case (default 10)
%%        halt=0             return instead of halting the VM
%%
%% Prints (one line each, flushed before the case starts/after it ends):
%%   BEGIN N suite:case
%%   PASS suite:case MSms
%%   FAIL suite:case MSms reason
%%   SKIP suite:case reason             (the suite said skip)
%%   SKIP suite:case auto: reason       (an init_per_* failed)
%%   DONE suite total=T ok=O failed=F skipped=S auto=A ms=MS
%% where case is "case" or "group/subgroup/case".
-module(mini_ct).
-export([main/1, start/0, timetrap/1, timetrap_cancel/0, timetrap_get/0,
         comment/1, fmt/1]).

-define(DEF_TIMEOUT, 120).

%% for "-s mini_ct": arguments after -extra
start() -> main(init:get_plain_arguments()).

main(Args) ->
    KV = [kv(to_list(A)) || A <- Args],
    Halt = get_kv("halt", KV, "1"),
    R = try run(KV)
        catch C:E:St ->
                out(["CRASH mini_ct ", fmt({C, E, St}), "\n"]),
                error
        end,
    case Halt of
        "0" -> R;
        _ ->
            %% give the user process a moment to write out what it has
            receive after 50 -> ok end,
            case R of error -> erlang:halt(3); _ -> erlang:halt(0) end
    end.

to_list(A) when is_atom(A) -> atom_to_list(A);
to_list(L) -> L.

kv(S) -> kv(S, []).
kv([$=|V], K) -> {lists:reverse(K), V};
kv([C|T], K) -> kv(T, [C|K]);
kv([], K) -> {lists:reverse(K), "1"}.

get_kv(K, KV, Def) ->
    case lists:keyfind(K, 1, KV) of
        {_, V} -> V;
        false -> Def
    end.

%%--------------------------------------------------------------------
run(KV) ->
    case get_kv("out", KV, "auto") of
        "auto" -> ok;
        Out -> put(mini_out, Out)
    end,
    S = list_to_atom(get_kv("suite", KV, "none")),
    case get_kv("preload", KV, "1") of
        "0" -> ok;
        _ -> [catch code:ensure_loaded(M) || M <- preload()]
    end,
    {module, S} = code:ensure_loaded(S),
    put(mini_suite, S),
    put(mini_idx, 0), put(mini_ok, 0), put(mini_fail, 0),
    put(mini_skip, 0), put(mini_auto, 0),
    put(mini_from, list_to_integer(get_kv("from", KV, "1"))),
    put(mini_cap, 1000 * list_to_integer(get_kv("timeout", KV, integer_to_list(?DEF_TIMEOUT)))),
    put(mini_only, commas(get_kv("only", KV, ""))),
    put(mini_except, commas(get_kv("skip", KV, ""))),
    put(mini_list, get_kv("list", KV, "0") =/= "0"),
    process_flag(trap_exit, true),
    put(mini_cwd, catch file:get_cwd()),
    put(mini_settle, list_to_integer(get_kv("settle", KV, "10"))),
    T0 = now_ms(),
    case get_kv("gl", KV, "1") of
        "0" -> put(mini_gl, group_leader());
        _ -> put(mini_gl, start_gl(get_kv("verbose", KV, "0") =/= "0"))
    end,
    catch register(mini_ct, self()),
    catch register(test_server_ctrl, get(mini_gl)), % global_group_SUITE asks for it
    DataDir = case get_kv("data_dir", KV, "") of
                  "" -> default_data_dir(S);
                  D -> slash(D)
              end,
    PrivDir = slash(get_kv("priv_dir", KV, "./priv")),
    catch filelib:ensure_dir(PrivDir),
    Config0 = [{data_dir, DataDir}, {priv_dir, PrivDir}, {nodenames, []}],
    SuiteInfo = info(S, suite, []),
    Groups = case erlang:function_exported(S, groups, 0) of
                 true -> ok_list(in_proc(fun() -> S:groups() end, 60000));
                 false -> []
             end,
    put(mini_groups, Groups),
    All = case in_proc(fun() -> S:all() end, 60000) of
              {value, L} -> L;
              {died, R} -> exit({all_failed, R})
          end,
    case All of
        {skip, Why} ->
            out(["SKIP ", atom_to_list(S), ":all ", fmt(Why), "\n"]),
            put(mini_skip, 1);
        _ ->
            Tree = expand(All),
            case get(mini_list) of
                true -> skip_all(Tree, [], list);
                false -> run_suite(S, Tree, Config0, tt(SuiteInfo, none))
            end
    end,
    out(["DONE ", atom_to_list(S),
         " total=", integer_to_list(get(mini_idx)),
         " ok=", integer_to_list(get(mini_ok)),
         " failed=", integer_to_list(get(mini_fail)),
         " skipped=", integer_to_list(get(mini_skip)),
         " auto=", integer_to_list(get(mini_auto)),
         " ms=", integer_to_list(now_ms() - T0), "\n"]),
    ok.

%% Modules that have long been loaded when common_test runs a case.  Some cases
%% (nif_SUITE:t_load_race) deadlock when they first have to be loaded.
preload() ->
    [lists, proplists, timer, io, io_lib, io_lib_format, io_lib_pretty, string,
     unicode, unicode_util, filename, filelib, file, maps, sets, ordsets, dict,
     orddict, gb_sets, gb_trees, ets, gen, gen_server, gen_event, gen_statem,
     supervisor, proc_lib, sys, queue, rpc, erpc, rand, os, calendar, error_logger,
     logger, ct, test_server, inet, net_adm, peer, erl_scan, erl_parse, math].

ok_list({value, L}) when is_list(L) -> L;
ok_list(Other) -> exit({groups_failed, Other}).

default_data_dir(S) ->
    case code:which(S) of
        F when is_list(F) ->
            filename:join(filename:dirname(filename:absname(F)),
                          atom_to_list(S) ++ "_data") ++ "/";
        _ -> "./" ++ atom_to_list(S) ++ "_data/"
    end.

slash(D) -> case lists:last(D) of $/ -> D; _ -> D ++ "/" end.

commas("") -> [];
commas(S) -> commas(S, [], []).
commas([$,|T], A, L) -> commas(T, [], [lists:reverse(A)|L]);
commas([C|T], A, L) -> commas(T, [C|A], L);
commas([], A, L) -> lists:reverse([lists:reverse(A)|L]).

%%--------------------------------------------------------------------
%% all()/groups() -> [{tc,Name,Props} | {grp,Name,Props,Items}]
expand([L|T]) when is_list(L) -> expand(L) ++ expand(T);   % socket_SUITE nests lists
expand([I|T]) -> [expand1(I)|expand(T)];
expand([]) -> [].

expand1(A) when is_atom(A) -> {tc, A, []};
expand1({testcase, A, P}) -> {tc, A, P};
expand1({group, G}) -> named(G, default);
expand1({group, G, P}) -> named(G, P);
expand1({group, G, P, _SubProps}) -> named(G, P);
expand1({G, P, Items}) when is_list(P), is_list(Items) ->
    {grp, G, P, expand(Items)};
expand1({G, Items}) when is_list(Items) -> {grp, G, [], expand(Items)};
expand1(Other) -> {bad, Other}.

named(G, P0) ->
    case find_group(G, get(mini_groups)) of
        {P, Items} ->
            {grp, G, case P0 of default -> P; _ -> P0 end, expand(Items)};
        false -> {bad, {no_group, G}}
    end.

find_group(G, [{G, P, Items}|_]) -> {P, Items};
find_group(G, [{G, Items}|_]) -> {[], Items};
find_group(G, [{_, _, Items}|T]) when is_list(Items) ->
    case find_group(G, Items) of
        false -> find_group(G, T);
        R -> R
    end;
find_group(G, [_|T]) -> find_group(G, T);
find_group(_, []) -> false.

count([{tc,_,_}|T]) -> 1 + count(T);
count([{grp,_,_,I}|T]) -> count(I) + count(T);
count([_|T]) -> 1 + count(T);
count([]) -> 0.

%% anything to run among the next items?
wanted(Items, Path) ->
    get(mini_idx) + count(Items) >= get(mini_from)
        andalso (get(mini_only) =:= [] orelse any_only(Items, Path)).

any_only([{tc,N,_}|T], P) -> is_only(N, P) orelse any_only(T, P);
any_only([{grp,G,_,I}|T], P) -> any_only(I, [G|P]) orelse any_only(T, P);
any_only([_|T], P) -> any_only(T, P);
any_only([], _) -> false.

is_only(N, P) ->
    case get(mini_only) of
        [] -> true;
        O -> lists:member(atom_to_list(N), O) orelse lists:member(name(N, P), O)
    end.

is_except(N, P) ->
    case get(mini_except) of
        [] -> false;
        O -> lists:member(atom_to_list(N), O) orelse lists:member(name(N, P), O)
                 orelse skip_grp(P, O)
    end.

skip_grp([G|T], O) -> lists:member(atom_to_list(G), O) orelse skip_grp(T, O);
skip_grp([], _) -> false.

name(N, Path) -> lists:append([atom_to_list(G) ++ "/" || G <- lists:reverse(Path)]) ++ atom_to_list(N).

full(N, Path) -> [atom_to_list(get(mini_suite)), ":", name(N, Path)].

%%--------------------------------------------------------------------
run_suite(S, Tree, Config0, TT) ->
    case wanted(Tree, []) of
        false -> skip_all(Tree, [], none);
        true ->
            case conf(S, init_per_suite, [], Config0, TT) of
                {ok, Config} ->
                    run_items(S, Tree, [], Config, TT, []),
                    conf_end(S, end_per_suite, [], Config, TT);
                {skip, Why} -> skip_all(Tree, [], {skip, Why});
                {auto, Why} -> skip_all(Tree, [], {auto, Why})
            end
    end.

%% returns ok | failed
run_items(S, Items, Path, Config, TT, Props) ->
    run_items(S, Items, Path, Config, TT, lists:member(sequence, Props), ok).

run_items(_, [], _, _, _, _, Res) -> Res;
run_items(S, [I|T] = L, Path, Config, TT, Seq, Res) ->
    R = run_item(S, I, Path, Config, TT),
    case {R, Seq} of
        {failed, true} ->
            skip_all(tl(L), Path, {auto, {failed, {sequence, I}}}), failed;
        {failed, _} -> run_items(S, T, Path, Config, TT, Seq, failed);
        {_, _} -> run_items(S, T, Path, Config, TT, Seq, Res)
    end.

run_item(S, {grp, G, Props, Items} = Grp, Path, Config, TT0) ->
    case wanted(Items, [G|Path]) of
        false -> skip_all([Grp], Path, none), ok;
        true ->
            TT = tt(info(S, group, [G]), TT0),
            C1 = [{tc_group_properties, [{name, G}|Props]}
                  | lists:keydelete(tc_group_properties, 1, Config)],
            case conf(S, init_per_group, [G], C1, TT) of
                {ok, C2} ->
                    R = run_items(S, Items, [G|Path], C2, TT, Props),
                    conf_end(S, end_per_group, [G], C2, TT),
                    R;
                {skip, Why} -> skip_all(Items, [G|Path], {skip, Why}), ok;
                {auto, Why} -> skip_all(Items, [G|Path], {auto, Why}), failed
            end
    end;
run_item(S, {tc, N, _}, Path, Config, TT0) ->
    I = get(mini_idx) + 1,
    put(mini_idx, I),
    case I >= get(mini_from) andalso is_only(N, Path) andalso not is_except(N, Path) of
        false -> ok;
        true ->
            out(["BEGIN ", integer_to_list(I), " ", full(N, Path), "\n"]),
            Info = info(S, N, []),
            TT = tt(Info, TT0),
            T0 = now_ms(),
            R = case required(Info) of
                    none -> run_tc(S, N, Config, TT);
                    Key -> {auto, {require_failed, Key}}
                end,
            %% let processes linked to the case die (CT's logging takes time too)
            receive after get(mini_settle) -> ok end,
            Ms = [" ", integer_to_list(now_ms() - T0), "ms"],
            case R of
                ok ->
                    inc(mini_ok),
                    out(["PASS ", full(N, Path), Ms, "\n"]), ok;
                {skip, Why} ->
                    inc(mini_skip),
                    out(["SKIP ", full(N, Path), " ", fmt(Why), "\n"]), ok;
                {auto, Why} ->
                    inc(mini_auto),
                    out(["SKIP ", full(N, Path), " auto: ", fmt(Why), "\n"]), failed;
                {fail, Why} ->
                    inc(mini_fail),
                    out(["FAIL ", full(N, Path), Ms, " ", fmt(Why), "\n"]), failed
            end
    end;
run_item(_S, {bad, X}, Path, _, _) ->
    put(mini_idx, get(mini_idx) + 1),
    inc(mini_fail),
    out(["FAIL ", full(bad_item, Path), " 0ms ", fmt(X), "\n"]),
    failed.

skip_all([], _, _) -> ok;
skip_all([{grp, G, _, Items}|T], Path, Why) ->
    skip_all(Items, [G|Path], Why),
    skip_all(T, Path, Why);
skip_all([Item|T], Path, Why) ->
    N = case Item of {tc, N0, _} -> N0; _ -> bad_item end,
    I = get(mini_idx) + 1,
    put(mini_idx, I),
    case I >= get(mini_from) andalso is_only(N, Path) andalso not is_except(N, Path) of
        false -> ok;
        true ->
            case Why of
                none -> ok;
                list -> out([integer_to_list(I), " ", full(N, Path), "\n"]);
                {skip, R} ->
                    inc(mini_skip),
                    out(["SKIP ", full(N, Path), " ", fmt(R), "\n"]);
                {auto, R} ->
                    inc(mini_auto),
                    out(["SKIP ", full(N, Path), " auto: ", fmt(R), "\n"])
            end
    end,
    skip_all(T, Path, Why).

inc(K) -> put(K, get(K) + 1).

%%--------------------------------------------------------------------
%% init_per_suite(Config) / init_per_group(G, Config)
conf(S, F, A, Config, TT) ->
    case erlang:function_exported(S, F, length(A) + 1) of
        false -> {ok, Config};
        true ->
            case in_proc(fun() -> catch_skip(S, F, A ++ [Config]) end, limit(TT)) of
                {value, {ret, L}} when is_list(L) -> {ok, L};
                {value, {ret, {skip, R}}} -> {skip, R};
                {value, {ret, {skipped, R}}} -> {skip, R};
                {value, {ret, {skip_and_save, R, _}}} -> {skip, R};
                {value, {ret, {save_config, _}}} -> {ok, Config};
                {value, {ret, {fail, R}}} -> {auto, {failed, {S, F, R}}};
                {value, {ret, {'EXIT', R}}} -> {auto, {failed, {S, F, R}}};
                {value, {ret, _}} -> {ok, Config};      % CT goes on with the old Config
                {value, {failed, R}} -> {auto, {failed, {S, F, R}}};
                {died, R} -> {auto, {failed, {S, F, R}}}
            end
    end.

conf_end(S, F, A, Config, TT) ->
    case erlang:function_exported(S, F, length(A) + 1) of
        false -> ok;
        true ->
            case in_proc(fun() -> catch_skip(S, F, A ++ [Config]) end, limit(TT)) of
                {value, {failed, R}} -> warn(F, A, R);
                {died, R} -> warn(F, A, R);
                _ -> ok
            end
    end.

warn(F, A, R) ->
    out(["WARN ", atom_to_list(get(mini_suite)), ":", atom_to_list(F),
         [["(", atom_to_list(G), ")"] || G <- A], " ", fmt(R), "\n"]).

%% as test_server:ts_tc/3
catch_skip(S, F, A) ->
    try apply(S, F, A) of
        R -> {ret, R}
    catch
        throw:{skip, R} -> {ret, {skip, R}};
        throw:{skipped, R} -> {ret, {skip, R}};
        exit:{skip, R} -> {ret, {skip, R}};
        exit:{skipped, R} -> {ret, {skip, R}};
        throw:R:St -> {failed, {thrown, R, St}};
        error:R:St -> {failed, {R, St}};
        exit:R -> {failed, R}
    end.

%%--------------------------------------------------------------------
%% init_per_testcase + case + end_per_testcase, all in one process
run_tc(S, N, Config0, TT) ->
    Ctl = self(),
    Config1 = Config0,
    HasInit = erlang:function_exported(S, init_per_testcase, 2),
    HasEnd = erlang:function_exported(S, end_per_testcase, 2),
    erase(mini_tc_config),
    F = fun() ->
                put(mini_phase, init),
                Init = case HasInit of
                           true -> catch_skip(S, init_per_testcase, [N, Config1]);
                           false -> {ret, Config1}
                       end,
                case Init of
                    {ret, C} when is_list(C) ->
                        Ctl ! {mini_tc_config, self(), C},
                        put(mini_phase, tc),
                        R0 = catch_skip(S, N, [C]),
                        R = tc_result(R0),
                        put(mini_phase, 'end'),
                        E = case HasEnd of
                                true -> catch_skip(S, end_per_testcase,
                                                        [N, [status(R)|saved(R0) ++ C]]);
                                false -> {ret, ok}
                            end,
                        case {R, E} of
                            {_, {ret, {fail, Why}}} -> {fail, Why};
                            {_, {ret, {failed, Why}}} -> {fail, Why};
                            {R, {ret, _}} -> R;
                            {ok, {failed, Why}} -> {ok_end_failed, Why};
                            {R, _} -> R
                        end;
                    {ret, {skip, Why}} -> {skip, Why};
                    {ret, {skipped, Why}} -> {skip, Why};
                    {ret, {skip_and_save, Why, _}} -> {skip, Why};
                    {ret, {fail, Why}} -> {fail, Why};
                    {ret, Bad} -> {auto, {S, init_per_testcase, {bad_return, Bad}}};
                    {failed, Why} -> {auto, {failed, {S, init_per_testcase, Why}}}
                end
        end,
    case in_proc(F, limit(TT)) of
        {value, {ok_end_failed, Why}} ->
            %% CT: end_per_testcase crashing does not fail the case
            warn(end_per_testcase, [N], Why), ok;
        {value, R} -> R;
        {died, Why} ->
            case erase(mini_tc_config) of
                C when is_list(C), HasEnd ->
                    case in_proc(fun() ->
                                         catch_skip(S, end_per_testcase,
                                                    [N, [{tc_status, {failed, Why}}|C]])
                                 end, min(limit(TT), 30000)) of
                        {value, {ret, _}} -> ok;
                        {value, {failed, W}} -> warn(end_per_testcase, [N], W);
                        {died, W} -> warn(end_per_testcase, [N], W)
                    end;
                _ -> ok
            end,
            case Why of
                {skip, W2} -> {skip, W2};
                _ -> {fail, Why}
            end
    end.

saved({ret, {save_config, _} = SC}) -> [SC];
saved({ret, {skip_and_save, _, Cfg}}) -> [{save_config, Cfg}];
saved(_) -> [].

tc_result({ret, {skip, R}}) -> {skip, R};
tc_result({ret, {skipped, R}}) -> {skip, R};
tc_result({ret, {skip_and_save, R, _}}) -> {skip, R};
tc_result({ret, {'EXIT', R}}) -> {fail, R};
tc_result({ret, {failed, R}}) -> {fail, R};
tc_result({ret, _}) -> ok;
tc_result({failed, R}) -> {fail, R}.

status(ok) -> {tc_status, ok};
status({skip, R}) -> {tc_status, {skipped, R}};
status({fail, R}) -> {tc_status, {failed, R}}.

%%--------------------------------------------------------------------
%% Run Fun in its own linked process with the case's group leader.
%% -> {value, V} | {died, Reason}
in_proc(Fun, Limit) ->
    %% common_test goes back to its directory before every case
    case get(mini_cwd) of
        {ok, Cwd} -> catch file:set_cwd(Cwd);
        _ -> ok
    end,
    Ctl = self(),
    GL = get(mini_gl),
    Tag = make_ref(),
    Pid = spawn_link(fun() ->
                             group_leader(GL, self()),
                             put(mini_ctl, Ctl),
                             put(mini_limit, Limit),
                             V = Fun(),
                             exit({Tag, V})
                     end),
    wait_proc(Pid, Tag, deadline(Limit), Limit).

deadline(infinity) -> infinity;
deadline(L) -> now_ms() + L.

wait_proc(Pid, Tag, Deadline, Limit) ->
    After = case Deadline of
                infinity -> infinity;
                _ -> max(0, Deadline - now_ms())
            end,
    receive
        {'EXIT', Pid, {Tag, V}} -> {value, V};
        {'EXIT', Pid, R} -> {died, R};
        {mini_tc_config, Pid, C} ->
            put(mini_tc_config, C),
            wait_proc(Pid, Tag, Deadline, Limit);
        {mini_timetrap, L0} ->
            L = case L0 of infinity -> get(mini_cap); _ -> min(L0, get(mini_cap)) end,
            wait_proc(Pid, Tag, now_ms() + L, L);
        {'EXIT', _Other, _} ->
            wait_proc(Pid, Tag, Deadline, Limit)
    after After ->
            Where = (catch erlang:process_info(Pid, [current_stacktrace, status])),
            exit(Pid, {timetrap_timeout, Limit, Where}),
            receive
                {'EXIT', Pid, {Tag, _}} -> ok;
                {'EXIT', Pid, _} -> ok
            after 5000 ->
                    exit(Pid, kill),
                    receive {'EXIT', Pid, _} -> ok after 5000 -> ok end
            end,
            {died, {timetrap_timeout, Limit, Where}}
    end.

limit(none) -> get(mini_cap);
limit(infinity) -> get(mini_cap);
limit(Ms) -> min(Ms, get(mini_cap)).

%% called from the case through ct:timetrap/1
timetrap(T) ->
    Ms = ms(T),
    case get(mini_ctl) of
        undefined ->
            case whereis(mini_ct) of
                undefined -> ok;
                P -> P ! {mini_timetrap, Ms}
            end;
        P ->
            put(mini_limit, Ms),
            P ! {mini_timetrap, Ms}
    end,
    ok.

timetrap_cancel() -> timetrap(infinity).

timetrap_get() ->
    case get(mini_limit) of
        undefined -> {1000 * ?DEF_TIMEOUT, {true, 1}};
        L -> {L, {true, 1}}
    end.

comment(_) -> ok.

tt(Info, Default) ->
    case find_tt(Info) of
        none -> Default;
        T -> ms(T)
    end.

%% there is no CT config here, so what requires some of it can not run
required([{require, K}|_]) -> K;
required([{require, _, K}|_]) -> K;
required([_|T]) -> required(T);
required([]) -> none.

find_tt([{timetrap, T}|_]) -> T;
find_tt([_|T]) -> find_tt(T);
find_tt(_) -> none.

ms(infinity) -> infinity;
ms(N) when is_integer(N) -> N;
ms({hours, N}) -> trunc(N * 3600000);
ms({minutes, N}) -> trunc(N * 60000);
ms({seconds, N}) -> trunc(N * 1000);
ms({_Ms, Scale}) when is_boolean(Scale) -> ms(_Ms);
ms(F) when is_function(F, 0) -> ms(F());
ms({M, F, A}) -> ms(apply(M, F, A));
ms(_) -> infinity.

%% suite/0, group/1, Case/0 info functions
info(S, F, A) ->
    case erlang:function_exported(S, F, length(A)) of
        true ->
            case in_proc(fun() -> catch apply(S, F, A) end, 60000) of
                {value, L} when is_list(L) -> L;
                _ -> []
            end;
        false -> []
    end.

%%--------------------------------------------------------------------
%% Group leader between the cases and user
start_gl(Verbose) ->
    Parent = group_leader(),
    Ctl = self(),
    spawn(fun() -> gl(Parent, none, Verbose, Ctl) end).

gl(Parent, Cap, V, Ctl) ->
    receive
        {io_request, From, ReplyAs, Req} = Msg ->
            case gl_chars(Req) of
                passthrough -> Parent ! Msg;
                {ok, Data} ->
                    case Cap of
                        none -> ok;
                        _ -> Cap ! {captured, Data}
                    end,
                    case V of
                        true -> Parent ! {io_request, self(), {mini_fwd, ReplyAs},
                                          {put_chars, unicode, Data}};
                        false -> ok
                    end,
                    From ! {io_reply, ReplyAs, ok};
                error ->
                    From ! {io_reply, ReplyAs, {error, arguments}}
            end,
            gl(Parent, Cap, V, Ctl);
        {capture, false} -> gl(Parent, none, V, Ctl);
        {capture, Pid} -> gl(Parent, Pid, V, Ctl);
        {mini_log, Format, Args} when V ->
            D = (catch lists:flatten(io_lib:format(Format, Args))),
            case is_list(D) of
                true -> Parent ! {io_request, self(), mini_fwd,
                                  {put_chars, unicode, D ++ "\n"}};
                false -> ok
            end,
            gl(Parent, Cap, V, Ctl);
        {sync_apply, From, {M, F, A}} ->
            %% test_server_ctrl calls made through the group leader
            From ! {sync_result, catch apply(M, F, A)},
            gl(Parent, Cap, V, Ctl);
        _ ->
            gl(Parent, Cap, V, Ctl)
    end.

gl_chars({put_chars, Enc, Str}) ->
    chars(fun() -> unicode:characters_to_list(Str, Enc) end);
gl_chars({put_chars, Enc, M, F, A}) ->
    chars(fun() -> unicode:characters_to_list(apply(M, F, A), Enc) end);
gl_chars({requests, _}) -> passthrough;
gl_chars(_) -> passthrough.

chars(F) ->
    try F() of
        L when is_list(L) -> {ok, L};
        _ -> {ok, []}                   % not unicode: CT's group leader says ok
    catch _:_ -> error
    end.

%%--------------------------------------------------------------------
out(IoList) ->
    Str = flat(IoList, []),
    case get(mini_out) of
        "display" -> display(Str);
        _ ->
            case whereis(user) of
                undefined -> display(Str);
                U ->
                    %% io:put_chars/2 without io
                    Ref = erlang:monitor(process, U),
                    U ! {io_request, self(), Ref, {put_chars, unicode, Str}},
                    receive
                        {io_reply, Ref, _} -> ok;
                        {'DOWN', Ref, _, _, _} -> display(Str)
                    after 10000 -> display(Str)
                    end,
                    erlang:demonitor(Ref, [flush])
            end
    end,
    ok.

display(Str) ->
    try erlang:display_string(Str)
    catch _:_ -> erlang:display(list_to_atom(lists:sublist(Str, 250)))
    end.

flat([], Acc) -> lists:reverse(Acc);
flat(L, Acc) -> lists:reverse(flat1(L, Acc)).
flat1([H|T], Acc) when is_list(H) -> flat1(T, flat1(H, Acc));
flat1([H|T], Acc) when is_integer(H) -> flat1(T, [H|Acc]);
flat1([], Acc) -> Acc.

%% one printable line
fmt(R) ->
    S = try lists:flatten(io_lib:format("~0tP", [R, 40]))
        catch _:_ -> "(unprintable)"
        end,
    clean(S, 900).

clean(_, 0) -> "...";
clean([C|T], N) when is_integer(C), C >= 32, C < 127 -> [C|clean(T, N-1)];
clean([_|T], N) -> [$?|clean(T, N-1)];
clean([], _) -> [].

now_ms() ->
    try erlang:monotonic_time(millisecond)
    catch _:_ -> 0
    end.
