%% SPDX-License-Identifier: Apache-2.0
-module(big_ops).
-include("../t.hrl").
start() ->
    [p({N, erlang:phash2(fac(N)), length(integer_to_list(fac(N)))}) || N <- [10, 20, 21, 50, 100, 500, 1500]],
    ?T(length(integer_to_list(pow(7, 5000)))), ?T(pow(2, 521) - 1), ?T(pow(3, 200) rem pow(2, 64)), ?T(pow(10, 100) div (pow(10, 50) + 7)), ?T(isqrt(pow(10, 120))), ?T(fibm(1000)), ?T(erlang:phash2(fibm(20000))), ?T(modinv(3, pow(2, 127) - 1)),
    ?T(mr(pow(2, 89) - 1)), ?T(mr(pow(2, 87) - 1)), ?T(mr(pow(2, 521) - 1)), ?T(pi_digits(60)), ?T(e_digits(60)), ?T(catalan(60)), ?T(binom(200, 100)), ?T(karatsuba(pow(3, 700), pow(7, 600)) =:= pow(3, 700) * pow(7, 600)),
    ?T(list_to_integer(lists:duplicate(2000, $9)) + 1 =:= pow(10, 2000)), ?T(integer_to_list(pow(10, 30) - 1)), ?T(erlang:phash2(integer_to_list(pow(12345, 2000)))), ?T(erlang:phash2(integer_to_list(pow(12345, 500), 7))), ?T(list_to_integer(integer_to_list(pow(5, 3000), 36), 36) =:= pow(5, 3000)),
    ?T(lists:foldl(fun(B, A) -> A * 256 + B end, 0, lists:seq(1, 40))), ?T(binary:decode_unsigned(<<1:200>>)), ?T(binary:encode_unsigned(pow(2, 100))), ?T(binary:encode_unsigned(pow(2, 100), little)), ?T(binary:decode_unsigned(<<1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11>>, little)), ?T(binary:encode_unsigned(0)),
    ?T([popcount(pow(3, N)) || N <- [1, 10, 100, 1000]]), ?T([pow(2, N) band (pow(2, N) - 1) || N <- [1, 59, 60, 64, 128, 1000]]), ?T((-pow(2, 100)) band pow(2, 101)), ?T((-pow(2, 100)) bor 1), ?T((-pow(2, 100)) bxor (-1)), ?T((-pow(3, 90)) bsr 20), ?T((-pow(3, 90)) band 16#FFFFFFFF), ?T((pow(2, 300) - 1) bsr 236), ?T(-1 - (bnot pow(2, 200)) =:= pow(2, 200)),
    ?T(pow(2, 200) == float(pow(2, 200))), ?T(pow(2, 200) + 1 == float(pow(2, 200))), ?T(pow(2, 200) + 1 > float(pow(2, 200))), ?T(lists:max([pow(2, 100), pow(2, 99), -pow(2, 101)])), ?T(lists:sort([pow(2, 64), 1.0e19, 1.8446744073709552e19, pow(2, 64) - 1, 0])), ?T(trunc(1.0e200)), ?T(round(1.2345e40)), ?T(float(pow(10, 22))), ?T(float(pow(10, 23))), ?T(pow(10, 23) / 1), ?T(pow(3, 1000) / pow(3, 999)), ?T(pow(2, 1100) / pow(2, 100)), ?T(1 / pow(2, 1000)),
    ?T(fac(30) div fac(28) rem 1000), ?T([fac(25) rem M || M <- [97, 1 bsl 40, 1000000007, fac(20) + 1]]), ?T([-fac(25) div M || M <- [97, -(1 bsl 40), 1000000007, fac(20) + 1]]), ?T([-fac(25) rem M || M <- [97, -(1 bsl 40), 1000000007, fac(20) + 1]]).
fac(N) -> lists:foldl(fun(A, B) -> A * B end, 1, lists:seq(1, N)).
pow(_, 0) -> 1;
pow(B, N) when N rem 2 =:= 0 -> P = pow(B, N div 2), P * P;
pow(B, N) -> B * pow(B, N - 1).
isqrt(N) -> isqrt(N, N).
isqrt(N, X) -> case (X + N div X) div 2 of Y when Y >= X -> X; Y -> isqrt(N, Y) end.
fibm(N) -> {F, _} = fd(N), F.
fd(0) -> {0, 1};
fd(N) -> {A, B} = fd(N div 2), C = A * (2 * B - A), D = A * A + B * B, case N rem 2 of 0 -> {C, D}; 1 -> {D, C + D} end.
modinv(A, M) -> {_, X, _} = egcd(A, M), ((X rem M) + M) rem M.
egcd(0, B) -> {B, 0, 1};
egcd(A, B) -> {G, Y, X} = egcd(B rem A, A), {G, X - (B div A) * Y, Y}.
mr(N) -> {S, D} = sd(N - 1, 0), lists:all(fun(A) -> w(A, N, S, D) end, [2, 3, 5, 7, 11, 13, 17]).
sd(D, S) when D band 1 =:= 0 -> sd(D bsr 1, S + 1);
sd(D, S) -> {S, D}.
w(A, N, S, D) -> X = pm(A, D, N), X =:= 1 orelse X =:= N - 1 orelse w2(X, N, S - 1).
w2(_, _, 0) -> false;
w2(X, N, S) -> Y = X * X rem N, Y =:= N - 1 orelse w2(Y, N, S - 1).
pm(_, 0, _) -> 1;
pm(B, E, M) when E band 1 =:= 0 -> pm(B * B rem M, E bsr 1, M);
pm(B, E, M) -> B * pm(B, E - 1, M) rem M.
pi_digits(N) -> U = pow(10, N + 10), (4 * (4 * atn(5, U) - atn(239, U))) div pow(10, 10).
atn(X, U) -> T = U div X, at(X * X, T, T, 3, -1).
at(_, 0, S, _, _) -> S;
at(X2, T, S, N, Sg) -> T1 = T div X2, at(X2, T1, S + Sg * (T1 div N), N + 2, -Sg).
e_digits(N) -> U = pow(10, N + 10), e(U, U, 1) div pow(10, 10).
e(0, S, _) -> S;
e(T, S, K) -> T1 = T div K, e(T1, S + T1, K + 1).
catalan(N) -> fac(2 * N) div (fac(N + 1) * fac(N)).
binom(N, K) -> fac(N) div (fac(K) * fac(N - K)).
popcount(N) -> pc(N, 0).
pc(0, A) -> A;
pc(N, A) -> pc(N bsr 1, A + (N band 1)).
karatsuba(A, B) when A < (1 bsl 520); B < (1 bsl 520) -> A * B;
karatsuba(A, B) -> H = 512, M = (1 bsl H) - 1, {A1, A0, B1, B0} = {A bsr H, A band M, B bsr H, B band M}, Z2 = karatsuba(A1, B1), Z0 = karatsuba(A0, B0), Z1 = karatsuba(A1 + A0, B1 + B0) - Z2 - Z0, (Z2 bsl (2 * H)) + (Z1 bsl H) + Z0.
