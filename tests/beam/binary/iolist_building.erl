%% SPDX-License-Identifier: Apache-2.0
%% iolists deep and wide: sizes, flattening, vectors, writing them.
-module(iolist_building).
-include("../t.hrl").

start() ->
    L = deep(200), ?T(iolist_size(L)), ?T(erlang:md5(L)), ?T(byte_size(iolist_to_binary(L))), ?T(erlang:crc32(L) =:= erlang:crc32(iolist_to_binary(L))), ?T(erlang:adler32(L)), ?T(iolist_to_binary([])), ?T(iolist_to_binary([[[]], <<>> | <<>>])), ?T(iolist_to_binary([1, 2 | <<3>>])),
    ?T(iolist_to_binary([256])), ?T(iolist_to_binary([a])), ?T(iolist_to_binary([1 | 2])), ?T(iolist_to_binary(<<1:9>>)), ?T(iolist_size([1, <<2:9>>])), ?T(iolist_size(a)), ?T(list_to_bitstring([<<1:3>>, 2, [<<3:5>>] | <<4:1>>])), ?T(bitstring_to_list(<<1, 2, 3:3>>)), ?T(binary_to_list(<<1, 2, 3>>, 2, 3)), ?T(binary_to_list(<<1, 2, 3>>, id(3), 2)), ?T(list_to_binary(id([<<1:1>>]))),
    V = erlang:iolist_to_iovec([<<"a">>, "bc", binary:copy(<<"x">>, 100), [[$d]], <<>>, binary:copy(<<"y">>, 1000)]), ?T({is_list(V), lists:all(fun is_binary/1, V), iolist_to_binary(V) =:= iolist_to_binary([<<"abc">>, binary:copy(<<"x">>, 100), "d", binary:copy(<<"y">>, 1000)])}), ?T(erlang:iolist_to_iovec([])), ?T(erlang:iolist_to_iovec(<<>>)), ?T(erlang:iolist_to_iovec(<<1:3>>)),
    F = "iolist_building.tmp", ?T(file:write_file(F, L)), ?T(file:read_file(F) =:= {ok, iolist_to_binary(L)}), ?T(file:write_file(F, [a])), ?T(file:write_file(F, [["x" | <<"y">>], $z])), ?T(file:read_file(F)), ?T(file:delete(F)),
    ?T(erlang:split_binary(<<1, 2, 3>>, 1)), ?T(erlang:split_binary(<<1, 2, 3>>, id(4))), ?T(erlang:crc32_combine(erlang:crc32("ab"), erlang:crc32("cde"), 3) =:= erlang:crc32("abcde")), ?T(erlang:adler32_combine(erlang:adler32("ab"), erlang:adler32("cde"), 3) =:= erlang:adler32("abcde")), ?T(md5_parts(L)).

deep(0) -> "end";
deep(N) when N rem 3 =:= 0 -> [N band 255, deep(N - 1) | <<"t">>];
deep(N) when N rem 3 =:= 1 -> [[<<N>>], [[deep(N - 1)]]];
deep(N) -> [deep(N - 1), "mid", [N band 127]].
md5_parts(L) -> C = lists:foldl(fun(X, A) -> erlang:md5_update(A, X) end, erlang:md5_init(), [L, "x", <<"y">>]), erlang:md5_final(C) =:= erlang:md5([L, "xy"]).
