%% SPDX-License-Identifier: Apache-2.0
-module(c_match).
-include("core.hrl").
start() ->
    B = id(<<1, 2, 3, 4, 5, 6, 7, 8, 9, 10>>),
    ?T(begin <<A:8, R/binary>> = B, {A, R} end), ?T(begin <<A:16, B1:8, _/binary>> = B, {A, B1} end), ?T(begin <<A:16/little, _/bits>> = B, A end),
    ?T(begin <<A:32/signed, R/bits>> = id(<<255, 255, 255, 254, 9>>), {A, R} end), ?T(begin <<A:32/little-signed, _/bits>> = id(<<254, 255, 255, 255>>), A end),
    ?T(begin <<A:4, C:4, D:3, E:5, _/bits>> = id(<<16#AB, 16#CD, 0>>), [A, C, D, E] end), ?T(begin <<A:12, C:12>> = id(<<16#123456:24>>), [A, C] end),
    ?T(begin <<_:3, A:13/little, _:8>> = id(<<16#123456:24>>), A end), ?T(begin <<_:5, A:9/signed, _/bits>> = id(<<255, 127, 3>>), A end),
    ?T(begin <<A:72>> = id(<<1, 2, 3, 4, 5, 6, 7, 8, 9>>), A end), ?T(begin <<A:72/little-signed>> = id(<<1, 2, 3, 4, 5, 6, 7, 8, 255>>), A end),
    ?T(begin <<A:64>> = id(<<255:64>>), A end), ?T(begin <<A:64/signed>> = id(<<-5:64>>), A end), ?T(begin <<A:60>> = id(<<(1 bsl 59):60>>), A end),
    ?T(begin <<N, D:N/binary, R/binary>> = id(<<3, "abcdef">>), {N, D, R} end), ?T(begin <<N, D:N/binary, _/binary>> = id(<<9, "abcdef">>), {N, D} end),
    ?T(begin <<N:4, D:N, R/bits>> = id(<<16#4F, 16#AA>>), {N, D, R} end),
    ?T(begin <<F/float>> = id(<<1.5/float>>), F end), ?T(begin <<F:32/float-little>> = id(<<2.5:32/float-little>>), F end), ?T(begin <<F:16/float>> = id(<<0.5:16/float>>), F end),
    ?T(fl(<<127, 240, 0, 0, 0, 0, 0, 0>>)), ?T(fl(<<0:64>>)), ?T(fl(<<1>>)),
    ?T(begin <<C/utf8, R/binary>> = id(<<"åb"/utf8>>), {C, R} end), ?T(begin <<C/utf16, R/binary>> = id(<<16#10437/utf16, 1>>), {C, R} end), ?T(begin <<C/utf32, _/binary>> = id(<<16#10437/utf32, 1>>), C end),
    ?T(u8(<<"日本x"/utf8>>)), ?T(u8(<<255, 1>>)), ?T(u8(<<16#ED, 16#A0, 16#80>>)), ?T(u8(<<16#C0, 16#80>>)), ?T(u8(<<16#F4, 16#90, 128, 128>>)), ?T(u8(<<16#E6, 16#97>>)),
    ?T([tag(X) || X <- [<<>>, <<1>>, <<0, 1>>, <<"GET /x">>, <<"PUT">>, <<"POST">>, <<1:1>>, <<255, 255>>, <<2, 5:3>>, x]]),
    ?T(tlv(<<1, 2, "ab", 2, 0, 3, 1, "z">>)), ?T(tlv(<<1, 5, "ab">>)), ?T(bits(<<2#10110:5>>)), ?T(rle(<<1, 1, 1, 2, 3, 3>>)),
    ?T(sub(B)), ?T(ip(hdr())), ?T(begin <<A:2/binary-unit:12, R/bits>> = id(<<1, 2, 3, 4>>), {A, R} end),
    ?T(begin <<_:2/binary, R:3/binary, _/binary>> = B, <<S:2/binary, _/binary>> = R, {R, S} end),
    ?T(skip(<<0, 0, 0, 7, 8>>)), ?T(begin S2 = id(2), <<A:S2/unit:8, _/bits>> = B, A end), ?T(begin S3 = id(-1), <<A:S3, _/bits>> = B, A end),
    ?T(begin <<"abc", R/bits>> = id(<<"abcdef">>), R end), ?T(begin <<"abx", R/bits>> = id(<<"abcdef">>), R end), ?T(begin <<>> = id(<<>>), ok end), ?T(begin <<>> = id(<<1>>), ok end),
    ?T(begin <<A:8, A:8>> = id(<<7, 7>>), A end), ?T(begin <<A:8, A:8>> = id(<<7, 8>>), A end), ?T(count(<<0:800>>, 0)).
fl(<<F/float, _/binary>>) -> {f, F};
fl(_) -> nofloat.
u8(<<C/utf8, R/binary>>) -> [C | u8(R)];
u8(<<>>) -> [];
u8(Bad) -> {bad, Bad}.
tag(<<>>) -> empty;
tag(<<1>>) -> one;
tag(<<0, X>>) -> {zero, X};
tag(<<"GET ", P/binary>>) -> {get, P};
tag(<<"PUT">>) -> put;
tag(<<H, T/binary>>) -> {h, H, T};
tag(<<B:1>>) -> {bit, B};
tag(<<X, R/bits>>) -> {bits, X, bit_size(R)};
tag(_) -> other.
tlv(<<T, L, V:L/binary, R/binary>>) -> [{T, V} | tlv(R)];
tlv(<<>>) -> [];
tlv(R) -> {rest, R}.
bits(<<B:1, R/bits>>) -> [B | bits(R)];
bits(<<>>) -> [].
rle(<<A, A, A, R/binary>>) -> [{A, 3} | rle(R)];
rle(<<A, A, R/binary>>) -> [{A, 2} | rle(R)];
rle(<<A, R/binary>>) -> [{A, 1} | rle(R)];
rle(<<>>) -> [].
sub(<<_:3, R/bits>>) when bit_size(R) > 40 -> sub(R);
sub(R) -> R.
skip(<<0, R/binary>>) -> skip(R);
skip(R) -> {byte_size(R), R}.
count(<<_:3, R/bits>>, N) -> count(R, N + 1);
count(R, N) -> {N, R}.
hdr() -> <<4:4, 5:4, 0, 20:16, 1:16, 2:3, 0:13, 64, 6, 16#BEEF:16, 10, 0, 0, 1, 10, 0, 0, 2, "data">>.
ip(<<4:4, HL:4, _, Len:16, _:16, Fl:3, _:13, TTL, P, Sum:16, Src:4/binary, Dst:4/binary, D/binary>>) when HL >= 5 -> {Len, Fl, TTL, P, Sum, Src, Dst, D};
ip(_) -> bad.
