%% SPDX-License-Identifier: Apache-2.0
%% A binary that grows in place must not be seen to change by who holds an older end of it.
-module(bs_alias).
-include("../t.hrl").
start() ->
    B0 = grow(<<>>, 1, 300), B1 = <<B0/binary, "one">>, B2 = <<B0/binary, "two!">>, B3 = <<B1/binary, "three">>, B4 = <<B1/binary, 4>>,
    ?T([tail(B, 8) || B <- [B0, B1, B2, B3, B4]]), ?T([byte_size(B) || B <- [B0, B1, B2, B3, B4]]), ?T(tree(<<>>, 6)), ?T(erlang:phash2(tree(<<"seed">>, 8))),
    ?T(begin A = <<B0/binary, 1:3>>, C = <<A/bits, 2:5>>, D = <<A/bits, 7:7>>, [tailb(X, 16) || X <- [A, C, D]] end),
    ?T(begin P = self(), X = <<B0/binary, "mine">>, spawn(fun() -> P ! {r, <<X/binary, "child">>, <<X/binary, "child2">>} end), Y = <<X/binary, "parent">>, receive {r, Z, Z2} -> [tail(V, 10) || V <- [X, Y, Z, Z2]] end end),
    ?T(begin S = binary:part(B3, 0, 300), T = <<S/binary, "other">>, [tail(V, 8) || V <- [S, T, B3, B1]] end),
    ?T(begin <<H:301/binary, _/binary>> = B3, I = <<H/binary, 0, 0>>, [tail(V, 8) || V <- [H, I, B3]] end),
    ?T(begin L = history(<<>>, 40), [check(X, N) || {N, X} <- L] =:= [true || _ <- L] end),
    ?T(begin E = ets:new(e, []), ets:insert(E, {k, B1}), B5 = <<B1/binary, "five">>, [{k, B1b}] = ets:lookup(E, k), B6 = <<B1b/binary, "six">>, [tail(V, 8) || V <- [B1, B1b, B5, B6]] end),
    ?T(begin put(k, <<B0/binary, "pd">>), G = <<(get(k))/binary, "x">>, garbage_collect(), G2 = <<(get(k))/binary, "yy">>, [tail(V, 6) || V <- [get(k), G, G2]] end),
    ?T(begin Q = iolist_to_binary([B1, B1]), R = <<Q/binary, "z">>, [byte_size(Q), tail(R, 4), tail(Q, 4)] end), ?T(begin F = fun(X) -> <<B2/binary, X>> end, [tail(F(X), 3) || X <- "abc"] end),
    ?T(begin W = [<<B0/binary, X>> || X <- lists:seq(0, 20)], {[binary:last(X) || X <- W], length(lists:usort(W))} end), ?T(self_append(<<"ab">>, 7)), ?T(begin M = <<(grow(<<>>, 1, 20))/binary>>, N = <<M/binary, M/binary>>, {byte_size(N), tail(N, 4), tail(M, 3)} end),
    ?T(catch_mid(B0)), ?T(begin Big = grow(<<>>, 1, 5000), K = [<<Big/binary, X:16>> || X <- [1, 2, 3]], [tail(X, 3) || X <- K] end), ?T(prepend(<<>>, 30)), ?T(bits(<<>>, 40)),
    ?T(begin U = <<B0/binary, "u">>, Ref = binary:referenced_byte_size(U) >= byte_size(U), Cp = binary:copy(U), Cp2 = <<Cp/binary, "v">>, {Ref, tail(Cp2, 3), Cp =:= U} end), ?T(match_grow(B3)), ?T(collect()).
grow(B, N, Max) when N > Max -> B; grow(B, N, Max) -> grow(<<B/binary, N:8>>, N + 1, Max).
tail(B, N) -> S = byte_size(B) - N, <<_:S/binary, T/binary>> = B, T.
tailb(B, N) -> S = bit_size(B) - N, <<_:S, T/bits>> = B, T.
tree(B, 0) -> [B]; tree(B, N) -> tree(<<B/binary, $l>>, N - 1) ++ tree(<<B/binary, $r>>, N - 1).
history(B, N) when byte_size(B) > N -> []; history(B, N) -> [{byte_size(B), B} | history(<<B/binary, (byte_size(B))>>, N)].
check(B, N) -> B =:= list_to_binary(lists:seq(0, N - 1)).
self_append(B, 0) -> erlang:phash2(B); self_append(B, N) -> self_append(<<B/binary, B/binary>>, N - 1).
catch_mid(B) -> X = <<B/binary, "ok">>, R = (catch <<X/binary, (id(bad)):8>>), Y = <<X/binary, "after">>, {element(1, element(2, R)), tail(X, 3), tail(Y, 8)}.
prepend(B, 0) -> B; prepend(B, N) -> prepend(<<N, B/binary>>, N - 1).
bits(B, 0) -> {B, bit_size(B)}; bits(B, N) -> bits(<<B/bits, N:(N rem 9)>>, N - 1).
match_grow(B) -> match_grow(B, <<>>, []).
match_grow(<<A:30/binary, R/binary>>, Acc, L) -> match_grow(R, <<Acc/binary, A/binary>>, [Acc | L]); match_grow(R, Acc, L) -> {R, [byte_size(X) || X <- [Acc | L]], lists:all(fun(X) -> binary:longest_common_prefix([X, Acc]) =:= byte_size(X) end, L)}.
collect() -> L = lists:foldl(fun(N, [H | _] = Acc) -> N rem 10 =:= 0 andalso garbage_collect(), [<<H/binary, N:16>> | Acc] end, [<<>>], lists:seq(1, 100)), erlang:phash2([<<X/binary, "!">> || X <- L]).
