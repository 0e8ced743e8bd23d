%% SPDX-License-Identifier: Apache-2.0
-module(c_guards).
-include("core.hrl").
start() ->
    Vs = [0, 1, -1, 1 bsl 65, 1.5, a, true, false, [], [1, 2], {1, 2}, {r, x}, #{}, #{k => 1}, <<1, 2>>, <<1:3>>, self(), make_ref(), fun id/1, "abc"],
    [d({g1(V), g2(V), g3(V), g4(V), g5(V), g6(V), g7(V), g8(V), g9(V), g10(V)}) || V <- Vs],
    [d([b1(X, Y) || Y <- [true, false, 1]]) || X <- [true, false, z]],
    ?T([ao(V) || V <- [true, false, x]]), ?T([oo(V) || V <- [true, false, x]]), ?T([arith(V) || V <- [1, 0, a, 2.0]]), ?T([sz(V) || V <- Vs]), ?T([ovl(V) || V <- [1, 2, 3, a]]),
    ?T([multi(X, Y) || X <- [1, 2, a], Y <- [1, 2, a]]), ?T([elem(V) || V <- [{1, 2}, {2}, x, {}, {a, b}]]), ?T([tern(X) || X <- [1, 2, 3]]),
    ?T([cmp(A, B) || A <- [1, 1.0, a], B <- [1, 1.0, a]]), ?T(slf(self())), ?T(slf(x)), ?T([bits(V) || V <- [<<>>, <<1>>, <<1:5>>, <<0:64>>, x]]), ?T([flr(V) || V <- [1.5, 2, -0.5, x]]).
g1(X) when is_integer(X) -> int; g1(X) when is_float(X) -> float; g1(X) when is_atom(X) -> atom; g1(X) when is_list(X) -> list; g1(X) when is_tuple(X) -> tuple;
g1(X) when is_map(X) -> map; g1(X) when is_binary(X) -> binary; g1(X) when is_bitstring(X) -> bitstring; g1(X) when is_pid(X) -> pid; g1(X) when is_reference(X) -> ref; g1(X) when is_function(X) -> function.
g2(X) when is_number(X), X > 0 -> pos; g2(X) when is_number(X) -> nonpos; g2(_) -> nan.
g3(X) when hd(X) =:= 1 -> hd1; g3(X) when length(X) > 1 -> long; g3(X) when element(1, X) == r -> rec; g3(_) -> none.
g4(X) when X == 1; X == a; X == <<1, 2>> -> one_of; g4(X) when X < a -> less; g4(X) when X > a -> more.
g5(X) when map_size(X) =:= 0 -> empty; g5(X) when map_get(k, X) =:= 1 -> k1; g5(X) when tuple_size(X) =:= 2 -> t2; g5(X) when byte_size(X) > 1 -> b2; g5(_) -> none.
g6(X) when X + 1 > 1 -> a; g6(X) when X rem 2 =:= 0 -> even; g6(X) when X =:= true orelse X =:= false -> bool; g6(_) -> none.
g7(X) when not is_atom(X), not is_list(X) -> neither; g7(X) when is_boolean(X) xor is_list(X) -> xored; g7(_) -> none.
g8(X) when is_function(X, 1) -> f1; g8(X) when is_tuple(X) andalso element(1, X) =:= 1 -> t1; g8(X) when is_list(X) andalso X =/= [] andalso hd(X) =:= $a -> la; g8(_) -> none.
g9(X) when abs(X) =:= 1 -> abs1; g9(X) when trunc(X) =:= 1 -> tr1; g9(X) when float(X) > 2.0 -> fl2; g9(X) when X bsr 1 =:= 0 -> z; g9(_) -> none.
g10(X) when node(X) =:= node() -> local; g10(X) when size(X) =:= 2 -> s2; g10(X) when bit_size(X) =:= 3 -> b3; g10(_) -> none.
b1(X, Y) when X and Y -> 'and'; b1(X, Y) when X or Y -> 'or'; b1(X, Y) when X xor Y -> 'xor'; b1(X, _) when not X -> notx; b1(_, _) -> none.
ao(X) -> try X andalso id(yes) catch error:R -> R end.
oo(X) -> try X orelse id(no) catch error:R -> R end.
arith(X) when 10 / X > 6 -> gt6; arith(X) when X * 2 =:= 0 -> zero; arith(X) when X - 1.0 > 0 -> big; arith(_) -> fail.
sz(X) when is_tuple(X); is_binary(X) -> {sz, size(X)}; sz(X) when is_bitstring(X) -> {bits, bit_size(X)}; sz(_) -> 0.
ovl(X) when X =:= 1 -> one; ovl(X) when X < 3 -> lt3; ovl(X) when is_integer(X) -> i; ovl(_) -> o.
multi(X, Y) when X < Y, is_integer(Y); X =:= Y, is_atom(X) -> yes; multi(_, _) -> no.
elem(X) when element(2, X) =:= 2 -> two; elem(X) when element(1, X) =:= 2 -> first; elem(X) when is_tuple(X) -> t; elem(_) -> no.
tern(X) -> Y = if X > 2 -> big; X > 1 -> mid; true -> small end, {X, Y}.
cmp(A, B) -> [A == B, A =:= B, A < B, A >= B].
slf(X) when X =:= self() -> me; slf(_) -> other.
bits(X) when bit_size(X) rem 8 =/= 0 -> ragged; bits(X) when byte_size(X) >= 8 -> long; bits(X) when X =:= <<>> -> e; bits(X) when is_binary(X) -> short; bits(_) -> no.
flr(X) when floor(X) =:= 1 -> f1; flr(X) when ceil(X) =:= 2 -> c2; flr(X) when round(X) =:= -1 -> r; flr(_) -> no.
