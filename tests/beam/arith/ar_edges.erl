%% SPDX-License-Identifier: Apache-2.0
-module(ar_edges).
-include("../t.hrl").
start() ->
    Edges = [E + D || B <- [27, 28, 31, 32, 58, 59, 60, 61, 62, 63, 64, 65, 127, 128], S <- [1, -1], E <- [S * (1 bsl B)], D <- [-1, 0, 1]],
    [p({A, A + 1, A - 1, -A, A * 2, A * -1, A div 2, A rem 2, A bsl 1, A bsr 1, bnot A, abs(A)}) || A <- Edges],
    ?T(erlang:phash2([{A + B, A - B, A * B} || A <- Edges, B <- Edges])), ?T(erlang:phash2([{A div B, A rem B} || A <- Edges, B <- Edges])), ?T(erlang:phash2([{A band B, A bor B, A bxor B} || A <- Edges, B <- Edges])),
    ?T(erlang:phash2([{A < B, A =< B, A == B, A =:= B} || A <- Edges, B <- Edges])), ?T(erlang:phash2([{A < float(B), A == float(B), float(A) > B} || A <- Edges, B <- Edges])),
    ?T([integer_to_list(A, 16) || A <- Edges]), ?T([float(A) || A <- Edges]), ?T([trunc(float(A)) - A || A <- Edges]), ?T([A - A || A <- Edges] =:= [0 || _ <- Edges]), ?T(lists:sort(Edges) =:= lists:usort(Edges)),
    ?T([<<A:64>> || A <- [lists:nth(20, Edges), lists:last(Edges)]]), ?T(id(0) bsl id(100000000000)), ?T(id(0) bsr id(100000000000)), ?T(id(5) bsr id(100000000000)), ?T(id(-5) bsr id(100000000000)), ?T(id(1) bsl id(-100000000000)), ?T(id(1) bsl id(1 bsl 62)),
    ?T(-(-id(576460752303423488))), ?T(id(-576460752303423488) div -1), ?T(id(-576460752303423488) rem -1), ?T(id(-576460752303423488) * -1), ?T(abs(id(-576460752303423488))), ?T(id(-(1 bsl 63)) div -1), ?T(id(-(1 bsl 61)) div -1), ?T(id(-(1 bsl 61)) * -1), ?T(id(1 bsl 61) - 1).
