%% SPDX-License-Identifier: Apache-2.0
%% Walking tables that change meanwhile, fixed and not.
-module(ets_iterate_changing).
-include("../t.hrl").

start() ->
    [fixed(T) || T <- [set, bag, duplicate_bag, ordered_set]],
    T = ets:new(t, [ordered_set]), ets:insert(T, [{N} || N <- lists:seq(1, 100)]),
    ?T(evens(T, ets:first(T), 0)), ?T(ets:info(T, size)), ?T(ets:next(T, 1)), ?T(ets:prev(T, 1)), ?T(ets:prev(T, 1.5)),
    ?T(ets:select_delete(T, [{{'$1'}, [{'<', '$1', 51}], [true]}])), ?T(ets:first(T)),
    S = ets:new(s, []), ets:insert(S, [{N, a} || N <- lists:seq(1, 500)]),
    {Some, C} = ets:select(S, [{{'$1', '_'}, [], ['$1']}], 100),
    [ets:delete(S, N) || N <- lists:seq(1, 500), not lists:member(N, Some), N rem 2 =:= 0],
    Rest = more(C), ?T(length(Some)), ?T(length(lists:usort(Some ++ Rest)) =:= length(Some) + length(Rest)), ?T([N || N <- lists:seq(1, 500), N rem 2 =:= 1, not lists:member(N, Some), not lists:member(N, Rest)]),
    ?T(ets:safe_fixtable(S, true)), ?T(element(2, ets:info(S, safe_fixed)) =:= [{self(), 1}]), ?T(ets:safe_fixtable(S, true)), ?T(element(2, ets:info(S, safe_fixed)) =:= [{self(), 2}]),
    ?T(ets:safe_fixtable(S, false)), ?T(ets:info(S, fixed)), ?T(ets:safe_fixtable(S, false)), ?T(ets:info(S, fixed)), ?T(ets:info(S, safe_fixed)),
    P = spawn(fun() -> receive go -> ok end end), ?T(is_pid(P)), exit(P, kill).

fixed(Type) ->
    T = ets:new(x, [Type]), ets:insert(T, [{N, N} || N <- lists:seq(1, 200)]),
    ets:safe_fixtable(T, true),
    Seen = delete_all(T, ets:first(T)), ?T({Type, length(Seen), ets:info(T, size)}), ?T(ets:first(T)),
    ets:insert(T, [{N, again} || N <- lists:seq(1, 10)]), ?T(lists:sort(ets:tab2list(T))), ets:safe_fixtable(T, false), ?T(ets:info(T, size)), ets:delete(T).
delete_all(_, '$end_of_table') -> [];
delete_all(T, K) -> ets:delete(T, K), [K | delete_all(T, ets:next(T, K))].
evens(_, '$end_of_table', N) -> N;
evens(T, K, N) when K rem 2 =:= 0 -> Next = ets:next(T, K), ets:delete(T, K), evens(T, Next, N + 1);
evens(T, K, N) -> evens(T, ets:next(T, K), N).
more('$end_of_table') -> [];
more(C) -> case ets:select(C) of '$end_of_table' -> []; {L, D} -> L ++ more(D) end.
