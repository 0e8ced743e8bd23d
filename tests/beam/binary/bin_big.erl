%% SPDX-License-Identifier: Apache-2.0
-module(bin_big).
-include("../t.hrl").
start() -> B = binary:copy(<<"0123456789abcdef">>, 10000), ?T(byte_size(B)), ?T(erlang:md5(B)), ?T(binary:part(B, 159990, 10)), ?T(slices(B, 0)), ?T(append_loop(20000)), ?T(reverse(binary:part(B, 0, 1000)) =:= reverse2(binary:part(B, 0, 1000))), ?T(parallel(B, 20)), ?T(cut(B)), ?T(erlang:crc32(iolist_to_binary([B, [B | <<"tail">>], $x]))), ?T(rle(binary:copy(<<"aaabbc">>, 1000))), ?T(find_all(B, <<"f0">>)), ?T(freq(B)), ?T(xor_all(B)), ?T(words(binary:copy(<<"lorem ipsum dolor ">>, 500))), ?T(length(binary:split(B, <<"9a">>, [global]))), ?T(compare(B)), ?T(erlang:phash2(B)), ?T(gc_refs(B)), ?T(writable()), ?T(byte_size(term_to_binary(B))), ?T(ets_bins(200)), ?T(subsub(B)), ?T(bits_of(binary:part(B, 0, 100))), ?T(join(300)), ?T(to_hex(<<"The quick">>)), ?T(utf8_len(unicode:characters_to_binary(lists:duplicate(1000, 229)))).
slices(<<X:16/binary, R/binary>>, N) when X =:= <<"0123456789abcdef">> -> slices(R, N + 1); slices(<<>>, N) -> N.
append_loop(N) -> B = al(N, <<>>), {byte_size(B), erlang:crc32(B)}. al(0, B) -> B; al(N, B) -> al(N - 1, <<B/binary, N:16>>).
reverse(B) -> list_to_binary(lists:reverse(binary_to_list(B))).
reverse2(B) -> S = bit_size(B), <<X:S/little>> = B, <<X:S/big>>.
parallel(B, N) -> S = self(), [spawn(fun() -> S ! {K, erlang:adler32(binary:part(B, K * 100, 1000))} end) || K <- lists:seq(1, N)], lists:sum([receive {K, A} -> A end || K <- lists:seq(1, N)]).
cut(<<A:100/binary, _:1000/binary, C:50/binary, _/binary>>) -> {byte_size(A), C}.
rle(B) -> length(rl(B, [])). rl(<<>>, A) -> A; rl(<<C, R/binary>>, [{C, N} | T]) -> rl(R, [{C, N + 1} | T]); rl(<<C, R/binary>>, A) -> rl(R, [{C, 1} | A]).
find_all(B, P) -> length(binary:matches(B, P)).
freq(B) -> lists:sort(maps:to_list(fr(B, #{}))). fr(<<C, R/binary>>, M) -> fr(R, maps:update_with(C, fun(N) -> N + 1 end, 1, M)); fr(<<>>, M) -> M.
xor_all(B) -> xa(B, 0). xa(<<X:64, R/binary>>, A) -> xa(R, A bxor X); xa(R, A) -> {A, R}.
words(B) -> length([W || W <- binary:split(B, <<" ">>, [global, trim_all]), byte_size(W) > 4]).
compare(B) -> C = <<B/binary, 0>>, D = binary:copy(B), [B < C, B =:= D, B == D, max(B, C) =:= C, <<1, B/binary>> > B].
gc_refs(B) -> Ss = [binary:part(B, K, 100) || K <- lists:seq(1, 1000)], erlang:garbage_collect(), lists:sum([binary:first(S) || S <- Ss]).
writable() -> A = <<"base">>, B = <<A/binary, 1>>, C = <<B/binary, 2>>, D = <<B/binary, 3>>, E = <<C/binary, 4>>, S = self(), spawn(fun() -> S ! {e, <<E/binary, 5>>} end), F = <<E/binary, 6>>, receive {e, G} -> [C, D, E, F, G] end.
ets_bins(N) -> T = ets:new(t, []), [ets:insert(T, {K, binary:copy(<<K>>, K)}) || K <- lists:seq(1, N), K < 256], erlang:garbage_collect(), lists:sum([byte_size(V) * binary:first(V) || {_, V} <- ets:tab2list(T)]).
subsub(B) -> lists:foldl(fun(_, X) -> <<_:10/binary, Y/binary>> = X, Z = binary:part(Y, 0, byte_size(Y) - 10), Z end, B, lists:seq(1, 1000)) =:= binary:part(B, 10000, byte_size(B) - 20000).
bits_of(B) -> lists:sum([X || <<X:1>> <= B]).
join(N) -> B = iolist_to_binary(lists:join(<<",">>, [integer_to_binary(K) || K <- lists:seq(1, N)])), {byte_size(B), lists:sum([binary_to_integer(X) || X <- binary:split(B, <<",">>, [global])])}.
to_hex(B) -> << <<(element(N + 1, {$0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $a, $b, $c, $d, $e, $f}))>> || <<N:4>> <= B >>.
utf8_len(B) -> ul(B, 0). ul(<<_/utf8, R/binary>>, N) -> ul(R, N + 1); ul(<<>>, N) -> N.
