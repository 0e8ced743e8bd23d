%% SPDX-License-Identifier: Apache-2.0
-module(c_hash).
-include("core.hrl").
start() ->
    Ts = [0, 1, -1, 255, 65536, 1 bsl 31, 1 bsl 32, -(1 bsl 31), 1 bsl 59, -(1 bsl 59), 1 bsl 60, 1 bsl 64, (1 bsl 64) + 1, -(1 bsl 64), 1 bsl 200, 1.0, -1.0, 0.0, 3.14, 1.0e300, a, b, ok, '', 'åäö', '日本', true, [], [1], [a], [[]], [1 | 2], "abc", "abcd", "a long string that has more than sixteen characters", [a, b | c], [1000, 2000, 3000], {}, {1}, {a, b}, {a, "b", [c]}, {{{}}},
        <<>>, <<1>>, <<"abc">>, <<"abcdefghijklmnopqrstuvwxyz">>, <<1:1>>, <<255, 1:3>>, <<0:800>>, #{}, #{a => 1}, #{1 => 2, 3 => 4}, #{a => #{b => c}}, fun erlang:abs/1, fun lists:map/2, {1, 2.0, "x", <<"y">>, [z], #{}}],
    [d({erlang:phash2(T), erlang:phash2(T, 1000), erlang:phash2(T, 1 bsl 32)}) || T <- Ts], [d(erlang:phash(T, 1 bsl 32)) || T <- Ts, not is_map(T)], ?T(erlang:phash2(big(1000))), ?T(erlang:phash2(bigmap(100))), ?T(erlang:phash2(list_to_tuple(big(500)))), ?T(erlang:phash2(list_to_binary(big8(1000)))), ?T(erlang:phash2({big(10), bigmap(40), <<1, 2>>})), ?T(erlang:phash2(id(x), 0)), ?T(erlang:phash2(id(x), id(a))), ?T(erlang:phash2(x, (1 bsl 32) + 1)), ?T(erlang:phash(x, 0)), ?T(erlang:phash2(x, 1)),
    {A, B} = split_binary(<<0, 1, 2, 3, 4, 5, 6, 7, 8, 9>>, 3), ?T([erlang:phash2(A), erlang:phash2(B), erlang:phash2(<<3, 4, 5, 6, 7, 8, 9>>)]), <<_:3, C:20/bits, _/bits>> = <<0, 1, 2, 3, 4, 5>>, ?T(erlang:phash2(C)), ?T(erlang:phash2(C) =:= erlang:phash2(binary_to_term(term_to_binary(C)))),
    ?T(erlang:md5(<<>>)), ?T(erlang:md5("abc")), ?T(erlang:md5([<<"message ">>, "digest"])), ?T(erlang:md5(big8(1000))), ?T(begin X = erlang:md5_init(), Y = erlang:md5_update(X, "ab"), Z = erlang:md5_update(Y, <<"c">>), erlang:md5_final(Z) end), ?T(erlang:md5(id(a))),
    ?T(erlang:crc32(<<>>)), ?T(erlang:crc32("123456789")), ?T(erlang:crc32(0, "123456789")), ?T(erlang:crc32(erlang:crc32("12345"), "6789")), ?T(erlang:crc32_combine(erlang:crc32("12345"), erlang:crc32("6789"), 4)), ?T(erlang:crc32(big8(20000))), ?T(erlang:crc32(id(x))), ?T(erlang:adler32("Wikipedia")), ?T(erlang:adler32(erlang:adler32("Wiki"), "pedia")), ?T(erlang:adler32_combine(erlang:adler32("Wiki"), erlang:adler32("pedia"), 5)), ?T(erlang:adler32(big8(20000))).
big(0) -> [];
big(N) -> [N * 7919 | big(N - 1)].
big8(0) -> [];
big8(N) -> [(N * 31) band 255 | big8(N - 1)].
bigmap(N) -> bm(N, #{}).
bm(0, M) -> M;
bm(N, M) -> bm(N - 1, M#{N => {N, "v"}}).
