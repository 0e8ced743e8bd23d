%% SPDX-License-Identifier: Apache-2.0
-module(c_funs).
-export([ext/2]).
-include("core.hrl").
start() ->
    X = id(10),
    F0 = fun() -> X end, F1 = fun(A) -> A + X end, F2 = fun(A, B) -> {A, B, X} end,
    ?T(F0()), ?T(F1(1)), ?T(F2(1, 2)), ?T((id(F1))(5)), ?T((id(F1))()), ?T((id(F1))(1, 2)), ?T((id(notfun))(1)), ?T((id({erlang, abs}))(-1)),
    ?T(map(fun ext1/1, [1, 2, 3])), ?T((fun ?MODULE:ext/2)(3, 4)), ?T((fun erlang:abs/1)(-4)), ?T((fun nomod:nofun/1)(1)), ?T((fun erlang:nofun/7)(1, 2, 3, 4, 5, 6, 7)),
    ?T(is_function(F0)), ?T(is_function(F1, 1)), ?T(is_function(F1, 2)), ?T(is_function(fun erlang:abs/1, 1)), ?T(is_function(id(x))), ?T(is_function(F1, id(a))), ?T(is_function(F1, id(-1))),
    ?T(erlang:fun_info(F1, arity)), ?T(erlang:fun_info(F1, module)), ?T(erlang:fun_info(F1, type)), ?T(erlang:fun_info(fun erlang:abs/1, type)), ?T(erlang:fun_info(F1, env)),
    ?T(erlang:fun_info(fun erlang:abs/1, name)), ?T(erlang:fun_info(fun erlang:abs/1, env)), ?T(erlang:fun_info(id(a), name)), ?T(erlang:fun_info(F1, foo)),
    ?T((compose(fun(A) -> A * 2 end, fun(A) -> A + 1 end))(5)), ?T((curry(3))(4)), ?T((y(fun(Self) -> fun(0) -> 1; (N) -> N * Self(N - 1) end end))(10)),
    Fac = fun Fac(0) -> 1; Fac(N) -> N * Fac(N - 1) end, ?T(Fac(20)), ?T((church(5))(fun(A) -> A + 1 end, 0)),
    ?T([G(3) || G <- [fun(A) -> A end, fun(A) -> A * A end, fun(_) -> X end]]), ?T((adder([1, 2, 3]))()),
    ?T(F1 =:= F1), ?T(F1 == id(F1)), ?T(mk(1) =:= mk(1)), ?T(mk(1) =:= mk(2)), ?T(F0 == F1),
    ?T(clauses(fun({a, N}) when N > 3 -> big; ({a, _}) -> small; (_) -> none end)), ?T((fun(1) -> one end)(id(2))),
    ?T(apply(F2, [a, b])), ?T(apply(F2, [a])), ?T(apply(F2, id(x))), ?T(apply(id(fun erlang:max/2), [1, 2])), ?T(erlang:make_fun(erlang, abs, 1)), ?T((erlang:make_fun(erlang, abs, 1))(-9)),
    ?T(many(fun(A, B, C, D, E, F, G, H) -> [A, B, C, D, E, F, G, H, X] end)), ?T(env8()), ?T(loop(1000, fun(A) -> A + X end, 0)),
    ?T(tail(fun(0, _) -> done; (N, G) -> G(N - 1, G) end, 100000)).
ext1(A) -> A * 3.
ext(A, B) -> A * B.
map(_, []) -> [];
map(F, [H | T]) -> [F(H) | map(F, T)].
compose(F, G) -> fun(X) -> F(G(X)) end.
curry(A) -> fun(B) -> A * B end.
y(M) -> (fun(X) -> X(X) end)(fun(F) -> M(fun(A) -> (F(F))(A) end) end).
church(0) -> fun(_, X) -> X end;
church(N) -> P = church(N - 1), fun(F, X) -> F(P(F, X)) end.
adder([]) -> fun() -> 0 end;
adder([H | T]) -> R = adder(T), fun() -> H + R() end.
mk(N) -> fun() -> N end.
clauses(F) -> [F({a, 5}), F({a, 1}), F(x)].
many(F) -> F(1, 2, 3, 4, 5, 6, 7, 8).
env8() ->
    [A, B, C, D, E, F, G, H] = id([1, 2, 3, 4, 5, 6, 7, 8]),
    K = fun() -> {A + B, C * D, E - F, G / H, [A, B, C, D, E, F, G, H]} end, K().
loop(0, _, A) -> A;
loop(N, F, A) -> loop(N - 1, F, F(A)).
tail(F, N) -> F(N, F).
