%% SPDX-License-Identifier: Apache-2.0
%% Protocol-like encoders and decoders.
-module(bs_proto).
-include("../t.hrl").
start() ->
    ?T(dns_query("www.erlang.org")), ?T(dns_parse(dns_query("www.erlang.org"))), ?T(png(<<137, "PNG\r\n", 26, "\n", 13:32, "IHDR", 16:32, 32:32, 8, 6, 0, 0, 0, 0:32>>)), ?T(tcp(<<1234:16, 80:16, 1:32, 2:32, 5:4, 0:6, 0:1, 1:1, 0:1, 0:1, 1:1, 0:1, 8192:16, 0:16, 0:16, "payload">>)), ?T(varint(300)), ?T([unvarint(varint(N)) || N <- [0, 1, 127, 128, 16383, 16384, 1 bsl 40]]), ?T(pb([{1, 150}, {2, <<"testing">>}, {3, 0}])), ?T(unpb(pb([{1, 150}, {2, <<"testing">>}]))),
    ?T(mp([1, -1, 200, 70000, "x", <<"bin">>, #{a => 1}, [], true])), ?T(huff()), ?T(wav(<<"RIFF", 36:32/little, "WAVEfmt ", 16:32/little, 1:16/little, 2:16/little, 44100:32/little, 176400:32/little, 4:16/little, 16:16/little, "data", 0:32/little>>)), ?T(utf8dec(<<"naïve ☃ 𝄞"/utf8>>)), ?T(gray(8)), ?T(uuid(<<16#550e8400e29b41d4a716446655440000:128>>)), ?T(bcd(<<16#12, 16#34, 16#5F>>)), ?T(rgb565([{255, 255, 255}, {255, 0, 0}, {0, 128, 64}])), ?T(elf(<<127, "ELF", 2, 1, 1, 0:72, 2:16/little, 62:16/little>>)), ?T(tar_oct(<<"0000644", 0>>)), ?T(ipv6(<<16#20010db8:32, 0:64, 1:32>>)), ?T(asn1(<<16#30, 6, 2, 1, 5, 2, 1, 10>>)), ?T(date_pack({2026, 11, 23})), ?T(unpack(date_pack({2026, 11, 23}))), ?T(ws(<<1:1, 0:3, 1:4, 1:1, 5:7, 16#01020304:32, 105, 103, 111, 104, 110>>)), ?T(beam_chunks()).
dns_query(N) -> Q = << <<(length(L)), (list_to_binary(L))/binary>> || L <- string:tokens(N, ".") >>, <<16#1234:16, 0:1, 0:4, 0:1, 0:1, 1:1, 0:1, 0:3, 0:4, 1:16, 0:16, 0:16, 0:16, Q/binary, 0, 1:16, 1:16>>.
dns_parse(<<Id:16, Qr:1, Op:4, _:7, _:4, Qd:16, _:48, R/binary>>) -> {N, <<T:16, C:16>>} = nm(R, []), {Id, Qr, Op, Qd, N, T, C}.
nm(<<0, R/binary>>, A) -> {lists:reverse(A), R};
nm(<<L, S:L/binary, R/binary>>, A) -> nm(R, [S | A]).
png(<<137, "PNG", 13, 10, 26, 10, L:32, "IHDR", W:32, H:32, D, CT, _, _, I, _/binary>>) -> {L, W, H, D, CT, I}.
tcp(<<S:16, D:16, Seq:32, Ack:32, Off:4, _:6, U:1, A:1, P:1, R:1, Sy:1, F:1, Win:16, _:32, Rest/binary>>) -> O = (Off - 5) * 4, <<Opt:O/binary, Data/binary>> = Rest, {S, D, Seq, Ack, [U, A, P, R, Sy, F], Win, Opt, Data}.
varint(N) when N < 128 -> <<N>>;
varint(N) -> <<1:1, N:7, (varint(N bsr 7))/binary>>.
unvarint(B) -> uv(B, 0, 0).
uv(<<1:1, N:7, R/binary>>, S, A) -> uv(R, S + 7, A bor (N bsl S));
uv(<<0:1, N:7, _/binary>>, S, A) -> A bor (N bsl S).
pb(L) -> << <<(f(K, V))/binary>> || {K, V} <- L >>.
f(K, V) when is_integer(V) -> <<(varint(K bsl 3))/binary, (varint(V))/binary>>;
f(K, V) -> <<(varint((K bsl 3) bor 2))/binary, (byte_size(V)), V/binary>>.
unpb(<<>>) -> [];
unpb(<<0:1, K:4, 0:3, R/binary>>) -> {V, R2} = uvr(R, 0, 0), [{K, V} | unpb(R2)];
unpb(<<0:1, K:4, 2:3, L, V:L/binary, R/binary>>) -> [{K, V} | unpb(R)].
uvr(<<1:1, N:7, R/binary>>, S, A) -> uvr(R, S + 7, A bor (N bsl S));
uvr(<<0:1, N:7, R/binary>>, S, A) -> {A bor (N bsl S), R}.
mp(L) -> [m(X) || X <- L].
m(true) -> <<16#C3>>; m(I) when is_integer(I), I >= 0, I < 128 -> <<0:1, I:7>>; m(I) when is_integer(I), I < 0, I >= -32 -> <<2#111:3, I:5>>; m(I) when is_integer(I), I >= 0, I < 256 -> <<16#CC, I>>; m(I) when is_integer(I) -> <<16#CE, I:32>>; m(B) when is_binary(B) -> <<16#C4, (byte_size(B)), B/binary>>;
m(M) when is_map(M) -> <<2#1000:4, (map_size(M)):4, << <<(m(atom_to_binary(K)))/binary, (m(V))/binary>> || {K, V} <- maps:to_list(M) >>/binary>>; m(L) when is_list(L) -> <<2#1001:4, (length(L)):4, << <<(m(X))/binary>> || X <- L >>/binary>>.
huff() -> C = #{$a => <<0:1>>, $b => <<2:2>>, $c => <<3:2>>}, E = << <<(maps:get(X, C))/bits>> || X <- "abacabc" >>, {E, hd_(E)}.
hd_(<<0:1, R/bits>>) -> [$a | hd_(R)]; hd_(<<2:2, R/bits>>) -> [$b | hd_(R)]; hd_(<<3:2, R/bits>>) -> [$c | hd_(R)]; hd_(<<>>) -> [].
wav(<<"RIFF", _:32/little, "WAVE", "fmt ", 16:32/little, F:16/little, C:16/little, R:32/little, _:32, _:16, B:16/little, _/binary>>) -> {F, C, R, B}.
utf8dec(<<0:1, C:7, R/bits>>) -> [C | utf8dec(R)]; utf8dec(<<6:3, A:5, 2:2, B:6, R/bits>>) -> [(A bsl 6) + B | utf8dec(R)]; utf8dec(<<14:4, A:4, 2:2, B:6, 2:2, C:6, R/bits>>) -> [(A bsl 12) + (B bsl 6) + C | utf8dec(R)]; utf8dec(<<30:5, A:3, 2:2, B:6, 2:2, C:6, 2:2, D:6, R/bits>>) -> [(A bsl 18) + (B bsl 12) + (C bsl 6) + D | utf8dec(R)]; utf8dec(<<>>) -> [].
gray(N) -> [<<(X bxor (X bsr 1)):3>> || X <- lists:seq(0, N - 1)].
uuid(<<A:32, B:16, C:16, D:16, E:48>>) -> lists:flatten(io_lib:format("~8.16.0b-~4.16.0b-~4.16.0b-~4.16.0b-~12.16.0b", [A, B, C, D, E])).
bcd(B) -> [D || <<D:4>> <= B, D < 10].
rgb565(L) -> << <<(R bsr 3):5, (G bsr 2):6, (B bsr 3):5>> || {R, G, B} <- L >>.
elf(<<16#7F, "ELF", C, E, V, _:9/binary, T:16/little, M:16/little>>) -> {C, E, V, T, M}.
tar_oct(<<S:7/binary, 0>>) -> binary_to_integer(S, 8).
ipv6(B) -> [X || <<X:16>> <= B].
asn1(<<16#30, L, B:L/binary>>) -> [V || <<2, N, V:N/unit:8>> <= B].
date_pack({Y, M, D}) -> <<(Y - 1980):7, M:4, D:5>>.
unpack(<<Y:7, M:4, D:5>>) -> {Y + 1980, M, D}.
ws(<<Fin:1, _:3, Op:4, 1:1, L:7, Mask:32, P:L/binary>>) -> <<K:4/binary, _/binary>> = <<Mask:32>>, {Fin, Op, << <<(X bxor binary:at(K, I rem 4))>> || {X, I} <- lists:zip(binary_to_list(P), lists:seq(0, L - 1)) >>}.
beam_chunks() -> {ok, B} = file:read_file(code:which(?MODULE)), <<"FOR1", _:32, "BEAM", R/binary>> = B, lists:member(<<"Code">>, ch(R)).
ch(<<N:4/binary, L:32, R/binary>>) -> S = (L + 3) band bnot 3, case R of <<_:S/binary, T/binary>> -> [N | ch(T)]; _ -> [N] end;
ch(_) -> [].
