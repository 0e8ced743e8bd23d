%% SPDX-License-Identifier: Apache-2.0
%% What is counted as reductions: a bump no more than a turn (prim_eval's receive bumps by 134217727), short walks by their
%% length.
-module(pi_reductions).
-include("../t.hrl").
start() ->
    ?T(bumped(134217727)), ?T(bumped(4001)), ?T(bumped(1000)), ?T(bumped(0)),
    ?T([erlang:bump_reductions(N) || N <- [(1 bsl 59) - 1]]), ?T([catch_badarg(N) || N <- [1 bsl 59, 1 bsl 70, -1, -(1 bsl 70), a, 1.0]]),
    ?T(eval_receive()), ?T(waiting()),
    L = lists:seq(1, 400),
    ?T([walks(fun() -> lists:member(absent, L) end, fun() -> lists:member(absent, []) end),
        walks(fun() -> lists:member(400, L) end, fun() -> lists:member(400, []) end)]),
    Bytes = [X band 255 || X <- L],
    ?T([walks(fun() -> iolist_size(Bytes) end, fun() -> iolist_size([]) end),
        walks(fun() -> list_to_binary(Bytes) end, fun() -> list_to_binary([]) end),
        walks(fun() -> iolist_to_binary(Bytes) end, fun() -> iolist_to_binary([]) end)]).
reductions() -> element(2, process_info(self(), reductions)).
%% As many as asked for, or as many as the turn had, and little more.
bumped(N) ->
    erlang:yield(),
    A = reductions(),
    true = erlang:bump_reductions(N),
    B = reductions() - A,
    {B >= min(N, 3000), B =< min(N, 4000) + 100}.
catch_badarg(N) -> try erlang:bump_reductions(id(N)) catch error:badarg -> badarg end.
eval_receive() ->
    {ok, Tokens, _} = erl_scan:string("receive nothing -> ok after 0 -> over end."),
    {ok, Exprs} = erl_parse:parse_exprs(Tokens),
    A = reductions(),
    {value, V, _} = erl_eval:exprs(Exprs, []),
    {V, reductions() - A < 10000}.
%% A process in an evaluated receive that times out again and again.
waiting() ->
    {ok, Tokens, _} = erl_scan:string("F = fun(F) -> receive stop -> ok after 2 -> F(F) end end, F(F)."),
    {ok, Exprs} = erl_parse:parse_exprs(Tokens),
    {All, _} = statistics(reductions),
    {P, M} = spawn_monitor(fun() -> erl_eval:exprs(Exprs, []) end),
    timer:sleep(50),
    {reductions, R} = process_info(P, reductions),
    P ! stop,
    receive {'DOWN', M, _, _, Why} -> ok end,
    {Now, _} = statistics(reductions),
    {Why, R > 0, R < 100000000, Now - All < 100000000}.
%% Does it count more for a longer walk?
walks(Long, Short) -> cost(Long, 1000) - cost(Short, 1000) > 2000.
cost(F, N) -> A = reductions(), repeat(F, N), reductions() - A.
repeat(_, 0) -> ok;
repeat(F, N) -> F(), repeat(F, N - 1).
