%% SPDX-License-Identifier: Apache-2.0
%% binary's functions as text tools: words, lines, padding, replacing, hex, parts.
-module(bin_text_tools).
-include("../t.hrl").

start() ->
    T = <<"The quick brown fox\njumps over\r\n the  lazy dog\n\nend">>,
    ?T(binary:split(T, <<"\n">>)), ?T(binary:split(T, [<<"\r\n">>, <<"\n">>], [global])), ?T(binary:split(T, <<" ">>, [global, trim_all])), ?T(binary:split(<<" a b ">>, <<" ">>, [global, trim])), ?T(binary:split(<<>>, <<"x">>)), ?T(binary:split(<<"axbx">>, <<"x">>, [global, {scope, {2, 2}}])),
    ?T(binary:matches(T, [<<"o">>, <<"ow">>, <<"own">>])), ?T(binary:match(T, <<"fox">>)), ?T(binary:match(T, <<"FOX">>)), ?T(binary:match(T, [<<"dog">>, <<"cat">>], [{scope, {30, 20}}])), ?T(binary:matches(<<"aaaa">>, <<"aa">>)), ?T(binary:matches(<<"abababa">>, [<<"aba">>, <<"bab">>])),
    ?T(binary:replace(T, <<"o">>, <<"0">>, [global])), ?T(binary:replace(<<"abc">>, <<"b">>, <<"[]">>, [{insert_replaced, 1}])), ?T(binary:replace(<<"abcabc">>, [<<"b">>, <<"c">>], <<"<>">>, [global, {insert_replaced, [1]}])), ?T(binary:replace(<<"abc">>, <<"b">>, fun(M) -> <<M/binary, M/binary>> end)),
    ?T(binary:replace(<<"abc">>, <<"b">>, <<"x">>, [{insert_replaced, 9}])), ?T([binary:part(T, P) || P <- [{0, 3}, {4, 0}, {byte_size(T), -3}, {3, -3}]]), ?T(binary:part(T, {100, 1})), ?T([binary:at(T, I) || I <- [0, 5]]), ?T(binary:at(T, 1000)), ?T({binary:first(T), binary:last(T)}), ?T(binary:first(<<>>)),
    ?T(binary:longest_common_prefix([<<"interview">>, <<"internet">>, <<"interval">>])), ?T(binary:longest_common_suffix([<<"nation">>, <<"station">>, <<"ration">>])), ?T(binary:longest_common_prefix([])), ?T(binary:copy(<<"ab">>, 3)), ?T(binary:copy(<<>>, 9)), ?T(binary:copy(<<1>>, -1)),
    ?T([binary:encode_unsigned(N) || N <- [0, 255, 256, 1 bsl 70]]), ?T([binary:encode_unsigned(N, little) || N <- [0, 256, 1 bsl 70]]), ?T(binary:decode_unsigned(<<1, 2, 3>>)), ?T(binary:decode_unsigned(<<1, 2, 3>>, little)), ?T(binary:decode_unsigned(<<>>)), ?T(binary:encode_hex(<<0, 171, 255>>)), ?T(binary:decode_hex(<<"00abFF">>)), ?T(binary:decode_hex(<<"0g">>)), ?T(binary:decode_hex(<<"abc">>)),
    ?T(binary:list_to_bin([1, [2, <<3>>], "x" | <<"y">>])), ?T(binary:bin_to_list(T, 4, 5)), ?T(binary:bin_to_list(T, {9, -5})), ?T(binary:referenced_byte_size(binary:part(binary:copy(T, 10), 1, 100)) > 100), ?T(binary:compile_pattern([])), ?T(binary:match(T, binary:compile_pattern([<<"lazy">>, <<"quick">>]))), ?T(count_words(T)).

count_words(T) -> lists:sort(maps:to_list(lists:foldl(fun(W, M) -> maps:update_with(W, fun(N) -> N + 1 end, 1, M) end, #{}, [C || <<C>> <= T, C > $ , C < $z]))).
