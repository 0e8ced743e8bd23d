%% SPDX-License-Identifier: Apache-2.0
-module(in_calls).
-export([x/1, y/2, tail/2, ev/1, od/1, a9/9]).
-include("../t.hrl").
start() -> ?T(x(1)), ?T(?MODULE:x(2)), ?T(tail(100000, 0)), ?T(ev(10001)), ?T(mut(50)), ?T(a9(1, 2, 3, 4, 5, 6, 7, 8, 9)), ?T(apply(?MODULE, a9, lists:seq(1, 9))), ?T(many(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)), ?T(fold(fun y2/2, 0, lists:seq(1, 10))), ?T(local_fun(5)), ?T(ext(lists, reverse, [[1, 2]])), ?T(bif_mix(id([3, 1, 2]))), ?T(live(id(1), id(2))), ?T(rec_args({a, 1}, [b])), ?T(nest_calls(3)), ?T(after_call(id(x))), ?T(case_call(id(2))), ?T(deep(5000)), ?T(acc_rev(lists:seq(1, 100), [])), ?T(cps(10, fun(X) -> X end)), ?T(tramp(1000)), ?T(y(1, 2)), ?T(stack_vars(id(1))), ?T(reorder(1, 2, 3)), ?T(dup(id(7))), ?T(body_tail(10)), ?T(unused(1, 2, 3)), ?T(bool(true, false)), ?T(consts()), ?T(shadow(5)), ?T(multi_ret(id(3))), ?T(string_build(5)), ?T(long_chain(id(1))).
x(A) -> A + 1. y(A, B) -> x(A) * x(B). y2(A, B) -> A + B.
tail(0, A) -> A; tail(N, A) -> ?MODULE:tail(N - 1, A + N).
ev(0) -> even; ev(N) -> ?MODULE:od(N - 1). od(0) -> odd; od(N) -> ?MODULE:ev(N - 1).
mut(0) -> []; mut(N) -> [N | mut2(N - 1)]. mut2(0) -> []; mut2(N) -> [-N | mut(N - 1)].
a9(A, B, C, D, E, F, G, H, I) -> {I, H, G, F, E, D, C, B, A}.
many(A, B, C, D, E, F, G, H, I, J, K, L) -> X = id(A + L), Y = id(B + K), Z = id(C + J), {X, Y, Z, D, E, F, G, H, I}.
fold(_, A, []) -> A; fold(F, A, [H | T]) -> fold(F, F(H, A), T).
local_fun(N) -> F = fun G(0) -> []; G(K) -> [K * N | G(K - 1)] end, F(3).
ext(M, F, A) -> {M:module_info(module), apply(M, F, A), M:F(hd(A))}.
bif_mix(L) -> [H | T] = L, {length(L), hd(T), tl(T), element(1, {H}), H + length(T), max(H, 2), abs(-H), [H | lists:reverse(T)]}.
live(A, B) -> C = id(A), D = id(B), E = id(C + D), erlang:garbage_collect(), F = id({E, C}), G = id([D, F]), {A, B, C, D, E, F, G}.
rec_args({K, V}, [H | T]) -> case id({H, V}) of {b, 1} when T =:= [] -> {K, T}; _ -> no end.
nest_calls(N) -> x(x(x(y(x(N), x(x(N)))))).
after_call(X) -> Y = try id(X) after id(done) end, {X, Y}.
case_call(X) -> case x(X) of 3 -> case y(X, X) of 9 -> nine; _ -> other end; _ -> no end.
deep(0) -> 0; deep(N) -> 1 + ?MODULE:x(deep(N - 1)) - 1.
acc_rev([], A) -> length(A); acc_rev([H | T], A) -> acc_rev(T, [H | A]).
cps(0, K) -> K(done); cps(N, K) -> cps(N - 1, fun(X) -> K({N, X}) end).
tramp(N) -> tr(fun() -> tr2(N) end). tr(F) when is_function(F) -> tr(F()); tr(X) -> X. tr2(0) -> finished; tr2(N) -> fun() -> tr2(N - 1) end.
stack_vars(A) -> B = id(A + 1), C = [id(X) || X <- [A, B]], D = fun() -> {A, B, C} end, id(0), D().
reorder(A, B, C) -> r2(C, A, B, id(A)). r2(A, B, C, D) -> r3(D, C, B, A). r3(A, B, C, D) -> [A, B, C, D].
dup(X) -> {X, X, [X, X | X], {X, {X}}}.
body_tail(0) -> []; body_tail(N) -> case N rem 2 of 0 -> [N | body_tail(N - 1)]; _ -> body_tail(N - 1) end.
unused(_, B, _) -> _ = id(B), ok.
bool(A, B) -> {A and B, A or B, not A, A xor B, A andalso B, A orelse B, (A orelse B) and not B}.
consts() -> {1, a, [], {}, "s", <<"b">>, 1.5, #{}, 1 bsl 70, fun lists:map/2}.
shadow(X) -> F = fun(X) -> X end, [F(1), X, (fun() -> X end)()].
multi_ret(X) -> {A, B} = if X > 2 -> {big, X}; true -> {small, 0} end, {B, A}.
string_build(N) -> lists:flatten([integer_to_list(K) ++ "," || K <- lists:seq(1, N)]).
long_chain(A) -> B = x(A), C = x(B), D = x(C), E = x(D), F = x(E), G = x(F), H = x(G), [A, B, C, D, E, F, G, H].
