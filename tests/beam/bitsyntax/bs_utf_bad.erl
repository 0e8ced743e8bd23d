%% SPDX-License-Identifier: Apache-2.0
%% utf8, utf16 and utf32 segments: every kind of code point, and every kind of bad input, aligned or not.
-module(bs_utf_bad).
-include("../t.hrl").
start() ->
    Cps = [0, 1, 127, 128, 16#7FF, 16#800, 16#FFF, 16#D7FF, 16#D800, 16#DBFF, 16#DC00, 16#DFFF, 16#E000, 16#FFFD, 16#FFFE, 16#FFFF, 16#10000, 16#10FFFF, 16#110000, -1, 1 bsl 60, 1.0, a],
    [io:format("~w ~w~n", [C, [build(K, C) || K <- kinds()]]) || C <- Cps],
    ?T([{K, C} || K <- kinds(), C <- Cps, is_binary(build(K, C)), take(K, build(K, C)) =/= {C, <<>>}]),
    [io:format("~w ~w~n", [B, take(u8, B)]) || B <- bad8()],
    [io:format("~w ~w ~w~n", [B, take(u16, B), take(u16l, B)]) || B <- bad16()],
    [io:format("~w ~w ~w~n", [B, take(u32, B), take(u32l, B)]) || B <- bad32()],
    ?T([shifted(B, O) || B <- bad8(), O <- [1, 5]] =:= [take(u8, B) || B <- bad8(), _ <- [1, 5]]),
    ?T(erlang:phash2([take(u8, <<A, B, 16#80>>) || A <- lists:seq(16#BE, 255), B <- [0, 16#7F, 16#80, 16#8F, 16#90, 16#9F, 16#A0, 16#BF, 16#C0]])),
    ?T(erlang:phash2([take(u8, <<A, B, 16#80, 16#BF>>) || A <- lists:seq(16#EF, 255), B <- [0, 16#7F, 16#80, 16#8F, 16#90, 16#9F, 16#A0, 16#BF, 16#C0]])),
    ?T([C || <<C/utf8>> <= <<"aé€𝄞"/utf8>>]), ?T([C || <<C/utf8>> <= <<"ab", 255, "cd">>]), ?T([C || <<C/utf16>> <= <<"aé€𝄞"/utf16>>]),
    ?T([C || <<C/utf32-little>> <= <<"aé€𝄞"/utf32-little>>]), ?T(skip(<<"x𝄞y"/utf8>>)), ?T(skip(<<"x", 16#F0, 16#9D, 16#84>>)),
    ?T(lit(<<"é"/utf8, 1>>)), ?T(lit(<<"é"/utf16, 1>>)), ?T(lit(<<"é"/utf32-little, 1>>)), ?T(lit(<<"e">>)),
    ?T(recode(<<"naïve ☃ 𝄞 \x{10FFFF}"/utf8>>)), ?T(<< <<C/utf8>> || C <- lists:seq(16#3B1, 16#3C9) >>), ?T(count(<<"ΑΒΓαβγ日本語🎉"/utf8>>, 0)), ?T(count(<<"abc", 16#C3>>, 0)),
    ?T(bound(<<"éé"/utf8>>)), ?T(bound(<<"éx"/utf8>>)), ?T(byte_size(<<(id(16#20AC))/utf8, (id($a))/utf16, (id($a))/utf32>>)), ?T([w8(C) || C <- [0, 127, 128, 16#7FF, 16#800, 16#FFFF, 16#10000, 16#D800, 16#110000]]).
kinds() -> [u8, u16, u16l, u32, u32l].
build(K, C) -> try b(K, id(C)) catch _:R -> R end.
b(u8, C) -> <<C/utf8>>; b(u16, C) -> <<C/utf16>>; b(u16l, C) -> <<C/utf16-little>>; b(u32, C) -> <<C/utf32>>; b(u32l, C) -> <<C/utf32-little>>.
take(u8, <<C/utf8, R/bits>>) -> {C, R}; take(u16, <<C/utf16, R/bits>>) -> {C, R}; take(u16l, <<C/utf16-little, R/bits>>) -> {C, R};
take(u32, <<C/utf32, R/bits>>) -> {C, R}; take(u32l, <<C/utf32-little, R/bits>>) -> {C, R}; take(_, _) -> none.
shifted(B, O) -> case <<0:O, B/bits>> of <<_:O, C/utf8, R/bits>> -> {C, R}; _ -> none end.
bad8() ->
    [<<>>, <<0>>, <<16#7F>>, <<16#80>>, <<16#BF>>, <<16#C0, 16#80>>, <<16#C1, 16#BF>>, <<16#C2, 16#80>>, <<16#C2>>, <<16#C2, 16#7F>>, <<16#C2, 16#C0>>, <<16#DF, 16#BF>>, <<16#E0, 16#80, 16#80>>,
     <<16#E0, 16#9F, 16#BF>>, <<16#E0, 16#A0, 16#80>>, <<16#E0, 16#A0>>, <<16#ED, 16#9F, 16#BF>>, <<16#ED, 16#A0, 16#80>>, <<16#ED, 16#BF, 16#BF>>, <<16#EE, 16#80, 16#80>>, <<16#EF, 16#BF, 16#BE>>,
     <<16#EF, 16#BF, 16#BF>>, <<16#F0, 16#80, 16#80, 16#80>>, <<16#F0, 16#8F, 16#BF, 16#BF>>, <<16#F0, 16#90, 16#80, 16#80>>, <<16#F0, 16#90, 16#80>>, <<16#F4, 16#8F, 16#BF, 16#BF>>,
     <<16#F4, 16#90, 16#80, 16#80>>, <<16#F5, 16#80, 16#80, 16#80>>, <<16#F8, 16#88, 16#80, 16#80, 16#80>>, <<255>>, <<254, 255>>, <<16#E2, 16#82, 16#AC, 1:3>>, <<$a, 1:7>>, <<1:7>>].
bad16() ->
    [<<>>, <<0>>, <<0, 65>>, <<16#D8, 0>>, <<16#D8, 0, 16#DC, 0>>, <<16#DC, 0, 16#D8, 0>>, <<16#DB, 16#FF, 16#DF, 16#FF>>, <<16#D8, 0, 0, 65>>, <<16#D8, 0, 16#DC>>, <<0, 16#D8, 0, 16#DC>>, <<16#FF, 16#FE>>,
     <<16#D8, 0, 16#DB, 16#FF>>, <<16#DF, 16#FF>>, <<0, 65, 1:1>>].
bad32() -> [<<>>, <<0, 0, 0>>, <<0, 0, 0, 65>>, <<0, 0, 16#D8, 0>>, <<0, 16#10, 16#FF, 16#FF>>, <<0, 16#11, 0, 0>>, <<255, 255, 255, 255>>, <<16#FF, 16#FF, 16#10, 0>>, <<0, 16#DF, 0, 0>>, <<65, 0, 0, 0, 7>>].
skip(<<_/utf8, _/utf8, R/binary>>) -> R; skip(_) -> no.
lit(<<"é"/utf8, R/bits>>) -> {u8, R}; lit(<<"é"/utf16, R/bits>>) -> {u16, R}; lit(<<"é"/utf32-little, R/bits>>) -> {u32l, R}; lit(_) -> no.
recode(B) -> << <<C/utf16-little>> || <<C/utf8>> <= B >>.
count(<<_/utf8, R/binary>>, N) -> count(R, N + 1); count(<<>>, N) -> N; count(R, N) -> {bad, N, R}.
bound(<<C/utf8, R/binary>>) -> case R of <<C/utf8>> -> {same, C}; _ -> {other, R} end.
w8(C) -> try byte_size(<<C/utf8>>) catch _:_ -> bad end.
