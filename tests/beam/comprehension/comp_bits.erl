%% SPDX-License-Identifier: Apache-2.0
-module(comp_bits).
-include("../t.hrl").
start() -> B = <<"The quick brown fox">>, ?T(<< <<(C bxor 32)>> || <<C>> <= B >>), ?T([C || <<C:16>> <= B]), ?T(<< <<X:4>> || <<X:8>> <= B >>), ?T([X || <<X:3>> <= <<16#ABCDEF:24>>]), ?T([{A, C} || <<A:5, C:11>> <= B]), ?T(<< <<A:1>> || <<A:1, _:7>> <= B >>), ?T([S || <<L:4, S:L/bits>> <= <<3:4, 5:3, 2:4, 1:2, 15:4, 1:3>>]), ?T([F || <<F:64/float>> <= << <<X/float>> || X <- [1.5, 2.5] >>]), ?T([C || <<C/utf8>> <= <<"åäö日😀"/utf8>>]), ?T([C || <<C/utf16-little>> <= << <<C/utf16-little>> || C <- [97, 26085, 128512] >>]), ?T([C || <<C/utf32>> <= << <<C/utf32>> || C <- [97, 128512] >>]), ?T([C || <<C/utf8>> <= <<"ok", 255, "x">>]), ?T(<< <<K:8, V:16/little>> || {K, V} <- [{1, 258}, {2, 772}] >>), ?T([{K, V} || <<K:8, V:16/little>> <= <<1, 2, 1, 2, 4, 3>>]), ?T([X || <<X:8/signed>> <= <<255, 127, 128>>]), ?T([X || <<1:1, X:7>> <= <<129, 1, 255, 130>>]), ?T(<< <<X>> || <<X>> <= B, X > $m >>), ?T([{I, C} || {I, <<C>>} <- lists:zip([1, 2], [<<"a">>, <<"b">>])]), ?T(bit_size(<< <<1:N>> || N <- lists:seq(1, 20) >>)), ?T(<< <<(f(X))/bits>> || X <- [1, 2, 3] >>), ?T(nested()), ?T(erlang:crc32(<< <<(X * Y):24>> || X <- lists:seq(1, 100), Y <- lists:seq(1, 50) >>)), ?T([err(F) || F <- [fun() -> << <<X>> || X <- id([a]) >> end, fun() -> << X || X <- id([1]) >> end, fun() -> [X || <<X>> <= id(5)] end]]), ?T(rot(<<2#10110011>>)), ?T(hex(<<1, 254>>)), ?T(unhex(<<"01fe">>)), ?T(transpose8(<<16#F0, 16#0F, 16#AA, 16#55, 0, 255, 1, 128>>)).
f(1) -> <<1:3>>; f(2) -> <<2:5>>; f(_) -> <<>>.
nested() -> [[X || <<X:2>> <= <<Y>>] || <<Y>> <= <<27, 228>>].
err(F) -> try F() catch error:R -> R end.
rot(<<A:3, R/bits>>) -> <<R/bits, A:3>>.
hex(B) -> << <<(hd(integer_to_list(X, 16)))>> || <<X:4>> <= B >>.
unhex(B) -> << <<(list_to_integer([X, Y], 16))>> || <<X, Y>> <= B >>.
transpose8(B) -> << << <<(bit(R, I)):1>> || <<R>> <= B >> || I <- lists:seq(0, 7) >>.
bit(R, I) -> (R bsr (7 - I)) band 1.
