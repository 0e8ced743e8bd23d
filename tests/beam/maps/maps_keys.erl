%% SPDX-License-Identifier: Apache-2.0
%% Keys of every kind; patterns whose keys are bound, computed or literal; update that adds against update that must find.
-module(maps_keys).
-include("../t.hrl").
start() ->
    Ks = keys(), M = maps:from_list(lists:zip(Ks, lists:seq(1, length(Ks)))),
    ?T(map_size(M) =:= length(Ks)), ?T([begin #{K := V} = M, V end || K <- Ks]), ?T([maps:get(K, M, none) || K <- [2, 1.5, 0.0, -0.0, "1", <<"2">>, {1, 2}, [[]], 'A', 1 bsl 64, #{a => 1.0}]]),
    ?T(look(a, #{a => 1})), ?T(look(1, #{1.0 => x})), ?T(look(1.0, #{1.0 => x})), ?T(look([], #{})), ?T(look(#{}, #{#{} => empty})), ?T(look(x, notmap)), ?T(two(a, b, #{a => 1, b => 2})), ?T(two(a, a, #{a => 1})), ?T(two(a, c, #{a => 1})),
    ?T(same(#{x => 1, y => 1})), ?T(same(#{x => 1, y => 1.0})), ?T(same(#{x => 1})), ?T(chain(#{start => a, a => b, b => c, c => done}, start)), ?T(nest(#{a => #{b => #{c => deep}}})), ?T(nest(#{a => #{b => c}})), ?T(nest(#{a => []})),
    ?T(computed(3, #{{k, 4} => v, [3] => w})), ?T(computed(3, #{{k, 4} => v})), ?T(expr(#{6 => six}, 2, 3)), ?T([g(X) || X <- [#{}, #{a => 1}, #{a => 5}, #{a => x}, #{b => #{a => 1}}, [], #{size => 3}]]), ?T([head(X) || X <- [#{type => circle, r => 2}, #{type => rect, w => 2, h => 3}, #{type => square, s => 4}, #{type => other}, #{}]]),
    ?T(upd(#{a => 1})), ?T(upd(#{})), ?T(upd([])), ?T(many(#{a => 1, b => 2, c => 3})), ?T(many(#{a => 1, b => 2})), ?T(order()), ?T(dup()), ?T(literal(#{1 => a, 2.0 => b, "s" => c, <<"bin">> => d, {t, [1]} => e, [] => f, #{k => v} => g})), ?T(literal(#{})),
    ?T(infun(#{n => 1, f => fun(X) -> X end})), ?T([K || K <- lists:sort(Ks), is_map_key(K, M)] =:= lists:sort(Ks)), ?T(lists:sort(Ks)), ?T(compare()), ?T([M1 < M2 || M1 <- maps(), M2 <- maps()]), ?T([M1 == M2 || M1 <- maps(), M2 <- maps()]), ?T(lists:sort(maps())), ?T(lists:max(maps())),
    ?T(is_map_key(a, id([]))), ?T(map_get(a, id(#{}))), ?T(map_get(a, id(#{a => 0}))), ?T([guard_get(X) || X <- [#{k => 1}, #{k => 2}, #{}, [], x]]), ?T(receive_map()), ?T(try_map()), ?T(word_count("the cat and the dog and the bird")), ?T(collide(300)), ?T(maps_in_case(#{status => {error, #{code => 404}}})).
keys() -> [1, 1.0, 0, a, 'A b', "str", <<"str">>, <<1:3>>, [], {}, {1}, [1], [1.0], {1.0}, #{}, #{a => 1}, #{1 => a}, #{1.0 => a}, 1 bsl 70, -(1 bsl 70), 1.5e300, true, undefined, [a | b], <<>>, {a, {b, [c]}}, fun lists:map/2, 1 bsl 59, -1].
look(K, M) -> case M of #{K := V} -> {found, V}; #{} -> no_key; _ -> no_map end.
two(K, L, M) -> case M of #{K := A, L := B} -> {A, B}; _ -> no end.
same(#{x := V, y := V}) -> {same, V}; same(#{x := A, y := B}) -> {A, B}; same(_) -> no.
chain(M, K) -> case M of #{K := done} -> [K, done]; #{K := N} -> [K | chain(M, N)]; _ -> [K] end.
nest(#{a := #{b := #{c := X}}}) -> X; nest(#{a := #{b := Y}}) -> {b, Y}; nest(#{a := Z}) -> {a, Z}.
computed(N, M) -> case M of #{{k, N + 1} := A, [N] := B} -> {A, B}; #{{k, N + 1} := A} -> A; _ -> none end.
expr(M, A, B) -> #{A * B := V} = M, V.
g(M) when map_size(M) =:= 0 -> empty; g(M) when map_get(a, M) < 3 -> small; g(#{a := A}) when is_integer(A) -> big; g(M) when is_map_key(a, M) -> atom; g(M) when is_map(map_get(b, M)) -> nested; g(#{size := N} = M) when map_size(M) < N -> sized; g(_) -> other.
head(#{type := circle, r := R}) -> 3 * R * R; head(#{type := rect, w := W, h := H}) -> W * H; head(#{type := square, s := S} = M) -> head(M#{type := rect, w => S, h => S}); head(#{type := T}) -> {unknown, T}; head(_) -> none.
upd(M) -> try {M#{a := 2, b => 3}, M#{a => 4}} catch error:{E, X} -> {E, X}; error:E -> E end.
many(M) -> try M#{c := 30, a := 10, d => 4, b := 20, a => 11} catch error:R -> R end.
order() -> A = #{z => 1, y => 2, x => 3}, B = (A#{w => 4})#{v => 5}, C = maps:remove(y, B), [maps:to_list(X) || X <- [A, B, C]].
dup() -> K = id(k), A = #{k => 1, K => 2}, B = #{K => 1, k => 2}, {A, B, #{id(1) => a, id(1.0) => b, id(1) => c}, maps:size(#{id(a) => 1, id(b) => 2, id(a) => 3})}.
literal(#{1 := A, 2.0 := B, "s" := C, <<"bin">> := D, {t, [1]} := E, [] := F, #{k => v} := G}) -> [A, B, C, D, E, F, G]; literal(_) -> no.
infun(#{n := N, f := F} = M) -> G = fun(#{n := X} = Y) when X < 5 -> {X, maps:size(Y)}; (_) -> none end, {F(N), G(M), G(M#{n := 9}), [G(X) || X <- [#{n => 0}, #{}]]}.
maps() -> [#{}, #{a => 1}, #{a => 1.0}, #{b => 0}, #{a => 2}, #{1 => a}, #{1.0 => a}, #{1.0 => b}, #{a => 1, b => 2}, #{a => 1, c => 0}, #{"k" => 1}, #{{} => 1}, #{1 bsl 70 => 1}].
compare() -> [{#{1 => a} < #{1.0 => a}, #{1 => a} == #{1.0 => a}}, {#{a => 1} == #{a => 1.0}, #{a => 1} =:= #{a => 1.0}}, #{a => 1} > [], #{a => 1} < <<>>, #{} > {1, 2}, #{x => 1, y => 2} < #{x => 2, y => 1}, #{1 => x, 2 => y} < #{1 => x, 3 => a}].
guard_get(M) when map_get(k, M) =:= 1 -> one; guard_get(M) when is_map_key(k, M) -> key; guard_get(M) when not is_map(M) -> no_map; guard_get(_) -> none.
receive_map() -> [self() ! M || M <- [#{n => 3}, #{n => 1}, x, #{n => 2}]], [receive #{n := N} -> V = N, V; x -> none end || _ <- [1]] ++ [receive #{n := W} when W =:= K -> {got, W} end || K <- [2, 1]] ++ [receive X -> X end].
try_map() -> try throw(#{code => 5, why => "x"}) catch throw:#{code := C} when C > 9 -> big; throw:#{code := C, why := W} -> {C, W} end.
word_count(S) -> lists:sort(maps:to_list(lists:foldl(fun(W, A) -> case A of #{W := N} -> A#{W := N + 1}; _ -> A#{W => 1} end end, #{}, string:lexemes(S, " ")))).
collide(N) -> M = maps:from_list([{{X, Y}, X * Y} || X <- lists:seq(1, N div 10), Y <- lists:seq(1, 10)]), {map_size(M), [V || {X, Y} <- [{1, 1}, {30, 10}, {15, 5}], #{{X, Y} := V} <- [M]], lists:all(fun({{X, Y}, V}) -> V =:= X * Y end, maps:to_list(M))}.
maps_in_case(M) -> case M of #{status := ok} -> ok; #{status := {error, #{code := C}}} when C >= 400, C < 500 -> {client, C}; #{status := {error, #{code := C}}} -> {server, C} end.
