%% SPDX-License-Identifier: Apache-2.0
%% Shifts and bitwise operations over every pair of values at the borders of words.
-module(big_shifts).
-include("../t.hrl").
start() ->
    Vs = values(),
    [show('bsl', fun(A, B) -> A bsl B end, A, shifts()) || A <- Vs],
    [show('bsr', fun(A, B) -> A bsr B end, A, shifts()) || A <- Vs],
    [show('band', fun(A, B) -> A band B end, A, Vs) || A <- Vs],
    [show('bor', fun(A, B) -> A bor B end, A, Vs) || A <- Vs],
    [show('bxor', fun(A, B) -> A bxor B end, A, Vs) || A <- Vs],
    [io:format("bnot ~w ~w~n", [A, bnot id(A)]) || A <- Vs],
    ?T(laws(Vs)),
    ?T(id(1) bsr (1 bsl 70)), ?T(id(-1) bsr (1 bsl 70)), ?T(id(1 bsl 200) bsr (1 bsl 70)),
    ?T(id(-(1 bsl 200)) bsr (1 bsl 70)), ?T(id(0) bsl (1 bsl 70)), ?T(id(0) bsr (1 bsl 70)),
    ?T(id(1) bsl (1 bsl 70)), ?T(id(-1) bsl (1 bsl 70)), ?T(id(1) bsl (1 bsl 40)), ?T(id(7) bsr -(1 bsl 70)),
    ?T(id(7) bsl -(1 bsl 70)), ?T(id(-7) bsl -(1 bsl 70)), ?T(id(1.0) bsl 1), ?T(id(1) bsl 1.0), ?T(id(a) bsr 1),
    ?T(id(1) band a), ?T(id(1 bsl 80) bor 2.0), ?T(bnot id(1.5)), ?T(bnot id([])),
    ?T([bits(1 bsl N - 1) || N <- [0, 1, 28, 59, 60, 63, 64, 65, 127, 128, 1000]]),
    ?T([erlang:phash2((1 bsl N) bxor ((1 bsl (N * 2)) - 1)) || N <- lists:seq(1, 600, 37)]),
    ?T(lists:foldl(fun(N, A) -> (A bsl 13) bxor (A bsr 7) bxor N end, 88172645463325252, lists:seq(1, 60))),
    ?T(reverse_bits(16#123456789ABCDEF0FEDCBA9876543210, 128)).
show(Op, F, A, Bs) -> io:format("~w ~w: ~w~n", [Op, A, [safe(F, A, B) || B <- Bs]]).
safe(F, A, B) -> try F(id(A), id(B)) catch _:R -> R end.
values() ->
    [0, 1, -1, 5, -5] ++ lists:append([[V, V - 1, -V, -V - 1] || N <- [27, 31, 32, 59, 60, 63, 64, 127, 128], V <- [1 bsl N]]).
shifts() -> [0, 1, -1, 3, 31, 32, 58, 59, 60, 63, 64, 65, 128, -31, -32, -59, -60, -63, -64, -65, -128, -129].
laws(Vs) ->
    [bad || A <- Vs, B <- Vs,
        not ((A band B) + (A bor B) =:= A + B andalso (A bxor B) =:= (A bor B) - (A band B)
             andalso bnot (A band B) =:= (bnot A) bor (bnot B) andalso bnot A =:= -A - 1)].
bits(0) -> 0;
bits(N) -> 1 + bits(N bsr 1).
reverse_bits(_, 0) -> 0;
reverse_bits(V, N) -> ((V band 1) bsl (N - 1)) bor reverse_bits(V bsr 1, N - 1).
