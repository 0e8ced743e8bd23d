%% SPDX-License-Identifier: Apache-2.0
-module(fl_ops).
-include("../t.hrl").
start() ->
    Fs = [0.0, 1.0, -1.0, 0.5, 3.0e-310, 1.0e308, -2.5, 7.0, 1.0e-5, 123.456],
    [p({A, B, c(fun() -> A + B end), c(fun() -> A - B end), c(fun() -> A * B end), c(fun() -> A / B end), A < B, A == B}) || A <- Fs, B <- Fs],
    ?T([round(F) || F <- [0.5, 1.5, 2.5, -0.5, -1.5, 0.49999999999999994, 4503599627370497.5, 1.0e20]]), ?T([trunc(F) || F <- [0.9, -0.9, 1.0e15, 1.0e18, 1.0e19, -1.0e30]]), ?T([ceil(F) || F <- [0.1, -0.1, 1.0, 1.0e20]]), ?T([floor(F) || F <- [0.1, -0.1, 1.0, -1.0e20]]),
    ?T(pi(100000)), ?T(nbody(100)), ?T(kahan([1.0e16, 1.0, -1.0e16, 1.0])), ?T(lists:sum([0.1, 0.2, 0.3, 0.4, 0.5])), ?T(horner(50, 0.99)), ?T(simpson(fun(X) -> X * X * X end, 0.0, 2.0, 100)), ?T(logistic(0.3, 100)), ?T(sqrt_newton(2.0)), ?T(dotp([1.5, 2.5, 3.5], [4, 5, 6])), ?T(var([2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0])),
    ?T(<<(id(1.5)):64/float, (id(2)):32/float, (id(0.25)):16/float>>), ?T([F || <<F:32/float>> <= <<1.5:32/float, 2.25:32/float, -0.5:32/float>>]), ?T([F || <<F:16/float>> <= <<1.5:16/float, 65504.0:16/float, 6.0e-8:16/float>>]), ?T(lists:sort([3.0, 1, 2.5, -1.0, 2, 1.0])), ?T(lists:usort([1, 1.0, 2, 2.0])), ?T(lists:max([1, 1.0])), ?T(lists:min([2.0, 2])), ?T(#{1.0 => a, 1 => b}), ?T(maps:get(1.0, #{1.0 => a, 1 => b})), ?T(maps:get(0.0, #{0.0 => a}, none)), ?T(erlang:phash2(1.0) =:= erlang:phash2(1)), ?T(guard(1.5)), ?T(guard(2)), ?T(guard(-1.5)), ?T(1.0e308 * 2 =:= x), ?T(id(0.0) * id(-1.0)), ?T(id(0.0) =:= id(-0.0)), ?T(id(0.0) == id(-0.0)), ?T(float_to_list(id(-0.0), [short])).
c(F) -> try F() catch C:R -> {C, R} end.
guard(X) when X * 2 > 2.5 -> gt; guard(X) when X < 0.0 -> neg; guard(_) -> other.
pi(N) -> pi(N, 1.0, 1.0, 0.0).
pi(0, _, _, A) -> 4 * A;
pi(N, S, D, A) -> pi(N - 1, -S, D + 2.0, A + S / D).
nbody(N) -> nb(N, {0.0, 0.0, 1.0, 0.0}, {1.0, 0.0, 0.0, 1.0}).
nb(0, A, B) -> {A, B};
nb(N, {X1, Y1, U1, V1}, {X2, Y2, U2, V2}) -> Dx = X2 - X1, Dy = Y2 - Y1, D = Dx * Dx + Dy * Dy + 0.01, F = 0.001 / D, nb(N - 1, {X1 + U1 * 0.01, Y1 + V1 * 0.01, U1 + Dx * F, V1 + Dy * F}, {X2 + U2 * 0.01, Y2 + V2 * 0.01, U2 - Dx * F, V2 - Dy * F}).
kahan(L) -> kahan(L, 0.0, 0.0).
kahan([], S, _) -> S;
kahan([X | T], S, C) -> Y = X - C, Z = S + Y, kahan(T, Z, (Z - S) - Y).
horner(0, _) -> 1.0;
horner(N, X) -> N + X * horner(N - 1, X).
simpson(F, A, B, N) -> H = (B - A) / N, S = lists:sum([case I rem 2 of 1 -> 4 * F(A + I * H); 0 -> 2 * F(A + I * H) end || I <- lists:seq(1, N - 1)]), (F(A) + S + F(B)) * H / 3.
logistic(X, 0) -> X;
logistic(X, N) -> logistic(3.9 * X * (1.0 - X), N - 1).
sqrt_newton(A) -> lists:foldl(fun(_, X) -> (X + A / X) / 2 end, A, lists:seq(1, 10)).
dotp(A, B) -> lists:sum(lists:zipwith(fun(X, Y) -> X * Y end, A, B)).
var(L) -> N = length(L), M = lists:sum(L) / N, lists:sum([(X - M) * (X - M) || X <- L]) / N.
