%% SPDX-License-Identifier: Apache-2.0
-module(c_literals).
-include("core.hrl").
start() ->
    ?T(lit(1)), ?T(lit(2)), ?T(lit(3)), ?T(lit(4)), ?T(lit(5)), ?T(lit(6)), ?T(lit(7)), ?T(lit(8)), ?T(lit(1) =:= lit(1)), ?T(send()), ?T([lit(1) | lit(1)]), ?T(gc(100)), ?T(m([{a, 1}, {b, 2}])), ?T(m({big, 123456789012345678901234567890})), ?T(m(1.5)), ?T(m("text")), ?T(m(#{})), ?T(m(z)), ?T(upd()), ?T(spawned()), ?T(ext()), ?T(byte_size(long())), ?T(big()), ?T(bsub()), ?T(cmp()), ?T(pd()).
lit(1) -> [{a, 1}, {b, "two"}, {c, <<"three">>}, {d, 4.0}, {e, #{f => [g]}}];
lit(2) -> {1, {2, {3, {4, {5, [6 | seven]}}}}};
lit(3) -> 123456789012345678901234567890123;
lit(4) -> -99999999999999999999999;
lit(5) -> #{1 => a, "two" => b, {3} => c, <<"four">> => #{}};
lit(6) -> <<"binary literal with some length to be larger than sixty-four bytes in total, ok?">>;
lit(7) -> <<5:3>>;
lit(8) -> [1.0, -2.5, 1.0e300, [], {}, fun erlang:abs/1].
send() -> S = self(), S ! lit(1), S ! [x | lit(2)], receive A -> receive B -> {A =:= lit(1), B} end end.
gc(0) -> lit(5);
gc(N) -> X = {N, lit(5), lit(1)}, erlang:garbage_collect(), {N, Y, _} = X, true = Y =:= lit(5), gc(N - 1).
m([{a, 1}, {b, 2}]) -> list; m({big, 123456789012345678901234567890}) -> big; m(1.5) -> flt; m("text") -> text; m(#{}) -> map; m(_) -> none.
upd() -> M = id(lit(5)), M2 = M#{1 := z}, {maps:get(1, M), maps:get(1, M2), setelement(1, id(lit(2)), new)}.
spawned() -> S = self(), spawn(fun() -> S ! {r, lit(1), lit(6)} end), receive {r, A, B} -> {A =:= lit(1), byte_size(B)} end.
ext() -> binary_to_term(term_to_binary({lit(1), lit(5)})) =:= {lit(1), lit(5)}.
long() -> <<"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789">>.
big() -> {16#FFFFFFFFFFFFFFFF, -16#8000000000000000, 16#10000000000000000, 36#ZZZZZZZZZZZZZZZZ, 1 bsl 59, -(1 bsl 59) - 1}.
bsub() -> <<_:10/binary, X:20/binary, _/binary>> = long(), erlang:garbage_collect(), {X, <<X/binary, "tail">>}.
cmp() -> [lit(3) > lit(4), lit(2) < lit(1), lit(6) > lit(7), lit(5) == lit(5)].
pd() -> put(l, lit(1)), erlang:garbage_collect(), X = get(l), erase(l), X =:= lit(1).
