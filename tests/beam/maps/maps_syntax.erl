%% SPDX-License-Identifier: Apache-2.0
-module(maps_syntax).
-include("../t.hrl").
start() ->
    K = id(key), V = id([1]), ?T(#{K => V, {K} => K}), ?T(#{K => 1, key => 2}), ?T(#{id(1) => a, id(2) => b, 3 => c}), M = id(#{a => 1, "b" => #{c => {d, [e]}}}), ?T(begin #{"b" := #{c := {X, [Y]}}} = M, {X, Y} end), ?T(begin #{K := Q} = #{key => q}, Q end), ?T(begin #{{K, 1} := Q1} = #{{key, 1} => q1}, Q1 end), ?T(begin #{a := A, "zz" := _} = M, A end), ?T(case M of #{a := 2} -> two; #{a := N} when N > 0 -> {pos, N} end), ?T(f(#{x => 1, y => 2})), ?T(f(#{x => 1})), ?T(f(#{})), ?T(f([])), ?T([Z || #{v := Z} <- [#{v => 1}, #{w => 2}, #{v => 3}, x]]), ?T((fun(#{a := P}) -> P end)(M)), ?T((fun(#{q := P}) -> P end)(M)), ?T(M#{a := 2, new => 3}), ?T(M#{nokey := 2}), ?T((id([]))#{a => 1}), ?T(M#{"b" => M}), ?T(g(M)), ?T(g(#{n => 5})), ?T(g(#{n => x})), ?T(upd(#{cnt => 0}, 100)), ?T(seq(id(#{}))), ?T(#{a => 1, b => 2} =:= #{b => 2, a => 1}), ?T(maps:fold(fun(_, W, S) -> S + W end, 0, #{x => 1, y => 2, z => 3})), ?T(big_literal()), ?T(maps:get(k20, big_literal())), ?T(upd_big(big_literal())), ?T(match_big(big_literal())), ?T(#{1.0 => a} =:= #{1 => a}), ?T(#{[] => nil, {} => t, <<>> => b, #{} => m}), ?T(map_size(#{a => b}) + maps:get(x, #{x => 2})), ?T(#{a => catch error_logger_x:f()} =:= #{}), ?T(try #{a => error(x)} catch error:x -> caught end), ?T(order_eval()), ?T(kv([{a, 1}, {b, 2}], #{})), ?T(rec(#{left => #{left => nil, v => 1, right => nil}, v => 2, right => nil})), ?T(nested_update(#{a => #{b => #{c => 1}}})), ?T(is_map_key(a, M) andalso not is_map_key(zz, M)), ?T([map_get(a, M) || is_map_key(a, M)]).
f(#{x := X, y := Y}) -> {X, Y}; f(#{x := X}) -> X; f(#{}) -> map; f(_) -> other.
g(M) when map_get(a, M) =:= 1 -> a1; g(#{n := N}) when N > 3 andalso is_integer(N) -> n; g(M) when is_map(M), not is_map_key(a, M) -> noa.
upd(M, 0) -> M; upd(#{cnt := C} = M, N) -> upd(M#{cnt := C + N, {last, N rem 3} => N}, N - 1).
seq(M) -> M1 = M#{a => 1}, M2 = M1#{b => 2}, M3 = M2#{a := 3}, M4 = M3#{c => M1}, [M, M1, M2, M3, M4].
big_literal() -> #{k1 => 1, k2 => 2, k3 => 3, k4 => 4, k5 => 5, k6 => 6, k7 => 7, k8 => 8, k9 => 9, k10 => 10, k11 => 11, k12 => 12, k13 => 13, k14 => 14, k15 => 15, k16 => 16, k17 => 17, k18 => 18, k19 => 19, k20 => 20, k21 => 21, k22 => 22, k23 => 23, k24 => 24, k25 => 25, k26 => 26, k27 => 27, k28 => 28, k29 => 29, k30 => 30}.
upd_big(M) -> maps:size(M#{k30 := x, k31 => 1, k32 => 2, k33 => 3, k34 => 4, k35 => 5, k1 := y}).
match_big(#{k1 := A, k15 := B, k30 := C}) -> A + B + C.
order_eval() -> put(o, []), F = fun(X) -> put(o, [X | get(o)]), X end, _ = #{F(b) => F(1), F(a) => F(2)}, get(o).
kv([], M) -> M; kv([{K, V} | T], M) -> kv(T, M#{K => V}).
rec(nil) -> 0; rec(#{left := L, v := V, right := R}) -> rec(L) + V + rec(R).
nested_update(#{a := #{b := B} = A} = M) -> M#{a := A#{b := B#{c := 2, d => 3}}}.
