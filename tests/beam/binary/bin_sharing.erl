%% SPDX-License-Identifier: Apache-2.0
%% What binaries share: parts of big ones, appending that may grow in place and must not be seen by others, copies, messages, tables;
%% a big one is kept while a part is, and not longer.
-module(bin_sharing).
-include("../t.hrl").

start() ->
    B = binary:copy(<<"0123456789">>, 100),
    ?T([binary:referenced_byte_size(X) || X <- [B, binary:part(B, 10, 100), binary:copy(binary:part(B, 10, 100)), <<"small">>, element(2, split_binary(B, 500)), binary:part(B, 0, 1)]]),
    ?T(appended()), ?T(branches()), ?T(nested()), ?T(messages(B)), ?T(tables(B)), ?T(many(B)), ?T(bits(B)), ?T(builders()), ?T(patterns(B)), ?T(iolists(B)), ?T(freed()), ?T(counted()), ?T(encoded(B)).

%% one accumulator that grows, and what was seen of it before
appended() ->
    {Last, Seen} = lists:foldl(fun(N, {A, S}) -> A1 = <<A/binary, N:16>>, {A1, case N rem 50 of 0 -> [A1 | S]; _ -> S end} end, {<<>>, []}, lists:seq(1, 1000)),
    {byte_size(Last), lists:all(fun(X) -> binary:part(Last, 0, byte_size(X)) =:= X end, Seen), erlang:md5(Last), length(Seen)}.

%% two that append to the same one
branches() ->
    A = lists:foldl(fun(N, X) -> <<X/binary, N>> end, <<>>, lists:seq(1, 100)), B = <<A/binary, "b">>, C = <<A/binary, "c">>, D = <<B/binary, "d">>, E = <<B/binary, "e">>, F = <<A/bitstring, 1:3>>, G = <<F/bitstring, 0:5>>, H = <<F/bitstring, 31:5>>,
    {A =:= list_to_binary(lists:seq(1, 100)), [binary:last(X) || X <- [A, B, C, D, E, G, H]], [byte_size(X) || X <- [A, B, C, D, E, F, G]], binary:part(D, 100, 2), binary:part(E, 100, 2)}.

nested() -> X = lists:foldl(fun(N, A) -> S = byte_size(A), case N rem 3 of 0 -> <<_, R/binary>> = A, <<R/binary, N>>; 1 -> <<N, A/binary>>; 2 -> <<(binary:part(A, 0, S div 2 + 1))/binary, A/binary>> end end, <<"seed">>, lists:seq(1, 40)), {byte_size(X), erlang:md5(X)}.

messages(B) ->
    Self = self(), Ps = [spawn_link(fun() -> receive {P, X} -> Y = <<X/binary, N>>, Self ! {self(), erlang:md5(Y), binary:referenced_byte_size(X) >= byte_size(P)} end end) || N <- lists:seq(1, 20)], P0 = binary:part(B, 3, 700), [P ! {P0, B} || P <- Ps], R = [receive {P, M, T} -> {M, T} end || P <- Ps], {length(lists:usort(R)), B =:= binary:copy(<<"0123456789">>, 100)}.

tables(B) ->
    T = ets:new(t, []), ets:insert(T, [{N, binary:part(B, N, 200)} || N <- lists:seq(1, 50)]), erlang:garbage_collect(), L = [X || {_, X} <- lists:sort(ets:tab2list(T))], A = [<<X/binary, "more">> || X <- L], ets:delete(T), erlang:garbage_collect(), {erlang:md5(L), erlang:md5(A), lists:usort([byte_size(X) || X <- A])}.

many(B) -> Ls = [binary:part(B, N rem 900, 80) || N <- lists:seq(1, 5000)], erlang:garbage_collect(), H = erlang:md5(Ls), Half = [X || {N, X} <- lists:zip(lists:seq(1, 5000), Ls), N rem 2 =:= 0], erlang:garbage_collect(), {H, erlang:md5(Half), length(Half)}.

bits(B) -> [begin <<_:N, C:(8 * 100)/bitstring, _/bitstring>> = B, <<D:100/binary>> = <<C/bitstring>>, {erlang:phash2(C), C =:= D, byte_size(<<C/bitstring, 1:1>>), binary:at(C, 50)} end || N <- lists:seq(0, 9)].

builders() -> [{N, erlang:md5(iolist_to_binary([X])), byte_size(X)} || N <- [0, 1, 63, 64, 65, 255, 256, 257, 1000], X <- [<< <<(I rem 256)>> || I <- lists:seq(1, N) >>, << <<(I rem 7):3>> || I <- lists:seq(1, N * 8) >>]].

patterns(B) -> F = fun F(<<A:4/binary, R/binary>>, Acc) -> F(R, [A | Acc]); F(R, Acc) -> {R, Acc} end, {<<>>, L} = F(B, []), {length(L), lists:usort([byte_size(X) || X <- L]), hd(L), lists:usort([binary:referenced_byte_size(X) || X <- L]), iolist_to_binary(lists:reverse(L)) =:= B}.

iolists(B) -> L = [[B | <<"x">>], [binary:part(B, 5, 500), [[], $y | B]]], {iolist_size(L), erlang:md5(L), length(erlang:iolist_to_iovec(L)) > 0, iolist_to_binary(erlang:iolist_to_iovec(L)) =:= iolist_to_binary(L)}.

%% the memory of binaries falls again when nobody holds them
freed() -> Before = erlang:memory(binary), {P, M} = spawn_monitor(fun() -> X = [binary:copy(<<N>>, 100000) || N <- lists:seq(1, 200)], 200 = length(X), true = erlang:memory(binary) > Before + 10000000, exit(lists:sum([byte_size(Y) || Y <- X])) end), R = receive {'DOWN', M, _, P, W} -> W end, {R, wait_for(fun() -> erlang:memory(binary) < Before + 10000000 end)}.

counted() ->
    B = binary:copy(<<"x">>, 1000), erlang:garbage_collect(), {binary, L1} = process_info(self(), binary), Mine = [N || {_, 1000, N} <- L1], C = binary:part(B, 0, 500), {binary, L2} = process_info(self(), binary), {length(Mine), length([N || {_, 1000, N} <- L2]) >= 1, byte_size(C), byte_size(B)}.

encoded(B) -> T = {B, binary:part(B, 1, 99), [B, B]}, E = term_to_binary(T), C = term_to_binary(T, [compressed]), {byte_size(E), byte_size(C) < byte_size(E), binary_to_term(E) =:= T, binary_to_term(C) =:= T,  element(2, binary_to_term(<<E/binary, "tail">>, [used]))}.
