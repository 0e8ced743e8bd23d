%% SPDX-License-Identifier: Apache-2.0
%% Random operands from a generator of our own, against identities and printed checksums.
-module(ar_random).
-include("../t.hrl").
start() ->
    L = gen(400, 88172645463325252, []),
    ?T(erlang:phash2([A + B || {A, B} <- L])), ?T(erlang:phash2([A - B || {A, B} <- L])), ?T(erlang:phash2([A * B || {A, B} <- L])),
    ?T(erlang:phash2([A div B || {A, B} <- L, B =/= 0])), ?T(erlang:phash2([A rem B || {A, B} <- L, B =/= 0])),
    ?T(erlang:phash2([{A band B, A bor B, A bxor B, bnot A} || {A, B} <- L])),
    ?T(erlang:phash2([{A bsl (abs(B) rem 130), A bsr (abs(B) rem 130)} || {A, B} <- L])),
    ?T([x || {A, B} <- L, B =/= 0, (A div B) * B + A rem B =/= A]),
    ?T([x || {A, B} <- L, (A + B) * (A - B) =/= A * A - B * B]),
    ?T([x || {A, B} <- L, A bxor B =/= (A bor B) - (A band B)]),
    ?T([x || {A, _} <- L, list_to_integer(integer_to_list(A)) =/= A]),
    ?T([x || {A, B} <- L, Base <- [2, 3, 16, 36], list_to_integer(integer_to_list(A * B, Base), Base) =/= A * B]),
    ?T([x || {A, B} <- L, (A < B) =/= (A - B < 0)]),
    ?T([x || {A, B} <- L, binary_to_term(term_to_binary(A * B)) =/= A * B]),
    ?T([x || {A, B} <- L, N <- [64, 100], <<V:N/signed>> <- [<<(A * B):N>>], (V - A * B) rem (1 bsl N) =/= 0]),
    ?T(erlang:phash2([<<(A * B):77, (A + B):51/little>> || {A, B} <- L])),
    ?T([x || {A, B} <- L, gcd(A, B) =/= gcd(B, A)]),
    ?T(lists:sum([gcd(A, B) || {A, B} <- L])),
    ?T(erlang:phash2([float(A) || {A, _} <- L])), ?T(erlang:phash2([A / B || {A, B} <- L, B =/= 0])),
    ?T(erlang:phash2([A * 1.5 + B || {A, B} <- L])), ?T(erlang:phash2([trunc(A / 7.0) || {A, _} <- L])),
    ?T(erlang:phash2(lists:sort([A * B || {A, B} <- L]))), ?T(erlang:phash2(lists:usort([A rem 50 || {A, _} <- L]))).
gen(0, _, Acc) -> Acc;
gen(N, S0, Acc) ->
    S1 = rnd(S0), S2 = rnd(S1), S3 = rnd(S2),
    gen(N - 1, S3, [{shape(S1, S3 rem 7), shape(S2, S3 rem 5)} | Acc]).
rnd(X0) -> X1 = (X0 bxor (X0 bsl 13)) band 16#FFFFFFFFFFFFFFFF, X2 = X1 bxor (X1 bsr 7), (X2 bxor (X2 bsl 17)) band 16#FFFFFFFFFFFFFFFF.
shape(X, 0) -> X band 255;
shape(X, 1) -> -(X band 16#FFFF);
shape(X, 2) -> X - (1 bsl 63);
shape(X, 3) -> X * X;
shape(X, 4) -> -(X * X * X);
shape(X, 5) -> X band 16#3FFFFFFFFFFFFFF;
shape(X, 6) -> (X bsl 100) + X.
gcd(A, 0) -> abs(A);
gcd(A, B) -> gcd(B, A rem B).
