%% SPDX-License-Identifier: Apache-2.0
%% term_to_iovec: the bytes of term_to_binary, with large binaries as elements of their own.
-module(et_iovec).
-include("../t.hrl").
d(T) -> d(T, []).
d(T, O) ->
    L = erlang:term_to_iovec(T, O),
    {[byte_size(B) || B <- lists:sublist(L, 8)], length(L), iolist_to_binary(L) =:= term_to_binary(T, O)}.
b(N) -> binary:copy(<<7>>, N).
start() ->
    [?T(d(T)) || T <- [a, 1, lists:seq(1, 300)]],
    [?T([d(b(N)), d({x, b(N), y})]) || N <- [1, 10, 63, 64, 65, 66, 100, 255, 256, 511, 512, 1000, 5000]],
    ?T(d([b(100), b(200)])),
    ?T(d({b(1000), b(1000), b(10), b(70), a})),
    ?T(d(lists:duplicate(100, b(100)))),
    ?T(d(list_to_tuple(lists:duplicate(500, b(65))))),
    ?T(d(b(1000000))),
    <<_:8, S1/binary>> = b(1000),
    <<S2:100/binary, _/binary>> = b(1000),
    <<_:3, S3/bits>> = b(1000),
    <<_:8, S4:100/bits, _/bits>> = b(1000),
    <<_:8, S5:40/binary, _/binary>> = b(1000),
    [?T(d(S)) || S <- [S1, S2, S3, S4, S5, <<(b(1000))/binary, 1:3>>]],
    ?T(d({a, b(1000), b(1000)}, [{minor_version, 2}])),
    ?T(d(#{a => b(100), b => b(1000)})),
    X = b(100),
    ?T(iolist_to_binary(erlang:term_to_iovec(fun() -> X end)) =:= term_to_binary(fun() -> X end)),
    ?T((binary_to_term(iolist_to_binary(erlang:term_to_iovec({1, fun() -> {X, X} end, 2}))) =/= x)),
    [?T(erlang:term_to_iovec(a, O)) || O <- [[foo], foo, [{compressed, 10}]]].
