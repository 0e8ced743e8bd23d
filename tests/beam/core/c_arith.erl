%% SPDX-License-Identifier: Apache-2.0
-module(c_arith).
-include("core.hrl").
start() ->
    [?T({A, B, A + B, A - B, A * B}) || A <- [0, 1, -1, 7, -7, 1000003, 1 bsl 31, 1 bsl 58, -(1 bsl 59)],
        B <- [0, 1, -1, 2, -3, 65537, (1 bsl 32) - 1, 1 bsl 59]],
    [?T({A, B, A div B, A rem B}) || A <- [0, 1, -1, 7, -7, 12345678901, -12345678901, 1 bsl 59, -(1 bsl 59)],
        B <- [1, -1, 2, -3, 10, -1000, 1 bsl 40]],
    ?T(id(1) div id(0)), ?T(id(1) rem id(0)), ?T(id(a) + 1), ?T(id(1) + id(b)), ?T(-id(a)), ?T(id(1.0) div 1),
    ?T(id(1) / id(0)), ?T(id(4) / id(2)), ?T(id(1) / id(3)), ?T(id(0) / id(5)), ?T(id(7) / -2),
    [?T({A, B, A band B, A bor B, A bxor B}) || A <- [0, 1, -1, 255, -256, 16#F0F0F0F0, -(1 bsl 59)],
        B <- [0, -1, 15, 16#FFFFFFFF, -17]],
    [?T({A, bnot A, -A, abs(A)}) || A <- [0, 1, -1, 99, -99, 1 bsl 59, -(1 bsl 59), (1 bsl 59) - 1]],
    [?T({A, S, A bsl S, A bsr S}) || A <- [0, 1, -1, 5, -5, 12345, -12345],
        S <- [0, 1, 3, 31, 32, 59, 60, 63, 64, -1, -2, -64]],
    ?T(id(1) bsl id(a)), ?T(id(1.5) bsl 1), ?T(id(a) band 1), ?T(bnot id(1.0)),
    ?T(id(5) + id(2.5)), ?T(id(5) * id(2.5)), ?T(id(5) - id(2.5)), ?T(id(2.5) - 5),
    ?T(abs(id(-3.5))), ?T(trunc(id(3.7))), ?T(trunc(id(-3.7))), ?T(round(id(2.5))), ?T(round(id(-2.5))),
    ?T(round(id(3.49))), ?T(floor(id(-1.5))), ?T(ceil(id(-1.5))), ?T(floor(id(7))), ?T(ceil(id(1.1))),
    ?T(float(id(3))), ?T(float(id(a))), ?T(trunc(id(a))),
    ?T(min(id(1), id(2.0))), ?T(max(id(1), id(1.0))), ?T(max(id(1.0), id(1))), ?T(min(id(a), id(1))),
    ?T(sum(100000, 0)), ?T(fac(30)), ?T(gcd(1071, 462)), ?T(pow(3, 100)),
    ?T(collatz(27, 0)), ?T(primes(2, 60)).

sum(0, A) -> A;
sum(N, A) -> sum(N - 1, A + N).
fac(0) -> 1;
fac(N) -> N * fac(N - 1).
gcd(A, 0) -> A;
gcd(A, B) -> gcd(B, A rem B).
pow(_, 0) -> 1;
pow(B, N) -> B * pow(B, N - 1).
collatz(1, N) -> N;
collatz(X, N) when X rem 2 =:= 0 -> collatz(X div 2, N + 1);
collatz(X, N) -> collatz(3 * X + 1, N + 1).
primes(X, Max) when X > Max -> [];
primes(X, Max) -> case is_prime(X, 2) of true -> [X | primes(X + 1, Max)]; false -> primes(X + 1, Max) end.
is_prime(X, D) when D * D > X -> true;
is_prime(X, D) when X rem D == 0 -> false;
is_prime(X, D) -> is_prime(X, D + 1).
