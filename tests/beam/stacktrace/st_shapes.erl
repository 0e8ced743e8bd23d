%% SPDX-License-Identifier: Apache-2.0
-module(st_shapes).
-export([pub/1, tailcall/1, mid/2]).
-include("../t.hrl").
start() ->
    s(fun() -> pub(a) end), s(fun() -> ?MODULE:pub(a) end), s(fun() -> tailcall(a) end), s(fun() -> nontail(a) end), s(fun() -> mutual(3) end), s(fun() -> rec(4) end), s(fun() -> lists:map(fun(X) -> 1 / X end, [1, 0]) end), s(fun() -> lists:foldl(fun(X, A) -> A + X end, 0, [1, a]) end), s(fun() -> [pub(X) || X <- [1, a]] end), s(fun() -> catchit(a) end), s(fun() -> reraise(a) end), s(fun() -> wrapped(a) end), s(fun() -> aft(a) end), s(fun() -> apply(?MODULE, pub, [a]) end), s(fun() -> (id(fun pub/1))(a) end), s(fun() -> apply(?MODULE, nofun, [a, b]) end), s(fun() -> erlang:error(custom, [arg1, arg2]) end), s(fun() -> erlang:error(custom, none) end), s(fun() -> erlang:raise(error, r, [{m, f, 2, []}, {m, g, [a], [{line, 5}]}]) end), s(fun() -> erlang:raise(error, r, []) end), s(fun() -> nested_try(a) end), s(fun() -> throw_deep(3) end), s(fun() -> mid(a, b) end), s(fun() -> guard_clause(5) end), s(fun() -> in_case(id(3)) end), s(fun() -> binary_fail(id(a)) end), s(fun() -> map_fail(id(#{})) end), s(fun() -> bif_tail(id(x)) end), s(fun() -> bif_body(id(x)) end), s(fun() -> spawn_crash() end), s(fun() -> gb_trees:get(a, gb_trees:empty()) end), s(fun() -> dict:fetch(a, dict:new()) end), s(fun() -> string:slice(id(a), 1) end), s(fun() -> maps:map(fun(_, V) -> V + 1 end, #{k => a}) end), s(fun() -> lists:sort(fun(_, _) -> error(cmp) end, [1, 2]) end), s(fun() -> queue:get(queue:new()) end),
    ?T(depth_flag()), ?T(element(1, element(2, process_info(self(), current_function)))), ?T(lists:sublist([{M, A} || {M, _, A, _} <- element(2, process_info(self(), current_stacktrace))], 2)).
s(F) -> try F() of V -> p({value, V}) catch C:R:St -> p({C, case R of {badarity, _} -> badarity; _ -> R end}), [io:format("    ~tw:~tw/~tp ~tp~n", [M, Fn, A, [X || {K, _} = X <- L, K =:= line]]) || {M, Fn, A, L} <- St, M =/= init, Fn =/= s, Fn =/= start, M =/= lists orelse Fn =/= sort_x] end.
pub(X) ->
    Y = X + 1,
    Y * 2.
tailcall(X) ->
    pub(X).
nontail(X) ->
    R = pub(X),
    {R}.
mutual(0) -> error(bottom);
mutual(N) ->
    mutual2(N) + 1.
mutual2(N) ->
    1 + mutual(N - 1).
rec(0) -> id(0) + id(z);
rec(N) ->
    [N | rec(N - 1)].
catchit(X) ->
    {'EXIT', {R, S}} = (catch pub(X)),
    [{M, F, A} | _] = [{M, F, A} || {M, F, A, _} <- S],
    {R, M, F, A}.
reraise(X) ->
    try
        pub(X)
    catch
        C:R:S ->
            erlang:raise(C, {re, R}, S)
    end.
wrapped(X) ->
    try pub(X) catch error:_ ->
        error(wrapped)
    end.
aft(X) ->
    try
        nontail(X)
    after
        put(done, 1)
    end.
nested_try(X) ->
    try
        try pub(X) catch throw:_ -> no end
    catch
        exit:_ -> no
    end.
throw_deep(0) ->
    throw(deep);
throw_deep(N) ->
    X = throw_deep(N - 1),
    X + 1.
mid(A, B) ->
    C = {A, B},
    fc(C, A, B).
fc({1, 2}, _, _) ->
    ok.
guard_clause(X) when X > 10 ->
    ok.
in_case(X) ->
    case X * 2 of
        5 -> five;
        7 -> seven
    end.
binary_fail(X) ->
    <<1, X, 2>>.
map_fail(M) ->
    M#{x := 1}.
bif_tail(X) ->
    atom_to_binary(X),
    list_to_integer(X).
bif_body(X) ->
    Y = tuple_to_list(X),
    {Y}.
spawn_crash() ->
    {P, R} = spawn_monitor(fun() -> nontail(a) end),
    receive {'DOWN', R, process, P, {Rs, St}} -> {Rs, [{M, F, A} || {M, F, A, _} <- St]} end.
depth_flag() ->
    Old = erlang:system_flag(backtrace_depth, 3),
    R = try rec(10) catch _:_:S -> length(S) end,
    3 = erlang:system_flag(backtrace_depth, Old),
    {Old, R}.
