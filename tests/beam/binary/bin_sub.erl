%% SPDX-License-Identifier: Apache-2.0
-module(bin_sub).
-include("../t.hrl").
start() ->
    B = list_to_binary(lists:seq(0, 255)), <<_:37, S1:700/bits, _/bits>> = B, ?T(S1), ?T(bit_size(S1)), ?T(erlang:phash2(S1)), ?T(erlang:crc32(<<S1/bits, 0:4>>)), ?T(S1 =:= binary_to_term(term_to_binary(S1))), ?T(S1 == list_to_bitstring(bitstring_to_list(S1))),
    Parts = [begin <<_:O/bits, P:L/bits, _/bits>> = B, P end || O <- [0, 1, 7, 8, 9, 63, 64, 100], L <- [0, 1, 8, 13, 64, 65, 128]], ?T(erlang:phash2(Parts)), ?T(lists:sort(Parts) =:= lists:sort([list_to_bitstring([P]) || P <- Parts])), ?T(erlang:phash2([A < C || A <- Parts, C <- Parts])), ?T(list_to_bitstring(Parts) =:= << <<P/bits>> || P <- Parts >>),
    S = self(), spawn(fun() -> S ! {sub, lists:nth(30, Parts), S1} end), ?T(receive {sub, X, Y} -> {X, Y =:= S1} end), Big = binary:copy(B, 100), Sub = binary:part(Big, 1000, 20000), spawn(fun() -> S ! {len, byte_size(Sub), erlang:crc32(Sub)} end), ?T(receive {len, L0, C0} -> {L0, C0 =:= erlang:crc32(Sub)} end),
    A0 = <<>>, A1 = app(A0, 100), A2 = <<A1/binary, "left">>, A3 = <<A1/binary, "right">>, ?T([A2, A3]), A4 = <<A2/binary, A3/binary>>, ?T(erlang:md5(A4)), ?T(erlang:md5(grow(5000, <<>>))), ?T(byte_size(growbits(5000, <<>>))), ?T(fork(<<1>>, 5)), ?T(prepend(100, <<>>)), {P1, _} = split_binary(Big, 100), ?T(app(P1, 3) =:= app(binary:copy(P1), 3)), ?T(element(2, split_binary(P1, 95))),
    ?T(iolist_to_binary([S1, <<0:4>>])), ?T(iolist_to_binary([binary:part(B, 10, 3), [binary:part(B, 20, 3) | binary:part(B, 30, 3)]])), ?T(iolist_size([B | B])), ?T(erlang:iolist_to_iovec([<<"a">>, "b", [<<"c">>]])), ?T(bit_and(<<1:1, 0:1, 1:1>>, <<1:3>>)), ?T(rev_bits(<<2#1011001:7>>)), ?T([byte_size(element(1, T)) || T <- utf(<<"aåß日𐐷z"/utf8>>)]), ?T(chunk(B, 50)), ?T(xor_bin(<<"hello">>, <<"key..">>)), ?T(parse_csv(<<"a,b,,c\n1,\"x,y\",3\n">>)), ?T(b64(<<"any carnal pleas">>)), ?T(caesar(<<"Hello, World">>, 3)), ?T(popc(B)), ?T(crc8(B)).
app(B, 0) -> B;
app(B, N) -> app(<<B/binary, N>>, N - 1).
grow(0, B) -> B;
grow(N, B) -> grow(N - 1, <<B/binary, (N rem 256), (integer_to_binary(N))/binary>>).
growbits(0, B) -> <<B/bits, 0:(8 - bit_size(B) rem 8)>>;
growbits(N, B) -> growbits(N - 1, <<B/bits, N:5>>).
fork(B, 0) -> [B];
fork(B, N) -> fork(<<B/binary, N>>, N - 1) ++ [<<B/binary, (N + 100)>>].
prepend(0, B) -> erlang:crc32(B);
prepend(N, B) -> prepend(N - 1, <<N, B/binary>>).
bit_and(A, B) -> L = bit_size(A), <<X:L>> = A, <<Y:L>> = B, <<(X band Y):L>>.
rev_bits(B) -> << <<X:1>> || X <- lists:reverse([X || <<X:1>> <= B]) >>.
utf(<<>>) -> [];
utf(B) -> <<C/utf8, R/binary>> = B, [{<<C/utf8>>, C} | utf(R)].
chunk(B, N) when byte_size(B) =< N -> [byte_size(B)];
chunk(B, N) -> <<C:N/binary, R/binary>> = B, [erlang:adler32(C) | chunk(R, N)].
xor_bin(A, B) -> << <<(X bxor Y)>> || {X, Y} <- lists:zip(binary_to_list(A), binary_to_list(B)) >>.
parse_csv(B) -> csv(B, <<>>, [], []).
csv(<<>>, _, [], Rows) -> lists:reverse(Rows);
csv(<<$", R/binary>>, <<>>, Row, Rows) -> q(R, <<>>, Row, Rows);
csv(<<$,, R/binary>>, C, Row, Rows) -> csv(R, <<>>, [C | Row], Rows);
csv(<<$\n, R/binary>>, C, Row, Rows) -> csv(R, <<>>, [], [lists:reverse([C | Row]) | Rows]);
csv(<<X, R/binary>>, C, Row, Rows) -> csv(R, <<C/binary, X>>, Row, Rows).
q(<<$", R/binary>>, C, Row, Rows) -> csv(R, C, Row, Rows);
q(<<X, R/binary>>, C, Row, Rows) -> q(R, <<C/binary, X>>, Row, Rows).
b64(B) -> << <<(e(X))>> || <<X:6>> <= B >>.
e(X) when X < 26 -> X + $A; e(X) when X < 52 -> X - 26 + $a; e(X) when X < 62 -> X - 52 + $0; e(62) -> $+; e(63) -> $/.
caesar(B, N) -> << <<(if C >= $a, C =< $z -> (C - $a + N) rem 26 + $a; C >= $A, C =< $Z -> (C - $A + N) rem 26 + $A; true -> C end)>> || <<C>> <= B >>.
popc(B) -> lists:sum([X || <<X:1>> <= B]).
crc8(B) -> lists:foldl(fun(X, C) -> cr(C bxor X, 8) end, 0, binary_to_list(B)).
cr(C, 0) -> C;
cr(C, N) when C band 128 =/= 0 -> cr(((C bsl 1) bxor 7) band 255, N - 1);
cr(C, N) -> cr((C bsl 1) band 255, N - 1).
