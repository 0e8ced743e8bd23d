%% SPDX-License-Identifier: Apache-2.0
%% Number theory on long integers: gcd, inverses, modular powers, primality, roots, continued fractions, pi.
-module(big_numtheory).
-include("../t.hrl").
start() ->
    M127 = (1 bsl 127) - 1, M521 = (1 bsl 521) - 1,
    ?T([gcd(A, B) || {A, B} <- [{12, 18}, {0, 5}, {1 bsl 100, 6 * (1 bsl 90)}, {fac(40), fac(35) * 41}, {-48, 36}, {M127, M521}]]),
    ?T([egcd(A, B) || {A, B} <- [{240, 46}, {M127, 65537}, {fac(30) + 1, M127}]]),
    ?T([inv(A, M127) || A <- [2, 3, 65537, fac(25)]]), ?T([A * inv(A, M127) rem M127 || A <- [2, 3, 65537, fac(25)]]),
    ?T([powm(B, E, M) || {B, E, M} <- [{2, 100, 101}, {3, M127 - 1, M127}, {65537, fac(25), M127}, {7, 0, 13}, {0, 0, 1}]]),
    ?T([N || N <- lists:seq(2, 400), prime(N)]), ?T([prime(N) || N <- [M127, M127 - 2, (1 bsl 89) - 1, (1 bsl 67) - 1, 3215031751]]),
    ?T([P || P <- lists:seq(3, 130, 2), prime(P), lucas_lehmer(P)]), ?T([isqrt(N) || N <- [0, 1, 2, 99, 10000000000, 1 bsl 201, fac(50)]]),
    ?T(isqrt(2 * pow(10, 120))), ?T(root(fac(60), 3)), ?T(root(pow(123456789, 7), 7)),
    ?T(factors(600851475143)), ?T(factors(fac(20))), ?T(rho(10403 * 1000003)), ?T(rho((1 bsl 59) - 1)),
    ?T(crt([{2, 3}, {3, 5}, {2, 7}])), ?T(crt([{12345, M127}, {678, 65537}, {9, (1 bsl 61) - 1}])),
    ?T(pi_digits(60)), ?T(e_digits(60)), ?T(fib(500)), ?T(fib(1000) rem 1000000007), ?T(gcd(fib(144), fib(233)) =:= fib(gcd(144, 233))),
    ?T(cf(415, 93)), ?T(cf(fib(90), fib(89))), ?T([catalan(N) || N <- [5, 30, 60]]), ?T(partitions(100)), ?T(bernoulli(16)),
    ?T([jacobi(A, 1000003) || A <- lists:seq(1, 20)]), ?T(sqrt_mod(5, 1000003)), ?T(lists:sum(digits(pow(2, 1000)))), ?T(collatz(fac(15) - 1)).
gcd(A, 0) -> abs(A);
gcd(A, B) -> gcd(B, A rem B).
egcd(A, 0) -> {A, 1, 0};
egcd(A, B) -> {G, X, Y} = egcd(B, A rem B), {G, Y, X - (A div B) * Y}.
inv(A, M) -> {1, X, _} = egcd(A, M), ((X rem M) + M) rem M.
powm(_, 0, M) -> 1 rem M;
powm(B, E, M) when E band 1 =:= 0 -> powm(B * B rem M, E bsr 1, M);
powm(B, E, M) -> B * powm(B, E - 1, M) rem M.
pow(_, 0) -> 1;
pow(B, E) when E band 1 =:= 0 -> pow(B * B, E div 2);
pow(B, E) -> B * pow(B, E - 1).
fac(0) -> 1;
fac(N) -> N * fac(N - 1).
prime(N) when N < 2 -> false;
prime(N) when N < 4 -> true;
prime(N) when N band 1 =:= 0 -> false;
prime(N) -> {S, D} = odd(N - 1, 0), lists:all(fun(A) -> A rem N =:= 0 orelse witness(powm(A, D, N), S, N) end, [2, 3, 5, 7, 11, 13, 17, 19, 23]).
odd(N, S) when N band 1 =:= 1 -> {S, N};
odd(N, S) -> odd(N bsr 1, S + 1).
witness(1, _, _) -> true;
witness(X, _, N) when X =:= N - 1 -> true;
witness(_, 1, _) -> false;
witness(X, S, N) -> witness(X * X rem N, S - 1, N).
lucas_lehmer(P) -> M = (1 bsl P) - 1, lists:foldl(fun(_, S) -> (S * S + M - 2) rem M end, 4, lists:seq(1, P - 2)) =:= 0.
isqrt(0) -> 0;
isqrt(N) -> isqrt(N, N).
isqrt(N, X) -> case (X + N div X) div 2 of Y when Y < X -> isqrt(N, Y); _ -> X end.
root(N, K) -> root(N, K, 0, N).
root(_, _, L, H) when H - L =< 1 -> L;
root(N, K, L, H) -> M = (L + H) div 2, case pow(M, K) =< N of true -> root(N, K, M, H); false -> root(N, K, L, M) end.
factors(N) -> factors(N, 2).
factors(1, _) -> [];
factors(N, P) when P * P > N -> [N];
factors(N, P) when N rem P =:= 0 -> [P | factors(N div P, P)];
factors(N, P) -> factors(N, P + 1).
rho(N) -> rho(2, 2, N).
rho(X, Y, N) -> F = fun(V) -> (V * V + 1) rem N end, X1 = F(X), Y1 = F(F(Y)), case gcd(X1 - Y1, N) of 1 -> rho(X1, Y1, N); G -> {G, N div G} end.
crt(L) -> P = lists:foldl(fun({_, M}, A) -> A * M end, 1, L), lists:sum([R * (P div M) * inv((P div M) rem M, M) || {R, M} <- L]) rem P.
pi_digits(N) -> U = pow(10, N + 10), 4 * (4 * atan(5, U) - atan(239, U)) div pow(10, 10).
atan(X, U) -> atan(U div X, X * X, 1, 1, 0).
atan(0, _, _, _, S) -> S;
atan(T, X2, K, Sign, S) -> atan(T div X2, X2, K + 2, -Sign, S + Sign * (T div K)).
e_digits(N) -> U = pow(10, N + 10), e(U, 1, 0) div pow(10, 10).
e(0, _, S) -> S;
e(T, K, S) -> e(T div K, K + 1, S + T).
fib(N) -> element(1, lists:foldl(fun(_, {A, B}) -> {B, A + B} end, {0, 1}, lists:seq(1, N))).
cf(_, 0) -> [];
cf(A, B) -> [A div B | cf(B, A rem B)].
catalan(N) -> fac(2 * N) div fac(N) div fac(N + 1).
partitions(N) -> maps:get(N, lists:foldl(fun(K, M) -> lists:foldl(fun(J, A) -> A#{J => maps:get(J, A, 0) + maps:get(J - K, A, 0)} end, M, lists:seq(K, N)) end, #{0 => 1}, lists:seq(1, N))).
bernoulli(N) -> bern(N, 0, []).
bern(N, M, Bs) when M > N -> lists:last(Bs);
bern(N, M, Bs) -> S = lists:foldl(fun({K, B}, A) -> add(A, mul({fac(M + 1) div fac(K) div fac(M + 1 - K), 1}, B)) end, {0, 1}, lists:zip(lists:seq(0, length(Bs) - 1), Bs)),
    bern(N, M + 1, Bs ++ [case M of 0 -> {1, 1}; _ -> mul({-1, M + 1}, S) end]).
add({A, B}, {C, D}) -> norm(A * D + C * B, B * D).
mul({A, B}, {C, D}) -> norm(A * C, B * D).
norm(A, B) -> G = gcd(A, B), {A div G, B div G}.
jacobi(A, P) -> case powm(A, (P - 1) div 2, P) of 1 -> 1; 0 -> 0; _ -> -1 end.
sqrt_mod(A, P) when P rem 4 =:= 3 -> R = powm(A, (P + 1) div 4, P), {R, R * R rem P =:= A}.
digits(N) -> [C - $0 || C <- integer_to_list(N)].
collatz(1) -> 0;
collatz(N) when N band 1 =:= 0 -> 1 + collatz(N div 2);
collatz(N) -> 1 + collatz(3 * N + 1).
