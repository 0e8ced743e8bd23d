%% SPDX-License-Identifier: Apache-2.0
-module(c_apply).
-export([f0/0, f1/1, f2/2, f6/6]).
-include("core.hrl").
start() ->
    M = id(?MODULE), F = id(f1),
    ?T(apply(M, F, [1])), ?T(apply(M, f0, [])), ?T(apply(M, f2, id([1, 2]))), ?T(M:F(3)), ?T(M:f2(1, 2)), ?T(?MODULE:F(4)), ?T(M:f6(1, 2, 3, 4, 5, 6)),
    ?T(apply(M, nope, [1])), ?T(M:nope(1, 2)), ?T(apply(M, F, id([1 | 2]))), ?T(apply(M, F, id(x))), ?T(apply(id(1), F, [1])), ?T(apply(M, id(1), [1])), ?T(apply(M, f1, [1, 2])),
    ?T(apply(erlang, id('+'), [1, 2])), ?T(apply(erlang, id('-'), [5])), ?T(apply(erlang, id('++'), ["a", "b"])), ?T(apply(erlang, id('not'), [true])), ?T(apply(erlang, id('=:='), [1, 1.0])),
    ?T(apply(erlang, id('div'), [7, 2])), ?T(apply(erlang, id('band'), [7, 2])), ?T(apply(erlang, id('!'), [self(), hej])), ?T(receive X -> X after 0 -> none end),
    ?T(apply(erlang, id(element), [2, {a, b}])), ?T(apply(erlang, id(length), [[1, 2]])), ?T(apply(erlang, id(apply), [erlang, abs, [-1]])), ?T(apply(erlang, apply, [fun(A) -> A end, [q]])),
    ?T((id(erlang)):(id(abs))(-7)), ?T((id(erlang)):(id(abs))(a)), ?T(erlang:(id(tuple_size))({1})), ?T(erlang:(id(self))() =:= self()), ?T(erlang:(id(hd))([x])),
    ?T(apply(?MODULE, f1, [apply(?MODULE, f1, [1])])), ?T(tailapply(1000)), ?T(deep(1000)),
    ?T(erlang:function_exported(?MODULE, f1, 1)), ?T(erlang:function_exported(?MODULE, f1, 2)), ?T(erlang:function_exported(?MODULE, tailapply, 1)), ?T(erlang:function_exported(erlang, abs, 1)), ?T(erlang:is_builtin(erlang, abs, 1)),
    ?T(apply(nosuchmodule_x, f, [])), ?T((id(nosuchmodule_x)):f(1, 2, 3)),
    ?T([apply(erlang, N, [A, B]) || N <- ['+', '-', '*', '/', 'rem', 'bsl', 'bsr', 'bxor', 'bor', '==', '/=', '<', '>=', '=<', '>'], {A, B} <- [{7, 2}]]),
    ?T(apply(erlang, 'and', [true, id(x)])), ?T(apply(erlang, 'xor', [true, true])), ?T(apply(fun(A, B) -> A - B end, [9, 4])),
    ?T(big_arity()).
f0() -> zero.
f1(X) -> {f1, X}.
f2(X, Y) -> {f2, X, Y}.
f6(A, B, C, D, E, F) -> [F, E, D, C, B, A].
tailapply(0) -> done;
tailapply(N) -> (id(fun tailapply/1))(N - 1).
deep(0) -> 0;
deep(N) -> 1 + (id(?MODULE)):(id(id))(deep(N - 1)).
big_arity() -> apply(fun(A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S, T) -> [T, S, R, Q, P, O, N, M, L, K, J, I, H, G, F, E, D, C, B, A] end,
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]).
