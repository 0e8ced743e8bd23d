%% SPDX-License-Identifier: Apache-2.0
%% Huffman, LZ77, LZW, arithmetic coding, Burrows-Wheeler and an inflate of its own that reads what zlib has written.
-module(prog_compress).
-include("../t.hrl").
start() ->
    Texts = [<<"abracadabra">>, <<"a">>, binary:copy(<<"the quick brown fox ">>, 12), list_to_binary([<<(N * N rem 251)>> || N <- lists:seq(1, 300)]), <<>>, binary:copy(<<0>>, 400)],
    ?T([bit_size(element(2, huff(T))) || T <- Texts, T =/= <<>>]), ?T([unhuff(huff(T)) =:= T || T <- Texts, byte_size(T) > 1]), ?T(codes(<<"abracadabra">>)), ?T([length(lz77(T)) || T <- Texts]), ?T([unlz77(lz77(T)) =:= T || T <- Texts]), ?T(lz77(<<"abcabcabcd">>)), ?T([length(lzw(T)) || T <- Texts, T =/= <<>>]), ?T([unlzw(lzw(T)) =:= T || T <- Texts, T =/= <<>>]), ?T(lzw(<<"TOBEORNOTTOBEORTOBEORNOT">>)),
    ?T([inflate(deflate(T, L)) =:= T || T <- Texts, L <- [none, best_speed, default, best_compression]]), ?T(inflate(fixed(<<"fixed huffman codes, fixed">>))), ?T(inflate(zlib:zip(binary:copy(<<"zip">>, 100))) =:= binary:copy(<<"zip">>, 100)), ?T(bwt("banana")), ?T(unbwt(bwt("banana"))), ?T(unbwt(bwt("mississippi river"))), ?T(mtf("bananaaa")), ?T(unmtf(mtf("bananaaa"))), ?T(packbits(<<1, 1, 1, 1, 2, 3, 4, 4, 4>>)), ?T(unpackbits(packbits(<<1, 1, 1, 1, 2, 3, 4, 4, 4>>))),
    ?T(elias([1, 2, 3, 10, 100, 1000])), ?T(unelias(elias([1, 2, 3, 10, 100, 1000]))), ?T(golomb([0, 5, 17, 42], 3)), ?T(arith("AABAC")), ?T(delta([100, 102, 99, 99, 150])), ?T(undelta(delta([100, 102, 99, 99, 150]))), ?T([entropy(T) || T <- Texts, T =/= <<>>]), ?T(zlib:unzip(iolist_to_binary(stored(<<"stored by hand">>)))), ?T(zlib:uncompress(wrap(<<"wrapped by hand">>))), ?T(catch_data(fun() -> zlib:uncompress(<<120, 156, 1, 2, 3>>) end)), ?T(catch_data(fun() -> zlib:unzip(<<7>>) end)), ?T(zlib:gunzip(zlib:gzip(<<"gz">>))), ?T(rle2("aaabccddddd")).
freq(B) -> lists:sort(maps:to_list(lists:foldl(fun(C, M) -> maps:update_with(C, fun(N) -> N + 1 end, 1, M) end, #{}, binary_to_list(B)))).
tree([{_, T}]) -> T; tree(L) -> [{A, X}, {B, Y} | R] = lists:sort(L), tree([{A + B, {X, Y}} | R]).
codes(B) -> case lists:sort(cw(tree([{N, C} || {C, N} <- freq(B)]), <<>>)) of [{C, <<>>}] -> [{C, <<0:1>>}]; L -> L end.
cw({A, B}, P) -> cw(A, <<P/bits, 0:1>>) ++ cw(B, <<P/bits, 1:1>>); cw(C, P) -> [{C, P}].
huff(B) -> Cs = codes(B), M = maps:from_list(Cs), {Cs, << <<(map_get(C, M))/bits>> || <<C>> <= B >>}.
unhuff({Cs, Bits}) -> unhuff(Bits, Cs, <<>>).
unhuff(<<>>, _, A) -> A; unhuff(B, Cs, A) -> {C, R} = hd([{C, R} || {C, P} <- Cs, S <- [bit_size(P)], <<P2:S/bits, R/bits>> <- [B], P2 =:= P]), unhuff(R, Cs, <<A/binary, C>>).
lz77(B) -> lz(B, 0).
lz(B, N) when N >= byte_size(B) -> []; lz(B, N) -> case longest(B, N) of {L, D} when L >= 3 -> [{D, L} | lz(B, N + L)]; _ -> [binary:at(B, N) | lz(B, N + 1)] end.
longest(B, N) -> lists:max([{0, 0} | [{len(B, P, N, 0), N - P} || P <- lists:seq(max(0, N - 48), N - 1)]]).
len(B, P, N, L) when N + L < byte_size(B), L < 40 -> case binary:at(B, P + L) =:= binary:at(B, N + L) of true -> len(B, P, N, L + 1); false -> L end; len(_, _, _, L) -> L.
unlz77(L) -> lists:foldl(fun({D, N}, A) -> cp(A, D, N); (C, A) -> <<A/binary, C>> end, <<>>, L).
cp(A, _, 0) -> A; cp(A, D, N) -> cp(<<A/binary, (binary:at(A, byte_size(A) - D))>>, D, N - 1).
lzw(B) -> lzw(B, maps:from_list([{<<C>>, C} || C <- lists:seq(0, 255)]), <<>>).
lzw(<<C, R/binary>>, D, W) -> X = <<W/binary, C>>, case D of #{X := _} -> lzw(R, D, X); _ -> [map_get(W, D) | lzw(R, D#{X => map_size(D)}, <<C>>)] end; lzw(<<>>, D, W) -> [map_get(W, D)].
unlzw([C | Cs]) -> unlzw(Cs, maps:from_list([{K, <<K>>} || K <- lists:seq(0, 255)]), <<C>>, <<C>>).
unlzw([], _, _, A) -> A; unlzw([C | Cs], D, W, A) -> E = case D of #{C := X} -> X; _ -> <<W/binary, (binary:first(W))>> end, unlzw(Cs, D#{map_size(D) => <<W/binary, (binary:first(E))>>}, E, <<A/binary, E/binary>>).
deflate(B, L) -> Z = zlib:open(), ok = zlib:deflateInit(Z, L, deflated, -15, 8, default), R = iolist_to_binary(zlib:deflate(Z, B, finish)), zlib:close(Z), R.
fixed(B) -> Z = zlib:open(), ok = zlib:deflateInit(Z, 9, deflated, -15, 8, huffman_only), R = iolist_to_binary(zlib:deflate(Z, B, finish)), zlib:close(Z), R.
%% Bits are taken from the low end of each byte: turn every byte round, and read numbers back to front.
inflate(B) -> blocks(<< <<(rev(C, 8)):8>> || <<C>> <= B >>, <<>>).
rev(V, N) -> <<X:N>> = << <<Y:1>> || Y <- lists:reverse([Z || <<Z:1>> <= <<V:N>>]) >>, X.
num(B, 0) -> {0, B}; num(B, N) -> <<V:N, R/bits>> = B, {rev(V, N), R}.
blocks(<<F:1, T:2, R/bits>>, A) -> {A2, R2} = case rev(T, 2) of 0 -> stored_block(R, A); 1 -> data(R, canon(fixed_lens()), canon([{S, 5} || S <- lists:seq(0, 29)]), A); 2 -> dynamic(R, A) end, case F of 1 -> A2; 0 -> blocks(R2, A2) end.
stored_block(B, A) -> Skip = bit_size(B) rem 8, <<_:Skip, L:16/bits, _:16, R/binary>> = B, <<X>> = <<(rev(binary:at(L, 0), 8))>>, <<Y>> = <<(rev(binary:at(L, 1), 8))>>, N = X + 256 * Y, <<D:N/binary, R2/bits>> = R, {<<A/binary, << <<(rev(C, 8))>> || <<C>> <= D >>/binary>>, R2}.
fixed_lens() -> [{S, if S < 144 -> 8; S < 256 -> 9; S < 280 -> 7; true -> 8 end} || S <- lists:seq(0, 287)].
canon(Ls) -> {M, _, _} = lists:foldl(fun({L, S}, {M, C, P}) -> C2 = C bsl (L - P), {M#{{L, C2} => S}, C2 + 1, L} end, {#{}, 0, 0}, lists:sort([{L, S} || {S, L} <- Ls, L > 0])), M.
sym(B, M) -> sym(B, M, 0, 0).
sym(<<X:1, R/bits>>, M, L, C) -> K = {L + 1, C * 2 + X}, case M of #{K := S} -> {S, R}; _ -> sym(R, M, L + 1, C * 2 + X) end.
dynamic(B, A) -> {HL, R1} = num(B, 5), {HD, R2} = num(R1, 5), {HC, R3} = num(R2, 4), {CL, R4} = lists:mapfoldl(fun(_, R) -> num(R, 3) end, R3, lists:seq(1, HC + 4)), M = canon(lists:zip(lists:sublist([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15], HC + 4), CL)), {Ls, R5} = lens(R4, M, HL + 257 + HD + 1, []), {LL, DL} = lists:split(HL + 257, Ls), data(R5, canon(index(LL)), canon(index(DL)), A).
index(L) -> lists:zip(lists:seq(0, length(L) - 1), L).
lens(B, _, 0, A) -> {lists:reverse(A), B}; lens(B, M, N, A) -> {S, R} = sym(B, M), {V, K, R2} = case S of 16 -> {X, Y} = num(R, 2), {hd(A), X + 3, Y}; 17 -> {X, Y} = num(R, 3), {0, X + 3, Y}; 18 -> {X, Y} = num(R, 7), {0, X + 11, Y}; _ -> {S, 1, R} end, lens(R2, M, N - K, lists:duplicate(K, V) ++ A).
data(B, L, D, A) -> case sym(B, L) of {256, R} -> {A, R}; {S, R} when S < 256 -> data(R, L, D, <<A/binary, S>>); {S, R} -> {Len, R2} = ext(S - 257, R, len), {DS, R3} = sym(R2, D), {Dist, R4} = ext(DS, R3, dist), data(R4, L, D, cp(A, Dist, Len)) end.
ext(28, B, len) -> {258, B}; ext(S, B, len) -> E = max(0, S div 4 - 1), {X, R} = num(B, E), {(if S < 8 -> S + 3; true -> ((4 + S rem 4) bsl E) + 3 end) + X, R}; ext(S, B, dist) -> E = max(0, S div 2 - 1), {X, R} = num(B, E), {(if S < 4 -> S + 1; true -> ((2 + S rem 2) bsl E) + 1 end) + X, R}.
bwt(S) -> T = S ++ [0], [lists:last(R) || R <- lists:sort([begin {A, B} = lists:split(K, T), B ++ A end || K <- lists:seq(0, length(T) - 1)])].
unbwt(L) -> [R] = [R || R <- lists:foldl(fun(_, Rows) -> lists:sort(lists:zipwith(fun(C, R) -> [C | R] end, L, Rows)) end, [[] || _ <- L], L), lists:last(R) =:= 0], lists:droplast(R).
mtf(S) -> element(1, lists:mapfoldl(fun(C, T) -> N = length(lists:takewhile(fun(X) -> X =/= C end, T)), {N, [C | T -- [C]]} end, lists:seq(0, 255), S)).
unmtf(L) -> element(1, lists:mapfoldl(fun(N, T) -> C = lists:nth(N + 1, T), {C, [C | T -- [C]]} end, lists:seq(0, 255), L)).
packbits(<<>>) -> <<>>; packbits(<<C, _/binary>> = B) -> N = run(B, C, 0), <<_:N/binary, R/binary>> = B, <<N, C, (packbits(R))/binary>>.
run(<<C, R/binary>>, C, N) -> run(R, C, N + 1); run(_, _, N) -> N.
unpackbits(B) -> << <<(binary:copy(<<C>>, N))/binary>> || <<N, C>> <= B >>.
bits(N) -> length(integer_to_list(N, 2)).
elias(L) -> << <<0:(bits(N) - 1), N:(bits(N))>> || N <- L >>.
unelias(<<>>) -> []; unelias(B) -> Z = zeros(B, 0), S = Z + 1, <<_:Z, N:S, R/bits>> = B, [N | unelias(R)].
zeros(<<0:1, R/bits>>, N) -> zeros(R, N + 1); zeros(_, N) -> N.
golomb(L, K) -> << <<(-1):(N bsr K), 0:1, N:K>> || N <- L >>.
arith(S) -> F = [{$A, 0, 6}, {$B, 6, 2}, {$C, 8, 2}], {Lo, W, D} = lists:foldl(fun(C, {L, R, Dn}) -> {_, A, N} = lists:keyfind(C, 1, F), {L * 10 + R * A, R * N, Dn * 10} end, {0, 1, 1}, S), {Lo, W, D}.
delta([H | T]) -> [H | element(1, lists:mapfoldl(fun(X, P) -> {X - P, X} end, H, T))].
undelta(L) -> element(1, lists:mapfoldl(fun(D, P) -> {P + D, P + D} end, 0, L)).
entropy(B) -> N = byte_size(B), round(1000 * -lists:sum([F / N * math:log2(F / N) || {_, F} <- freq(B)])).
stored(B) -> N = byte_size(B), [1, <<N:16/little, (bnot N):16/little>>, B].
wrap(B) -> iolist_to_binary([120, 1, stored(B), <<(erlang:adler32(B)):32>>]).
catch_data(F) -> try F() catch error:R -> R end.
rle2(S) -> re:replace(S, "(.)\\1+", "<\\1>", [global, {return, list}]).
