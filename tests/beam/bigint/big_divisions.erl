%% SPDX-License-Identifier: Apache-2.0
%% div, rem, *, + and - of every pair of values at the borders of words; digits where a long division estimates one too much.
-module(big_divisions).
-include("../t.hrl").
start() ->
    Vs = values(),
    [io:format("~w ~w~n", [A, [{A div B, A rem B} || B <- Vs, B =/= 0]]) || A <- Vs],
    [io:format("~w ~w~n", [A, [{id(A) * id(B), id(A) - id(B)} || B <- Vs]]) || A <- lists:sublist(Vs, 14)],
    ?T([{A, B} || A <- Vs, B <- Vs, B =/= 0, not sound(A, B)]),
    ?T([{A, B} || A <- hard(), B <- hard(), not sound(A, B)]),
    ?T([erlang:phash2({A div B, A rem B}) || A <- hard(), B <- hard(), A > B]),
    ?T(id(1 bsl 100) div id(0)), ?T(id(1 bsl 100) rem id(0)), ?T(id(1 bsl 100) div id(0.0)), ?T(id(x) rem id(2)),
    ?T(id(5) div id(x)), ?T(id(-576460752303423488) div id(-1)), ?T(id(-576460752303423488) rem id(-1)),
    ?T(-id(-576460752303423488)), ?T(abs(id(-576460752303423488))), ?T(abs(id(-(1 bsl 64)))),
    ?T(id(-9223372036854775808) div id(-1)), ?T(id(576460752303423488) - id(1)), ?T(id(1 bsl 59) + id(-1)),
    ?T([id(576460752303423487) * K || K <- [-2, -1, 0, 1, 2, 16, 576460752303423487]]),
    ?T(digits(factorial(60), 10)), ?T(digits(factorial(60), 1000000007)), ?T(digits(-factorial(25), 97)),
    ?T([floor_div(A, B) || A <- [7, -7, 1 bsl 65, -(1 bsl 65)], B <- [3, -3, (1 bsl 33) + 1, -(1 bsl 33) - 1]]),
    ?T(erlang:phash2(lists:foldl(fun(N, A) -> A * N + (A div (N + 1)) end, 1, lists:seq(2, 200)))),
    ?T((factorial(200) div factorial(198)) =:= 200 * 199), ?T(factorial(300) rem factorial(150)),
    ?T(((1 bsl 4000) - 1) div ((1 bsl 2000) + 1) =:= (1 bsl 2000) - 1),
    ?T(erlang:phash2(element(1, lists:foldl(fun(_, {A, B}) -> {A + B, A} end, {1, 0}, lists:seq(1, 3000))))).
values() ->
    [0, 1, -1, 7, -7, 10, 1 bsl 59, (1 bsl 59) - 1, -(1 bsl 59), -(1 bsl 59) - 1, 1 bsl 63, -(1 bsl 63), (1 bsl 64) - 1, 1 bsl 64,
     -(1 bsl 64), 123456789012345678901234567890, -98765432109876543210, (1 bsl 128) - 1, -(1 bsl 128) - 1, (1 bsl 192) - (1 bsl 64)].
hard() ->
    W = 1 bsl 64, H = 1 bsl 63,
    [H * W * W + W - 1, (H - 1) * W * W + (W - 1) * W, H * W + 1, (W - 1) * W * W * W + 1, H * W * W, (H + 1) * W, W * W - 1, W * W + W,
     (W - 1) * W + H, H * W - 1, -(H * W * W) + 1, -(W * W * W - W), (1 bsl 32) * W + (1 bsl 31), ((1 bsl 32) - 1) * (W + 1)].
sound(A, B) ->
    Q = id(A) div id(B), R = id(A) rem id(B),
    Q * B + R =:= A andalso abs(R) < abs(B) andalso (R =:= 0 orelse (R < 0) =:= (A < 0)).
floor_div(A, B) -> Q = A div B, case A rem B of R when R =/= 0, (R < 0) =/= (B < 0) -> Q - 1; _ -> Q end.
factorial(0) -> 1;
factorial(N) -> N * factorial(N - 1).
digits(N, B) when abs(N) < B -> [N];
digits(N, B) -> [N rem B | digits(N div B, B)].
