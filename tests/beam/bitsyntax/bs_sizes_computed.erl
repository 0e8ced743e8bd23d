%% SPDX-License-Identifier: Apache-2.0
%% Sizes that come from guards, earlier fields, expressions; what does not fit is no match.
-module(bs_sizes_computed).
-include("../t.hrl").

start() ->
    ?T([field(S, <<16#DEADBEEF:32, 1:1>>) || S <- [0, 1, 4, 8, 31, 32, 33, 34, -1, a, 1.0]]),
    ?T([nested(B) || B <- [<<3, "abcX">>, <<0, "X">>, <<9, "abc">>, <<>>, <<2, "ab">>]]),
    ?T([units(U, <<1, 2, 3, 4, 5, 6, 7, 8>>) || U <- [0, 1, 2, 3, 8, 9]]),
    ?T(twice(<<4:4, 3:4, 1:4, 2:4, 3:4, 4:4, 7:3, 1:1>>)), ?T([tail(N, <<1:N>>) || N <- [0, 1, 7, 8, 9, 16, 17]]),
    ?T([signed(S, <<16#80, 16#7f, 16#ff, 0>>) || S <- [1, 7, 8, 9, 16, 24, 32]]), ?T([little(S, <<1, 2, 3, 4, 5, 6, 7, 8, 9>>) || S <- [4, 8, 12, 16, 20, 60, 64, 68, 72]]),
    ?T([build(V, S) || V <- [0, 1, -1, 255, 256, 1 bsl 64, -(1 bsl 65), 1.5, a], S <- [0, 1, 8, 9, 64, 65]]),
    ?T([fl(S, V) || S <- [16, 32, 64, 0, 8, 128], V <- [1.0, 0.1, 65504.0, 65536.0, 1.0e300, 1, 1 bsl 2000]]),
    ?T([catch <<(id(<<1:9>>))/binary>>, catch <<(id(abc))/binary>>, catch <<(id(<<1, 2, 3>>)):2/binary>>, catch <<(id(<<1, 2, 3>>)):4/binary>>, catch <<(id(<<5:3>>))/bitstring, 1:5>>] =/= x),
    ?T(lists:map(fun err/1, [fun() -> <<(id(<<1:9>>))/binary>> end, fun() -> <<(id(abc))/binary>> end, fun() -> <<(id(<<1, 2, 3>>)):4/binary>> end, fun() -> <<1:(id(-1))>> end, fun() -> <<1:(id(a))>> end, fun() -> <<(id(a))/utf8>> end, fun() -> <<(id(16#D800))/utf8>> end])),
    ?T([<<X:N>> || N <- lists:seq(0, 12, 3), X <- [N * 100]]), ?T(<< <<X:(X + 1)>> || X <- lists:seq(0, 9) >>), ?T([{A, B} || <<A:3, B:5>> <= <<1, 2, 3, 4:4>>]), ?T([S || <<L, S:L/binary>> <= <<1, "a", 3, "bcd", 0, 2, "x">>]).

field(S, B) -> case B of <<X:S, R/bitstring>> -> {X, bit_size(R)}; _ -> no end.
nested(<<L, S:L/binary, R/bits>>) when byte_size(R) > 0 -> {S, R};
nested(<<L, R/bits>>) -> {no, L, R};
nested(B) -> {no, B}.
units(N, B) -> case B of <<A:N/binary-unit:8, C/binary>> -> {A, C}; _ -> case B of <<A:N/integer-unit:3, _/bits>> -> {three, A}; _ -> no end end.
twice(<<A:4, B:4, X:A/bits, Y:(A * B)/bits, R/bits>>) -> {A, B, X, Y, R};
twice(_) -> no.
tail(_, <<_:8, R/binary>>) -> {binary, R};
tail(_, <<_:7, R/bits>>) -> {bits, R};
tail(N, B) -> {N, B}.
signed(S, B) -> <<X:S/signed, _/bits>> = B, <<Y:S/signed-little, _/bits>> = B, {X, Y}.
little(S, B) -> <<X:S/little, _/bits>> = B, <<Y:S/little-signed, _/bits>> = B, <<Z:S, _/bits>> = B, {X, Y, Z}.
build(V, S) -> try {<<V:S>>, <<V:S/little>>} catch error:E -> E end.
fl(S, V) -> try <<V:S/float>> of B -> <<F:S/float>> = B, {B, F} catch error:E -> E end.
err(F) -> try F() catch error:E:S -> [{M, Fun, _, I} | _] = S, {E, M, Fun, proplists:is_defined(error_info, I)} end.
