%% SPDX-License-Identifier: Apache-2.0
%% Function clauses that match the same binary again and again from saved positions; matching parsers that go back.
-module(bs_backtrack).
-include("../t.hrl").
start() ->
    Ins = [<<>>, <<1>>, <<1, 2>>, <<1, 2, 3>>, <<0, 2, 9, 9, 1>>, <<0, 9, 1>>, <<"GET / HTTP/1.1">>, <<"GEX">>, <<255, 255, 255, 255>>, <<1:1>>, <<5:3, 7:7>>, <<0, 0, 0, 4, "abcdef">>, <<0, 0, 0, 40, "abc">>],
    [io:format("~w ~w ~w ~w~n", [I, clauses(I), nested(I), sized(I)]) || I <- Ins],
    ?T([clauses(X) || X <- [a, [], {1}, 17, 1.5]]), ?T([glob(P, <<"the quick brown fox">>) || P <- ["*", "the*", "*fox", "*qu?ck*", "the fox", "t*k*b*n*x", "???", "*z*"]]),
    ?T([peg(B) || B <- [<<"1+2*3">>, <<"(1+2)*3">>, <<"((7))">>, <<"1+">>, <<"2*(3+4)*5-6">>, <<"">>, <<"-1">>, <<"12/5">>]]),
    ?T([css(B) || B <- [<<"#fff">>, <<"#12ab9F">>, <<"rgb(1,22,255)">>, <<"rgb(1,2)">>, <<"#ff">>, <<"red">>, <<"#ggg">>]]),
    ?T([lines(B) || B <- [<<"a\r\nb\nc\r">>, <<"">>, <<"\n">>, <<"\r\n\r\n">>, <<"no end">>]]), ?T([quoted(B) || B <- [<<"\"a\\\"b\" rest">>, <<"\"open">>, <<"none">>, <<"\"\\x41\\n\"">>]]),
    ?T([guarded(B) || B <- [<<5, 1, 2>>, <<200, 1, 2>>, <<5, 200>>, <<9>>, <<100, 100, 100>>]]), ?T(split_all(<<"a,b,,c,">>, $,)), ?T(split_all(<<>>, $,)),
    ?T([find(<<"needle">>, B, 0) || B <- [<<"hay needle hay">>, <<"needle">>, <<"needl">>, <<>>, <<"neeneedle">>]]),
    ?T(runs(<<"aaabbbbccd">>)), ?T(runs(<<0:7, -1:5, 0:3>>)), ?T([two(A, B) || A <- [<<1, 2>>, <<3>>], B <- [<<1, 2>>, <<3>>, <<>>]]), ?T(both(<<1, 2, 3, 4>>)),
    ?T([date(B) || B <- [<<"2026-11-23">>, <<"23.11.2026">>, <<"11/23/2026">>, <<"20261123">>, <<"2026-1-2">>]]), ?T(reuse(<<1, 2, 3, 4, 5>>)), ?T(pairs(<<1, 2, 3, 4, 5>>)).
clauses(<<>>) -> empty; clauses(<<1, 2, 3>>) -> exact; clauses(<<1, X>>) -> {one, X}; clauses(<<0, N, R/binary>>) when N < 5 -> {small, N, R}; clauses(<<0, R/binary>>) -> {zero, R};
clauses(<<"GET ", R/binary>>) -> {get, R}; clauses(<<"GE", X, _/binary>>) -> {ge, X}; clauses(<<X:32/signed>>) -> {int, X}; clauses(<<X:3, Y:7>>) -> {bits, X, Y}; clauses(B) when is_binary(B) -> other; clauses(B) when is_bitstring(B) -> bits; clauses(_) -> none.
nested(B) -> case B of <<A, R/binary>> when A > 0 -> case R of <<C, _/binary>> when C > A -> {up, A, C}; <<C, _/binary>> -> {down, A, C}; <<>> -> {last, A} end; <<0, R/bits>> -> {z, nested(R)}; _ -> bit_size(B) end.
sized(<<N:32, P:N/binary, R/binary>>) -> {packet, P, R}; sized(<<N:32, R/binary>>) -> {more, N - byte_size(R)}; sized(<<N, P:N/bits, R/bits>>) -> {nbits, P, R}; sized(B) -> {rest, B}.
glob("", <<>>) -> true; glob("*", _) -> true; glob([$* | P], B) -> glob(P, B) orelse (case B of <<_, R/binary>> -> glob([$* | P], R); _ -> false end); glob([$? | P], <<_, R/binary>>) -> glob(P, R); glob([C | P], <<C, R/binary>>) -> glob(P, R); glob(_, _) -> false.
peg(B) -> try expr(B) of {V, <<>>} -> V; {V, R} -> {V, rest, R} catch throw:X -> X; error:R -> R end.
expr(B) -> {V, R} = term(B), expr(R, V).
expr(<<$+, R/binary>>, V) -> {W, R2} = term(R), expr(R2, V + W); expr(<<$-, R/binary>>, V) -> {W, R2} = term(R), expr(R2, V - W); expr(R, V) -> {V, R}.
term(B) -> {V, R} = factor(B), term(R, V).
term(<<$*, R/binary>>, V) -> {W, R2} = factor(R), term(R2, V * W); term(<<$/, R/binary>>, V) -> {W, R2} = factor(R), term(R2, V div W); term(R, V) -> {V, R}.
factor(<<$(, R/binary>>) -> case expr(R) of {V, <<$), R2/binary>>} -> {V, R2}; {_, R2} -> throw({paren, R2}) end; factor(<<D, _/binary>> = B) when D >= $0, D =< $9 -> num(B, 0); factor(B) -> throw({unexpected, B}).
num(<<D, R/binary>>, N) when D >= $0, D =< $9 -> num(R, N * 10 + D - $0); num(R, N) -> {N, R}.
css(<<"#", H:6/binary>>) -> try {hex6, binary_to_integer(H, 16)} catch _:_ -> bad end; css(<<"#", A, B, C>>) -> try {hex3, [list_to_integer([X, X], 16) || X <- [A, B, C]]} catch _:_ -> bad end;
css(<<"rgb(", R/binary>>) -> case binary:split(R, [<<",">>, <<")">>], [global]) of [A, B, C, <<>>] -> {rgb, [binary_to_integer(X) || X <- [A, B, C]]}; _ -> bad end; css(N) -> {name, N}.
lines(B) -> lines(B, <<>>).
lines(<<"\r\n", R/binary>>, A) -> [A | lines(R, <<>>)]; lines(<<"\n", R/binary>>, A) -> [A | lines(R, <<>>)]; lines(<<C, R/binary>>, A) -> lines(R, <<A/binary, C>>); lines(<<>>, <<>>) -> []; lines(<<>>, A) -> [A].
quoted(<<$", R/binary>>) -> q(R, <<>>); quoted(B) -> {plain, B}.
q(<<$", R/binary>>, A) -> {A, R}; q(<<"\\n", R/binary>>, A) -> q(R, <<A/binary, $\n>>); q(<<"\\x", H:2/binary, R/binary>>, A) -> q(R, <<A/binary, (binary_to_integer(H, 16))>>); q(<<$\\, C, R/binary>>, A) -> q(R, <<A/binary, C>>); q(<<C, R/binary>>, A) -> q(R, <<A/binary, C>>); q(<<>>, A) -> {open, A}.
guarded(<<A, B, C>>) when A + B + C < 10 -> {sum, A + B + C}; guarded(<<A, B:16>>) when A > 150; B =:= 25700 -> {wide, A, B}; guarded(<<A, B>>) when byte_size(<<A, B>>) =:= 2 -> {two, A, B}; guarded(<<A>>) -> {one, A}.
split_all(B, C) -> split_all(B, C, B, 0, 0).
split_all(<<C, R/binary>>, C, W, S, N) -> [binary:part(W, S, N) | split_all(R, C, W, S + N + 1, 0)]; split_all(<<_, R/binary>>, C, W, S, N) -> split_all(R, C, W, S, N + 1); split_all(<<>>, _, W, S, N) -> [binary:part(W, S, N)].
find(P, B, N) -> L = byte_size(P), case B of <<_:N/binary, P:L/binary, _/binary>> -> N; <<_:N/binary, _, _/binary>> -> find(P, B, N + 1); _ -> none end.
runs(<<C:1, R/bits>>) when bit_size(R) rem 8 =/= 7 -> runb(R, C, 1); runs(<<C, R/binary>>) -> run(R, C, 1); runs(<<>>) -> [].
run(<<C, R/binary>>, C, N) -> run(R, C, N + 1); run(R, C, N) -> [{C, N} | runs(R)].
runb(<<C:1, R/bits>>, C, N) -> runb(R, C, N + 1); runb(<<D:1, R/bits>>, C, N) -> [{C, N} | runb(R, D, 1)]; runb(<<>>, C, N) -> [{C, N}].
two(<<A, _/binary>>, <<A, R/binary>>) -> {same, A, R}; two(<<A, R/binary>>, <<>>) -> {left, A, R}; two(<<A, B>>, <<C>>) -> {A, B, C}; two(A, B) -> {A, B}.
both(<<A:16, C, D>>) -> {A, C, D}.
date(<<Y:4/binary, "-", M:2/binary, "-", D:2/binary>>) -> {iso, Y, M, D}; date(<<D:2/binary, ".", M:2/binary, ".", Y:4/binary>>) -> {de, Y, M, D}; date(<<M:2/binary, "/", D:2/binary, "/", Y:4/binary>>) -> {us, Y, M, D}; date(<<Y:4/binary, M:2/binary, D:2/binary>>) -> {basic, Y, M, D}; date(B) -> {unknown, byte_size(B)}.
reuse(<<A, R/binary>> = W) -> <<B, R2/binary>> = R, X = <<R/binary, A>>, <<C:16, _/binary>> = R2, {A, B, C, X, W, R, R2, byte_size(R), binary:at(R2, 0)}.
pairs(<<A, R/binary>>) -> [{A, B} || <<B>> <= R] ++ pairs(R); pairs(<<>>) -> [].
