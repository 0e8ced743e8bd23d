%% SPDX-License-Identifier: Apache-2.0
%% Hashes and order of one term of each kind against each other, and the order in which large maps show their keys.
-module(hash_terms).
-include("../t.hrl").
start() ->
    Ts = terms(),
    [io:format("~p: ~w ~w ~w~n", [X, erlang:phash2(X), erlang:phash2(X, 1 bsl 32), [erlang:phash(X, R) || R <- [1, 1000, 1 bsl 32]]]) || X <- Ts],
    [io:format("~p: ~w~n", [X, [{X < Y, X == Y, X =:= Y, erts_internal:cmp_term(X, Y)} || Y <- Ts]]) || X <- Ts],
    p(lists:sort(Ts)), p(lists:usort(Ts)),
    [p(maps:keys(maps:from_list([{F(I), I} || I <- lists:seq(1, 100)])))
     || F <- [fun(I) -> I end, fun(I) -> -I * 7919 end, fun(I) -> <<I, I>> end, fun(I) -> {I, [I]} end, fun(I) -> I / 3 end,
              fun(I) -> 1 bsl I end, fun(I) -> integer_to_list(I) ++ "x" end, fun(I) -> #{I => I} end, fun(I) -> [I, [I | I]] end]],
    ?T(erlang:phash2(a, 0)), ?T(erlang:phash2(a, (1 bsl 32) + 1)), ?T(erlang:phash(a, 0)), ?T(erlang:phash2(a, -1)),
    [?T(erlang:phash2(lists:duplicate(N, $a))) || N <- lists:seq(0, 20)],
    [?T(erlang:phash2(<<0:N>>)) || N <- lists:seq(0, 120)],
    ?T(erlang:md5(lists:seq(0, 255))), ?T([erlang:md5(lists:duplicate(N, $x)) || N <- lists:seq(50, 70)]),
    ?T(erlang:md5_final(erlang:md5_update(erlang:md5_update(erlang:md5_init(), "ab"), lists:duplicate(100, $c)))),
    ?T({erlang:crc32("abc"), erlang:crc32(1, "abc"), erlang:adler32("abc"), erlang:adler32(7, <<"abc">>)}),
    ?T(erlang:crc32_combine(erlang:crc32("ab"), erlang:crc32("cd"), 2) =:= erlang:crc32("abcd")),
    ?T(erlang:adler32_combine(erlang:adler32("ab"), erlang:adler32("cd"), 2) =:= erlang:adler32("abcd")), ?T(erlang:crc32([a])), ?T(erlang:md5(1)).
terms() ->
    [0, 1, -1, (1 bsl 27) - 1, 1 bsl 27, -(1 bsl 27), -(1 bsl 27) - 1, 1 bsl 40, -(1 bsl 40), 1 bsl 59, 1 bsl 62, -(1 bsl 60), 1 bsl 100,
     1.0, 0.0, 1.5e300, -2.5, 1.152921504606847e18, a, '', foo, 'with space', 'å', [], {}, "abc", "abcdefgh", [1, 2, a], [a | b], [[]],
     [1000, 1], "ab" ++ [foo], [$a | $b], {1}, {a, b, c}, {[], {}}, <<>>, <<1>>, <<"hello world this is longer">>, <<1:3>>, <<"abc", 5:7>>,
     #{}, #{a => 1}, #{a => 1, b => 2, 3 => 4, 4.0 => 5, "x" => y}, #{1 => a}, #{1.0 => a}, #{a => 1.0}, fun lists:map/2, fun lists:map/3,
     maps:from_list([{I, I * I} || I <- lists:seq(1, 100)]), maps:from_list([{I, I} || I <- lists:seq(1, 100)]),
     maps:from_list([{integer_to_list(I), I} || I <- lists:seq(1, 40)]), list_to_binary(lists:seq(0, 255)), lists:seq(1, 300), "\377\377", [255, 256]].
