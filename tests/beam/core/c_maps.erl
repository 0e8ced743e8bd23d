%% SPDX-License-Identifier: Apache-2.0
-module(c_maps).
-include("core.hrl").
start() ->
    M = id(#{a => 1, b => 2, c => 3}),
    ?T(M), ?T(map_size(M)), ?T(map_size(id(#{}))), ?T(map_size(id(x))), ?T(is_map(M)), ?T(is_map(id([]))),
    ?T(map_get(a, M)), ?T(map_get(z, M)), ?T(map_get(a, id(x))), ?T(is_map_key(a, M)), ?T(is_map_key(z, M)), ?T(is_map_key(a, id(1))),
    ?T(M#{a => 9}), ?T(M#{d => 4}), ?T(M#{a := 9}), ?T(M#{d := 4}), ?T((id(x))#{a => 1}), ?T((id(x))#{a := 1}), ?T(M#{a => 1, b => 2}),
    ?T(M#{a := 5, b := 6, z => 7}), ?T(M#{id(k) => v, id(a) => w}),
    ?T(begin #{a := A, b := B} = M, {A, B} end), ?T(begin #{z := Z} = M, Z end), ?T(begin #{} = id(x), x end), ?T(begin #{} = id(M), ok end),
    ?T([sel(X) || X <- [#{type => a, v => 1}, #{type => b}, #{}, #{type => c, v => #{w => 2}}, x, #{v => 1}]]),
    K = id({key, 1}), ?T(begin #{K := V} = #{{key, 1} => found}, V end), ?T(#{1 => int, 1.0 => float}), ?T(map_size(#{id(1) => a, id(1.0) => b, id(1) => c})),
    ?T(#{"s" => 1, <<"b">> => 2, [] => 3, {} => 4, 5 => #{}}), ?T(#{a => 1} =:= #{a => id(1)}), ?T(#{a => 1} == #{a => id(1.0)}),
    Big = id(fill(1, 500, #{})), ?T(map_size(Big)), ?T(map_get(250, Big)), ?T(map_get(501, Big)), ?T(is_map_key(500, Big)),
    ?T(sumk(1, 500, Big, 0)), ?T(map_size(Big#{x => y})), ?T(map_size(Big#{1 => new})), ?T(map_get(1, Big#{1 := new})), ?T(begin #{33 := V33, 400 := V400} = Big, {V33, V400} end),
    ?T(Big =:= fill_down(500, #{})), ?T(Big == fill(1, 499, #{})), ?T(fill(1, 32, #{}) =:= fill_down(32, #{})), ?T(fill(1, 33, #{}) =:= fill_down(33, #{})),
    ?T(map_size(fill(1, 32, #{}))), ?T(map_size(fill(1, 33, #{}))), ?T(fill(1, 8, #{})),
    ?T(map_size(fillk(1000, fun(N) -> {k, N, [N]} end, #{}))), ?T(map_get({k, 77, [77]}, fillk(1000, fun(N) -> {k, N, [N]} end, #{}))),
    ?T(map_size(fillk(1000, fun(N) -> N / 2 end, #{}))), ?T(map_size(fillk(1000, fun(N) -> integer_to_binary(N) end, #{}))),
    ?T(map_get(<<"999">>, fillk(1000, fun(N) -> integer_to_binary(N) end, #{}))), ?T(map_get("12", fillk(100, fun(N) -> integer_to_list(N) end, #{}))),
    ?T(map_size(fillk(2000, fun(N) -> N bsl 64 end, #{}))), ?T(map_get(7 bsl 64, fillk(2000, fun(N) -> N bsl 64 end, #{}))),
    ?T(maps:get(a, M)), ?T(maps:find(b, M)), ?T(maps:remove(a, M)), ?T(maps:keys(M)), ?T(maps:values(M)), ?T(maps:put(q, 1, M)), ?T(maps:merge(M, #{c => 9, d => 10})),
    ?T(maps:from_list([{x, 1}, {y, 2}, {x, 3}])), ?T(maps:is_key(a, M)), ?T(maps:take(a, M)), ?T(maps:update(zz, 1, M)), ?T(maps:from_keys([b, a], 0)),
    ?T(map_size(rem_all(1, 480, Big))), ?T(rem_all(1, 490, Big)), ?T(grd(M)), ?T(grd(#{n => 3})), ?T(grd(x)).
sel(#{type := a, v := V}) -> {a, V};
sel(#{type := b}) -> b;
sel(#{type := c, v := #{w := W}}) -> {c, W};
sel(#{v := V}) -> {v, V};
sel(#{}) -> map;
sel(_) -> none.
fill(I, N, M) when I > N -> M;
fill(I, N, M) -> fill(I + 1, N, M#{I => I * I}).
fill_down(0, M) -> M;
fill_down(I, M) -> fill_down(I - 1, M#{I => I * I}).
fillk(0, _, M) -> M;
fillk(N, F, M) -> fillk(N - 1, F, M#{F(N) => N}).
sumk(I, N, _, A) when I > N -> A;
sumk(I, N, M, A) -> #{I := V} = M, sumk(I + 1, N, M, A + V).
rem_all(I, N, M) when I > N -> M;
rem_all(I, N, M) -> rem_all(I + 1, N, maps:remove(I, M)).
grd(M) when map_size(M) > 2, map_get(a, M) =:= 1 -> yes;
grd(M) when is_map_key(n, M), map_get(n, M) > 2 -> n;
grd(_) -> no.
