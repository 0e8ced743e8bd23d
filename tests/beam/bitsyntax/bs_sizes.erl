%% SPDX-License-Identifier: Apache-2.0
%% Every width, offset, signedness and byte order, out and back.
-module(bs_sizes).
-include("../t.hrl").
start() ->
    [p({W, erlang:phash2([enc(O, W, E, V) || O <- lists:seq(0, 8), E <- [big, little], V <- vals(W)])}) || W <- [1, 2, 3, 7, 8, 9, 12, 15, 16, 17, 23, 24, 31, 32, 33, 40, 48, 55, 56, 59, 60, 61, 63, 64, 65, 72, 100, 127, 128, 129, 200]],
    ?T([{O, W, E, S, V} || O <- lists:seq(0, 8), W <- [1, 5, 8, 13, 16, 24, 31, 32, 33, 59, 60, 63, 64, 65, 100, 128], E <- [big, little], S <- [signed, unsigned], V <- vals(W), dec(O, W, E, S, enc(O, W, E, V)) =/= norm(S, W, V)]),
    ?T([dec(3, 13, little, signed, <<5:3, 16#1234:13, 16#ABCD:16>>), dec(3, 13, little, unsigned, <<5:3, 16#1234:13, 16#ABCD:16>>)]), ?T([dec(0, W, little, unsigned, <<16#0102030405060708090A:80>>) || W <- [8, 16, 24, 32, 40, 48, 56, 64, 72, 80]]), ?T([dec(0, W, little, signed, <<16#81828384858687888990:80>>) || W <- [1, 4, 8, 12, 16, 20, 24, 28, 32, 60, 64, 68]]), ?T([dec(O, 16, big, unsigned, <<16#81828384858687888990:80>>) || O <- lists:seq(0, 16)]),
    ?T([fl(O, W, E, F) || O <- [0, 1, 5], W <- [16, 32, 64], E <- [big, little], F <- [1.5, -2.0, 0.0]]).
vals(W) -> [0, 1, -1, (1 bsl W) - 1, 1 bsl (W - 1), -(1 bsl (W - 1)), 16#5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A, 16#123456789ABCDEF0123456789ABCDEF bsl 7].
enc(O, W, big, V) -> <<2:O, V:W/big, 1:3>>;
enc(O, W, little, V) -> <<2:O, V:W/little, 1:3>>.
dec(O, W, big, unsigned, B) -> <<_:O, V:W/big-unsigned, _/bits>> = B, V;
dec(O, W, big, signed, B) -> <<_:O, V:W/big-signed, _/bits>> = B, V;
dec(O, W, little, unsigned, B) -> <<_:O, V:W/little-unsigned, _/bits>> = B, V;
dec(O, W, little, signed, B) -> <<_:O, V:W/little-signed, _/bits>> = B, V.
norm(unsigned, W, V) -> V band ((1 bsl W) - 1);
norm(signed, W, V) -> U = V band ((1 bsl W) - 1), if U >= 1 bsl (W - 1) -> U - (1 bsl W); true -> U end.
fl(O, W, big, F) -> B = <<0:O, F:W/float-big, 0:2>>, <<_:O, G:W/float-big, _/bits>> = B, {B, G};
fl(O, W, little, F) -> B = <<0:O, F:W/float-little, 0:2>>, <<_:O, G:W/float-little, _/bits>> = B, {B, G}.
