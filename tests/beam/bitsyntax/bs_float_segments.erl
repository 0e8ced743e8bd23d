%% SPDX-License-Identifier: Apache-2.0
%% Float segments of 16, 32 and 64 bits: rounding, denormals, what has no value, both byte orders, unaligned.
-module(bs_float_segments).
-include("../t.hrl").
start() ->
    Fs = [0.0, -0.0, 1.0, -1.0, 0.1, 1.5, 65504.0, 65519.0, 65520.0, 1.0e5, 6.103515625e-5, 6.0e-5, 5.960464477539063e-8, 2.9802322387695312e-8, 3.4028234663852886e38, 3.4028235677973362e38,
          3.5e38, 1.401298464324817e-45, 7.0e-46, 1.1754943508222875e-38, 2.0e-40, 1.7976931348623157e308, 5.0e-324, 3.141592653589793, 0, 1, -7, 1 bsl 53, (1 bsl 53) + 1, 1 bsl 200, 1 bsl 1024, a],
    [io:format("~w ~w~n", [F, [build(F, S) || S <- [16, 32, 64]]]) || F <- Fs],
    [io:format("~w ~w~n", [H, [half(H), half_little(H)]]) || H <- [0, 1, 16#8000, 16#8001, 16#3C00, 16#3FF, 16#400, 16#7BFF, 16#7C00, 16#7C01, 16#7E00, 16#FC00, 16#FFFF, 16#3555, 16#C000]],
    ?T([single(S) || S <- [0, 1, 16#80000000, 16#3F800000, 16#7F7FFFFF, 16#7F800000, 16#7FC00000, 16#FF800000, 16#00800000, 16#007FFFFF, 16#BF800001]]),
    ?T([double(D) || D <- [0, 1, 1 bsl 63, 16#3FF0000000000000, 16#7FEFFFFFFFFFFFFF, 16#7FF0000000000000, 16#7FF0000000000001, 16#FFF8000000000000, 16#000FFFFFFFFFFFFF, 16#0010000000000000]]),
    ?T([H || H <- lists:seq(0, 65535, 7), half_back(H) =/= H, H band 16#7C00 =/= 16#7C00]), ?T(erlang:phash2([half(H) || H <- lists:seq(0, 65535, 11)])),
    ?T([O || O <- lists:seq(0, 16), F <- [1.5, -2.25, 0.1, 1.0e300], not shifted(F, O)]), ?T(bad_sizes()), ?T([match_size(S, <<0:128>>) || S <- [0, 8, 16, 24, 32, 40, 64, 80, 128, a, -1]]),
    ?T([F || <<F:32/float>> <= <<1.0:32/float, 2.5:32/float, 16#7F800000:32, 3.0:32/float>>]), ?T([F || <<F/float-little>> <= << <<X/float-little>> || X <- [1, 2.5, -3] >>]),
    ?T(<<1:1, 1.0:16/float, 0:7>>), ?T(lit(<<1.0/float>>)), ?T(lit(<<1.5:32/float>>)), ?T(lit(<<-0.0/float>>)), ?T(lit(<<2.0/float>>)), ?T(unit(<<1.0/float, 2.0:32/float>>)), ?T(<<(id(2.5)):2/float-unit:16>>), ?T(case <<3.0/float>> of <<X/float>> when X == 3 -> {eq, X}; _ -> no end),
    ?T(case <<16#7FF8000000000000:64, 5>> of <<_/float, R/binary>> -> {skipped, R}; <<_:64, R/binary>> -> {bits, R} end), ?T(vectors()), ?T(causes()).
build(F, S) -> try <<(id(F)):S/float>> catch _:R -> R end.
half(H) -> case <<H:16>> of <<F:16/float>> -> F; _ -> none end.
half_little(H) -> case <<H:16>> of <<F:16/float-little>> -> F; _ -> none end.
half_back(H) -> case <<H:16>> of <<F:16/float>> -> <<B:16>> = <<F:16/float>>, B; _ -> none end.
single(S) -> case <<S:32>> of <<F:32/float>> -> F; _ -> none end.
double(S) -> case <<S:64>> of <<F:64/float>> -> F; _ -> none end.
shifted(F, O) -> B = <<0:O, F/float, F/float-little, F:32/float, F:32/float-native>>, case B of <<_:O, A/float, C/float-little, D:32/float, E:32/float-native>> -> A =:= F andalso C =:= F andalso D =:= E; _ -> F > 1.0e38 end.
bad_sizes() -> [try <<(id(1.0)):(id(S))/float>> catch _:R -> {S, R} end || S <- [0, 1, 8, 16, 24, 32, 48, 63, 64, 65, 80, 128, -1, a, 1 bsl 70]].
match_size(S, B) -> case B of <<F:S/float, R/bits>> -> {F, bit_size(R)}; _ -> none end.
lit(<<1.0/float>>) -> one; lit(<<1.5:32/float>>) -> one_and_half; lit(<<-0.0/float>>) -> zero; lit(_) -> other.
unit(<<A:4/float-unit:16, B:2/float-unit:16>>) -> {A, B}.
vectors() -> B = << <<X:32/float-little, Y:32/float-little>> || X <- [1, 2, 3], Y <- [0.5, 0.25] >>, {lists:sum([X * Y || <<X:32/float-little, Y:32/float-little>> <= B]), byte_size(B)}.
causes() -> [try <<1:3, (id(V)):(id(S))/float>> catch error:R:St -> [{_, _, _, I} | _] = St, {R, maps:get(cause, proplists:get_value(error_info, I))} end || S <- [0, 24, 32, 64], V <- [1.0, a, 1 bsl 2000], S < 32 orelse V =/= 1.0].
