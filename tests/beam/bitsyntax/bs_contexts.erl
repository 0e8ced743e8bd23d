%% SPDX-License-Identifier: Apache-2.0
%% Match contexts that are passed on, kept, reused and mixed with binaries.
-module(bs_contexts).
-include("../t.hrl").
start() ->
    B = list_to_binary(lists:seq(1, 60)), ?T(loop1(B, 0)), ?T(loop2(B, [])), ?T(both(B)), ?T(alt(B, [])), ?T(back(B)), ?T(save(B)), ?T(nested(B)), ?T(infun(B)), ?T(guardctx(B)), ?T(twoctx(B, B)), ?T(rest_twice(B)), ?T(case_rest(B)), ?T(send_rest(B)), ?T(put_rest(B)), ?T(catch_rest(B)), ?T(gc_ctx(B, 0)), ?T(tok(<<"let x = 10 + y1*3; // c">>)), ?T(json(<<"{\"a\":[1,2,{\"b\":null}],\"c\":\"x\\ny\",\"d\":-1.5e3,\"e\":true}">>)), ?T(json(<<"[1,2">>)), ?T(hexdump(<<"0123456789abcdefXYZ">>)), ?T(lines(<<"a\r\nb\n\nc">>)), ?T(fields(<<"k1=v1&k2=v%202&k3">>)), ?T(uint(<<"12345rest">>, 0)), ?T(skip_ws(<<"  \t\n x">>)), ?T(find(<<"xxENDyy">>, <<"END">>, 0)), ?T(zipb(<<1, 2, 3>>, <<4, 5, 6>>)), ?T(cmp(<<1, 2>>, <<1, 3>>)), ?T(maxb(B, 0)), ?T(split(B, 7)), ?T(bits(<<16#F0F0:16>>, 0, 0)).
loop1(<<X, R/binary>>, A) -> loop1(R, A + X);
loop1(<<>>, A) -> A.
loop2(<<X:12, R/bits>>, A) -> loop2(R, [X | A]);
loop2(R, A) -> {R, A}.
both(<<H:10/binary, _/binary>> = All) -> {byte_size(All), H}.
alt(<<1, R/binary>>, A) -> alt(R, [one | A]);
alt(<<X, Y, R/binary>>, A) when X rem 2 =:= 0 -> alt2(R, [{X, Y} | A]);
alt(<<X, R/binary>>, A) -> alt(R, [X | A]);
alt(<<>>, A) -> A.
alt2(<<X:3/binary, R/binary>>, A) -> alt(R, [X | A]);
alt2(R, A) -> {end_, R, A}.
back(B) -> case B of <<1, 2, 4, _/binary>> -> a; <<1, 2, X, R/binary>> when X > 5 -> {b, R}; <<1, R/binary>> -> {c, byte_size(R)} end.
save(B) -> <<A:5/binary, R/binary>> = B, <<C:5/binary, _/binary>> = R, <<D:2/binary, _/binary>> = R, {A, C, D, byte_size(R)}.
nested(<<N, R/binary>>) -> case R of <<M, S/binary>> when M > N -> {gt, nested2(S)}; _ -> le end.
nested2(<<X, _/binary>>) -> X.
infun(<<X, R/binary>>) -> F = fun() -> {X, byte_size(R)} end, G = fun(<<Y, _/binary>>) -> Y end, {F(), G(R)}.
guardctx(<<_:4/binary, R/binary>>) when byte_size(R) > 10 -> {ok, byte_size(R)};
guardctx(_) -> no.
twoctx(<<A, R1/binary>>, <<_, B, R2/binary>>) when byte_size(R1) > 50 -> twoctx(R2, R1) + A + B;
twoctx(A, B) -> byte_size(A) * 1000 + byte_size(B).
rest_twice(<<_, R/binary>>) -> X = loop1(R, 0), Y = loop1(R, 1), {X, Y, byte_size(R)}.
case_rest(<<X, R/binary>>) -> case X of 1 -> case_rest(R); 2 -> [R | case_rest(R)]; 3 -> byte_size(R) end.
send_rest(<<_:20/binary, R/binary>>) -> self() ! R, receive <<X, _/binary>> = Y -> {X, byte_size(Y)} end.
put_rest(<<_:50/binary, R/binary>>) -> put(r, R), erlang:garbage_collect(), {get(r), R}.
catch_rest(<<X, R/binary>>) -> (catch X + id(a)), try id(R) of <<Y, _/binary>> -> {X, Y} catch _:_ -> no end.
gc_ctx(<<X, R/binary>>, A) -> erlang:garbage_collect(), L = lists:seq(1, X), gc_ctx(R, A + length(L));
gc_ctx(<<>>, A) -> A.
tok(<<" ", R/binary>>) -> tok(R);
tok(<<"//", _/binary>>) -> [];
tok(<<C, _/binary>> = B) when C >= $a, C =< $z -> {W, R} = word(B, <<>>), [{id, W} | tok(R)];
tok(<<C, _/binary>> = B) when C >= $0, C =< $9 -> {N, R} = uint(B, 0), [{int, N} | tok(R)];
tok(<<C, R/binary>>) -> [{sym, <<C>>} | tok(R)];
tok(<<>>) -> [].
word(<<C, R/binary>>, A) when C >= $a, C =< $z; C >= $0, C =< $9 -> word(R, <<A/binary, C>>);
word(R, A) -> {A, R}.
uint(<<C, R/binary>>, A) when C >= $0, C =< $9 -> uint(R, A * 10 + C - $0);
uint(R, A) -> {A, R}.
json(B) -> try element(1, v(skip_ws(B))) catch error:R -> {bad, R} end.
v(<<"null", R/binary>>) -> {null, R};
v(<<"true", R/binary>>) -> {true, R};
v(<<"false", R/binary>>) -> {false, R};
v(<<$", R/binary>>) -> str(R, <<>>);
v(<<$[, R/binary>>) -> arr(skip_ws(R), []);
v(<<${, R/binary>>) -> obj(skip_ws(R), #{});
v(B) -> num(B, <<>>).
num(<<C, R/binary>>, A) when C >= $0, C =< $9; C =:= $-; C =:= $.; C =:= $e -> num(R, <<A/binary, C>>);
num(R, A) -> try {binary_to_integer(A), R} catch error:_ -> [M, E] = binary:split(A, <<"e">>), {binary_to_float(<<M/binary, "e", E/binary>>), R} end.
str(<<$", R/binary>>, A) -> {A, R};
str(<<"\\n", R/binary>>, A) -> str(R, <<A/binary, $\n>>);
str(<<C/utf8, R/binary>>, A) -> str(R, <<A/binary, C/utf8>>).
arr(<<$], R/binary>>, A) -> {lists:reverse(A), R};
arr(B, A) -> {V, R} = v(B), case skip_ws(R) of <<$,, R2/binary>> -> arr(skip_ws(R2), [V | A]); <<$], R2/binary>> -> {lists:reverse([V | A]), R2} end.
obj(<<$}, R/binary>>, M) -> {M, R};
obj(<<$", B/binary>>, M) -> {K, R} = str(B, <<>>), <<$:, R1/binary>> = skip_ws(R), {V, R2} = v(skip_ws(R1)), case skip_ws(R2) of <<$,, R3/binary>> -> obj(skip_ws(R3), M#{K => V}); <<$}, R3/binary>> -> {M#{K => V}, R3} end.
skip_ws(<<C, R/binary>>) when C =:= $\s; C =:= $\t; C =:= $\n -> skip_ws(R);
skip_ws(B) -> B.
hexdump(<<L:8/binary, R/binary>>) -> [[io_lib:format("~2.16.0b", [X]) || <<X>> <= L] | hexdump(R)];
hexdump(R) -> [R].
lines(B) -> ln(B, <<>>).
ln(<<"\r\n", R/binary>>, A) -> [A | ln(R, <<>>)];
ln(<<"\n", R/binary>>, A) -> [A | ln(R, <<>>)];
ln(<<C, R/binary>>, A) -> ln(R, <<A/binary, C>>);
ln(<<>>, A) -> [A].
fields(B) -> [list_to_tuple([unq(P) || P <- binary:split(F, <<"=">>)]) || F <- binary:split(B, <<"&">>, [global])].
unq(<<"%", H:2/binary, R/binary>>) -> <<(binary_to_integer(H, 16)), (unq(R))/binary>>;
unq(<<C, R/binary>>) -> <<C, (unq(R))/binary>>;
unq(<<>>) -> <<>>.
find(B, P, N) -> S = byte_size(P), case B of <<P:S/binary, R/binary>> -> {N, R}; <<_, R/binary>> -> find(R, P, N + 1); <<>> -> none end.
zipb(<<A, R1/binary>>, <<B, R2/binary>>) -> [{A, B} | zipb(R1, R2)];
zipb(<<>>, <<>>) -> [].
cmp(<<A, R1/bits>>, <<A, R2/bits>>) -> cmp(R1, R2);
cmp(<<A, _/bits>>, <<B, _/bits>>) -> {A, B}.
maxb(<<X, R/binary>>, M) when X > M -> maxb(R, X);
maxb(<<_, R/binary>>, M) -> maxb(R, M);
maxb(<<>>, M) -> M.
split(B, N) -> case B of <<C:N/binary, R/binary>> -> [binary:first(C) | split(R, N)]; R -> [R] end.
bits(<<1:1, R/bits>>, A, B) -> bits(R, A + 1, B);
bits(<<0:1, R/bits>>, A, B) -> bits(R, A, B + 1);
bits(<<>>, A, B) -> {A, B}.
