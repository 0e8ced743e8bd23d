%% SPDX-License-Identifier: Apache-2.0
%% A JSON library of its own: decoder with positions of errors, encoder, pretty printer, pointers, patches, a schema check.
-module(prog_json).
-include("../t.hrl").
start() ->
    Docs = [<<"null">>, <<"[1,2.5,-3e2,true,false]">>, <<"{\"a\":{\"b\":[{}]},\"c\":\"\\u00e9\\n\\\"\\\\\"}">>, <<" [ ] ">>, <<"\"\\ud834\\udd1e\"">>, <<"[1,]">>, <<"{\"a\" 1}">>, <<"tru">>, <<"\"open">>, <<"01">>, <<"1.">>, <<"[1] x">>, <<"\"\\x\"">>, <<"\"\\ud834x\"">>, <<"\"", 1, "\"">>, <<"">>, <<"-0">>, <<"123456789012345678901234567890">>, <<"\"ünï☃\""/utf8>>, <<"\"", 255, "\"">>, <<"{\"k\":1,\"k\":2}">>, <<"[[[[[[]]]]]]">>, <<"1e400">>],
    [io:format("~ts => ~tp~n", [printable(D), decode(D)]) || D <- Docs],
    ?T([D || D <- Docs, {ok, V} <- [decode(D)], {ok, V} =/= decode(encode(V))]), ?T([encode(V) || {ok, V} <- [decode(D) || D <- Docs]]), ?T(encode(#{a => 1, <<"b">> => [x, #{}], 3 => null})), ?T(catch_enc({t})), ?T(catch_enc(<<255>>)), ?T(catch_enc([self()])),
    {ok, Big} = decode(iolist_to_binary(["[", lists:join(",", [encode(#{id => N, sq => N * N, tags => [<<"t", (integer_to_binary(K))/binary>> || K <- lists:seq(1, N rem 4)]}) || N <- lists:seq(1, 120)]), "]"])), ?T(length(Big)), ?T(lists:sum([maps:get(<<"sq">>, M) || M <- Big])), ?T(erlang:phash2(encode(Big))), ?T(lists:nth(7, Big)),
    ?T(io:format("~ts", [pretty(lists:sublist(Big, 3))])), ?T(pointer(<<"/1/tags/1">>, Big)), ?T(pointer(<<"">>, 5)), ?T(pointer(<<"/zz">>, #{})), ?T(pointer(<<"/a~1b/m~0n">>, #{<<"a/b">> => #{<<"m~n">> => x}})), ?T(patch([{add, <<"/x/-">>, 3}, {replace, <<"/y">>, <<"z">>}, {remove, <<"/x/0">>}], #{<<"x">> => [1, 2], <<"y">> => null})), ?T(patch([{remove, <<"/nope">>}], #{})), ?T(merge_patch(#{<<"a">> => 1, <<"b">> => #{<<"c">> => 2}}, #{<<"a">> => null, <<"b">> => #{<<"d">> => 3}})),
    ?T(check({object, [{<<"id">>, int}, {<<"tags">>, {list, str}}]}, lists:nth(3, Big))), ?T(check({object, [{<<"id">>, str}, {<<"tags">>, {list, int}}, {<<"zip">>, int}]}, lists:nth(3, Big))), ?T(diff(#{<<"a">> => [1, 2], <<"b">> => 1}, #{<<"a">> => [1, 3], <<"c">> => 2})), ?T(query([each, <<"sq">>], lists:sublist(Big, 5))), ?T(deep(300)).
printable(B) -> case unicode:characters_to_list(B) of L when is_list(L) -> L; _ -> io_lib:format("~w", [B]) end.
decode(B) -> try val(ws(B)) of {V, R} -> case ws(R) of <<>> -> {ok, V}; X -> {error, {trailing, byte_size(B) - byte_size(X)}} end catch throw:{E, R} -> {error, {E, byte_size(B) - byte_size(R)}} end.
ws(<<C, R/binary>>) when C =:= 32; C =:= 10; C =:= 13; C =:= 9 -> ws(R); ws(B) -> B.
val(<<"null", R/binary>>) -> {null, R}; val(<<"true", R/binary>>) -> {true, R}; val(<<"false", R/binary>>) -> {false, R}; val(<<$", R/binary>>) -> str(R, <<>>); val(<<$[, R/binary>>) -> case ws(R) of <<$], R2/binary>> -> {[], R2}; R2 -> arr(R2, []) end; val(<<${, R/binary>>) -> case ws(R) of <<$}, R2/binary>> -> {#{}, R2}; R2 -> obj(R2, #{}) end;
val(<<C, _/binary>> = B) when C =:= $-; C >= $0, C =< $9 -> num(B); val(R) -> throw({value, R}).
arr(B, A) -> {V, R} = val(ws(B)), case ws(R) of <<$,, R2/binary>> -> arr(R2, [V | A]); <<$], R2/binary>> -> {lists:reverse(A, [V]), R2}; R2 -> throw({array, R2}) end.
obj(B, M) -> case ws(B) of <<$", R/binary>> -> {K, R2} = str(R, <<>>), case ws(R2) of <<$:, R3/binary>> -> {V, R4} = val(ws(R3)), case ws(R4) of <<$,, R5/binary>> -> obj(R5, M#{K => V}); <<$}, R5/binary>> -> {M#{K => V}, R5}; R5 -> throw({object, R5}) end; R3 -> throw({colon, R3}) end; R -> throw({key, R}) end.
str(<<$", R/binary>>, A) -> {A, R}; str(<<"\\u", H:4/binary, R/binary>> = B, A) -> case hex(H, B) of Hi when Hi >= 16#D800, Hi < 16#DC00 -> case R of <<"\\u", L:4/binary, R2/binary>> -> Lo = hex(L, R), str(R2, <<A/binary, (16#10000 + ((Hi - 16#D800) bsl 10) + Lo - 16#DC00)/utf8>>); _ -> throw({surrogate, R}) end; C -> str(R, <<A/binary, C/utf8>>) end;
str(<<$\\, C, R/binary>> = B, A) -> case lists:keyfind(C, 1, [{$n, 10}, {$t, 9}, {$r, 13}, {$b, 8}, {$f, 12}, {$", $"}, {$\\, $\\}, {$/, $/}]) of {_, X} -> str(R, <<A/binary, X>>); false -> throw({escape, B}) end;
str(<<C, _/binary>> = B, _) when C < 32 -> throw({control, B}); str(<<C/utf8, R/binary>>, A) -> str(R, <<A/binary, C/utf8>>); str(<<>>, _) -> throw({open_string, <<>>}); str(B, _) -> throw({utf8, B}).
hex(H, B) -> try binary_to_integer(H, 16) catch error:badarg -> throw({hex, B}) end.
num(B) -> case re:run(B, "^-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?", [{capture, all, binary}]) of {match, [S, _]} -> {binary_to_integer(S), rest(B, S)}; {match, [S, I, F | Ex]} -> E = case Ex of [X] -> X; [] -> <<>> end, try binary_to_float(<<(case S of <<"-", _/binary>> -> <<"-">>; _ -> <<>> end)/binary, I/binary, (case F of <<>> -> <<".0">>; _ -> F end)/binary, E/binary>>) of V -> {V, rest(B, S)} catch error:badarg -> throw({range, B}) end; nomatch -> throw({number, B}) end.
rest(B, S) -> N = byte_size(S), <<_:N/binary, R/binary>> = B, R.
encode(V) -> iolist_to_binary(enc(V)).
enc(A) when A =:= null; is_boolean(A) -> atom_to_binary(A); enc(A) when is_atom(A) -> enc(atom_to_binary(A)); enc(N) when is_integer(N) -> integer_to_binary(N); enc(F) when is_float(F) -> float_to_binary(F, [short]); enc(B) when is_binary(B) -> [$", << <<(esc(C))/binary>> || <<C/utf8>> <= valid(B) >>, $"]; enc(L) when is_list(L) -> [$[, lists:join($,, [enc(X) || X <- L]), $]]; enc(M) when is_map(M) -> [${, lists:join($,, [[enc(key(K)), $:, enc(map_get(K, M))] || K <- lists:sort(maps:keys(M))]), $}].
valid(B) -> case unicode:characters_to_binary(B) of B -> B; _ -> error(not_utf8) end.
key(K) when is_integer(K) -> integer_to_binary(K); key(K) -> K.
esc($") -> <<"\\\"">>; esc($\\) -> <<"\\\\">>; esc(10) -> <<"\\n">>; esc(C) when C < 32 -> list_to_binary(io_lib:format("\\u~4.16.0b", [C])); esc(C) -> <<C/utf8>>.
catch_enc(X) -> try encode(X) catch error:R -> R end.
pretty(V) -> [pp(V, 0), "\n"].
pp([], _) -> "[]"; pp(L, N) when is_list(L) -> ["[\n", lists:join(",\n", [[ind(N + 1), pp(X, N + 1)] || X <- L]), "\n", ind(N), "]"]; pp(M, N) when map_size(M) > 0 -> ["{\n", lists:join(",\n", [[ind(N + 1), enc(K), ": ", pp(X, N + 1)] || {K, X} <- lists:sort(maps:to_list(M))]), "\n", ind(N), "}"]; pp(V, _) -> enc(V).
ind(N) -> lists:duplicate(2 * N, $ ).
path(<<>>) -> []; path(<<"/", P/binary>>) -> [binary:replace(binary:replace(X, <<"~1">>, <<"/">>, [global]), <<"~0">>, <<"~">>, [global]) || X <- binary:split(P, <<"/">>, [global])].
pointer(P, V) -> lists:foldl(fun(K, M) when is_map(M) -> maps:get(K, M); (K, L) -> lists:nth(binary_to_integer(K) + 1, L) end, V, path(P)).
patch(Ops, V) -> try lists:foldl(fun(O, A) -> at(path(element(2, O)), O, A) end, V, Ops) catch error:{badkey, K} -> {no_such, K} end.
at([K], {add, _, X}, M) when is_map(M) -> M#{K => X}; at([K], {replace, _, X}, M) when is_map(M) -> M#{K := X}; at([K], {remove, _}, M) when is_map(M) -> map_get(K, M), maps:remove(K, M); at([<<"-">>], {add, _, X}, L) -> L ++ [X]; at([K], {remove, _}, L) -> {A, [_ | B]} = lists:split(binary_to_integer(K), L), A ++ B; at([K | P], O, M) when is_map(M) -> M#{K => at(P, O, map_get(K, M))}.
merge_patch(A, P) when is_map(A), is_map(P) -> maps:fold(fun(K, null, M) -> maps:remove(K, M); (K, V, M) -> M#{K => merge_patch(maps:get(K, M, #{}), V)} end, A, P); merge_patch(_, P) -> P.
check(int, V) when is_integer(V) -> []; check(str, V) when is_binary(V) -> []; check({list, T}, L) when is_list(L) -> lists:append([[{N, E} || E <- check(T, X)] || {N, X} <- lists:zip(lists:seq(0, length(L) - 1), L)]); check({object, Ps}, M) when is_map(M) -> lists:append([case M of #{K := V} -> [{K, E} || E <- check(T, V)]; _ -> [{K, missing}] end || {K, T} <- Ps]); check(T, V) -> [{expected, T, V}].
diff(A, A) -> []; diff(A, B) when is_map(A), is_map(B) -> [{K, D} || K <- lists:usort(maps:keys(A) ++ maps:keys(B)), D <- [case {A, B} of {#{K := X}, #{K := Y}} -> diff(X, Y); {#{K := _}, _} -> removed; _ -> added end], D =/= []]; diff(A, B) -> {A, B}.
query([], V) -> V; query([each | P], L) -> [query(P, X) || X <- L]; query([K | P], M) -> query(P, maps:get(K, M)).
deep(N) -> B = iolist_to_binary([lists:duplicate(N, "["), lists:duplicate(N, "]")]), {ok, V} = decode(B), encode(V) =:= B.
