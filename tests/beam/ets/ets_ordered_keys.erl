%% SPDX-License-Identifier: Apache-2.0
%% An ordered table orders mixed keys as terms compare: numbers of both kinds meet, everything else does not.
-module(ets_ordered_keys).
-include("../t.hrl").

start() ->
    Keys = [1, 1.0, 2, 1.5, 1 bsl 62, -(1 bsl 62), 1.0e20, 100000000000000000000, a, b, 'A', "", "a", [1, 2], [1, 2 | c], {}, {a}, {1, 2}, {1.0, 2},
            #{}, #{a => 1}, #{a => 1.0}, #{1 => a}, #{1.0 => a}, <<>>, <<1>>, <<1, 2>>, <<1:3>>, <<"abc">>, fun erlang:abs/1, fun lists:map/2, -0.0, 0, 0.0],
    T = ets:new(t, [ordered_set]),
    [ets:insert(T, {K, N}) || {N, K} <- lists:zip(lists:seq(1, length(Keys)), Keys)],
    ?T(ets:info(T, size)), ?T(ets:tab2list(T)),
    ?T([K || K <- walk(T, ets:first(T), next)]), ?T(walk(T, ets:first(T), next) =:= lists:reverse(walk(T, ets:last(T), prev))),
    ?T([{K, ets:lookup(T, K)} || K <- [1, 1.0, 0, -0.0, 100000000000000000000, 1.0e20, {1, 2}, {1.0, 2.0}, #{a => 1}, #{1 => a}]]),
    ?T([ets:next(T, K) || K <- [0.5, 1.25, zzz, {a, b, c}, -1, <<>>, 1.0e300]]), ?T([ets:prev(T, K) || K <- [0.5, 1.25, zzz, {a, b, c}, <<>>]]),
    ?T(ets:delete(T, 1)), ?T(ets:lookup(T, 1.0)), ?T(ets:insert_new(T, {2.0, again})), ?T(ets:member(T, 2.0)),
    ?T(ets:select(T, [{{'$1', '_'}, [{'is_number', '$1'}], ['$1']}])),
    ?T(ets:select_reverse(T, [{{'$1', '_'}, [{is_tuple, '$1'}], ['$1']}])),
    ?T(ets:select(T, [{{{1, '$1'}, '_'}, [], ['$1']}])), ?T(ets:select(T, [{{{'$1', 2}, '_'}, [], ['$1']}])), ?T(ets:match(T, {[1 | '$1'], '_'})),
    {L1, C} = ets:select(T, [{{'$1', '_'}, [], ['$1']}], 7), ?T(L1), ?T(rest(ets:select(C))).

walk(_, '$end_of_table', _) -> [];
walk(T, K, F) -> [K | walk(T, ets:F(T, K), F)].
rest('$end_of_table') -> [];
rest({L, C}) -> [length(L) | rest(ets:select(C))].
