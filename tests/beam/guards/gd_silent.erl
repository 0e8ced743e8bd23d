%% SPDX-License-Identifier: Apache-2.0
%% Every guard built-in on terms of every type: one that fails must only not match, in each position of a guard.
-module(gd_silent).
-include("../t.hrl").
-define(G(E), (fun(A, B) when E -> yes; (_, _) -> no end)).
-define(O(E), (fun(A, B) when E; A =:= B -> yes; (_, _) -> no end)).
-define(N(E), (fun(A, B) when not (E) -> yes; (_, _) -> no end)).
-define(ROW(E), row(??E, ?G(E), ?O(E), ?N(E))).
start() ->
    ?ROW(A > B), ?ROW(A =:= B), ?ROW(A + B > 0), ?ROW(A - 1 < B), ?ROW(A * B =:= 0), ?ROW(A / B > 1), ?ROW(A div B =:= 1), ?ROW(A rem B =:= 0), ?ROW(A band 1 =:= 1), ?ROW(A bsl 2 =:= 4), ?ROW(bnot A < 0), ?ROW(A bor B > 3), ?ROW(A bxor B =:= 0), ?ROW(-A < 0), ?ROW(+A > 0),
    ?ROW(abs(A) =:= 1), ?ROW(float(A) > 0), ?ROW(trunc(A) =:= 1), ?ROW(round(A) =:= 2), ?ROW(floor(A) =:= 1), ?ROW(ceil(A) =:= 2), ?ROW(hd(A) =:= a), ?ROW(tl(A) =:= []), ?ROW(length(A) > 0), ?ROW(size(A) > 0), ?ROW(tuple_size(A) > 0), ?ROW(byte_size(A) > 0), ?ROW(bit_size(A) > 0), ?ROW(map_size(A) > 0),
    ?ROW(element(1, A) =:= a), ?ROW(element(A, {a, b}) =:= a), ?ROW(map_get(a, A) =:= 1), ?ROW(is_map_key(a, A)), ?ROW(node(A) =:= node()), ?ROW(binary_part(A, 0, 1) =:= <<1>>), ?ROW(binary_part(A, {0, 1}) =:= <<1>>),
    ?ROW(is_record(A, a, 2)), ?ROW(is_function(A, 1)), ?ROW(is_function(A, B)), ?ROW(A and B), ?ROW(A or B), ?ROW(A xor B), ?ROW(not A), ?ROW(A andalso B), ?ROW(A orelse B), ?ROW(A), ?ROW(is_list(A) andalso hd(A) =:= a), ?ROW(is_tuple(A) orelse length(A) > 1), ?ROW(length(A) > 1 orelse is_tuple(A)), ?ROW(is_boolean(A) and is_atom(B)),
    ?ROW(is_integer(A) or is_float(A)), ?ROW(hd(tl(A)) =:= b), ?ROW(abs(hd(A)) =:= 1), ?ROW(length(A) + byte_size(B) > 0), ?ROW((A > 0) =:= (B > 0)), ?ROW(element(tuple_size(A), A) =:= b), ?ROW(A == 1), ?ROW(A =/= 1), ?ROW(A /= 1.0), ?ROW(self() =:= A), ?ROW(is_pid(A) or is_reference(A) or is_port(A)), ?ROW(is_bitstring(A) xor is_binary(A)),
    ?T(comma(1, a)), ?T(comma(a, 1)), ?T(comma([1], 1)), ?T([c(X) || X <- vals()]), ?T([i(X) || X <- vals()]), ?T(i2(id(x))), ?T(fun_clause(id(q))).
row(Name, G, O, N) -> io:format("~s:~n ~s~n ~s~n ~s~n", [Name | [[ch(F, A, B) || A <- vals(), B <- [1, a, true, [x], <<1>>]] || F <- [G, O, N]]]).
ch(F, A, B) -> try F(id(A), id(B)) of yes -> $y; no -> $. catch _:_ -> $! end.
vals() -> [1, 2, 0, 1.5, -1, 1 bsl 70, a, true, false, [], [a], [a, b], [1 | x], {}, {a}, {a, b}, <<>>, <<1>>, <<1:3>>, #{}, #{a => 1}, fun(X) -> X end, self(), make_ref()].
comma(A, B) when length(A) > 0, B > 0; A > 0, is_atom(B) -> yes; comma(_, _) -> no.
c(X) -> case X of _ when hd(X) =:= a -> list; _ when element(1, X) =:= a -> tuple; _ when X > 1, X < 2 -> between; _ when X -> true; _ when not X -> false; _ when map_size(X) =:= 1 -> map; _ when bit_size(X) > 2 -> bits; _ when abs(X) > 5 -> big; _ -> other end.
i(X) -> if length(X) =:= 2 -> two; X + 1 > 2 -> num; X =:= []; X =:= {} -> empty; byte_size(X) =:= 1, bit_size(X) < 8 -> bits; true -> else end.
i2(X) -> if X > 0, X < 1 -> never; hd(X) =:= 1 -> never end.
fun_clause(X) -> (fun(Y) when length(Y) > 0 -> Y end)(X).
