%% SPDX-License-Identifier: Apache-2.0
-module(ex_nesting).
-include("../t.hrl").
start() -> ?T(a(1)), ?T([b(X) || X <- [1, 2, 3, 4]]), ?T(c()), ?T(d(5)), ?T(e(id(ok))), ?T(e(id(bad))), ?T(f()), ?T(g(3)), ?T(h()), ?T(i()), ?T(j()), ?T(k()), ?T(l(1000)), ?T(m()), ?T(n()), ?T(o()), ?T(pp()), ?T(q()), ?T(r()), ?T(s()), ?T(t1()), ?T(u()), ?T(v(10)), ?T(w1()), ?T(get(trail)).
a(X) -> try try try error(X) catch throw:_ -> no end catch exit:_ -> no end catch error:Y -> {top, Y} end.
b(X) -> try case X of 1 -> throw(t); 2 -> error(e); 3 -> exit(x); 4 -> v end of v -> value catch throw:t -> throw; error:e -> error; exit:x -> exit end.
c() -> put(trail, []), F = fun(X) -> put(trail, [X | get(trail)]) end, R = (catch try F(1), try F(2), throw(x) after F(3) end after F(4) end), {R, get(trail)}.
d(N) -> try d1(N) catch throw:X -> X end. d1(0) -> throw(bottom); d1(N) -> try d1(N - 1) after put(trail, [N | get(trail)]) end.
e(X) -> try ok = X, fine of R -> {of_, R} catch error:{badmatch, B} -> {bm, B} after put(e, done) end.
f() -> try error(first) catch error:first -> try error(second) catch error:second -> try throw(third) catch third -> all end end end.
g(0) -> done; g(N) -> try throw(N) catch N -> g(N - 1) end.
h() -> X = (catch (catch (catch throw(deep)))), Y = (catch begin catch error(q), fine end), {X, Y}.
i() -> try (try throw(a) catch a -> throw(b) after throw(c) end) catch c -> got_c; b -> got_b end.
j() -> try try error(a) of _ -> x after ok end catch error:a:S -> is_list(S) end.
k() -> {A, B, C} = {id(1), id(2), id(3)}, try D = A + B, id(D + C + id(z)) catch error:badarith -> {A, B, C} end.
l(N) -> lists:foldl(fun(K, S) -> try case K rem 3 of 0 -> throw(K); 1 -> error(K); 2 -> K end of V -> S + V catch throw:V -> S - V; error:V -> S + 2 * V end end, 0, lists:seq(1, N)).
m() -> F = fun(T) -> try T() catch C:R -> {C, R} end end, [F(fun() -> throw(1) end), F(fun() -> F(fun() -> exit(2) end) end), F(fun() -> {ok, F(fun() -> error(3) end)} end)].
n() -> try lists:map(fun(X) when X > 2 -> throw({found, X}); (X) -> X end, [1, 2, 3, 4]) catch {found, X} -> X end.
o() -> try erlang:raise(throw, v, [{a, b, 1, []}]) catch throw:v:S -> S end.
pp() -> try erlang:raise(error, {nice, v}, []) catch error:{nice, V}:S -> {V, S}; error:_:S -> S end.
q() -> R = try exit({shutdown, x}) catch exit:{shutdown, _} = E -> E end, R.
r() -> try X = id(5), Y = X * 2, throw({X, Y}) catch {A, B} when A < B -> {lt, A, B} end.
s() -> try throw(no_clause) catch other -> x end.
t1() -> try id(1) of 2 -> two catch error:_ -> never end.
u() -> [try F() of X -> X catch _:E -> {c, E} after ok end || F <- [fun() -> 1 end, fun() -> throw(2) end, fun() -> hd([]) end]].
v(0) -> 0; v(N) -> try V = v(N - 1), V + 1 catch _:_ -> never end.
w1() -> Big = lists:seq(1, 1000), try erlang:garbage_collect(), throw({Big, Big}) catch {A, B} -> erlang:garbage_collect(), {length(A), A =:= B} end.
