%% SPDX-License-Identifier: Apache-2.0
-module(c_atoms).
-include("core.hrl").
start() ->
    ?T(atom_to_list(hello)), ?T(atom_to_list('')), ?T(atom_to_list('A b')), ?T(atom_to_list('åäö')), ?T(atom_to_list('日本')),
    ?T(atom_to_binary(hello)), ?T(atom_to_binary('åäö', utf8)), ?T(atom_to_binary('åäö', latin1)), ?T(atom_to_binary('日本', latin1)),
    ?T(atom_to_binary(id(1))), ?T(atom_to_list(id("x"))),
    ?T(list_to_atom("new_atom_1")), ?T(list_to_atom("with space")), ?T(list_to_atom([229])), ?T(list_to_atom([26085])),
    ?T(list_to_atom(id([a]))), ?T(list_to_atom(id(x))), ?T(list_to_atom(id([1 | 2]))), ?T(list_to_atom(id([-1]))),
    ?T(list_to_atom(id([16#D800]))),
    ?T(binary_to_atom(<<"bin">>)), ?T(binary_to_atom(<<229>>, latin1)), ?T(binary_to_atom(<<229>>, utf8)), ?T(binary_to_atom(<<"x">>, foo)),
    ?T(binary_to_atom(id(<<1:1>>))),
    ?T(list_to_existing_atom("hello")), ?T(list_to_existing_atom("no_such_atom_" ++ "zzz")),
    ?T(binary_to_existing_atom(<<"hello">>, utf8)), ?T(binary_to_existing_atom(<<"nope_nope_", "nope">>, utf8)),
    ?T(length(atom_to_list(list_to_atom(rep(255, $a))))), ?T(list_to_atom(rep(256, $a))), ?T(binary_to_atom(id(list_to_binary(rep(256, $a))))),
    ?T(length(atom_to_list(list_to_atom(rep(255, 26085))))),
    ?T(list_to_atom("hel" ++ id("lo")) =:= hello), ?T(is_atom(hello)), ?T(is_atom(id("hello"))), ?T(is_boolean(id(true))), ?T(is_boolean(id(truex))),
    ?T([k(X) || X <- [a, b, ok, error, true, false, undefined, 'x y', unknown]]),
    ?T([list_to_atom("at" ++ integer_to_list(N)) || N <- [1, 2, 3, 1, 2, 3]]),
    ?T(many(2000)), ?T(sorted([zebra, apple, 'Mango', '_x', aa, a, 'Å', ab, 'a b', ''])).
rep(0, _) -> [];
rep(N, C) -> [C | rep(N - 1, C)].
k(a) -> 1; k(b) -> 2; k(ok) -> 3; k(error) -> 4; k(true) -> 5; k(false) -> 6; k(undefined) -> 7; k('x y') -> 8;
k(X) -> X.
many(0) -> done;
many(N) -> A = list_to_atom("many_" ++ integer_to_list(N)), A = list_to_atom("many_" ++ integer_to_list(N)),
    true = atom_to_list(A) =:= "many_" ++ integer_to_list(N), many(N - 1).
sorted([]) -> [];
sorted([P | T]) -> sorted([X || X <- T, X < P]) ++ [P] ++ sorted([X || X <- T, X >= P]).
