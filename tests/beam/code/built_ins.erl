%% SPDX-License-Identifier: Apache-2.0
%% What is told of built-ins and natives, and traces through nested applies.
-module(built_ins).
-include("../t.hrl").
start() ->
    ?T([{F, A} || {erlang, F, A} <- erlang:system_info(snifs), lists:member(F, [apply, max, min, yield, self, send])]),
    ?T(lists:usort([M || {M, _, _} <- erlang:system_info(snifs)])),
    ?T([erlang:is_builtin(erlang, F, A) || {F, A} <- [{apply, 2}, {apply, 3}, {yield, 0}, {max, 2}, {self, 0}, {nosuch, 0}]]),
    ?T([erlang:is_builtin(M, F, A) || {M, F, A} <- [{prim_file, open_nif, 2}, {prim_buffer, new, 0}, {ets, lookup_element, 4},
                                                   {zlib, deflate_nif, 4}, {lists, reverse, 2}, {erts_debug, size, 1}]]),
    ?T([lists:member(E, M:module_info(nifs)) || {M, E} <- [{prim_file, {open_nif, 2}}, {erlang, {self, 0}}, {prim_buffer, {new, 0}}]]),
    [?T(traced(fun() -> nested(K) end)) || K <- [one, two, three, bad, bad2]],
    ?T(binary_to_atom(<<0:512/unit:8, 255>>, utf8)), ?T(binary_to_atom(<<255, 0:512/unit:8>>, utf8)),
    ?T(atomics:new(1 bsl 64, [])), ?T(counters:new(1 bsl 70, [write_concurrency])), ?T(counters:new(-(1 bsl 64), [])),
    ?T([proplists:get_value(fallback, S) || S <- erlang:system_info(check_io), proplists:get_value(poll_threads, S) > 0]),
    ?T(tail(<<42, 7:9>>)).
traced(F) -> try F() catch C:R:S -> {C, R, [{N, A} || {?MODULE, N, A, _} <- S, N =/= start, N =/= t, hd(atom_to_list(N)) =/= $-]} end.
nested(one) -> erlang:apply(id(erlang), id(error), id([oops]));
nested(two) -> erlang:apply(id(erlang), id(apply), [id(erlang), id(error), id([oops, [x]])]);
nested(three) -> erlang:apply(id(erlang), id(apply), [id(erlang), id(apply), [id(erlang), id(error), id([oops, [x]])]]);
nested(bad) -> erlang:apply(id(erlang), id(apply), [id(erlang), id(apply), id(not_a_list)]);
nested(bad2) -> erlang:apply(id(erlang), id(apply), [id(erlang), id(3), id([])]).
tail(<<B, _:16#1_0000_0000_0000_0000>>) -> B;
tail(_) -> no.
