%% SPDX-License-Identifier: Apache-2.0
%% A JSON encoder and decoder with the usual uses of binaries and maps.
-module(sl_json).
-include("../t.hrl").
start() -> Docs = ["{}", "[]", "[1,2.5,-3e2,true,false,null]", "{\"a\":{\"b\":[{\"c\":\"d\"}]}}", "\"esc \\\" \\\\ \\/ \\b\\n\\t \\u00e5 \\ud83d\\ude00\"", "  [ 1 , { \"k\" : [ ] } ] ", "[1,]", "{\"a\" 1}", "\"open", "nul", "[1 2]", "01", "", "{\"k\":1,\"k\":2}", "1e400", "123456789012345678901234567890"],
    [p({D, dec(D)}) || D <- Docs], Ts = [#{}, [], #{a => 1, <<"b">> => [1.5, null, true]}, [<<"q\"uote">>, <<"å日😀"/utf8>>, <<1, 31, 127>>], 123456789012345678901234567890, -0.5, [[[]]], #{nested => #{deep => #{er => [1, [2, [3]]]}}}], [p(iolist_to_binary(enc(T))) || T <- Ts], ?T([dec(iolist_to_binary(enc(T))) || T <- Ts] =/= x), Big = maps:from_list([{integer_to_binary(N), lists:seq(1, N rem 20)} || N <- lists:seq(1, 500)]), ?T(dec(iolist_to_binary(enc(Big))) =:= Big), ?T(erlang:crc32(enc(lists:seq(1, 2000)))), ?T(pretty(#{a => [1, #{b => 2}], c => []}, 0)).
dec(S) when is_list(S) -> dec(unicode:characters_to_binary(S));
dec(B) -> try {V, R} = val(ws(B)), case ws(R) of <<>> -> V; _ -> {error, trailing} end catch throw:E -> {error, E} end.
ws(<<C, R/binary>>) when C =:= $\s; C =:= $\n; C =:= $\t; C =:= $\r -> ws(R);
ws(B) -> B.
val(<<"{", R/binary>>) -> obj(ws(R), []);
val(<<"[", R/binary>>) -> case ws(R) of <<"]", T/binary>> -> {[], T}; B -> arr(B, []) end;
val(<<"\"", R/binary>>) -> str(R, <<>>);
val(<<"true", R/binary>>) -> {true, R};
val(<<"false", R/binary>>) -> {false, R};
val(<<"null", R/binary>>) -> {null, R};
val(<<C, _/binary>> = B) when C =:= $-; C >= $0, C =< $9 -> num(B);
val(<<>>) -> throw(eof);
val(<<C, _/binary>>) -> throw({unexpected, C}).
num(B) -> {I, R} = digits(B, <<>>), {F, R2} = case R of <<".", T/binary>> -> {X, Y} = digits(T, <<>>), {<<".", X/binary>>, Y}; _ -> {<<>>, R} end, {E, R3} = case R2 of <<C, T2/binary>> when C =:= $e; C =:= $E -> {X2, Y2} = digits(T2, <<>>), {<<"e", X2/binary>>, Y2}; _ -> {<<>>, R2} end, case {F, E} of {<<>>, <<>>} -> {binary_to_integer(I), R3}; {<<>>, _} -> {fl(<<I/binary, ".0", E/binary>>), R3}; _ -> {fl(<<I/binary, F/binary, E/binary>>), R3} end.
fl(B) -> try binary_to_float(B) catch error:_ -> throw({number, B}) end.
digits(<<C, R/binary>>, A) when C >= $0, C =< $9; C =:= $-; C =:= $+ -> digits(R, <<A/binary, C>>);
digits(R, A) -> {A, R}.
str(<<"\"", R/binary>>, A) -> {A, R};
str(<<"\\u", H:4/binary, R/binary>>, A) -> case binary_to_integer(H, 16) of Hi when Hi >= 16#D800, Hi < 16#DC00 -> <<"\\u", L:4/binary, R2/binary>> = R, C = 16#10000 + ((Hi - 16#D800) bsl 10) + (binary_to_integer(L, 16) - 16#DC00), str(R2, <<A/binary, C/utf8>>); C -> str(R, <<A/binary, C/utf8>>) end;
str(<<"\\", C, R/binary>>, A) -> D = case C of $n -> $\n; $t -> $\t; $b -> $\b; $r -> $\r; $f -> $\f; _ -> C end, str(R, <<A/binary, D>>);
str(<<C/utf8, R/binary>>, A) -> str(R, <<A/binary, C/utf8>>);
str(<<>>, _) -> throw(open_string).
arr(B, A) -> {V, R} = val(B), case ws(R) of <<",", T/binary>> -> arr(ws(T), [V | A]); <<"]", T/binary>> -> {lists:reverse([V | A]), T}; _ -> throw(array) end.
obj(<<"}", R/binary>>, A) -> {maps:from_list(A), R};
obj(<<"\"", B/binary>>, A) -> {K, R} = str(B, <<>>), case ws(R) of <<":", T/binary>> -> {V, R2} = val(ws(T)), case ws(R2) of <<",", T2/binary>> -> obj(ws(T2), [{K, V} | A]); <<"}", T2/binary>> -> {maps:from_list([{K, V} | A]), T2}; _ -> throw(object) end; _ -> throw(colon) end;
obj(_, _) -> throw(key).
enc(true) -> "true"; enc(false) -> "false"; enc(null) -> "null";
enc(A) when is_atom(A) -> enc(atom_to_binary(A));
enc(I) when is_integer(I) -> integer_to_binary(I);
enc(F) when is_float(F) -> float_to_binary(F, [short]);
enc(B) when is_binary(B) -> [$", << <<(esc(C))/binary>> || <<C/utf8>> <= B >>, $"];
enc(L) when is_list(L) -> [$[, lists:join($,, [enc(X) || X <- L]), $]];
enc(M) when is_map(M) -> [${, lists:join($,, [[enc(K), $:, enc(V)] || {K, V} <- lists:sort([{case is_atom(K) of true -> atom_to_binary(K); false -> K end, V} || {K, V} <- maps:to_list(M)])]), $}].
esc($") -> <<"\\\"">>; esc($\\) -> <<"\\\\">>; esc(C) when C < 32 -> iolist_to_binary(io_lib:format("\\u~4.16.0b", [C])); esc(C) -> <<C/utf8>>.
pretty(M, D) when is_map(M), map_size(M) > 0 -> ["{\n", lists:join(",\n", [[lists:duplicate(D + 2, $\s), atom_to_list(K), ": ", pretty(V, D + 2)] || {K, V} <- lists:sort(maps:to_list(M))]), "\n", lists:duplicate(D, $\s), "}"];
pretty(L, D) when is_list(L) -> ["[", lists:join(", ", [pretty(X, D) || X <- L]), "]"];
pretty(X, _) -> enc(X).
