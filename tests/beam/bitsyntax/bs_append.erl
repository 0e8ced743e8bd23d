%% SPDX-License-Identifier: Apache-2.0
%% Appending at ends within a byte: in place, and never into what an older term shows; the buffers that grow.
-module(bs_append).
-include("../t.hrl").
start() ->
    erts_debug:set_internal_state(available_internal_state, true),
    ?T(buffer(<< <<(X + 32)>> || <<X>> <= <<"ABCDEFG">> >>)), ?T(buffer(<< <<(X + 32):7>> || <<X>> <= <<"ABCDEFG">> >>)),
    ?T(buffer(<< <<X>> || L <- [[1]], X <- L >>)), ?T(buffer(<< <<X>> || X <- id([]) >>)), ?T(buffer(bits(id(<<>>), 2048))),
    ?T(buffer(bits(id(<<>>), 2049))), ?T(buffer(bytes(id(<<>>), 300))), ?T(erlang:phash2(bits(<<5:3>>, 3001))),
    ?T(fork(<<>>, 50)), ?T(fork(<<1:1>>, 50)), ?T(twice(bits(<<>>, 13))), ?T(sent(bits(<<>>, 21), 10)), ?T(kept(<<>>, 40, [])),
    ?T(element(1, timed(100000))).
buffer(B) -> {bit_size(B), erts_debug:get_internal_state({binary_info, B})}.
bits(B, 0) -> B;
bits(B, N) -> bits(<<B/bits, (N rem 2):1>>, N - 1).
bytes(B, 0) -> B;
bytes(B, N) -> bytes(<<B/binary, N>>, N - 1).
%% both branches append to the same term
fork(B, 0) -> B;
fork(B, N) ->
    A = <<B/bits, 1:1>>, C = <<B/bits, 2#101:3>>, D = <<A/bits, 0:1, 1:1>>, E = <<A/bits, 7:4>>,
    {S, _} = {bit_size(B), B}, <<B:S/bits, 1:1>> = A, <<B:S/bits, 5:3>> = C, <<B:S/bits, 5:3>> = D, <<A:(S + 1)/bits, 7:4>> = E,
    fork(element(1 + N rem 3, {A, C, E}), N - 1).
twice(B) -> X = <<B/bits, 1:1>>, Y = <<B/bits, 0:1>>, Z = <<X/bits, 3:2>>, {B, X, Y, Z, <<Y/bits, B/bits>>}.
sent(B, 0) -> B;
sent(B, N) ->
    self() ! B,
    C = <<B/bits, 1:3>>,
    receive M -> M = B end,
    D = <<B/bits, 6:3>>,
    true = C =/= D,
    sent(C, N - 1).
kept(B, 0, L) -> erlang:garbage_collect(), {B, [bit_size(X) || X <- L], lists:all(fun(X) -> S = bit_size(X), <<Y:S/bits, _/bits>> = B, X =:= Y end, L)};
kept(B, N, L) -> kept(<<B/bits, N:5>>, N - 1, [B | L]).
%% linear, not quadratic
timed(N) -> B = bits(<<>>, N), {bit_size(B), B}.
