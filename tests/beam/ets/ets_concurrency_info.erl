%% SPDX-License-Identifier: Apache-2.0
%% What ets:info tells about options for concurrency and compression, in all combinations; and that a table works with them.
-module(ets_concurrency_info).
-include("../t.hrl").
start() ->
    Is = [compressed, write_concurrency, read_concurrency, decentralized_counters],
    Os = [[], [compressed], [{write_concurrency, true}], [{write_concurrency, auto}], [{write_concurrency, false}],
          [{write_concurrency, auto}, {decentralized_counters, false}], [{write_concurrency, false}, {decentralized_counters, true}],
          [{write_concurrency, true}, {decentralized_counters, true}], [{decentralized_counters, true}], [{read_concurrency, true}],
          [{write_concurrency, auto}, {write_concurrency, false}], [{write_concurrency, auto}, {read_concurrency, true}],
          [compressed, {write_concurrency, true}, {read_concurrency, true}, {decentralized_counters, true}]],
    [?T({Type, P, O, [info(I, Type, [P | O]) || I <- Is], works(Type, [P | O])})
     || Type <- [set, ordered_set, bag, duplicate_bag], P <- [public, protected, private], O <- Os],
    [?T(ets:new(a, O)) || O <- [[{write_concurrency, x}], [{compressed, true}], [{decentralized_counters, auto}], [{read_concurrency, auto}]]].
info(I, Type, O) -> T = ets:new(t, [Type | O]), V = ets:info(T, I), ets:delete(T), V.
works(Type, O) ->
    T = ets:new(t, [Type | O]),
    Long = {key, lists:seq(1, 300), "text", binary:copy(<<"x">>, 200)},
    ets:insert(T, [{N, N * N} || N <- lists:seq(1, 100)]),
    ets:insert(T, Long),
    R = [ets:lookup(T, key) =:= [Long], ets:lookup(T, 7), ets:member(T, 8), length(ets:tab2list(T)), ets:info(T, size),
         ets:select(T, [{{'$1', 49}, [], ['$1']}]), ets:match(T, {key, '_', '$1', '_'})],
    ets:delete(T),
    R.
