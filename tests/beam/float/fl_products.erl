%% SPDX-License-Identifier: Apache-2.0
%% Every operator and every function of math on floats at their edges; results told by their bits.
-module(fl_products).
-include("../t.hrl").
start() ->
    Fs = [0.0, -0.0, 1.0, -1.0, 0.1, 0.5, 1.5, -2.5, 3.0, 1.0e-320, 5.0e-324, 2.2250738585072014e-308, 1.7976931348623157e308, -1.7976931348623157e308, 9007199254740993.0, 1.0e22, 123456.789, 3.141592653589793, 1, -3, 1 bsl 70],
    [io:format("~w ~s~n", [A, [[b(fun() -> O(id(A), id(B)) end), $ ] || O <- [fun erlang:'+'/2, fun erlang:'-'/2, fun erlang:'*'/2, fun erlang:'/'/2], B <- Fs]]) || A <- Fs],
    [io:format("~w ~w~n", [F, [b(fun() -> math:F(id(X)) end) || X <- Fs]]) || F <- [sqrt, floor, ceil]],
    [io:format("~w ~w~n", [F, [near(fun() -> math:F(id(X)) end) || X <- Fs ++ [0.3, -0.7, 710.0, -746.0]]]) || F <- [sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, asinh, acosh, atanh, exp, log, log2, log10, erf, erfc]],
    [io:format("~w ~w~n", [F, [near(fun() -> math:F(id(X), id(Y)) end) || X <- [0.0, 1.0, -1.0, 2, 0.5, -0.5, 1.0e200], Y <- [0.0, 1, -1.0, 0.5, 3, 1.0e3, -2.5]]]) || F <- [pow, atan2, fmod]],
    ?T(math:pi()), ?T([F || F <- Fs, is_float(F), list_to_float(float_to_list(F, [short])) =/= F]), ?T([float_to_list(F, [{decimals, D}]) || F <- [0.5, 1.5, 2.675, -0.04, 1.0e15, 0.0, 99.995], D <- [0, 1, 2, 5]]), ?T([float_to_list(F, [{decimals, 6}, compact]) || F <- [0.5, 1.25, 100.0, -0.0]]), ?T([float_to_list(F, [{scientific, D}]) || F <- [0.5, 1.0e-300, 123456.0], D <- [0, 3, 20]]), ?T([float_to_binary(F) || F <- [1.0, -1.5e-10, 1.0e100]]),
    ?T([io_lib:format("~w ~p ~f ~.3f ~e ~.4e ~g ~.10g", [F, F, F, F, F, F, F, F]) || F <- [1.0, 0.1, 123456.789, 1.0e-5, -2.0]]), ?T([try binary_to_float(B) catch _:R -> R end || B <- [<<"1.0">>, <<"-0.0">>, <<"1.0e5">>, <<"1e5">>, <<"1.">>, <<".5">>, <<"1.0e400">>, <<"1.0e-400">>, <<" 1.0">>, <<"+1.5">>, <<"0x1.0">>, <<"1.5E+3">>, <<"nan">>, <<"4.9406564584124654e-324">>, <<"2.4703282292062327e-324">>]]),
    ?T([round(F) || F <- [0.5, 1.5, 2.5, -0.5, 0.49999999999999994, 4503599627370495.5, 1.0e20]]), ?T(kahan([1.0, 1.0e-16, 1.0e-16, 1.0e-16, -1.0])), ?T(lists:sum([0.1 || _ <- lists:seq(1, 10)])), ?T(newton(2.0, 1.0, 6)), ?T(simpson(fun(X) -> X * X * X end, 0.0, 2.0, 100)), ?T(mandel()), ?T(horner([1, -3, 2.5, 4], 1.5)), ?T(solve([[2.0, 1.0, -1.0, 8.0], [-3.0, -1.0, 2.0, -11.0], [-2.0, 1.0, 2.0, -3.0]])), ?T(stat([2, 4, 4, 4, 5, 5, 7, 9])), ?T(0.1 + 0.2 == 0.3), ?T(1.0 == 1), ?T(-0.0 == 0.0), ?T(-0.0 =:= 0.0), ?T(1 / -0.0), ?T({1.0e308 * 10}), ?T(erlang:float(a)), ?T(math:sqrt(-1)), ?T(math:log(0)), ?T(math:acos(2)), ?T(math:pow(0, -1)), ?T(math:exp(1000)), ?T(math:fmod(1, 0)), ?T(math:sin(a)).
b(F) -> try r(F()) catch _:R -> atom_to_list(R) end.
r(X) when is_float(X) -> <<I:64>> = <<X/float>>, integer_to_list(I, 36); r(X) -> integer_to_list(X).
near(F) -> try F() of X when is_float(X), abs(X) < 1.0e-300 -> zero; X when is_float(X) -> list_to_atom(float_to_list(X, [{scientific, 11}])) catch _:R -> R end.
kahan(L) -> element(1, lists:foldl(fun(X, {S, C}) -> Y = X - C, T = S + Y, {T, (T - S) - Y} end, {0.0, 0.0}, L)).
newton(_, X, 0) -> X; newton(A, X, N) -> newton(A, (X + A / X) / 2, N - 1).
simpson(F, A, B, N) -> H = (B - A) / N, S = lists:sum([F(A + I * H) * (case I rem 2 of 1 -> 4; 0 -> 2 end) || I <- lists:seq(1, N - 1)]), round((F(A) + F(B) + S) * H / 3 * 1.0e9).
mandel() -> [[it(X / 12, Y / 6, 0.0, 0.0, 0) || X <- lists:seq(-24, 8, 2)] || Y <- lists:seq(-6, 6, 2)].
it(_, _, _, _, 20) -> $#; it(_, _, X, Y, N) when X * X + Y * Y > 4.0 -> $a + N; it(Cx, Cy, X, Y, N) -> it(Cx, Cy, X * X - Y * Y + Cx, 2 * X * Y + Cy, N + 1).
horner(Cs, X) -> lists:foldl(fun(C, A) -> A * X + C end, 0, Cs).
solve([]) -> []; solve(M) -> [[P | Ps] = Row | Rest] = lists:sort(fun([A | _], [B | _]) -> abs(A) >= abs(B) end, M), Sol = solve([[B - A / P * C || {B, C} <- lists:zip(Bs, Ps)] || [A | Bs] <- Rest]), Known = lists:zip(lists:droplast(Ps), [round(S * 1.0e6) / 1.0e6 || S <- Sol]), X = (lists:last(Row) - lists:sum([A * V || {A, V} <- Known])) / P, [round(X * 1.0e6) / 1.0e6 | Sol].
stat(L) -> N = length(L), M = lists:sum(L) / N, V = lists:sum([(X - M) * (X - M) || X <- L]) / N, {M, V, math:sqrt(V)}.
