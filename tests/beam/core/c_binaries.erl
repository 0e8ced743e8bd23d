%% SPDX-License-Identifier: Apache-2.0
-module(c_binaries).
-include("core.hrl").
start() ->
    B = id(<<"hello world">>),
    ?T(byte_size(B)), ?T(bit_size(B)), ?T(size(B)), ?T(byte_size(id(<<1:9>>))), ?T(bit_size(id(<<1:9>>))), ?T(byte_size(id(a))),
    ?T(binary_to_list(B)), ?T(binary_to_list(B, 2, 4)), ?T(binary_to_list(B, 0, 4)), ?T(binary_to_list(id(<<1:1>>))),
    ?T(list_to_binary([1, "abc", <<"d">>, [[<<2>>], 3]])), ?T(list_to_binary([])), ?T(list_to_binary([256])), ?T(list_to_binary(id(<<"x">>))),
    ?T(list_to_binary([a])), ?T(list_to_binary(id([1 | <<2>>]))), ?T(list_to_binary(id([1 | 2]))),
    ?T(iolist_to_binary(<<"x">>)), ?T(iolist_to_binary(["a", $b, <<"c">>])), ?T(iolist_to_binary(id(1))), ?T(iolist_size(["abc", <<"de">>, 1])),
    ?T(list_to_bitstring([<<1:1>>, <<2:7>>, 3])), ?T(list_to_bitstring([<<1:1>>, 255])), ?T(bitstring_to_list(<<1, 2, 3:5>>)), ?T(list_to_binary([<<1:1>>])),
    ?T(split_binary(B, 5)), ?T(split_binary(B, 0)), ?T(split_binary(B, 11)), ?T(split_binary(B, 12)), ?T(split_binary(B, -1)),
    ?T(binary_part(B, 0, 5)), ?T(binary_part(B, {6, 5})), ?T(binary_part(B, 11, -5)), ?T(binary_part(B, 5, 20)), ?T(binary_part(B, -1, 2)),
    ?T(part_guard(B)), ?T(part_guard(<<"xx">>)),
    {X, Y} = split_binary(B, 6), ?T([X, Y, <<Y/binary, X/binary>>]),
    ?T(<<B/binary, "!">> =:= <<"hello world!">>), ?T(byte_size(build(5000, <<>>))), ?T(append(10, <<>>)),
    Big = id(build(1000, <<>>)), ?T(byte_size(Big)), ?T(binary_part(Big, 500, 10)), ?T(sum(Big, 0)),
    A1 = id(<<Big/binary, 1>>), A2 = id(<<Big/binary, 2>>), A3 = id(<<A1/binary, 3>>), ?T([byte_size(A1), byte_size(A2), byte_size(A3)]),
    ?T([binary:last(A1), binary_part(A2, 1000, 1), binary_part(A3, 1000, 2)]),
    ?T(is_binary(B)), ?T(is_binary(id(<<1:1>>))), ?T(is_bitstring(id(<<1:1>>))), ?T(is_bitstring(id(1))),
    ?T(revb(B)), ?T(words(<<"the quick  brown fox">>, <<>>, [])), ?T(upper(B)),
    ?T([C || <<C>> <= B, C /= $o]), ?T(<< <<(C + 1)>> || <<C>> <= <<"HAL">> >>), ?T(<< <<C:4>> || C <- [1, 2, 3] >>),
    ?T(<<>> =:= id(<<"">>)), ?T(hex(<<0, 15, 16, 255>>)).
part_guard(B) when binary_part(B, 0, 5) =:= <<"hello">> -> yes;
part_guard(_) -> no.
build(0, A) -> A;
build(N, A) -> build(N - 1, <<A/binary, (N band 255)>>).
append(0, A) -> A;
append(N, A) -> append(N - 1, <<A/bits, N:3>>).
sum(<<C, R/binary>>, A) -> sum(R, A + C);
sum(<<>>, A) -> A.
revb(B) -> revb(B, <<>>).
revb(<<>>, A) -> A;
revb(<<C, R/binary>>, A) -> revb(R, <<C, A/binary>>).
words(<<>>, W, L) -> [W | L];
words(<<" ", R/binary>>, <<>>, L) -> words(R, <<>>, L);
words(<<" ", R/binary>>, W, L) -> words(R, <<>>, [W | L]);
words(<<C, R/binary>>, W, L) -> words(R, <<W/binary, C>>, L).
upper(<<C, R/binary>>) when C >= $a, C =< $z -> U = upper(R), <<(C - 32), U/binary>>;
upper(<<C, R/binary>>) -> U = upper(R), <<C, U/binary>>;
upper(<<>>) -> <<>>.
hex(B) -> << <<(hd(integer_to_list(N, 16)))>> || <<N:4>> <= B >>.
