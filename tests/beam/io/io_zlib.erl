%% SPDX-License-Identifier: Apache-2.0
-module(io_zlib).
-include("../t.hrl").
start() ->
    D = iolist_to_binary([integer_to_list(I * I) || I <- lists:seq(1, 20000)]),
    [begin ?T(erlang:md5(F(D))) end || F <- [fun zlib:compress/1, fun zlib:zip/1, fun zlib:gzip/1]],
    ?T(zlib:uncompress(zlib:compress(D)) =:= D), ?T(zlib:unzip(zlib:zip(D)) =:= D), ?T(zlib:gunzip(zlib:gzip(D)) =:= D), ?T(zlib:compress(<<>>)), ?T(zlib:uncompress(<<1, 2, 3>>)), ?T(zlib:gunzip(<<"nonsense">>)), ?T(zlib:unzip(<<>>)), ?T(zlib:compress(foo)), ?T(zlib:gunzip([zlib:gzip("a"), zlib:gzip("b")])),
    Z = zlib:open(), ?T(zlib:deflateInit(Z, best_compression)), ?T(zlib:deflateInit(Z)), A = zlib:deflate(Z, binary:part(D, 0, 5000)), B = zlib:deflate(Z, binary:part(D, 5000, 5000), sync), C = zlib:deflate(Z, <<>>, finish), ?T(zlib:deflateEnd(Z)), ?T(zlib:uncompress([A, B, C]) =:= binary:part(D, 0, 10000)), ?T(zlib:deflateEnd(Z)),
    ?T(zlib:inflateInit(Z)), ?T(zlib:inflate(Z, <<"bad bad bad">>)), ?T(zlib:inflateReset(Z)), ?T(iolist_size(zlib:inflate(Z, [A, B, C]))), ?T(zlib:inflate(Z, <<"more">>)), ?T(zlib:inflateEnd(Z)), ?T(zlib:inflateInit(Z)), ?T(zlib:inflate(Z, A)), ?T(zlib:inflateEnd(Z)),
    ?T(zlib:deflateInit(Z, default, deflated, -15, 8, default)), R = zlib:deflate(Z, "raw stream", finish), ?T(R), ?T(zlib:deflateEnd(Z)), ?T(zlib:inflateInit(Z, -15)), ?T(zlib:inflate(Z, R)), ?T(zlib:inflateEnd(Z)),
    ?T(zlib:deflateInit(Z)), ?T(zlib:deflateSetDictionary(Z, <<"dictionary">>)), S = zlib:deflate(Z, <<"dictionary and dictionary">>, finish), zlib:deflateEnd(Z), ?T(S), ?T(zlib:inflateInit(Z)), ?T(zlib:inflate(Z, S)), ?T(zlib:inflateSetDictionary(Z, <<"wrong">>)), ?T(zlib:inflateSetDictionary(Z, <<"dictionary">>)), ?T(zlib:inflate(Z, [])), ?T(zlib:inflateEnd(Z)),
    ?T(zlib:deflateInit(Z, none)), P1 = zlib:deflate(Z, <<"some data, some data">>), ?T(zlib:deflateParams(Z, best_compression, default)), P2 = zlib:deflate(Z, <<"some data, some data">>, finish), ?T(zlib:uncompress([P1, P2])), zlib:deflateEnd(Z),
    ?T(zlib:inflateInit(Z)), ?T(element(1, zlib:safeInflate(Z, zlib:compress(binary:copy(<<0>>, 1000000))))), ?T(zlib:close(Z)), ?T(zlib:close(Z)), ?T(zlib:deflateInit(Z)), ?T(zlib:deflateInit(foo)), Y = zlib:open(), Self = self(), spawn(fun() -> Self ! {x, catch zlib:deflateInit(Y)} end), ?T(receive {x, {'EXIT', {E, _}}} -> E end), ?T(zlib:set_controlling_process(Y, spawn(fun() -> ok end))), ?T(zlib:close(Y)),
    ?T(erlang:crc32(D)), ?T(erlang:adler32(D)), ?T(erlang:crc32_combine(erlang:crc32("ab"), erlang:crc32("cd"), 2) =:= erlang:crc32("abcd")).
