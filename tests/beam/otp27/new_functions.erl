%% SPDX-License-Identifier: Apache-2.0
%% otp: 27
%% What OTP 26 and 27 added to tables, texts and terms.
-module(new_functions).
-include("../t.hrl").
start() ->
    T = ets:new(t, [ordered_set]),
    ?T(ets:first_lookup(T)), ?T(ets:last_lookup(T)),
    ets:insert(T, [{1, a}, {2, b}, {3, c}]),
    ?T([ets:first_lookup(T), ets:last_lookup(T), ets:next_lookup(T, 1), ets:prev_lookup(T, 1)]),
    ?T([ets:next_lookup(T, 3), ets:next_lookup(T, 2.5), ets:prev_lookup(T, 9)]),
    ?T(ets:update_element(T, 7, {2, z}, {7, x})), ?T(ets:lookup(T, 7)),
    ?T(ets:lookup_element(T, 8, 2, none)),
    B = ets:new(b, [bag]),
    ?T(ets:first_lookup(B)),
    ets:insert(B, [{k, 1}, {k, 2}]),
    ?T(ets:first_lookup(B)), ?T(ets:next_lookup(B, k)), ?T(ets:next_lookup(B, zz)), ?T(ets:first_lookup(nope)),
    [?T(string:to_integer(X)) || X <- ["12", "12a", "-3 x", "", "-", "123456789012345678901234567890 z", "+5", [$1, 256]]],
    [?T(string:list_to_integer(X)) || X <- ["12", foo, [1 | a], "99999999999999999999"]],
    [?T(erts_internal:term_to_string(X, undefined)) || X <- [foo, {a, [1, 2, "abc"], <<1, 2>>}, 1.5, "é"]],
    ?T(erlang:display_string(stdout, "ab\n")), ?T(erlang:display_string(foo, "x")), ?T(erlang:display_string(stdout, x)),
    ?T(proc_lib:set_label({my, label})), ?T(process_info(self(), label)), ?T(proc_lib:get_label(self())),
    ?T(term_to_binary([a, 'ä'])), ?T(term_to_binary(a, [{minor_version, 1}])), ?T(code:get_coverage_mode()),
    L = term_to_binary([a, make_ref()], [local]), <<131, 121, _/binary>> = L, ?T(element(1, hd([{hd(binary_to_term(L))}]))),
    ?T(catch binary_to_term(<<131, 121, 0:64, 106>>)),
    ?T([erlang:max(1, 2), erlang:min(a, 1), erlang:unalias(make_ref())]),
    ?T(json:decode(<<"{\"a\":[1,2.5e3,null,true,\"\\u00e9\"]}">>)),
    ?T(iolist_to_binary(json:encode(#{a => [1, 2.5, null], <<"b">> => <<"x\"y">>}))),
    ?T(catch json:decode(<<"[1,">>)),
    ?T([lists:zip([1, 2], [a], {pad, {x, y}}), lists:enumerate(0, 2, [a, b])]),
    ?T(maps:fold(fun(K, V, A) -> [{K, V} | A] end, [], maps:iterator(#{b => 1, a => 2}, ordered))),
    ?T(binary:join([<<"a">>, <<"b">>], <<", ">>)), ?T(byte_sizes(<<1, 2, 3, 4>>)),
    ?T([persistent_term:put_new({?MODULE, x}, 1), persistent_term:put_new({?MODULE, x}, 1)]),
    ?T(persistent_term:put_new({?MODULE, x}, 2)), ?T(guards(5)), ?T(guards(a)), ?T(maybe_(1)), ?T(maybe_(2)).
byte_sizes(<<A, T/binary>>) -> [{A, byte_size(T), bit_size(T)} | byte_sizes(T)];
byte_sizes(<<>>) -> [].
guards(X) when is_integer(X), X >= 1, X =< 9 -> yes;
guards(_) -> no.
maybe_(X) -> maybe 1 ?= X, {ok, X} else E -> {no, E} end.
