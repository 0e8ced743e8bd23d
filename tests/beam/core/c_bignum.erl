%% SPDX-License-Identifier: Apache-2.0
-module(c_bignum).
-include("core.hrl").
start() ->
    As = [1 bsl 59, 1 bsl 60, (1 bsl 60) - 1, 1 bsl 63, (1 bsl 64) - 1, 1 bsl 64, -(1 bsl 64), (1 bsl 128) + 12345,
          -(1 bsl 200) + 1, 123456789012345678901234567890],
    Bs = [1, -1, 3, 1000000007, (1 bsl 32) - 1, 1 bsl 59, (1 bsl 64) - 1, -(1 bsl 65) - 7, (1 bsl 127) - 1],
    [d({A, B, A + B, A - B, A * B, A div B, A rem B}) || A <- As, B <- Bs],
    [d({A band B, A bor B, A bxor B}) || A <- As, B <- Bs],
    [d({bnot A, -A, abs(A), A bsl 1, A bsl 64, A bsr 1, A bsr 64, A bsr 200}) || A <- As],
    ?T(fac(id(100))),
    ?T(fac(id(100)) div fac(98)),
    ?T(fac(id(60)) rem (1 bsl 64)),
    ?T((id(1) bsl 1000) bsr 990),
    ?T((id(-1) bsl 1000) bsr 999),
    ?T(id(1 bsl 70) - (1 bsl 70)),
    ?T(id(1 bsl 70) - (1 bsl 70) + 5),
    ?T(is_integer(id(1 bsl 70))),
    ?T(float(id(1 bsl 70))), ?T(float(id(1 bsl 1023))), ?T(float(id(1 bsl 1024))), ?T(id(1 bsl 1024) + 1.0),
    ?T(id(1 bsl 100) / 3), ?T(id(1 bsl 2000) / id(1 bsl 1990)), ?T(trunc(id(1.0e30))), ?T(round(id(-1.0e25))), ?T(trunc(1.7e308)),
    ?T(id(1 bsl 100) div 0), ?T(id(1 bsl 100) rem 0), ?T(5 div id(1 bsl 100)), ?T(-5 rem id(1 bsl 100)),
    ?T(id(1) bsl id(1 bsl 70)), ?T(id(1) bsr id(1 bsl 70)), ?T(id(-1) bsr id(1 bsl 70)), ?T(id(0) bsl id(1 bsl 70)),
    ?T(fib(300)),
    ?T(isqrt(id(1 bsl 400) + 3)),
    ?T(modpow(7, 1 bsl 130, (1 bsl 89) - 1)),
    ?T(id(123456789012345678901234567890) =:= 123456789012345678901234567890),
    ?T(id(123456789012345678901234567890) < 123456789012345678901234567891),
    ?T(list_to_integer("123456789012345678901234567890123456789")),
    ?T(list_to_integer("-FFFFFFFFFFFFFFFFFFFFFFFF", 16)),
    ?T(integer_to_list(id(1 bsl 200), 36)),
    ?T(integer_to_binary(id(-(1 bsl 99)))),
    ?T(sum_to(id(1 bsl 61), 50)).

fac(0) -> 1;
fac(N) -> N * fac(N - 1).
fib(N) -> fib(N, 0, 1).
fib(0, A, _) -> A;
fib(N, A, B) -> fib(N - 1, B, A + B).
isqrt(N) -> isqrt(N, N).
isqrt(N, X) ->
    case (X + N div X) div 2 of
        Y when Y >= X -> X;
        Y -> isqrt(N, Y)
    end.
modpow(_, 0, _) -> 1;
modpow(B, E, M) when E band 1 =:= 1 -> (B * modpow(B, E - 1, M)) rem M;
modpow(B, E, M) -> H = modpow(B, E bsr 1, M), (H * H) rem M.
sum_to(X, 0) -> X;
sum_to(X, N) -> sum_to(X + (1 bsl 61) - N, N - 1).
