%% SPDX-License-Identifier: Apache-2.0
%% Every size from 0 to 140 bits, both signs, both byte orders, at each bit offset: built, matched, and told as text.
-module(bs_all_types).
-include("../t.hrl").
start() ->
    Sizes = lists:seq(0, 72) ++ [79, 80, 95, 96, 127, 128, 129, 140],
    [io:format("~w ~w~n", [S, erlang:phash2([built(V, S) || V <- values()])]) || S <- Sizes],
    [io:format("~w ~w~n", [S, [built(V, S) || V <- [-1, 16#123456789ABCDEF01]]]) || S <- [1, 7, 9, 12, 31, 33, 60, 64, 65]],
    ?T([{S, V, O} || S <- Sizes, V <- values(), O <- [0, 1, 3, 7, 8], not round_trip(V, S, O)]),
    ?T([matched(S, 3) || S <- [1, 5, 8, 11, 16, 24, 28, 32, 33, 40, 48, 56, 59, 60, 61, 63, 64, 65, 80, 128]]),
    ?T([native(S) || S <- [16, 24, 32, 48, 64, 128]]), ?T(constant_sizes(<<16#FEDCBA9876543210F0E1D2C3B4A59687:128>>)),
    ?T(constant_sizes(<<0:128>>)), ?T(constant_sizes(<<-1:128>>)), ?T(unaligned(<<2#101:3, 16#FEDCBA9876543210F0E1D2C3B4A59687:128>>)),
    ?T([units(U) || U <- [1, 3, 8, 16]]), ?T(bad(fun() -> <<(id(a)):8>> end)), ?T(bad(fun() -> <<1:(id(-1))>> end)), ?T(bad(fun() -> <<1:(id(a))>> end)),
    ?T(bad(fun() -> <<(id(1.0)):8>> end)), ?T(bad(fun() -> <<1:(id(1 bsl 70))>> end)), ?T(bad(fun() -> <<(id(<<1>>)):16/binary>> end)), ?T(bad(fun() -> <<(id(<<1:3>>))/binary>> end)),
    ?T(bad(fun() -> <<(id(<<1, 2>>)):1/binary>> end)), ?T(bad(fun() -> <<(id(<<1, 2>>)):(id(3))/binary-unit:4>> end)), ?T(<<(id(<<1, 2, 3:4>>))/bits>>),
    ?T(match_sizes(<<1, 2, 3>>)), ?T(zero(<<>>)), ?T(zero(<<1>>)), ?T(sum_fields(<<3:4, 5:4, 1:3, 2:5, 9:5, 3:3, 16#FFFF:16>>, [4, 4, 3, 5, 5, 3, 16])).
values() -> [0, 1, -1, 127, 128, 255, -128, 16#ABCD, 16#1234567, -16#1234567, (1 bsl 59) - 1, -(1 bsl 59), 16#FEDCBA9876543210, -16#FEDCBA9876543210, 16#0123456789ABCDEF0123456789ABCDEF01].
built(V, S) -> {<<(id(V)):S>>, <<(id(V)):S/little>>, <<1:1, (id(V)):S/little, 0:2>>, <<5:3, (id(V)):S>>}.
round_trip(V, S, O) ->
    B = <<0:O, V:S/big, V:S/little, V:S/native, 1:1>>, M = V band ((1 bsl S) - 1),
    <<_:O, U1:S/big, U2:S/little, U3:S/native, 1:1>> = B, <<_:O, S1:S/signed-big, S2:S/signed-little, _:S, 1:1>> = B,
    Sg = if S > 0, M >= 1 bsl (S - 1) -> M - (1 bsl S); true -> M end,
    {U1, U2, U3, S1, S2} =:= {M, M, M, Sg, Sg}.
matched(S, O) ->
    B = <<0:O, 16#F1E2D3C4B5A69788796A5B4C3D2E1F00F1E2D3C4B5A69788:192>>,
    <<_:O, A:S, _/bits>> = B, <<_:O, L:S/little, _/bits>> = B, <<_:O, C:S/signed, _/bits>> = B, <<_:O, D:S/signed-little, _/bits>> = B, {S, A, L, C, D}.
native(S) -> <<A:S/native>> = <<16#0102030405060708:S/little>>, <<B:S/native-signed>> = <<-2:S/little>>, {A, B}.
constant_sizes(Bin) ->
    <<A:1, B:7/signed, C:16/little, D:24/signed-little, E:32, F:48/little, _/bits>> = Bin, <<G:60, H:60/signed, I:8, _/bits>> = Bin, <<J:64/little-signed, K:64/signed>> = Bin, <<L:128/little>> = Bin,
    {A, B, C, D, E, F, G, H, I, J, K, L}.
unaligned(<<X:3, Bin/bits>>) ->
    <<A:8, B:16/little, C:32/little-signed, D:64/little, E:8/signed>> = Bin, <<F:59/signed, G:60, H:9>> = Bin, <<I:128/signed>> = Bin, {X, A, B, C, D, E, F, G, H, I}.
units(U) -> B = <<(lists:foldl(fun(X, A) -> A * 256 + X end, 0, lists:seq(1, 24))):192>>,
    case U of
        1 -> <<A:13/unit:1, _/bits>> = B, A;
        3 -> <<A:13/unit:3, _/bits>> = B, A;
        8 -> <<A:13/unit:8, _/bits>> = B, A;
        16 -> <<A:2/unit:16, R/binary>> = B, <<C:3/binary-unit:16, _/binary-unit:16>> = R, {A, C}
    end.
bad(F) -> try F() catch C:R -> {C, R} end.
match_sizes(B) -> [case B of <<X:N/binary, R/bits>> -> {X, R}; _ -> no end || N <- [-1, 0, 1, 3, 4, 1 bsl 40, 1 bsl 70, a, 1.0]].
zero(<<X:0, Y:0/binary, Z:0/little-signed, R/bits>>) -> {X, Y, Z, R}.
sum_fields(<<>>, []) -> 0;
sum_fields(B, [S | Ss]) -> <<X:S, R/bits>> = B, X + sum_fields(R, Ss).
