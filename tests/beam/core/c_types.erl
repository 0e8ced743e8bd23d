%% SPDX-License-Identifier: Apache-2.0
-module(c_types).
-include("core.hrl").
start() ->
    Vs = [0, 1 bsl 70, 1.0, 1.0e300, a, true, '', [], [1], "s", [a | b], {}, {a}, #{}, #{a => 1}, <<>>, <<1>>, <<1:1>>, self(), make_ref(), fun id/1, fun erlang:abs/1, fun() -> ok end, fun(X) -> X end],
    [d({is_integer(V), is_float(V), is_number(V), is_atom(V), is_boolean(V), is_list(V), is_tuple(V), is_map(V), is_binary(V), is_bitstring(V), is_pid(V), is_port(V), is_reference(V), is_function(V), is_function(V, 0), is_function(V, 1)}) || V <- Vs],
    [d([name(V), order(V, Vs)]) || V <- Vs], ?T(erts_flat(Vs)), ?T(tuple_size({}) + map_size(#{}) + byte_size(<<>>)), ?T(is_record(id({foo, 1}), id(foo))), ?T(is_record(id({foo, 1}), foo, 2)), ?T(is_record(id({foo, 1}), foo, 3)), ?T(erlang:is_record(id({foo, 1}), id(foo))), ?T(erlang:is_record(id(x), id(1))), ?T(is_map_key(id(a), #{a => 1})), ?T(is_function(id(x), id(1 bsl 70))), ?T(is_function(fun id/1, 1 bsl 70)).
name(X) when is_integer(X) -> integer; name(X) when is_float(X) -> float; name(X) when is_boolean(X) -> boolean; name(X) when is_atom(X) -> atom; name([]) -> nil; name([_ | T]) when is_list(T) -> list; name([_ | _]) -> improper; name(X) when is_tuple(X) -> {tuple, tuple_size(X)};
name(X) when is_map(X) -> {map, map_size(X)}; name(X) when is_binary(X) -> {binary, byte_size(X)}; name(X) when is_bitstring(X) -> {bitstring, bit_size(X)}; name(X) when is_pid(X) -> pid; name(X) when is_reference(X) -> reference; name(X) when is_function(X, 0) -> fun0; name(X) when is_function(X, 1) -> fun1; name(X) when is_function(X) -> 'fun'.
order(V, Vs) -> [if V < W -> '<'; V > W -> '>'; V =:= W -> '='; true -> '~' end || W <- Vs, not (is_function(V) andalso is_function(W))].
erts_flat(Vs) -> [erts_debug:flat_size(V) || V <- Vs, not is_function(V), not is_reference(V), not is_float(V)].
