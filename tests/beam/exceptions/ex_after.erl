%% SPDX-License-Identifier: Apache-2.0
%% try with of, catch and after, nested, in loops, across functions; what after replaces; raise/3 again; catch in every position.
-module(ex_after).
-include("../t.hrl").
start() ->
    Acts = [fun() -> v end, fun() -> throw(t) end, fun() -> exit(x) end, fun() -> error(e) end, fun() -> error({e, [1]}) end],
    [[io:format("~w ~w ~w~n", [A, B, trace(F, G)]) || {B, G} <- index(Acts)] || {A, F} <- index(Acts)],
    [io:format("~w ~w~n", [A, [run(H, F) || H <- forms()]]) || {A, F} <- index(Acts)],
    ?T(order(fun() -> 1 end)), ?T(order(fun() -> throw(1) end)), ?T(order(fun() -> exit(1) end)), ?T(loop(10, [])), ?T(deep(50)), ?T(deep_after(30)), ?T(keep()), ?T(re(3)), ?T((catch throw(a))), ?T(element(1, (catch exit(a)))), ?T([catch throw(X) || X <- [1, 2]]), ?T({catch throw(a), catch 1 + 1, try throw(b) catch B -> {c, B} end}),
    ?T((catch (catch throw(in)))), ?T(try (catch throw(in)) of V -> {of_, V} catch _:_ -> no end), ?T(try throw(1) of _ -> 0 catch 1 -> one; N when N > 5 -> big end), ?T(try throw(9) of _ -> 0 catch 1 -> one; N when N > 5 -> big end), ?T(try throw(3) of _ -> 0 catch 1 -> one; N when N > 5 -> big end),
    ?T(try 5 of N when N > 3 -> throw(from_of) catch from_of -> wrong end), ?T(guard_class()), ?T(stack_kept()), ?T(stack_twice()), ?T(in_receive()), ?T(in_fun()), ?T(in_comp()), ?T(exit_link()), ?T(vars(fun() -> throw(z) end)), ?T(vars(fun() -> 7 end)), ?T(big_state(200)), ?T(raise_all()), ?T(old_catch()), ?T(get_all()), ?T(bin_try(<<1, 2, 0, 3>>)), ?T(transact([{put, a, 1}, {put, b, 2}, abort])), ?T(transact([{put, a, 1}, {put, b, 2}])), ?T(transact([{put, a, 1}, {bad}])).
index(L) -> lists:zip(lists:seq(1, length(L)), L).
trace(F, G) -> put(log, []), R = try try F() of V -> n({of_, V}), V catch throw:T -> n({thrown, T}), {t, T}; error:E when is_atom(E) -> n(err), {e, E} after n(in_after), G(), n(after_done) end catch C:X -> {outer, C, X} end, {R, lists:reverse(erase(log))}.
n(X) -> put(log, [X | get(log)]), X.
run(H, F) -> try H(F) catch C:R -> {out, C, R} end.
forms() -> [fun(F) -> catch F() end, fun(F) -> try F() catch throw:X -> {throw, X} end end, fun(F) -> try F() catch exit:_ -> exit(again) end end, fun(F) -> try F() catch _:R -> throw({wrapped, R}) end end, fun(F) -> try {ok, F()} after ok end end, fun(F) -> [F(), try F() catch _:_ -> 1 end] end, fun(F) -> case catch F() of {'EXIT', {R, _}} -> {error_was, R}; {'EXIT', R} -> {exit_was, R}; V -> {value, V} end end, fun(F) -> try F() of v -> error(in_of) catch error:in_of -> caught_wrongly; C:_ -> C end end].

order(F) -> put(log, []), catch (try n(a), F(), n(b) after n(c), try n(d), throw(q) catch q -> n(e) after n(f) end, n(g) end), lists:reverse(erase(log)).
loop(0, A) -> A; loop(N, A) -> R = try case N rem 4 of 0 -> throw({n, N}); 1 -> exit(N); 2 -> error(N); 3 -> N end catch throw:{n, X} -> {t, X}; exit:X -> {x, X}; error:X -> {e, X} end, loop(N - 1, [R | A]).
deep(0) -> throw(bottom); deep(N) -> try deep(N - 1) catch throw:R when N rem 7 =:= 0 -> throw({N, R}) after ok end.
deep_after(N) -> put(c, 0), catch da(N), erase(c).
da(0) -> exit(x); da(N) -> try da(N - 1) after put(c, get(c) + N) end.
keep() -> X = id([1, 2, 3]), Y = id({a}), try id(X), throw(Y) catch Z -> garbage_collect(), {X, Y, Z} after garbage_collect(), id(X) end.
re(0) -> throw(done); re(N) -> try re(N - 1) catch C:R:S -> erlang:raise(C, {N, R}, S) end.
guard_class() -> [try F() catch C:R when C =:= exit, is_atom(R) -> exit_atom; C:R when C =/= throw -> {not_throw, C, R}; C:_ -> C end || F <- [fun() -> exit(a) end, fun() -> exit(1) end, fun() -> error(z) end, fun() -> throw(y) end]].
stack_kept() -> try mid(id(0)) catch error:badarith:S -> [{F, A} || {ex_after, F, A, _} <- lists:sublist(S, 3)] end.
mid(X) -> try 1 div X after id(noise) end.
stack_twice() -> try try mid(id(0)) catch C:R:S -> erlang:raise(C, {again, R}, S) end catch _:Q:S2 -> {Q, [F || {ex_after, F, _, _} <- lists:sublist(S2, 2)]} end.
in_receive() -> self() ! a, self() ! b, try receive b -> throw(got_b) end catch T -> {T, receive X -> X end} after self() ! c, receive c -> ok end end.
in_fun() -> F = fun(X) -> try X() catch _:R -> {inner, R} after put(f, done) end end, {F(fun() -> throw(1) end), F(fun() -> F(fun() -> exit(2) end) end), erase(f)}.
in_comp() -> [try if X rem 3 =:= 0 -> throw(X); X rem 3 =:= 1 -> X; true -> error(X) end catch throw:Y -> {t, Y}; error:Y -> {e, Y} after put(k, X) end || X <- lists:seq(1, 7), try X =/= 4 orelse throw(skip) catch skip -> false end] ++ [erase(k)].
exit_link() -> process_flag(trap_exit, true), R = [begin P = spawn_link(F), receive {'EXIT', P, {E, S}} when is_list(S) -> {err, E}; {'EXIT', P, E} -> E end end || F <- [fun() -> throw(nobody) end, fun() -> exit(ex) end, fun() -> error(er) end, fun() -> try exit(a) after exit(b) end end, fun() -> try error(a) catch _:_ -> exit(mapped) end end, fun() -> catch exit(hidden) end]], process_flag(trap_exit, false), R.
vars(F) -> A = id(1), try B = id(2), C = F(), {A, B, C} of {_, Y, Z} -> {A, Y, Z} catch D -> E = A + 1, {A, D, E} after id(A) end.
big_state(N) -> L = lists:seq(1, N), try lists:foldl(fun(X, A) when X > 150 -> throw({stop, A}); (X, A) -> X + A end, 0, L) catch {stop, A} -> {A, length(L)} end.
raise_all() -> [try erlang:raise(C, R, S) catch A:B:T -> {A, B, T} end || {C, R, S} <- [{throw, 1, []}, {exit, 2, [{m, f, 0, []}]}, {error, 3, [{m, f, [a], [{line, 4}]}]}, {error, 4, [{m, f, 0}]}]] ++ [try {returned, erlang:raise(C, R, S)} catch A:B:T -> {A, B, T} end || {C, R, S} <- [{bad, 1, []}, {error, 1, x}] ++ [{exit, 1, X} || X <- [[x], [{m, f, x}], [{m, f, 1.0, []}], [{m, f, 1 bsl 70}], [{m, f, 1, x}], [{m, 1, 1}], [{1, f, 1}], [{m, f, -1}], [{m, f, 1} | x], [{m, f}], [{m, f, 1, [], 2}], [{m, f, [a | b], [{line, x} | y]}]]]].
old_catch() -> A = (catch error(a)), B = (catch exit(b)), C = (catch hd(id([]))), {element(1, element(2, A)), B, element(1, element(2, C)), catch throw({'EXIT', fake})}.
get_all() -> lists:map(fun(F) -> try F() of X when X > 1 -> {big, X}; X -> {small, X} catch _:_ -> fail end end, [fun() -> 1 end, fun() -> 2 end, fun() -> a + 1 end]).
bin_try(<<X, R/binary>>) -> [try 6 div X catch error:badarith -> inf end | bin_try(R)]; bin_try(<<>>) -> [].
transact(Ops) -> Old = put(db, #{}), try [case O of {put, K, V} -> put(db, (get(db))#{K => V}); abort -> throw(aborted); _ -> error(bad_op) end || O <- Ops], {committed, get(db)} catch throw:aborted -> {rolled_back, put(db, #{})}; error:R -> {failed, R, map_size(get(db))} after put(db, Old) end.
