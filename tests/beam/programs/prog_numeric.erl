%% SPDX-License-Identifier: Apache-2.0
%% Matrices, complex numbers, Fourier transforms, polynomials, rationals, fixed point, interpolation, integration, statistics, random walks by seed.
-module(prog_numeric).
-include("../t.hrl").
start() ->
    A = [[4, -2, 1], [-2, 4, -2], [1, -2, 4]], B = [[1, 2], [3, 4]],
    ?T(mul(A, A)), ?T(det(A)), ?T(det([[rat(X) || X <- R] || R <- A]) =:= rat(det(A))), ?T(inv(B)), ?T(mul_q(inv(A), [[rat(X) || X <- R] || R <- A])), ?T(tr([[1, 2, 3], [4, 5, 6]])), ?T(mpow([[1, 1], [1, 0]], 200)), ?T(rank([[1, 2, 3], [2, 4, 6], [1, 0, 1]])), ?T(strassen(sq(8, 3), sq(8, 5)) =:= mul(sq(8, 3), sq(8, 5))), ?T(r6(lu([[2.0, 1.0, 1.0], [4.0, 3.0, 3.0], [8.0, 7.0, 9.0]]))), ?T(r6(eigen([[2.0, 0.0], [0.0, 3.0]], 60))), ?T(r6(jacobi([[10.0, -1.0, 2.0], [-1.0, 11.0, -1.0], [2.0, -1.0, 10.0]], [6.0, 25.0, -11.0], 40))), ?T(r6(cholesky([[4.0, 12.0, -16.0], [12.0, 37.0, -43.0], [-16.0, -43.0, 98.0]]))),
    ?T(r6([[Re, Im] || {Re, Im} <- fft([{X, 0.0} || X <- [1.0, 2.0, 3.0, 4.0, 0.0, 0.0, 0.0, 0.0]])])), ?T(r6([Re || {Re, _} <- ifft(fft([{float(X), 0.0} || X <- lists:seq(1, 16)]))])), ?T(polymul([1, 2, 3], [4, 5])), ?T(fftmul([1, 2, 3], [4, 5])), ?T(ntt([1, 2, 3, 4, 5], [6, 7, 8])), ?T(polydiv([-4, 0, -2, 1], [-3, 1])), ?T(polygcd([-1, 0, 1], [1, 2, 1])), ?T([poly([1, -3, 2], X) || X <- [0, 1, 2, 1.5]]), ?T(deriv([5, 4, 3, 2])), ?T(lagrange([{0, 1}, {1, 3}, {2, 11}, {3, 31}])), ?T(r6(roots([-6.0, 11.0, -6.0, 1.0]))), ?T(r6(bisect(fun(X) -> X * X - 2 end, 0.0, 2.0, 50))), ?T(r6(newton(fun(X) -> math:cos(X) - X end, 1.0))), ?T(r6(romberg(fun math:sin/1, 0.0, math:pi(), 6))), ?T(r6(rk4(fun(T, Y) -> Y - T * T + 1 end, 0.0, 0.5, 0.2, 10))), ?T(r6(spline([{0.0, 0.0}, {1.0, 1.0}, {2.0, 0.0}], 0.5))),
    ?T([show(radd(rat(1, 2), rat(1, 3))), show(rmul(rat(2, 3), rat(3, 4))), show(rat(-6, -8)), show(harmonic(30))]), ?T(cf(rat(649, 200))), ?T(stern(rat(5, 7))), ?T(farey(6)), ?T(fixed(sqrt, 2, 40)), ?T(r6(stats([2.5, 3.5, 1.0, 4.0, 9.5]))), ?T(r6(linreg([{1.0, 2.1}, {2.0, 3.9}, {3.0, 6.2}, {4.0, 7.8}]))), ?T(walk(100, 42)), ?T(monte(2000, 7)), ?T(shuffle(lists:seq(1, 15), 3)), ?T(simplex()), ?T(anneal(9)), ?T(quat()), ?T([dist(lat(52.2, 21.0), lat(48.85, 2.35))]), ?T(mandel(40, 12)), ?T(base(255, 2, 36)), ?T(luma([{255, 0, 0}, {1, 2, 3}])), ?T(kmeans([{1, 1}, {2, 1}, {4, 3}, {5, 4}], [{1, 1}, {5, 4}])), ?T(gray(9)), ?T(bern()), ?T(conv([1, 2, 3], [0, 1, 0.5])), ?T(karatsuba(123456789012345678901234567890, 987654321098765432109876543210) =:= 123456789012345678901234567890 * 987654321098765432109876543210).
dot(X, Y) -> lists:sum(lists:zipwith(fun(P, Q) -> P * Q end, X, Y)).
tr([]) -> []; tr([[] | _]) -> []; tr(M) -> [[hd(R) || R <- M] | tr([tl(R) || R <- M])].
mul(A, B) -> T = tr(B), [[dot(R, C) || C <- T] || R <- A].
det([[X]]) -> X; det([R | M]) -> element(1, lists:foldl(fun({J, X}, {S, Sg}) -> D = det([[Y || {K, Y} <- ix(Row), K =/= J] || Row <- M]), T = case X of {_, _} -> rmul(X, D); _ -> X * D end, {case Sg of 1 -> ad(S, T); -1 -> ad(S, neg(T)) end, -Sg} end, {case hd(R) of {_, _} -> {0, 1}; _ -> 0 end, 1}, ix(R))).
ix(L) -> lists:zip(lists:seq(1, length(L)), L).
ad({_, _} = A, B) -> radd(A, B); ad(A, B) -> A + B.
neg({A, B}) -> {-A, B}; neg(A) -> -A.
rat(N) -> {N, 1}.
rat(N, D) -> G = gcd(N, D), S = case D < 0 of true -> -1; false -> 1 end, {S * N div G, S * D div G}.
gcd(A, 0) -> abs(A); gcd(A, B) -> gcd(B, A rem B).
radd({A, B}, {C, D}) -> rat(A * D + C * B, B * D).
rmul({A, B}, {C, D}) -> rat(A * C, B * D).
show({N, 1}) -> integer_to_list(N); show({N, D}) -> integer_to_list(N) ++ "/" ++ integer_to_list(D).
inv(M) -> N = length(M), Aug = [[rat(X) || X <- R] ++ [case J of I -> {1, 1}; _ -> {0, 1} end || J <- lists:seq(1, N)] || {I, R} <- ix(M)], [lists:nthtail(N, R) || R <- gj(Aug, 1, N)].
gj(M, C, N) when C > N -> M; gj(M, C, N) -> {Done, Rest} = lists:split(C - 1, M), {[P | Bs], As} = lists:partition(fun(R) -> element(1, lists:nth(C, R)) =/= 0 end, Rest), {PN, PD} = lists:nth(C, P), P2 = [rmul(X, {PD * sgn(PN), abs(PN)}) || X <- P], El = fun(R) -> F = lists:nth(C, R), [radd(X, rmul(neg(F), Y)) || {X, Y} <- lists:zip(R, P2)] end, gj([El(R) || R <- Done] ++ [P2] ++ [El(R) || R <- Bs ++ As], C + 1, N).
sgn(X) when X < 0 -> -1; sgn(_) -> 1.
mul_q(A, B) -> T = tr(B), [[lists:foldl(fun({X, Y}, S) -> radd(S, rmul(X, Y)) end, {0, 1}, lists:zip(R, C)) || C <- T] || R <- A].
mpow(M, 1) -> M; mpow(M, N) when N rem 2 =:= 0 -> mpow(mul(M, M), N div 2); mpow(M, N) -> mul(M, mpow(M, N - 1)).
rank(M) -> length([x || R <- ech(M), lists:any(fun(X) -> X =/= 0 end, R)]).
ech([]) -> []; ech(M) -> case lists:partition(fun(R) -> hd(R) =/= 0 end, M) of {[], _} when length(hd(M)) =:= 1 -> M; {[], R} -> [[0 | X] || X <- ech([tl(Y) || Y <- R])]; {[P | Bs], As} -> case length(P) of 1 -> [P]; _ -> [P | [[0 | X] || X <- ech([tl([hd(P) * Y - hd(R) * Z || {Y, Z} <- lists:zip(R, P)]) || R <- Bs ++ As])]] end end.
sq(N, S) -> [[(I * S + J * J) rem 17 - 8 || J <- lists:seq(1, N)] || I <- lists:seq(1, N)].
strassen([[X]], [[Y]]) -> [[X * Y]]; strassen(A, B) -> {A1, A2, A3, A4} = quad(A), {B1, B2, B3, B4} = quad(B), P = fun(X, Y) -> z(fun(U, V) -> U + V end, X, Y) end, M = fun(X, Y) -> z(fun(U, V) -> U - V end, X, Y) end, S1 = strassen(P(A1, A4), P(B1, B4)), S2 = strassen(P(A3, A4), B1), S3 = strassen(A1, M(B2, B4)), S4 = strassen(A4, M(B3, B1)), S5 = strassen(P(A1, A2), B4), S6 = strassen(M(A3, A1), P(B1, B2)), S7 = strassen(M(A2, A4), P(B3, B4)), lists:zipwith(fun(X, Y) -> X ++ Y end, P(M(P(S1, S4), S5), S7), P(S3, S5)) ++ lists:zipwith(fun(X, Y) -> X ++ Y end, P(S2, S4), P(P(M(S1, S2), S3), S6)).
quad(M) -> H = length(M) div 2, {T, B} = lists:split(H, M), S = fun(Rs) -> lists:unzip([lists:split(H, R) || R <- Rs]) end, {A1, A2} = S(T), {A3, A4} = S(B), {A1, A2, A3, A4}.
z(F, A, B) -> lists:zipwith(fun(X, Y) -> lists:zipwith(F, X, Y) end, A, B).
r6(X) when is_float(X) -> Y = round(X * 1.0e6) / 1.0e6, Y + 0.0; r6(L) when is_list(L) -> [r6(X) || X <- L]; r6(T) when is_tuple(T) -> list_to_tuple(r6(tuple_to_list(T))); r6(X) -> X.
lu([[X]]) -> [[X]]; lu([[P | Us] = R | Rs]) -> [R | [[L | Row] || {L, Row} <- lists:zip([hd(Q) / P || Q <- Rs], lu([[Y - hd(Q) / P * U || {Y, U} <- lists:zip(tl(Q), Us)] || Q <- Rs]))]].
eigen(M, N) -> V = lists:foldl(fun(_, X) -> Y = [dot(R, X) || R <- M], K = math:sqrt(dot(Y, Y)), [E / K || E <- Y] end, [1.0, 1.0], lists:seq(1, N)), dot(V, [dot(R, V) || R <- M]).
jacobi(M, B, N) -> lists:foldl(fun(_, X) -> [(Bi - lists:sum([Aij * Xj || {J, {Aij, Xj}} <- ix(lists:zip(R, X)), J =/= I])) / lists:nth(I, R) || {I, {R, Bi}} <- ix(lists:zip(M, B))] end, [0.0 || _ <- B], lists:seq(1, N)).
cholesky(M) -> N = length(M), E = fun(I, J) -> lists:nth(J, lists:nth(I, M)) end, L = lists:foldl(fun({I, J}, D) -> S = lists:sum([maps:get({I, K}, D) * maps:get({J, K}, D) || K <- lists:seq(1, J - 1)]), D#{{I, J} => case I of J -> math:sqrt(E(I, I) - S); _ -> (E(I, J) - S) / maps:get({J, J}, D) end} end, #{}, [{I, J} || I <- lists:seq(1, N), J <- lists:seq(1, I)]), [[maps:get({I, J}, L, 0.0) || J <- lists:seq(1, N)] || I <- lists:seq(1, N)].
fft([X]) -> [X]; fft(L) -> {E, O} = split(L), Fe = fft(E), Fo = fft(O), N = length(L), T = [cm({math:cos(-2 * math:pi() * K / N), math:sin(-2 * math:pi() * K / N)}, X) || {K, X} <- lists:zip(lists:seq(0, N div 2 - 1), Fo)], [ca(X, Y) || {X, Y} <- lists:zip(Fe, T)] ++ [cs(X, Y) || {X, Y} <- lists:zip(Fe, T)].
ifft(L) -> N = length(L), [{R / N, -I / N} || {R, I} <- fft([{R, -I} || {R, I} <- L])].
split([]) -> {[], []}; split([A, B | R]) -> {E, O} = split(R), {[A | E], [B | O]}.
ca({A, B}, {C, D}) -> {A + C, B + D}.
cs({A, B}, {C, D}) -> {A - C, B - D}.
cm({A, B}, {C, D}) -> {A * C - B * D, A * D + B * C}.
polymul(A, B) -> lists:foldr(fun(X, Acc) -> padd([X * Y || Y <- B], [0 | Acc]) end, [], A).
padd([], B) -> B; padd(A, []) -> A; padd([X | A], [Y | B]) -> [X + Y | padd(A, B)].
fftmul(A, B) -> P = fun(L) -> [{float(X), 0.0} || X <- L ++ lists:duplicate(8 - length(L), 0)] end, lists:sublist([round(R) || {R, _} <- ifft([cm(X, Y) || {X, Y} <- lists:zip(fft(P(A)), fft(P(B)))])], length(A) + length(B) - 1).
ntt(A, B) -> M = 998244353, P = fun(L) -> L ++ lists:duplicate(8 - length(L), 0) end, G = pm(3, (M - 1) div 8, M), F = nt(P(A), G, M), H = nt(P(B), G, M), I = pm(8, M - 2, M), lists:sublist([X * I rem M || X <- nt([X * Y rem M || {X, Y} <- lists:zip(F, H)], pm(G, M - 2, M), M)], length(A) + length(B) - 1).
nt([X], _, _) -> [X]; nt(L, G, M) -> {E, O} = split(L), Fe = nt(E, G * G rem M, M), Fo = nt(O, G * G rem M, M), {T, _} = lists:mapfoldl(fun(X, W) -> {W * X rem M, W * G rem M} end, 1, Fo), [(X + Y) rem M || {X, Y} <- lists:zip(Fe, T)] ++ [(X - Y + M) rem M || {X, Y} <- lists:zip(Fe, T)].
pm(_, 0, _) -> 1; pm(B, E, M) when E rem 2 =:= 0 -> pm(B * B rem M, E div 2, M); pm(B, E, M) -> B * pm(B, E - 1, M) rem M.
polydiv(A, B) -> pd(lists:reverse(A), lists:reverse(B), []).
pd(A, B, Q) when length(A) < length(B) -> {Q, lists:reverse(A)}; pd([X | A], [Y | B], Q) -> F = X / Y, {H, T} = lists:split(length(B), A), pd([U - F * V || {U, V} <- lists:zip(H, B)] ++ T, [Y | B], [F | Q]).
polygcd(A, B) -> case lists:all(fun(X) -> X == 0 end, B) of true -> [X / lists:last(A) || X <- A]; false -> {_, R} = polydiv(A, B), polygcd(B, trim(R)) end.
trim(L) -> lists:reverse(lists:dropwhile(fun(X) -> X == 0 end, lists:reverse(L))).
poly(P, X) -> lists:foldr(fun(C, A) -> A * X + C end, 0, P).
deriv([_ | P]) -> [I * C || {I, C} <- ix(P)].
lagrange(Ps) -> lists:foldl(fun({X, Y}, A) -> {N, D} = lists:foldl(fun({Z, _}, {P, Q}) when Z =/= X -> {polymul([-Z, 1], P), Q * (X - Z)}; (_, S) -> S end, {[1], 1}, Ps), padq(A, [rat(C * Y, D) || C <- N]) end, [], Ps).
padq([], B) -> B; padq(A, []) -> A; padq([X | A], [Y | B]) -> [radd(X, Y) | padq(A, B)].
roots(P) -> lists:sort([bisect(fun(X) -> poly(P, X) end, A, A + 0.3, 50) || K <- lists:seq(0, 20), A <- [K * 0.3 + 0.05], poly(P, A) * poly(P, A + 0.3) < 0]).
bisect(_, A, _, 0) -> A; bisect(F, A, B, N) -> M = (A + B) / 2, case F(A) * F(M) =< 0 of true -> bisect(F, A, M, N - 1); false -> bisect(F, M, B, N - 1) end.
newton(F, X) -> lists:foldl(fun(_, Y) -> Y - F(Y) / ((F(Y + 1.0e-6) - F(Y - 1.0e-6)) / 2.0e-6) end, X, lists:seq(1, 10)).
romberg(F, A, B, N) -> T = [trap(F, A, B, 1 bsl K) || K <- lists:seq(0, N)], rich(T, 4).
trap(F, A, B, N) -> H = (B - A) / N, H * ((F(A) + F(B)) / 2 + lists:sum([F(A + K * H) || K <- lists:seq(1, N - 1)])).
rich([X], _) -> X; rich(L, P) -> rich([(P * B - A) / (P - 1) || {A, B} <- lists:zip(lists:droplast(L), tl(L))], P * 4).
rk4(_, _, Y, _, 0) -> Y; rk4(F, T, Y, H, N) -> K1 = F(T, Y), K2 = F(T + H / 2, Y + H * K1 / 2), K3 = F(T + H / 2, Y + H * K2 / 2), K4 = F(T + H, Y + H * K3), rk4(F, T + H, Y + H * (K1 + 2 * K2 + 2 * K3 + K4) / 6, H, N - 1).
spline([{X0, Y0}, {X1, Y1}, {X2, Y2}], X) -> H0 = X1 - X0, H1 = X2 - X1, M = 6 * ((Y2 - Y1) / H1 - (Y1 - Y0) / H0) / (2 * (H0 + H1)), M * math:pow(X - X0, 3) / (6 * H0) + Y0 * (X1 - X) / H0 + (Y1 / H0 - M * H0 / 6) * (X - X0).
harmonic(N) -> lists:foldl(fun(K, A) -> radd(A, rat(1, K)) end, {0, 1}, lists:seq(1, N)).
cf({_, 0}) -> []; cf({N, D}) -> [N div D | cf({D, N rem D})].
stern(R) -> stern(R, {0, 1}, {1, 0}, []).
stern({N, D} = R, {A, B}, {C, E}, P) -> M = {A + C, B + E}, {X, Y} = M, if M =:= R -> lists:reverse(P); N * Y < X * D -> stern(R, {A, B}, M, [$L | P]); true -> stern(R, M, {C, E}, [$R | P]) end.
farey(N) -> lists:map(fun show/1, lists:sort(fun({A, B}, {C, D}) -> A * D =< C * B end, lists:usort([rat(A, B) || B <- lists:seq(1, N), A <- lists:seq(0, B)]))).
fixed(sqrt, N, D) -> S = integer_to_list(isq(N * pw(10, 2 * D))), {A, B} = lists:split(length(S) - D, S), A ++ "." ++ B.
pw(_, 0) -> 1; pw(B, N) -> B * pw(B, N - 1).
isq(N) -> isq(N, N). isq(N, X) -> Y = (X + N div X) div 2, case Y < X of true -> isq(N, Y); false -> X end.
stats(L) -> N = length(L), M = lists:sum(L) / N, V = lists:sum([(X - M) * (X - M) || X <- L]) / (N - 1), S = lists:sort(L), {M, V, math:sqrt(V), lists:nth(N div 2 + 1, S), hd(S), lists:last(S)}.
linreg(Ps) -> N = length(Ps), Sx = lists:sum([X || {X, _} <- Ps]), Sy = lists:sum([Y || {_, Y} <- Ps]), B = (N * lists:sum([X * Y || {X, Y} <- Ps]) - Sx * Sy) / (N * lists:sum([X * X || {X, _} <- Ps]) - Sx * Sx), {B, (Sy - B * Sx) / N}.
walk(N, Seed) -> element(1, lists:foldl(fun(_, {{X, Y}, S}) -> {K, S2} = rand:uniform_s(4, S), {case K of 1 -> {X + 1, Y}; 2 -> {X - 1, Y}; 3 -> {X, Y + 1}; 4 -> {X, Y - 1} end, S2} end, {{0, 0}, rand:seed_s(exrop, Seed)}, lists:seq(1, N))).
monte(N, Seed) -> element(1, lists:foldl(fun(_, {C, S}) -> {X, S1} = rand:uniform_s(S), {Y, S2} = rand:uniform_s(S1), {case X * X + Y * Y < 1.0 of true -> C + 1; false -> C end, S2} end, {0, rand:seed_s(exro928ss, Seed)}, lists:seq(1, N))).
shuffle(L, Seed) -> {K, _} = lists:mapfoldl(fun(X, S) -> {R, S2} = rand:uniform_s(S), {{R, X}, S2} end, rand:seed_s(exsp, Seed), L), [X || {_, X} <- lists:sort(K)].
simplex() -> lists:max([{3 * X + 5 * Y, X, Y} || X <- lists:seq(0, 4), Y <- lists:seq(0, 6), 3 * X + 2 * Y =< 18]).
anneal(Seed) -> F = fun(X) -> abs(X - 37) + 5 * (X rem 3) end, {B, _} = lists:foldl(fun(_, {X, S}) -> {D, S2} = rand:uniform_s(21, S), Y = max(0, X + D - 11), {case F(Y) =< F(X) of true -> Y; false -> X end, S2} end, {0, rand:seed_s(exsss, Seed)}, lists:seq(1, 200)), {B, F(B)}.
quat() -> M = fun({A, B, C, D}, {E, F, G, H}) -> {A * E - B * F - C * G - D * H, A * F + B * E + C * H - D * G, A * G - B * H + C * E + D * F, A * H + B * G - C * F + D * E} end, I = {0, 1, 0, 0}, J = {0, 0, 1, 0}, K = {0, 0, 0, 1}, [M(I, J), M(J, I), M(M(I, J), K), M({1, 2, 3, 4}, {5, 6, 7, 8})].
lat(A, B) -> {A * math:pi() / 180, B * math:pi() / 180}.
dist({A, B}, {C, D}) -> X = math:pow(math:sin((C - A) / 2), 2) + math:cos(A) * math:cos(C) * math:pow(math:sin((D - B) / 2), 2), round(2 * 6371 * math:asin(math:sqrt(X))).
mandel(W, H) -> [[mi(X * 3.0 / W - 2.2, Y * 2.0 / H - 1.0, 0.0, 0.0, 0) || X <- lists:seq(0, W)] || Y <- lists:seq(0, H)].
mi(_, _, _, _, 26) -> $@; mi(_, _, X, Y, N) when X * X + Y * Y > 4 -> $a + N; mi(A, B, X, Y, N) -> mi(A, B, X * X - Y * Y + A, 2 * X * Y + B, N + 1).
base(N, A, B) -> [integer_to_list(N, K) || K <- lists:seq(A, B)].
luma(L) -> [(299 * R + 587 * G + 114 * B) div 1000 || {R, G, B} <- L].
kmeans(Ps, Cs) -> D = fun({A, B}, {C, E}) -> (A - C) * (A - C) + (B - E) * (B - E) end, As = [{element(2, lists:min([{D(P, C), I} || {I, C} <- ix(Cs)])), P} || P <- Ps], N = [begin G = [P || {J, P} <- As, J =:= I], {lists:sum([X || {X, _} <- G]) / length(G), lists:sum([Y || {_, Y} <- G]) / length(G)} end || {I, _} <- ix(Cs)], case N == Cs of true -> {N, [I || {I, _} <- As]}; false -> kmeans(Ps, N) end.
gray(N) -> [begin G = K bxor (K bsr 1), B = ungray(G), {K =:= B, G} end || K <- lists:seq(0, N)].
ungray(0) -> 0; ungray(G) -> G bxor ungray(G bsr 1).
bern() -> [show(rmul(rat(1, K), rat(K - 1, K + 1))) || K <- lists:seq(1, 8)].
conv(A, B) -> polymul(A, B).
karatsuba(X, Y) when X < 1 bsl 32; Y < 1 bsl 32 -> X * Y; karatsuba(X, Y) -> N = (max(length(integer_to_list(X, 2)), length(integer_to_list(Y, 2))) + 1) div 2, {A, B} = {X bsr N, X band ((1 bsl N) - 1)}, {C, D} = {Y bsr N, Y band ((1 bsl N) - 1)}, P = karatsuba(A, C), Q = karatsuba(B, D), R = karatsuba(A + B, C + D) - P - Q, (P bsl (2 * N)) + (R bsl N) + Q.
