%% SPDX-License-Identifier: Apache-2.0
%% Formats of the world taken apart and put together: IPv4, DNS, PNG chunks, WAV, TLV, varints.
-module(bs_formats).
-include("../t.hrl").

start() ->
    Ip = ip(<<10, 0, 0, 1>>, <<192, 168, 7, 9>>, 17, <<"payload">>),
    ?T(Ip), ?T(unip(Ip)), ?T(checksum(binary:part(Ip, 0, 20))), ?T(unip(<<Ip/binary, "more">>)), ?T(unip(binary:part(Ip, 0, 19))),
    Dns = <<16#1234:16, 1:1, 0:4, 0:1, 0:1, 1:1, 0:3, 0:1, 0:4, 1:16, 1:16, 0:16, 0:16, (name("www.example.org"))/binary, 1:16, 1:16, 3:2, 12:14, 1:16, 1:16, 300:32, 4:16, 93, 184, 216, 34>>,
    ?T(Dns), ?T(undns(Dns)),
    Png = iolist_to_binary([<<137, "PNG", 13, 10, 26, 10>>, chunk("IHDR", <<100:32, 50:32, 8, 6, 0, 0, 0>>), chunk("IDAT", <<0, 1, 2>>), chunk("IEND", <<>>)]),
    ?T(Png), ?T(unpng(Png)), <<H:40/binary, X, R/binary>> = Png, ?T(unpng(<<H/binary, (X bxor 1), R/binary>>)),
    Wav = wav([0, 1, -1, 32767, -32768]), ?T(Wav), ?T(unwav(Wav)),
    Tlv = << <<(tlv(T, V))/binary>> || {T, V} <- [{1, <<"a">>}, {2, <<>>}, {300, binary:copy(<<"x">>, 200)}, {5, <<1:7, 0:1>>}] >>, ?T(byte_size(Tlv)), ?T(untlv(Tlv)),
    ?T([varint(N) || N <- [0, 1, 127, 128, 300, 1 bsl 21, 1 bsl 63]]), ?T([unvarint(varint(N)) =:= {N, <<>>} || N <- [0, 1, 127, 128, 300, 1 bsl 21, 1 bsl 63, 1 bsl 100]]), ?T(unvarint(<<128, 128>>)),
    ?T(bits_of(<<16#A5, 16#F0, 5:3>>)), ?T(base64_by_hand(<<"any carnal pleas">>)), ?T(float_bits(-118.625)), ?T([float_bits(F) || F <- [0.0, -0.0, 1.0e-310, 1.7976931348623157e308]]).

ip(Src, Dst, Proto, Data) ->
    Len = 20 + byte_size(Data),
    H = <<4:4, 5:4, 0, Len:16, 1:16, 2:3, 0:13, 64, Proto, 0:16, Src:4/binary, Dst:4/binary>>,
    <<A:10/binary, _:16, B/binary>> = H, <<A/binary, (checksum(H)):16, B/binary, Data/binary>>.
checksum(B) -> fold(lists:sum([W || <<W:16>> <= B])).
fold(S) when S > 16#ffff -> fold((S band 16#ffff) + (S bsr 16));
fold(S) -> S bxor 16#ffff.
unip(<<4:4, Ihl:4, Tos, Len:16, Id:16, F:3, Frag:13, Ttl, P, _:16, S:4/binary, D:4/binary, Rest/binary>>) when Ihl >= 5, Len >= 4 * Ihl ->
    Opt = 4 * (Ihl - 5), Dl = Len - 4 * Ihl,
    case Rest of <<O:Opt/binary, Data:Dl/binary, Tail/binary>> -> {Tos, Id, F, Frag, Ttl, P, S, D, O, Data, byte_size(Tail)}; _ -> short end;
unip(_) -> no_ip.
name(N) -> << << <<(byte_size(L)), L/binary>> || L <- binary:split(list_to_binary(N), <<".">>, [global]) >>/binary, 0>>.
undns(<<Id:16, Qr:1, Op:4, Aa:1, Tc:1, Rd:1, Ra:1, _:2, _:1, Rc:4, Q:16, A:16, _:32, R/binary>> = All) ->
    {Qs, R1} = many(Q, R, fun(B) -> {N, <<T:16, C:16, B1/binary>>} = unname(B, All), {{N, T, C}, B1} end),
    {As, R2} = many(A, R1, fun(B) -> {N, <<T:16, C:16, Ttl:32, L:16, D:L/binary, B1/binary>>} = unname(B, All), {{N, T, C, Ttl, D}, B1} end),
    {Id, Qr, Op, Aa, Tc, Rd, Ra, Rc, Qs, As, R2}.
many(0, B, _) -> {[], B};
many(N, B, F) -> {X, B1} = F(B), {Xs, B2} = many(N - 1, B1, F), {[X | Xs], B2}.
unname(<<0, R/binary>>, _) -> {[], R};
unname(<<3:2, At:14, R/binary>>, All) -> <<_:At/binary, B/binary>> = All, {N, _} = unname(B, All), {N, R};
unname(<<L, Label:L/binary, R/binary>>, All) -> {N, R1} = unname(R, All), {[Label | N], R1}.
chunk(T, D) -> B = iolist_to_binary([T, D]), <<(byte_size(D)):32, B/binary, (erlang:crc32(B)):32>>.
unpng(<<137, "PNG\r\n", 26, "\n", R/binary>>) -> chunks(R).
chunks(<<>>) -> [];
chunks(<<L:32, T:4/binary, D:L/binary, C:32, R/binary>>) -> [{T, L, erlang:crc32([T, D]) =:= C, case T of <<"IHDR">> -> <<W:32, H:32, _/binary>> = D, {W, H}; _ -> D end} | chunks(R)].
wav(Samples) -> D = << <<S:16/little-signed>> || S <- Samples >>, L = byte_size(D), <<"RIFF", (36 + L):32/little, "WAVEfmt ", 16:32/little, 1:16/little, 1:16/little, 44100:32/little, 88200:32/little, 2:16/little, 16:16/little, "data", L:32/little, D/binary>>.
unwav(<<"RIFF", _:32/little, "WAVE", "fmt ", N:32/little-unsigned, F:N/binary, "data", L:32/little, D:L/binary>>) -> <<Fmt:16/little, Ch:16/little, Rate:32/little, _/binary>> = F, {Fmt, Ch, Rate, [S || <<S:16/little-signed>> <= D]}.
tlv(T, V) when T < 128, byte_size(V) < 128 -> <<0:1, T:7, (byte_size(V)), V/binary>>;
tlv(T, V) -> <<1:1, T:15, (byte_size(V)):24, V/binary>>.
untlv(<<>>) -> [];
untlv(<<0:1, T:7, L, V:L/binary, R/binary>>) -> [{T, V} | untlv(R)];
untlv(<<1:1, T:15, L:24, V:L/binary, R/binary>>) -> [{T, erlang:md5(V)} | untlv(R)].
varint(N) when N < 128 -> <<N>>;
varint(N) -> <<1:1, N:7, (varint(N bsr 7))/binary>>.
unvarint(B) -> unvarint(B, 0, 0).
unvarint(<<0:1, N:7, R/binary>>, S, A) -> {A bor (N bsl S), R};
unvarint(<<1:1, N:7, R/binary>>, S, A) -> unvarint(R, S + 7, A bor (N bsl S));
unvarint(_, _, _) -> more.
bits_of(B) -> [X || <<X:1>> <= B].
base64_by_hand(B) -> Pad = case byte_size(B) rem 3 of 0 -> 0; N -> 3 - N end, P = Pad * 8, S = << <<(element(X + 1, list_to_tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")))>> || <<X:6>> <= <<B/binary, 0:P>> >>, L = byte_size(S) - Pad, {<<(binary:part(S, 0, L))/binary, (binary:copy(<<"=">>, Pad))/binary>>, base64:encode(B)}.
float_bits(F) -> <<S:1, E:11, M:52>> = <<F/float>>, <<S32:1, E32:8, M32:23>> = try <<F:32/float>> catch _:_ -> <<0:32>> end, {S, E, M, S32, E32, M32, try <<G:16/float>> = <<F:16/float>>, G catch _:_ -> no end}.
