%% SPDX-License-Identifier: Apache-2.0
-module(c_try).
-include("core.hrl").
start() ->
    ?T(f(ok)), ?T(f({throw, x})), ?T(f({error, x})), ?T(f({exit, x})), ?T(f({badmatch, 1})), ?T(f(badarith)), ?T(f(undef)), ?T(f(function_clause)), ?T(f(case_clause)), ?T(f(if_clause)), ?T(f(badfun)), ?T(f(badarity)),
    ?T(of_part(1)), ?T(of_part(2)), ?T(of_part(3)), ?T(aft(ok)), ?T(get(after_log)), ?T(aft(err)), ?T(get(after_log)), ?T(nest(1)), ?T(nest(2)), ?T(nest(3)),
    ?T(rethrow(a)), ?T(multi_class()), ?T(try_in_try()), ?T(vars()), ?T(throw_through(100)), ?T(loop(1000, 0)),
    ?T(try throw({a, b}) catch {a, X} -> X end), ?T(try throw(q) catch {a, X2} -> X2 end), ?T(try exit(normal) catch throw:_ -> no; exit:normal -> ex end), ?T(try error(foo, [1, 2]) catch error:E -> E end),
    ?T(try id(1) of 1 -> error(in_of) catch error:in_of -> caught end), ?T(try try error(a) after put(k, 1) end catch error:a -> get(k) end), ?T(try try error(a) after error(b) end catch error:R -> R end),
    ?T(try try id(1) after throw(c) end catch R3 -> R3 end), ?T(try list_to_atom(id(1)) catch error:badarg -> ba end), ?T(try element(id(5), {1}) catch C:R4 -> {C, R4} end),
    ?T(try id(5) of N when N > 3 -> big; _ -> small catch _:_ -> err after put(z, 1) end), ?T(erlang:raise(error, custom, [])), ?T(erlang:raise(exit, e, [])), ?T(erlang:raise(throw, t, [])), ?T(erlang:raise(bad, t, [])), ?T(erlang:raise(error, x, bad)),
    ?T(tail(10)), ?T(keep(id(1), id(2), id(3))), ?T(after_order()), ?T(try error({deep, [1, {2}]}) catch error:{deep, [A, {B}]} -> A + B end), ?T(try maybe_throw(id(x)) catch throw:V when is_atom(V) -> atom; throw:V when is_list(V) -> list end),
    ?T(try maybe_throw([1]) catch throw:V1 when is_atom(V1) -> atom; throw:V1 when is_list(V1) -> list end), ?T(try maybe_throw(1) catch throw:V2 when is_atom(V2) -> atom end).
f(X) -> try g(X) of R -> {ok, R} catch throw:T -> {throw, T}; error:E -> {error, E}; exit:E -> {exit, E} end.
g(ok) -> fine; g({throw, X}) -> throw(X); g({error, X}) -> error(X); g({exit, X}) -> exit(X); g({badmatch, X}) -> 2 = X; g(badarith) -> 1 + id(a); g(undef) -> ?MODULE:nofun(1); g(function_clause) -> fc(1);
g(case_clause) -> case id(5) of 6 -> a end; g(if_clause) -> G0 = id(x), if G0 =:= 3 -> a end; g(badfun) -> (id(3))(); g(badarity) -> (id(fun(A) -> A end))(1, 2).
fc(a) -> b.
of_part(X) -> try id(X) of 1 -> one; 2 -> two catch _:_ -> caught end.
aft(X) -> put(after_log, []), try (case X of ok -> 1; err -> error(x) end) catch error:x -> put(after_log, [c | get(after_log)]), err after put(after_log, [a | get(after_log)]) end.
nest(N) -> try (try (case N of 1 -> throw(a); 2 -> error(b); 3 -> exit(c) end) catch throw:a -> inner_a end) catch error:b -> outer_b; exit:Z -> {outer, Z} end.
rethrow(X) -> try (try throw(X) catch C:R:S -> erlang:raise(C, {wrapped, R}, S) end) catch throw:{wrapped, Y} -> {got, Y} end.
multi_class() -> [try F() catch throw:1 -> t1; throw:_ -> t; error:_ -> e; exit:{shutdown, S} -> S end || F <- [fun() -> throw(1) end, fun() -> throw(2) end, fun() -> error(1) end, fun() -> exit({shutdown, s}) end]].
try_in_try() -> A = try error(1) catch error:N -> try error(N + 1) catch error:M -> try throw(M + 1) catch K -> K end end end, {A}.
vars() -> X = id(1), Y = try Z = id(2), X + Z catch _:_ -> 0 end, W = try id(x) + 1 catch _:_ -> X end, {X, Y, W}.
throw_through(N) -> try thr(N) catch {bottom, R} -> R end.
thr(0) -> throw({bottom, reached}); thr(N) -> X = thr(N - 1), {X}.
loop(0, A) -> A; loop(N, A) -> B = try (if N rem 3 =:= 0 -> throw(N); N rem 3 =:= 1 -> error(N); true -> N end) catch throw:X -> X * 2; error:X -> X * 3 end, loop(N - 1, A + B).
tail(0) -> done; tail(N) -> try id(N) of _ -> tail(N - 1) catch _:_ -> err end.
keep(A, B, C) -> D = A + B, try id(D + C), error(oops) catch error:oops -> {A, B, C, D} end.
after_order() -> put(o, []), (try try put(o, [1 | get(o)]), throw(x) after put(o, [2 | get(o)]) end catch x -> put(o, [3 | get(o)]) after put(o, [4 | get(o)]) end), get(o).
maybe_throw(X) -> throw(X).
