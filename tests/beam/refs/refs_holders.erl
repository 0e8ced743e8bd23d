%% SPDX-License-Identifier: Apache-2.0
%% Who holds identifiers of another node: tables, timers.
-module(refs_holders).
-include("../t.hrl").

start() ->
    erts_debug:set_internal_state(available_internal_state, true),
    Node = <<119, 3, "x@y">>,
    [Pid, Port, Ref] = Ids = [binary_to_term(<<131, B/binary>>) ||
        B <- [<<88, Node/binary, 4711:32, 2:32, 77:32>>, <<89, Node/binary, 4711:32, 77:32>>,
              <<90, 3:16, Node/binary, 77:32, 1:32, 2:32, 3:32>>]],
    Set = ets:new(set, []), Tree = ets:new(tree, [ordered_set]),
    ?T(held(ets)),
    [true = ets:insert(T, [{I, Pid, [Port | Ref]} || I <- lists:seq(1, 100)]) || T <- [Set, Tree]],
    ?T(held(ets)),
    [true = ets:insert(T, {I, #{Pid => {self(), make_ref()}}, fun() -> Ids end}) || T <- [Set, Tree], I <- [1, 2]],
    ?T(held(ets)),
    true = ets:delete(Set),
    ?T(held(ets)),
    true = ets:delete_all_objects(Tree),
    ?T(held(ets)),
    T1 = erlang:send_after(1000000, self(), Ids),
    T2 = erlang:start_timer(1000000, nobody, {Pid, 1}),
    ?T(held(timer)),
    erlang:cancel_timer(T1),
    ?T(held(timer)),
    erlang:cancel_timer(T2),
    ?T(held(timer)),
    id(Ids).

held(How) ->
    {{node_references, Nodes}, {dist_references, _}} = erts_debug:get_internal_state(node_and_dist_references),
    {_, Count, Holders} = lists:keyfind({'x@y', 77}, 1, Nodes),
    Count = lists:sum([N || {_, Ways} <- Holders, {_, N} <- Ways]),
    lists:sum([N || {_, Ways} <- Holders, {H, N} <- Ways, H =:= How]).
