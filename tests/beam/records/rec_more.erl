%% SPDX-License-Identifier: Apache-2.0
-module(rec_more).
-include("../t.hrl").
-record(point, {x = 0 :: number(), y = 0 :: number()}).
-record(shape, {id, origin = #point{}, tags = [], meta = #{}}).
-record(empty, {}).
start() -> P = id(#point{x = 1, y = 2}), S = id(#shape{id = s1, origin = P}), ?T(S), ?T(S#shape.origin#point.x), ?T(S#shape{tags = [a | S#shape.tags]}), ?T((S#shape.origin)#point{y = 9}), ?T(S#shape{origin = (S#shape.origin)#point{x = 5}}), ?T(#empty{}), ?T(is_record(#empty{}, empty)), ?T([element(I, P) || I <- [1, #point.x, #point.y]]), ?T(record_info(fields, shape)), ?T(record_info(size, empty)), ?T(area([P, S, #empty{}, {point, 3}, other])), ?T([X#point.x + X#point.y || X <- [P, P#point{x = 10}]]), ?T(lists:keysort(#point.y, [#point{y = 3}, #point{y = 1}])), ?T(lists:foldl(fun(#point{x = A}, #point{x = B} = Acc) -> Acc#point{x = A + B} end, #point{}, [P, P, P])), ?T(e(fun() -> (id(P))#shape.id end)), ?T(e(fun() -> (id(notrec))#point{x = 1} end)), ?T(e(fun() -> #point{x = X} = id(S), X end)), ?T(setelement(#point.x, P, moved)), ?T(ets()), ?T(binary_to_term(term_to_binary(S)) =:= S), ?T(P =:= {point, 1, 2}), ?T(#point{x = 1} < #point{x = 2}), ?T(upd(S, 20)), ?T(case S of #shape{origin = #point{x = 1}, tags = []} -> match; _ -> no end), ?T([N || #shape{id = N} <- [S, P, S#shape{id = s2}]]), ?T(#shape{id = 1, _ = wild}), ?T(maps:get(k, (S#shape{meta = #{k => v}})#shape.meta)).
area(L) -> [case X of #point{x = A, y = B} when A < B -> {lt, B - A}; #point{} -> p; #shape{id = I} -> I; #empty{} -> e; T when is_tuple(T) -> t; _ -> o end || X <- L].
e(F) -> try F() catch error:R -> R end.
ets() -> T = ets:new(t, [{keypos, #point.x}]), ets:insert(T, [#point{x = K, y = K * K} || K <- [1, 2, 3]]), {ets:lookup(T, 2), ets:match(T, #point{x = '$1', y = 9, _ = '_'})}.
upd(S, 0) -> S; upd(#shape{tags = T, origin = O} = S, N) -> upd(S#shape{tags = lists:sublist([N | T], 3), origin = O#point{x = N, y = O#point.x}}, N - 1).
