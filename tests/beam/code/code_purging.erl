%% SPDX-License-Identifier: Apache-2.0
%% Old and current code: who runs or refers to it, check_process_code with its options, purge and soft_purge, modules that load
%% conditionally, several at once, from wrong or damaged files; literals and funs that outlive their module.
-module(code_purging).
-include("../t.hrl").

start() ->
    process_flag(trap_exit, true),
    versions(), checks(), softly(), literals(), funs(), on_load(), together(), wrong(), exports(), busy().

%% A module of a version: v() tells it, loop() waits inside, lit() gives a literal
make(M, V) -> make(M, V, []).
make(M, V, More) ->
    Text = ["-module(" ++ atom_to_list(M) ++ ").", "-compile(export_all)."] ++ [L || "-" ++ _ = L <- More] ++ ["v() -> " ++ integer_to_list(V) ++ ".", "lit() -> {literal, [" ++ integer_to_list(V) ++ ", <<\"text\">>], #{v => " ++ integer_to_list(V) ++ "}}.",
            "f() -> fun() -> v() end.", "loop() -> receive {F, get} -> F ! {self(), v()}, loop(); next -> ?MODULE:loop(); stop -> ok end.", "outer(F) -> F(), ok.", "tail(F) -> F()."] ++ [L || L <- More, hd(L) =/= $-],
    {Forms, _} = lists:mapfoldl(fun(L, N) ->
        {ok, Ts, _} = erl_scan:string(lists:flatten(string:replace(L, "?MODULE", atom_to_list(M), all)), N),
        {ok, Form} = erl_parse:parse_form(Ts), {Form, N + 1} end, 1, Text),
    {ok, M, Bin} = compile:forms(Forms, []),
    Bin.

load(M, V) -> {module, M} = code:load_binary(M, "mem", make(M, V)), ok.
ask(P) -> P ! {self(), get}, receive {P, V} -> V end.
fate(P) -> receive {'EXIT', P, R} -> R after 20 -> running end.

versions() ->
    load(pm, 1), P1 = spawn_link(pm, loop, []), ?T(ask(P1)),
    load(pm, 2), P2 = spawn_link(pm, loop, []), ?T({ask(P1), ask(P2), pm:v()}), ?T({erlang:check_old_code(pm), erlang:check_process_code(P1, pm), erlang:check_process_code(P2, pm)}),
    P1 ! next, ?T({ask(P1), erlang:check_process_code(P1, pm)}), ?T(code:soft_purge(pm)), ?T(erlang:check_old_code(pm)),
    ?T(code:load_binary(pm, "mem", make(pm, 3))), ?T(catch element(1, code:load_binary(pm, "mem", make(pm, 4)))), ?T({fate(P1), fate(P2), pm:v()}),
    ?T({code:delete(pm), catch pm:v(), erlang:module_loaded(pm), code:is_loaded(pm)}), ?T(code:purge(pm)), ?T(code:purge(pm)), ?T(code:delete(pm)), ?T([fate(P) || P <- [P1, P2]]).

checks() ->
    load(pm, 1), P = spawn_link(pm, loop, []), ask(P), load(pm, 2),
    ?T(erlang:check_process_code(P, pm, [])), ?T(erlang:check_process_code(P, pm, [{allow_gc, true}])), ?T(erlang:check_process_code(P, pm, [{allow_gc, false}])),
    ?T(erlang:check_process_code(P, pm, [{async, id1}])), ?T(receive {check_process_code, Id, R} -> {Id, R} end), ?T(erlang:check_process_code(self(), pm, [{async, id2}])), ?T(receive {check_process_code, Id2, R2} -> {Id2, R2} end),
    [?T(catch element(1, element(2, catch erlang:check_process_code(A, B, C)))) || {A, B, C} <- [{P, "pm", []}, {foo, pm, []}, {P, pm, foo}, {P, pm, [foo]}, {P, pm, [{allow_gc, x}]}]],
    ?T(erlang:check_process_code(P, no_such_module)), ?T(catch erlang:check_old_code("x")), {Dead, M} = spawn_monitor(fun() -> ok end), receive {'DOWN', M, _, _, _} -> ok end, ?T(erlang:check_process_code(Dead, pm)),
    P ! stop, ?T(receive {'EXIT', P, Why} -> Why end), ?T(code:soft_purge(pm)).

softly() ->
    load(pm, 5), P = spawn_link(pm, outer, [fun() -> receive go -> ok end end]), erlang:yield(), load(pm, 6),
    ?T({code:soft_purge(pm), erlang:check_old_code(pm), is_process_alive(P)}), ?T(code:purge(pm)), ?T(receive {'EXIT', P, R} -> R end),
    %% a tail call leaves nothing behind
    load(pm, 7), Q = spawn_link(pm, tail, [fun() -> receive go -> ok end end]), wait_for(fun() -> process_info(Q, status) =:= {status, waiting} end), load(pm, 8), ?T({code:soft_purge(pm), is_process_alive(Q)}), Q ! go, ?T(receive {'EXIT', Q, R2} -> R2 end).

literals() ->
    load(pm, 9), L = pm:lit(), Self = self(),
    P = spawn_link(fun() -> X = pm:lit(), Self ! {kept, self()}, receive go -> Self ! {was, X} end end), receive {kept, P} -> ok end,
    self() ! {message, pm:lit()}, T = ets:new(t, []), ets:insert(T, {k, pm:lit()}), persistent_term:put(kept_literal, pm:lit()), put(lit, pm:lit()),
    load(pm, 10), ?T(code:purge(pm)), code:delete(pm), code:purge(pm), erlang:garbage_collect(),
    P ! go, ?T(receive {was, X} -> X end), ?T(receive {message, X2} -> X2 end), ?T(ets:lookup(T, k)), ?T(persistent_term:get(kept_literal)), ?T(get(lit)), ?T(L), persistent_term:erase(kept_literal), ets:delete(T), ?T(fate(P)).

funs() ->
    load(pm, 11), F = pm:f(), G = fun pm:v/0, ?T({F(), G()}), load(pm, 12), ?T({F(), G()}), ?T(erlang:check_process_code(self(), pm)), ?T(code:soft_purge(pm)),
    P = spawn_link(fun() -> receive {take, H} -> receive run -> exit({result, catch H()}) end end end), P ! {take, F},
    ?T(erlang:fun_info(F, module)), code:delete(pm), ?T(catch G()),
    Q = spawn_link(fun() -> K = F, receive run -> exit({result, K()}) end end), wait_for(fun() -> process_info(Q, status) =:= {status, waiting} end), ?T(Q =/= P), exit(Q, kill), ?T(receive {'EXIT', Q, R} -> R end), exit(P, kill), ?T(receive {'EXIT', P, R2} -> R2 end), id(F).

on_load() ->
    Ok = make(om, 1, ["-on_load(init/0).", "init() -> persistent_term:put(om, loaded), ok."]), ?T({code:load_binary(om, "mem", Ok), persistent_term:get(om), om:v()}),
    [?T({R, code:load_binary(om, "mem", make(om, 2, ["-on_load(init/0).", "init() -> " ++ R ++ "."])), om:v()}) || R <- ["not_ok", "{error, why}", "exit(left)", "throw(ball)", "true"]],
    Slow = make(sm, 1, ["-on_load(init/0).", "init() -> slow_gate ! {loading, self()}, receive open -> ok end."]), register(slow_gate, self()),
    Loader = spawn_link(fun() -> exit({loaded, code:load_binary(sm, "mem", Slow)}) end), Gate = receive {loading, G} -> G end,
    Caller = spawn_link(fun() -> exit({called, sm:v()}) end), ?T(erlang:function_exported(sm, v, 0)), ?T({fate(Loader), fate(Caller)}), Gate ! open, ?T(receive {'EXIT', Loader, R1} -> R1 end), ?T(receive {'EXIT', Caller, R2} -> R2 end), unregister(slow_gate),
    [begin code:delete(M), code:purge(M) end || M <- [om, sm]], ?T(erlang:loaded() -- (erlang:loaded() -- [om, sm])).

together() ->
    Ms = [{M, "mem", make(M, 1)} || M <- [ta, tb, tc]], ?T(code:atomic_load(Ms)), ?T([M:v() || {M, _, _} <- Ms]),
    {ok, Prepared} = code:prepare_loading([{M, "mem", make(M, 2)} || M <- [ta, tb]]), ?T([M:v() || M <- [ta, tb]]), ?T(code:finish_loading(Prepared)), ?T([M:v() || M <- [ta, tb]]), used(),
    ?T(code:atomic_load([{ta, "mem", <<"bad">>}, {tb, "mem", make(tb, 3)}])), ?T(code:atomic_load([{ta, "mem", make(ta, 3)}, {ta, "mem", make(ta, 4)}])), ?T(code:atomic_load([{od, "mem", make(od, 1, ["-on_load(i/0).", "i() -> ok."])}])), ?T(catch code:atomic_load(foo)), ?T(code:atomic_load([no_such_module_at_all])),
    ?T(code:ensure_modules_loaded([lists, ta, no_such_module_at_all])), [begin code:purge(M), code:delete(M), code:purge(M) end || M <- [ta, tb, tc]].

%% what has been finished cannot be finished again
used() -> P = erlang:prepare_loading(ud, make(ud, 1)), ?T(erlang:has_prepared_code_on_load(P)), ?T(erlang:finish_loading([P])), ?T(erlang:has_prepared_code_on_load(P)), ?T(element(1, element(2, catch erlang:finish_loading([P])))), ?T(element(1, element(2, catch erlang:has_prepared_code_on_load(make_ref())))), code:delete(ud), code:purge(ud).

wrong() ->
    B = make(wm, 1), error_logger:tty(false),
    [?T(code:load_binary(N, "mem", X)) || {N, X} <- [{other, B}, {wm, <<>>}, {wm, <<"FOR1">>}, {wm, binary:part(B, 0, byte_size(B) div 2)}, {wm, <<"not a beam file at all">>}, {wm, <<B/binary, "more">>}]], ?T(wm:v()), ?T(catch element(1, element(2, catch code:load_binary("wm", "mem", B)))), ?T(catch element(1, element(2, catch code:load_binary(wm, mem, foo)))),
    ?T(erlang:load_module(wm, B)), ?T(erlang:load_module(wm, B)), ?T(erlang:load_module(lists2, B)), ?T(catch erlang:load_module("x", B)), ?T(erlang:purge_module(wm)), ?T(catch erlang:purge_module(wm)), ?T(erlang:delete_module(wm)), ?T(erlang:delete_module(wm)), ?T(erlang:purge_module(wm)), ?T(code:load_binary(lists, "mem", B)), ?T(code:purge(no_such)), ?T(code:delete(no_such)), ?T(element(1, erlang:prepare_loading(wm, B) =/= foo andalso {prepared})), ?T(erlang:prepare_loading(wm, <<"bad">>)), ?T(catch erlang:finish_loading([foo])).

exports() ->
    load(pm, 20), F = fun pm:late/0, ?T(catch F()), ?T(erlang:function_exported(pm, late, 0)), {module, pm} = code:load_binary(pm, "mem", make(pm, 21, ["late() -> here."])), ?T({F(), erlang:function_exported(pm, late, 0), pm:module_info(module), lists:member({late, 0}, pm:module_info(exports))}),
    ?T({pm:module_info(md5) =:= erlang:get_module_info(pm, md5), code:module_md5(make(pm, 21, ["late() -> here."])) =:= pm:module_info(md5)}), ?T(code:which(pm)), ?T(code:is_loaded(pm)), code:purge(pm), code:delete(pm), ?T(catch F()), ?T(catch pm:module_info()), code:purge(pm).

%% processes that go from version to version while it is replaced again and again
busy() ->
    load(pm, 0), Ps = [spawn_link(pm, loop, []) || _ <- lists:seq(1, 20)],
    [begin code:soft_purge(pm) orelse exit(still_used), load(pm, N), [P ! next || P <- Ps], N = lists:max([ask(P) || P <- Ps]) end || N <- lists:seq(1, 30)], ?T(lists:usort([ask(P) || P <- Ps])), [P ! stop || P <- Ps], ?T(lists:usort([receive {'EXIT', P, R} -> R end || P <- Ps])), ?T({code:purge(pm), code:delete(pm), code:purge(pm)}).
