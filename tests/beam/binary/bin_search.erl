%% SPDX-License-Identifier: Apache-2.0
%% binary:match, matches and split in all their options, on whole and on shifted binaries, with one needle and many.
-module(bin_search).
-include("../t.hrl").
start() ->
    [?T(binary:split(S, P, O)) || S <- [<<>>, <<",">>, <<",a">>, <<"a,">>, <<",,a,,">>, <<"a,b;c,d">>, shift(<<"a,b;c">>)], P <- [<<",">>, [<<",">>, <<";">>], <<"b;">>],
                                  O <- [[], [global], [trim], [trim_all], [global, trim], [global, trim_all], [{scope, {1, 1}}]]],
    [?T({binary:match(S, P), binary:matches(S, P)}) || S <- [<<>>, <<"abcabc">>, <<"aaaa">>, <<"xyz">>, shift(<<"abcabc">>), binary:copy(<<"ab">>, 40)],
                                                       P <- [<<"a">>, <<"aa">>, <<"bc">>, [<<"ab">>, <<"abc">>, <<"bca">>], [<<"c">>, <<"b">>], <<"abcabcabc">>, [], <<>>, [<<>>], foo, <<1:3>>]],
    [?T({binary:match(<<"abcabc">>, <<"c">>, [O]), binary:matches(<<"abcabc">>, [<<"c">>, <<"b">>], [O])})
     || O <- [{scope, {0, 6}}, {scope, {3, 3}}, {scope, {6, -6}}, {scope, {6, 0}}, {scope, {3, 4}}, {scope, {-1, 1}}, {scope, a}, foo, global]],
    C1 = binary:compile_pattern(<<"b">>), C2 = binary:compile_pattern([<<"b">>, <<"c">>]),
    ?T({element(1, C1), element(1, C2), binary:match(<<"abc">>, C1), binary:matches(<<"abc">>, C2), binary:split(<<"abc">>, C2, [global])}),
    ?T(binary:compile_pattern([])), ?T(binary:compile_pattern(<<>>)), ?T(binary:match(<<"a">>, {bm, make_ref()})), ?T(binary:match(<<1:3>>, <<"a">>)), ?T(binary:match(foo, <<"a">>)),
    ?T(element(1, binary:compile_pattern([<<"a">>]))), ?T(binary:replace(<<"abcabc">>, <<"b">>, <<"[]">>, [global, {insert_replaced, 1}])), ?T(binary:replace(<<"abc">>, [<<"a">>, <<"c">>], <<"x">>, [global])),
    [?T({binary:longest_common_prefix(L), binary:longest_common_suffix(L)}) || L <- [[<<"ab">>, <<"abc">>], [<<"xbc">>, <<"abc">>, shift(<<"bc">>)], [<<>>], [], [a], [<<"a">> | <<"b">>]]],
    [?T({B, binary:first(B), binary:last(B), binary:at(B, 1), binary:copy(B), binary:copy(B, 3), binary:bin_to_list(B, {1, 1})}) || B <- [<<1, 2, 3>>, shift(<<1, 2, 3>>)]],
    ?T(binary:first(<<>>)), ?T(binary:at(<<1>>, 1)), ?T(binary:at(<<1>>, -1)), ?T(binary:copy(<<1>>, -1)), ?T(binary:copy(<<1>>, 0)), ?T(binary:copy(<<1:3>>)), ?T(binary:part(<<1, 2, 3>>, 3, -2)), ?T(binary:part(<<1, 2, 3>>, {1, 3})),
    ?T(binary:referenced_byte_size(<<"b">>)), ?T(binary:referenced_byte_size(binary:part(binary:copy(<<"a">>, 100), 1, 70))), ?T(binary:referenced_byte_size(a)),
    [?T({N, binary:encode_unsigned(N), binary:encode_unsigned(N, little), binary:decode_unsigned(binary:encode_unsigned(N, little), little) =:= N}) || N <- [0, 1, 255, 256, 1 bsl 61, 1 bsl 64, (1 bsl 200) + 5]],
    ?T(binary:encode_unsigned(-1)), ?T(binary:encode_unsigned(1, foo)), ?T(binary:decode_unsigned(<<>>)), ?T(binary:decode_unsigned(<<1:3>>)), ?T(binary:decode_unsigned(shift(<<1, 0>>))),
    ?T(split_binary(<<1, 2, 3:3>>, 1)), ?T(split_binary(<<1, 2, 3:3>>, 3)), ?T(binary_part(<<1, 2, 3:3>>, {0, 1})), ?T(erlang:iolist_to_iovec([<<1>>, 2, [3 | <<>>]])), ?T(erlang:iolist_to_iovec([])), ?T(erlang:iolist_to_iovec(<<1>>)), ?T(erlang:iolist_to_iovec(<<1:3>>)),
    ?T(iolist_to_binary(erlang:iolist_to_iovec([binary:copy(<<"a">>, 200), 1, [2, binary:copy(<<"b">>, 300) | <<"c">>]]))), ?T(bitstring_to_list(<<1, 2:3>>)), ?T(binary_to_list(<<1, 2, 3>>, 2, 1)), ?T(binary_to_list(<<1, 2, 3>>, 2, 3)), ?T(binary_to_list(<<1, 2, 3>>, 4, 3)),
    ?T(binary_to_list(shift(<<1, 2, 3>>))), ?T(list_to_bitstring([1, <<2:3>>, <<3:5>>])), ?T(list_to_bitstring([<<1:1>>, 255, <<5:3>> | <<1:2>>])), ?T(list_to_binary([1, [2, <<3>> | <<4>>]])), ?T(list_to_binary([1 | 2])), ?T(list_to_binary([256])), ?T(list_to_binary(<<1>>)), ?T(iolist_size([1, <<2>> | <<3>>])), ?T(iolist_size(<<1:3>>)),
    ?T(byte_size(list_to_binary(deep(100000)))).
deep(0) -> [];
deep(N) -> [[deep_(N)], 1].
deep_(N) -> lists:foldl(fun(_, A) -> [A, 1] end, [], lists:seq(1, N)).
shift(B) -> <<_:3, R/binary>> = <<0:3, B/binary>>, R.
