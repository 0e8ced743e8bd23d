%% SPDX-License-Identifier: Apache-2.0
%% Funs as values: equality, order, hashing, what fun_info tells, external and local ones, closures over everything, arity errors.
-module(funs_identity).
-export([ext/1, ext/2]).
-include("../t.hrl").
start() ->
    F = fun(X) -> X + 1 end, G = fun(X) -> X + 1 end, [H1, H2, H3] = [adder(N) || N <- [1, 1, 2]], E = fun ?MODULE:ext/1,
    ?T({F == F, F == G, H1 == H2, H1 == H3, H1 =:= H2, E == fun funs_identity:ext/1, E == fun funs_identity:ext/2}),
    ?T([erlang:phash2(X) =:= erlang:phash2(Y) || {X, Y} <- [{H1, H2}, {E, fun ?MODULE:ext/1}, {H1, H3}]]), ?T(H1 < H3), ?T(H3 < H1), ?T(fun lists:map/2 < fun lists:map/3),
    ?T(lists:sort([fun lists:b/1, fun lists:a/2, fun aaa:z/9, fun lists:a/1, fun erlang:abs/1])), ?T([is_function(X, N) || X <- [F, E, fun lists:map/2, a, {m, f}], N <- [0, 1, 2, 255]]),
    ?T([is_function(E, X) || X <- [1 bsl 70]]), ?T(is_function(E, id(-1))), ?T(is_function(E, id(a))), ?T([erlang:fun_info(E, I) || I <- [type, module, name, arity, env]]), ?T(lists:sort(erlang:fun_info(fun no_such:thing/3))),
    ?T([erlang:fun_info(H1, I) || I <- [type, module, arity, env]]), ?T([I || {I, _} <- erlang:fun_info(H1)]), ?T(erlang:fun_info(H1, nonsense)), ?T(erlang:fun_info(x)), ?T(erlang:fun_info(E, index)), ?T(erlang:fun_info(E, pid)),
    ?T(E(1)), ?T(E(1, 2)), ?T(F()), ?T(F(1, 2)), ?T((id(a))(1)), ?T((id({lists, reverse}))([1])), ?T((id(fun lists:reverse/1))([1, 2])), ?T((id(fun no_such:thing/1))(1)), ?T((id(fun lists:no_such/1))(1)),
    ?T(apply(F, [1])), ?T(apply(F, [])), ?T(apply(F, [1 | 2])), ?T(apply(E, [7])), ?T(apply(a, [7])), ?T(apply(id(fun erlang:'+'/2), [1, 2])), ?T(apply(erlang, '+', [1, a])), ?T((everything(1, a, <<"b">>, 2.5, [x], {t}, #{k => v}, 1 bsl 80, self()))(check)),
    ?T((fun Fac(0) -> 1; Fac(N) -> N * Fac(N - 1) end)(30)), ?T((fun Loop(0, A) -> A; Loop(N, A) -> Loop(N - 1, A + N) end)(10000, 0)), ?T((y(fun(Self) -> fun(0) -> 1; (N) -> N * Self(N - 1) end end))(12)),
    ?T([C(10) || C <- compose()]), ?T(lists:foldl(fun(P, A) -> P(A) end, 1, [fun erlang:'-'/1, fun erlang:abs/1, fun(X) -> X * 10 end, fun integer_to_list/1, fun length/1])), ?T(church()),
    ?T(curry(fun(A, B, C, D) -> {A, B, C, D} end, 4)), ?T(memo(fun(S, N) when N < 2 -> {N, S}; (S, N) -> fib(S, N) end, 60)), ?T(shadow(1)), ?T(guards(H1)), ?T(guards(E)), ?T(guards(x)),
    ?T(binary_to_term(term_to_binary(H3)) =:= H3), ?T((binary_to_term(term_to_binary(H3)))(5)), ?T(binary_to_term(term_to_binary(E)) =:= E), ?T(begin P = self(), spawn(fun() -> P ! {f, fun() -> {inner, H3(1)} end} end), receive {f, Fn} -> Fn() end end),
    ?T(maps:get(H2, #{H1 => found})), ?T(maps:get(fun ?MODULE:ext/1, #{E => found})), ?T(length(lists:usort([adder(N rem 5) || N <- lists:seq(1, 50)]))), ?T((erlang:make_fun(lists, sum, 1))([1, 2])), ?T(erlang:make_fun(lists, sum, -1)), ?T(erlang:make_fun(lists, "sum", 1)), ?T(erlang:make_fun(a, b, 256)),
    ?T(many(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)), ?T(in_try(F)), ?T([T(3) || T <- table()]), ?T(io_lib:format("~w ~p", [E, fun lists:map/2])), ?T(erlang:function_exported(?MODULE, ext, 2)), ?T(reload()).
ext(X) -> {ext, X}.
ext(X, Y) -> {ext, X, Y}.
adder(N) -> fun(X) -> X + N end.
everything(A, B, C, D, E, F, G, H, I) -> fun(check) -> garbage_collect(), {A, B, C, D, E, F, G, H, is_pid(I), fun() -> {A, H} end()} end.
y(F) -> G = fun(X) -> F(fun(A) -> (X(X))(A) end) end, G(G).
compose() -> C = fun(F, G) -> fun(X) -> F(G(X)) end end, I = fun(X) -> X + 1 end, D = fun(X) -> X * 2 end, [C(I, D), C(D, I), C(C(I, I), C(D, D)), lists:foldl(C, fun(X) -> X end, lists:duplicate(20, I))].
church() -> Z = fun(_) -> fun(X) -> X end end, S = fun(N) -> fun(F) -> fun(X) -> F((N(F))(X)) end end end, Add = fun(A, B) -> fun(F) -> fun(X) -> (A(F))((B(F))(X)) end end end, Mul = fun(A, B) -> fun(F) -> A(B(F)) end end,
    Int = fun(N) -> (N(fun(X) -> X + 1 end))(0) end, Three = S(S(S(Z))), Five = Add(Three, S(S(Z))), [Int(N) || N <- [Z, Three, Five, Mul(Three, Five), Mul(Five, Mul(Five, Five))]].
curry(F, N) -> C = curry(F, N, []), (((C(a))(b))(c))(d).
curry(F, 0, L) -> apply(F, lists:reverse(L)); curry(F, N, L) -> fun(X) -> curry(F, N - 1, [X | L]) end.
memo(F, N) -> {V, S} = call(F, N, #{}), {V, map_size(S)}.
call(F, N, S) -> case S of #{N := V} -> {V, S}; _ -> {V, S2} = case N < 2 of true -> F(S, N); false -> {A, SA} = call(F, N - 1, S), {B, SB} = call(F, N - 2, SA), {A + B, SB} end, {V, S2#{N => V}} end.
fib(S, _) -> {none, S}.
shadow(X) -> F = fun(X) -> X * 10 end, G = fun(Y) when Y > X -> {gt, Y, X}; (X) -> {any, X} end, {F(2), G(2), G(0), [X || X <- [7, 8]], X}.
guards(F) when is_function(F, 1) -> {one, F(1)}; guards(F) when is_function(F) -> other; guards(_) -> no.
many(A, B, C, D, E, F, G, H, I, J) -> K = fun(X, Y, Z) -> [A, B, C, D, E, F, G, H, I, J, X, Y, Z] end, lists:sum(K(A, J, B) ++ K(1, 2, 3)).
in_try(F) -> try F(id(x)) catch error:badarith -> fun() -> caught end() after id(F) end.
table() -> [fun(X) -> X end, fun(X) -> fun(Y) -> X * Y end(X) end, fun ?MODULE:ext/1, fun erlang:integer_to_list/1, fun id/1].
reload() ->
    L = fun(N) -> {ok, M, B} = compile:forms([{attribute, 1, module, fi_gen}, {attribute, 1, export, [{mk, 0}, {v, 0}]}, {function, 1, mk, 0, [{clause, 1, [], [], [{'fun', 1, {clauses, [{clause, 1, [], [], [{integer, 1, N}]}]}}]}]}, {function, 1, v, 0, [{clause, 1, [], [], [{integer, 1, N}]}]}], [deterministic]), code:purge(M), {module, M} = code:load_binary(M, "x", B) end,
    L(1), F1 = fi_gen:mk(), X = fun fi_gen:v/0, A = {F1(), X()}, L(2), F2 = fi_gen:mk(), B = {F1(), F2(), X(), F1 == F2}, {A, B, length(lists:usort([F1, F2])), code:soft_purge(fi_gen)}.
