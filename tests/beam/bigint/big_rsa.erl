%% SPDX-License-Identifier: Apache-2.0
-module(big_rsa).
-include("../t.hrl").
start() ->
    P = next_prime(1 bsl 180), Q = next_prime((1 bsl 190) + 12345), p(P), p(Q), N = P * Q, Phi = (P - 1) * (Q - 1), E = 65537, D = modinv(E, Phi), p({E, D, E * D rem Phi}),
    M = binary:decode_unsigned(<<"a secret message of some length">>), C = pm(M, E, N), p(C), p(binary:encode_unsigned(pm(C, D, N))), S = pm(12345, D, N), p(S), p(pm(S, E, N)),
    p(crt([{2, 3}, {3, 5}, {2, 7}, {10, 1000003}])), p(sieve_factor(1 bsl 67 - 1)), p(jacobi(1001, 9907)), p([jacobi(A, 9907) || A <- lists:seq(1, 20)]), p(contfrac(math_e(40), 12)), p(lucas_lehmer([3, 5, 7, 11, 13, 17, 19, 31, 61, 89, 107, 127])).
next_prime(N) when N rem 2 =:= 0 -> next_prime(N + 1);
next_prime(N) -> case mr(N) of true -> N; false -> next_prime(N + 2) end.
mr(N) -> lists:all(fun(Q) -> N rem Q =/= 0 orelse N =:= Q end, [3, 5, 7, 11, 13, 17, 19, 23]) andalso begin {S, D} = sd(N - 1, 0), lists:all(fun(A) -> X = pm(A, D, N), X =:= 1 orelse X =:= N - 1 orelse w2(X, N, S - 1) end, [2, 3, 5, 7, 11]) end.
sd(D, S) when D band 1 =:= 0 -> sd(D bsr 1, S + 1);
sd(D, S) -> {S, D}.
w2(_, _, 0) -> false;
w2(X, N, S) -> Y = X * X rem N, Y =:= N - 1 orelse w2(Y, N, S - 1).
pm(B, E, M) -> pm(B rem M, E, M, 1).
pm(_, 0, _, A) -> A;
pm(B, E, M, A) when E band 1 =:= 1 -> pm(B * B rem M, E bsr 1, M, A * B rem M);
pm(B, E, M, A) -> pm(B * B rem M, E bsr 1, M, A).
modinv(A, M) -> {_, X, _} = egcd(A, M), ((X rem M) + M) rem M.
egcd(0, B) -> {B, 0, 1};
egcd(A, B) -> {G, Y, X} = egcd(B rem A, A), {G, X - (B div A) * Y, Y}.
crt(L) -> N = lists:foldl(fun({_, M}, A) -> A * M end, 1, L), lists:sum([R * (N div M) * modinv(N div M, M) || {R, M} <- L]) rem N.
sieve_factor(N) -> rho(N, 2, 1).
rho(N, X0, C) -> F = fun(X) -> (X * X + C) rem N end, rho(N, F, F(X0), F(F(X0)), 0).
rho(_, _, _, _, 400000) -> gave_up;
rho(N, F, T, H, K) -> case gcd(abs(T - H), N) of 1 -> rho(N, F, F(T), F(F(H)), K + 1); G -> lists:sort([G, N div G]) end.
gcd(A, 0) -> A;
gcd(A, B) -> gcd(B, A rem B).
jacobi(A, N) -> jac(A rem N, N, 1).
jac(0, 1, R) -> R;
jac(0, _, _) -> 0;
jac(A, N, R) when A rem 2 =:= 0 -> jac(A div 2, N, case N rem 8 of 3 -> -R; 5 -> -R; _ -> R end);
jac(A, N, R) -> jac(N rem A, A, case A rem 4 =:= 3 andalso N rem 4 =:= 3 of true -> -R; false -> R end).
math_e(T) -> lists:foldl(fun(K, {A, B}) -> {A * K + B, B * K} end, {1, 1}, lists:reverse(lists:seq(1, T))).
contfrac(_, 0) -> [];
contfrac({_, 0}, _) -> [];
contfrac({A, B}, N) -> [A div B | contfrac({B, A rem B}, N - 1)].
lucas_lehmer(Ps) -> [{P, M} || P <- Ps, M <- [ll(P)]].
ll(P) -> M = (1 bsl P) - 1, 0 =:= lists:foldl(fun(_, S) -> (S * S - 2) rem M end, 4, lists:seq(1, P - 2)).
