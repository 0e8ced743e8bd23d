%% SPDX-License-Identifier: Apache-2.0
%% Every guard of a match specification, over values of every kind.
-module(ms_guards_all).
-include("../t.hrl").

start() ->
    Vs = [0, 1, -7, 3.5, -2.0, 1 bsl 66, a, true, false, undefined, "list", [], [a | b], {}, {t, 1}, #{}, #{a => 1}, <<>>, <<"bin">>, <<5:3>>, self(), make_ref(), fun id/1],
    Tests = [is_atom, is_float, is_integer, is_list, is_number, is_pid, is_port, is_reference, is_tuple, is_map, is_binary, is_function, is_boolean],
    [?T({G, run(Vs, {G, '$1'})}) || G <- Tests],
    [?T({G, run(Vs, {'==', {G, '$1'}, {G, '$1'}})}) || G <- [abs, hd, length, node, round, size, tl, trunc, map_size, bit_size, byte_size, ceil, floor, float, tuple_size, bitsize]],
    [?T({Op, run(Vs, {Op, '$1', {const, 1}})}) || Op <- ['>', '>=', '<', '=<', '=:=', '==', '=/=', '/=']],
    [?T({Op, run(Vs, {'>', {Op, '$1', 3}, 1})}) || Op <- ['+', '-', '*', 'div', 'rem', 'band', 'bor', 'bxor', 'bsl', 'bsr', '/']],
    [?T({Op, run(Vs, {Op, '$1', true, {'==', '$1', '$1'}})}) || Op <- ['and', 'or', 'andalso', 'orelse']],
    ?T(run(Vs, {'not', '$1'})), ?T(run(Vs, {'xor', '$1', true})), ?T(run(Vs, {'andalso', {is_integer, '$1'}, {'>', '$1', 0}})), ?T(run(Vs, {'orelse', {is_atom, '$1'}, {'>', {hd, '$1'}, 0}})),
    ?T(run(Vs, {is_record, '$1', t, 2})), ?T(run(Vs, {is_record, '$1', t})), ?T(run(Vs, {'==', {element, 1, '$1'}, t})), ?T(run(Vs, {is_map_key, a, '$1'})), ?T(run(Vs, {'==', {map_get, a, '$1'}, 1})), ?T(run(Vs, {is_function, '$1', 1})),
    ?T(run(Vs, {'==', {binary_part, '$1', 0, 1}, <<"b">>})), ?T(run(Vs, {'==', {'bnot', '$1'}, -1})), ?T(run(Vs, {'<', {'-', '$1'}, 0})), ?T(run(Vs, {min, '$1', 1})), ?T(run(Vs, {'>', {max, '$1', 1}, 1})),
    ?T(run(Vs, {'==', '$1', {{t, 1}}})), ?T(run(Vs, {'==', '$1', #{a => {'+', 0, 1}}})), ?T(run(Vs, {'==', '$1', [{const, a} | b]})), ?T(run(Vs, {'==', {self}, '$1'})), ?T(run(Vs, {nosuch, '$1'})).

run(Vs, Guard) ->
    try ets:match_spec_compile([{{'$1', '$2'}, [Guard], ['$2']}]) of
        C -> ets:match_spec_run([{V, N} || {N, V} <- lists:zip(lists:seq(1, length(Vs)), Vs)], C)
    catch error:E -> E
    end.
