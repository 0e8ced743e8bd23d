%% SPDX-License-Identifier: Apache-2.0
%% Libraries may differ in the last place: twelve digits.
-module(ar_math).
-include("../t.hrl").
start() ->
    Xs = [0.0, 0.5, 1.0, -1.0, 2, 10, 0.1, 100, 1.0e10],
    [p({F, X, try math:F(X) catch C:R -> {C, R} end}) || F <- [sqrt, exp, log, log2, log10, ceil, floor], X <- Xs ++ [-5, 1000]],
    [p({F, X, try r(math:F(X)) catch C:R -> {C, R} end}) || F <- [sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, asinh, acosh, atanh, erf, erfc], X <- Xs],
    [p({F, A, B, try math:F(A, B) catch C:R -> {C, R} end}) || F <- [pow, atan2, fmod], A <- [0, 1, -1, 2.5, 10], B <- [0, 1, 2, -2, 0.5]],
    ?T(math:pi()), ?T(math:pow(2, 1024)), ?T(math:pow(10, 308)), ?T(math:exp(id(1000))), ?T(math:sqrt(id(a))), ?T(math:log(id(0))), ?T(math:pow(id(x), 1)), ?T(math:sqrt(1 bsl 100)), ?T(math:log2(1 bsl 100)), ?T(math:floor(1 bsl 70)),
    ?T(lists:sum([math:sin(X / 100) || X <- lists:seq(1, 100)])), ?T(round(math:pow(2, 40))), ?T(r(math:log(1 bsl 2000))).
r(F) when is_float(F) -> list_to_float(float_to_list(F, [{scientific, 12}])).
