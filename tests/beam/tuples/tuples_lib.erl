%% SPDX-License-Identifier: Apache-2.0
-module(tuples_lib).
-include("../t.hrl").
-record(person, {name = "none", age :: integer(), tags = [] :: list()}).
-record(nest, {p = #person{}, n = 1}).
start() ->
    P = id(#person{name = "Ann", age = 3}), ?T(P), ?T(P#person.name), ?T(P#person{age = 4}), ?T(#person{_ = x}), ?T(#person.age), ?T(record_info(fields, person)), ?T(record_info(size, person)), ?T(begin #person{name = N, tags = T} = P, {N, T} end), ?T((id({person, 1}))#person.name), ?T((id(x))#person{age = 1}), N0 = id(#nest{}), ?T(N0#nest.p#person.name), ?T(N0#nest{p = P}), ?T((N0#nest{p = P})#nest.p#person.age), ?T(N0#nest{n = 2, p = P#person{tags = [a]}}), ?T(f(P)), ?T(f(N0)), ?T(f({person, a, b, c, d})), ?T([X#person.age || X <- [P, P#person{age = 9}]]), ?T(lists:keyfind("Ann", #person.name, [#person{}, P])), ?T(lists:sort([#person{age = 2}, #person{age = 1}])), ?T(is_record(P, person)), ?T(is_record(P, nest)), ?T(is_record(id({person}), person)),
    T = list_to_tuple(lists:seq(1, 300)), ?T(erlang:phash2(setelement(150, T, x))), ?T(tuple_size(erlang:append_element(T, y))), ?T(lists:sum(tuple_to_list(T))), ?T(element(300, T)), ?T(erlang:phash2(lists:foldl(fun(I, A) -> setelement(I, A, -I) end, T, lists:seq(1, 300)))), ?T(T =:= list_to_tuple(tuple_to_list(T))), ?T(T < setelement(300, T, 301)), ?T({1, 2} < {1, 2, 0}), ?T(erlang:delete_element(150, {a, b})), ?T(tuple_size(erlang:delete_element(150, T))), ?T(erlang:insert_element(2, {a, c}, b)), ?T(erlang:make_tuple(4, 0, [{1, a}, {4, d}])), ?T(upd(id({1, 2, 3}))), ?T(swap(id({{1, 2}, {3, 4}}))), ?T(matrix(5)), ?T(zipper({[], 1, [2, 3]})), ?T(tagged([{ok, 1}, {error, e}, {ok, 2}])), ?T(tree([5, 2, 8, 1, 4])), ?T(list_to_tuple(lists:duplicate(20, {}))), ?T(term_to_binary(list_to_tuple(lists:seq(1, 256))) =:= term_to_binary(list_to_tuple(lists:seq(1, 256)))), ?T(byte_size(term_to_binary(list_to_tuple(lists:seq(1, 256))))), ?T(erts_debug:flat_size({1, {2, 3}, [4]})), ?T(erts_debug:size({P, P})), ?T(erts_debug:flat_size({P, P})).
f(#person{age = A}) when A > 2 -> {old, A}; f(#nest{p = #person{name = "none"}}) -> nest; f(_) -> other.
upd({A, B, C} = T) -> {setelement(1, T, C), setelement(3, setelement(1, T, B), A), T}.
swap({{A, B}, {C, D}}) -> {{D, C}, {B, A}}.
matrix(N) -> M = list_to_tuple([list_to_tuple([I * J || J <- lists:seq(1, N)]) || I <- lists:seq(1, N)]), element(3, element(4, M)).
zipper({L, X, [H | T]}) -> zipper({[X | L], H, T}); zipper(Z) -> Z.
tagged(L) -> lists:foldr(fun({ok, X}, {A, B}) -> {[X | A], B}; ({error, E}, {A, B}) -> {A, [E | B]} end, {[], []}, L).
tree(L) -> lists:foldl(fun ins/2, leaf, L).
ins(X, leaf) -> {leaf, X, leaf}; ins(X, {L, Y, R}) when X < Y -> {ins(X, L), Y, R}; ins(X, {L, Y, R}) -> {L, Y, ins(X, R)}.
