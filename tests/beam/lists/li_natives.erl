%% SPDX-License-Identifier: Apache-2.0
%% The built-ins on lists and tuples, with every kind of wrong argument.
-module(li_natives).
-include("../t.hrl").
start() ->
    L = [a, b, c, 1, 2, 3, 1, 2, a, {x}, "s", 1.0],
    [?T(L -- R) || R <- [[1, 2, a], L, [], [1.0], [{x}, "s"], [a, a, a], lists:reverse(L), [z], [a | b], x]], ?T([] -- L), ?T([a | b] -- []), ?T(lists:seq(1, 100) -- lists:seq(2, 100, 2)), ?T(lists:duplicate(50, a) -- lists:duplicate(49, a)),
    ?T(id([1 | 2]) ++ []), ?T([] ++ x), ?T([1] ++ x), ?T(x ++ []), ?T(erlang:append([1], [2])), ?T(erlang:subtract([1, 2], [2])),
    [?T({lists:keyfind(K, N, T), lists:keymember(K, N, T), lists:keysearch(K, N, T)}) || K <- [1, 1.0, b, {x}, "s", 1 bsl 70], N <- [1, 2], T <- [[{1.0, a}, {1, b}], [{1, a}, x, {}, {b, "s"}, {{x}}, {1 bsl 70, b}]]],
    ?T(lists:keyfind(a, 0, [])), ?T(lists:keyfind(a, x, [])), ?T(lists:keyfind(a, 1, [b | c])), ?T(lists:keyfind(a, 1, [{a} | c])), ?T(lists:keyfind(a, 1, foo)),
    [?T({lists:member(X, L), X}) || X <- [a, z, 1, 1.0, {x}, "s", 4.0]], ?T(lists:member(b, [a | b])), ?T(lists:member(a, [a | b])), ?T(lists:reverse([1, 2], x)), ?T(lists:reverse([1 | 2], [])), ?T(lists:reverse([])), ?T(lists:reverse(lists:seq(1, 20))),
    ?T(setelement(2, id({a, b, c}), x)), ?T(setelement(4, id({a, b, c}), x)), ?T(setelement(0, id({a}), x)), ?T(element(id(0), {a})), ?T(element(id(1), a)), ?T(element(id(1.0), {a})), ?T(erlang:make_tuple(3, x)), ?T(erlang:make_tuple(-1, x)), ?T(erlang:make_tuple(1 bsl 30, x)),
    ?T(erlang:make_tuple(3, x, [{1, a}, {3, c}, {1, b}])), ?T(erlang:make_tuple(3, x, [{4, a}])), ?T(erlang:make_tuple(3, x, [a])), ?T(erlang:append_element({a}, b)), ?T(erlang:append_element(a, b)), ?T(erlang:insert_element(1, {a}, b)), ?T(erlang:insert_element(3, {a}, b)),
    ?T(erlang:delete_element(1, {a, b})), ?T(erlang:delete_element(1, {a})), ?T(erlang:delete_element(2, {a})), ?T(list_to_tuple([1 | 2])), ?T(list_to_tuple([])), ?T(tuple_to_list({})), ?T(tuple_to_list(a)), ?T(length(id([1 | 2]))), ?T(length(id(a))), ?T(hd(id([]))), ?T(tl(id(a))),
    ?T(is_function(fun lists:map/2, 2)), ?T(is_function(id(a), id(-1))), ?T(is_function(id(a), id(x))), ?T(is_function(fun id/1, id(1 bsl 70))), ?T(erlang:is_record(id({a, 1}), id(a), id(2))), ?T(erlang:is_record(id({a, 1}), id(a), id(3))), ?T(erlang:is_record(id({a, 1}), id("a"))), ?T(erlang:is_record(id({}), id(a))),
    ?T(atom_to_list('åäö')), ?T(atom_to_list(list_to_atom([1000, 128512]))), ?T(list_to_atom([-1])), ?T(list_to_atom(lists:duplicate(255, 1000)) =/= x), ?T(list_to_atom(lists:duplicate(256, $a))), ?T(list_to_atom([a])), ?T(list_to_atom("a" ++ b)), ?T(list_to_atom([16#d800])),
    ?T(list_to_existing_atom("no such atom in here, surely")), ?T(list_to_existing_atom(lists:duplicate(256, $a))), ?T(binary_to_atom(<<"abc">>, latin1)), ?T(binary_to_atom(<<200>>, latin1)), ?T(binary_to_atom(<<200>>, utf8)), ?T(binary_to_atom(<<"abc">>)), ?T(binary_to_atom(<<1:3>>)), ?T(binary_to_atom(<<"a">>, x)),
    ?T(binary_to_atom(binary:copy(<<"a">>, 256))), ?T(binary_to_existing_atom(<<"no such atom here either">>)), ?T(binary_to_existing_atom(binary:copy(<<"a">>, 256))), ?T(atom_to_binary('å', latin1)), ?T(atom_to_binary('å')), ?T(atom_to_binary(list_to_atom([1000]), latin1)), ?T(atom_to_binary("a")),
    ?T(size({1, 2})), ?T(size(<<1, 2:3>>)), ?T(size(a)), ?T(byte_size(<<1, 2:3>>)), ?T(bit_size(<<1, 2:3>>)), ?T(byte_size(id(a))), ?T(erlang:max(1, 1.0)), ?T(erlang:min(1, 1.0)), ?T(erlang:max(a, b)), ?T(erlang:min([], {})),
    ?T(id(true) and id(x)), ?T(not id(1)), ?T(id(true) xor id(true)), ?T(id(x) or true), ?T(pid_to_list(list_to_pid("<0.5.1>"))), ?T(list_to_pid("<0.5>")), ?T(list_to_pid("<0.5.1> ")), ?T(list_to_pid("<0.99999999.1>")), ?T(list_to_pid(a)),
    ?T(erlang:ref_to_list(list_to_ref("#Ref<0.1.2.3>"))), ?T(list_to_ref("#Ref<0.1>")), ?T(list_to_ref("x")), ?T(list_to_port("#Port<0.7>")), ?T(list_to_port("#Port<0>")), ?T(erlang:fun_to_list(fun lists:map/2)), ?T(erlang:port_to_list(a)).
