%% SPDX-License-Identifier: Apache-2.0
%% References and ports of the older external forms: fewer numbers, and numbers that are too great; of this node and of another.
-module(ext_old_identifiers).
-include("../t.hrl").

start() ->
    Nodes = [node(), there@host],
    ?T([short(N) || N <- Nodes]),
    ?T([[is_reference(ref(Tag, N, Numbers)) || Tag <- [old, new, newer], Numbers <- [[4711], [1 bsl 18], [1 bsl 18, 1, 2]]] || N <- Nodes]),
    ?T([[is_reference(ref(new, N, Numbers)) || Numbers <- [lists:seq(1, 6)]] || N <- Nodes]),
    ?T([[is_port(port(Tag, N, Number)) || Tag <- [old, new, v4], Number <- [1 bsl 28 - 1, 1 bsl 28, 1 bsl 32 - 1]] || N <- Nodes]),
    ?T([is_port(port(v4, N, 1 bsl 40)) || N <- Nodes]),
    ?T([is_pid(pid(there@host, A, B)) || {A, B} <- [{1 bsl 15, 0}, {1, 1 bsl 13}, {1 bsl 32 - 1, 1 bsl 32 - 1}]]),
    ?T(magic()).

%% A reference of fewer numbers is the one with zeros in their place.
short(N) ->
    [R1, R2, R3, R4] = [ref(new, N, Numbers) || Numbers <- [[4711], [4711, 0], [4711, 0, 0], [4711, 0, 1]]],
    {R1 =:= R2, R2 =:= R3, R1 == R3, R1 =:= R4, R1 =:= ref(old, N, [4711]), R1 < R4, lists:usort([R3, R1, R4, R2]) =:= [R1, R4],
     map_size(#{R1 => a, R2 => b, R3 => c}), erlang:phash2(R1) =:= erlang:phash2(R3)}.

ref(old, N, [Number | _]) -> decode([101, atom(N), <<Number:32>>, 0]);
ref(new, N, Numbers) -> decode([114, <<(length(Numbers)):16>>, atom(N), 0, [<<X:32>> || X <- Numbers]]);
ref(newer, N, Numbers) -> decode([90, <<(length(Numbers)):16>>, atom(N), <<0:32>>, [<<X:32>> || X <- Numbers]]).

port(old, N, Number) -> decode([102, atom(N), <<Number:32>>, 0]);
port(new, N, Number) -> decode([89, atom(N), <<Number:32, 0:32>>]);
port(v4, N, Number) -> decode([120, atom(N), <<Number:64, 0:32>>]).

pid(N, A, B) -> decode([88, atom(N), <<A:32, B:32, 0:32>>]).

atom(A) -> L = atom_to_list(A), [100, <<(length(L)):16>>, L].
decode(Bytes) -> try binary_to_term(iolist_to_binary([131, Bytes])) catch error:badarg -> badarg end.

%% A magic reference is found again by its bytes, while its object is there.
magic() ->
    A = atomics:new(3, []),
    B = binary_to_term(term_to_binary(A)),
    ok = atomics:put(B, 2, 17),
    {A =:= B, A == B, atomics:get(A, 2)}.
