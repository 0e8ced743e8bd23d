%% SPDX-License-Identifier: Apache-2.0
%% Compressed tables hold and find what plain ones do.
-module(ets_compressed).
-include("../t.hrl").

start() ->
    Terms = [big(N) || N <- lists:seq(1, 30)],
    [begin
         P = ets:new(p, [T]), C = ets:new(c, [T, compressed]),
         ets:insert(P, Terms), ets:insert(C, Terms),
         ?T({T, sorted(P) =:= sorted(C), ets:info(C, compressed), ets:info(P, compressed)}),
         ?T([ets:lookup(P, K) =:= ets:lookup(C, K) || K <- [1, 2.0, 3, {k, 4}, "5", <<6>>]]),
         ?T(lists:sort(ets:match(P, {'$1', '_', '$2'})) =:= lists:sort(ets:match(C, {'$1', '_', '$2'}))),
         ?T(lists:sort(ets:select(P, [{{'$1', '$2', '$3'}, [{is_binary, '$2'}], ['$3']}])) =:= lists:sort(ets:select(C, [{{'$1', '$2', '$3'}, [{is_binary, '$2'}], ['$3']}]))),
         ?T(ets:select_delete(C, [{{'$1', '_', '_'}, [{is_integer, '$1'}], [true]}]) =:= ets:select_delete(P, [{{'$1', '_', '_'}, [{is_integer, '$1'}], [true]}])),
         ?T(sorted(P) =:= sorted(C))
     end || T <- [set, ordered_set, bag, duplicate_bag]],
    U = ets:new(u, [compressed]),
    ets:insert(U, [{a, 1, list()}, {b, 2, list()}]),
    ?T(ets:update_counter(U, a, {2, 5})), ?T(ets:update_counter(U, a, [{2, 1}, {2, 10, 100, 0}])),
    ?T(ets:update_element(U, b, {3, short})), ?T(ets:lookup(U, b)),
    ?T(ets:lookup_element(U, a, 2)), ?T(length(ets:lookup_element(U, a, 3))), ?T(ets:update_counter(U, z, {2, 3}, {z, 7, x})),
    ?T(lists:sort(ets:tab2list(U)) =:= lists:sort([{a, 17, list()}, {b, 2, short}, {z, 10, x}])).

sorted(T) -> lists:sort(ets:tab2list(T)).
list() -> lists:duplicate(200, {same, "thing"}).
big(N) -> {key(N rem 6, N), case N rem 3 of 0 -> binary:copy(<<"abc">>, N); 1 -> lists:seq(1, N); 2 -> #{N => {N, self_like}} end, N * 1.5}.
key(0, N) -> N; key(1, N) -> float(N); key(2, N) -> N * (1 bsl 70); key(3, N) -> {k, N}; key(4, N) -> integer_to_list(N); key(5, N) -> <<N>>.
