%% SPDX-License-Identifier: Apache-2.0
%% zlib over streams: levels, windows, dictionaries, gzip members, damaged and cut data.
-module(sl_zlib_streams).
-include("../t.hrl").
-compile(nowarn_deprecated_function).

start() ->
    Text = iolist_to_binary([["line ", integer_to_list(N), " of a text that repeats itself\n"] || N <- lists:seq(1, 2000)]), Rnd = rnd(5000, 7, <<>>),
    ?T([{L, byte_size(deflate(Text, L)) < byte_size(Text), inflate(deflate(Text, L)) =:= Text} || L <- [none, default, best_speed, best_compression, 0, 1, 5, 9]]), ?T(inflate(deflate(Rnd, 9)) =:= Rnd), ?T(zlib:uncompress(zlib:compress(Text)) =:= Text), ?T(zlib:unzip(zlib:zip(Text)) =:= Text), ?T(zlib:gunzip(zlib:gzip(Text)) =:= Text), ?T(zlib:gunzip([zlib:gzip("ab"), zlib:gzip("cd")])), ?T(zlib:uncompress(<<1, 2, 3>>)), ?T(zlib:gunzip(<<"no gzip">>)), C = zlib:compress(Text), ?T(zlib:uncompress(binary:part(C, 0, byte_size(C) - 4))), <<H:50/binary, X, R/binary>> = C, ?T(zlib:uncompress(<<H/binary, (X bxor 255), R/binary>>)),
    Z = zlib:open(), ?T(zlib:deflateInit(Z, default, deflated, -15, 8, default)), Parts = [zlib:deflate(Z, P, F) || {P, F} <- [{"abc", none}, {binary:copy(<<"x">>, 1000), sync}, {"tail", full}, {[], finish}]], ?T(zlib:unzip(Parts) =:= <<"abc", (binary:copy(<<"x">>, 1000))/binary, "tail">>), ?T(zlib:deflateReset(Z)), ?T(zlib:unzip(zlib:deflate(Z, "again", finish))), ?T(zlib:deflateEnd(Z)), ?T(zlib:deflate(Z, "x")), ?T(zlib:close(Z)), ?T(zlib:close(Z)),
    D = zlib:open(), zlib:deflateInit(D), ?T(is_integer(zlib:deflateSetDictionary(D, "line of a text"))), Cd = zlib:deflate(D, "line 5 of a text", finish), zlib:deflateEnd(D), I = zlib:open(), zlib:inflateInit(I), ?T(zlib:inflate(I, Cd)), ?T(zlib:inflateSetDictionary(I, "line of a text")), ?T(iolist_to_binary(zlib:inflate(I, []))), ?T(zlib:inflateEnd(I)), S = zlib:open(), zlib:inflateInit(S), ?T(safe(S, zlib:safeInflate(S, zlib:compress(binary:copy(<<0>>, 1000000))), 0)), ?T(zlib:inflateReset(S)), ?T(zlib:inflate(S, <<120, 156, 75>>)), ?T(zlib:inflateEnd(S)), ?T(zlib:inflateChunk(S, <<>>)), ?T(zlib:crc32("abc")), ?T(zlib:adler32("abc")), ?T(zlib:crc32_combine(zlib:crc32("ab"), zlib:crc32("c"), 1) =:= zlib:crc32("abc")), ?T(zlib:compress(a)), ?T(zlib:deflateInit(S, 10)), ?T(zlib:deflateParams(S, 1, default)), zlib:deflateInit(S), ?T(zlib:deflateParams(S, best_speed, huffman_only)), ?T(zlib:set_controlling_process(S, self())), ?T(element(1, spawn_fails(S))).

deflate(B, L) -> Z = zlib:open(), zlib:deflateInit(Z, L), R = iolist_to_binary([zlib:deflate(Z, B), zlib:deflate(Z, [], finish)]), zlib:close(Z), R.
inflate(B) -> Z = zlib:open(), zlib:inflateInit(Z), R = iolist_to_binary([zlib:inflate(Z, [X]) || <<X>> <= B]), zlib:inflateEnd(Z), zlib:close(Z), R.
safe(S, {continue, O}, N) -> safe(S, zlib:safeInflate(S, []), N + iolist_size(O));
safe(_, {finished, O}, N) -> N + iolist_size(O).
rnd(0, _, A) -> A;
rnd(N, S, A) -> S1 = (S * 1103515245 + 12345) band 16#7fffffff, rnd(N - 1, S1, <<A/binary, (S1 bsr 16)>>).
spawn_fails(Z) -> Me = self(), spawn(fun() -> Me ! {got, catch element(1, element(2, catch zlib:deflate(Z, "x")))} end), receive {got, X} -> {X} end.
