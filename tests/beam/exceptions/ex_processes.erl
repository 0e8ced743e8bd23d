%% SPDX-License-Identifier: Apache-2.0
-module(ex_processes).
-include("../t.hrl").
start() -> Fs = [fun() -> error(e) end, fun() -> exit(x) end, fun() -> throw(t) end, fun() -> 1 / id(0) end, fun() -> {a} = id(b) end, fun() -> apply(no_mod_q, f, [1]) end, fun() -> (id(foo))(1) end, fun() -> case id(1) of 2 -> ok end end, fun() -> list_to_atom(id(1)) end, fun() -> exit(normal) end, fun() -> exit({shutdown, s}) end, fun() -> try error(a) after exit(b) end end, fun() -> catch error(q), exit(after_catch) end, fun() -> spawn_link(fun() -> exit(linked) end), receive never -> ok end end, fun() -> lists:map(fun(X) -> X + 1 end, [a]) end, fun() -> erlang:raise(error, rr, [{m, f, 1, [{line, 3}]}]) end], [p(down(F)) || F <- Fs], [p(down_link(F)) || F <- Fs], ?T(proc(fun() -> error(e) end)), ?T(proc(fun() -> exit(x) end)), ?T(task()), ?T(nested(4)), ?T(chain()), ?T(gs()).
down(F) -> {P, M} = spawn_monitor(F), receive {'DOWN', M, process, P, R} -> st(R) after 3000 -> t end.
down_link(F) -> process_flag(trap_exit, true), P = spawn_link(F), R = receive {'EXIT', P, X} -> st(X) after 3000 -> t end, process_flag(trap_exit, false), R.
st({R, S}) when is_list(S), S =/= [] -> {r(R), [{M, case atom_to_list(F) of "-" ++ _ -> local; _ -> F end, case A of _ when is_list(A) -> length(A); _ -> A end} || {M, F, A, _} <- S]}; st(R) -> R.
r({badfun, F}) when is_function(F) -> badfun; r(R) -> R.
proc(F) -> {P, M} = proc_lib:spawn_opt(F, [monitor]), receive {'DOWN', M, process, P, R} -> st(R) after 3000 -> t end.
task() -> S = self(), R = make_ref(), {_, M} = spawn_monitor(fun() -> S ! {R, try error(inner) catch C:E:St -> {C, E, is_list(St)} end} end), receive {R, X} -> demonitor(M, [flush]), X end.
nested(0) -> error(bottom); nested(N) -> {P, M} = spawn_monitor(fun() -> nested(N - 1) end), receive {'DOWN', M, process, P, {R, S}} when is_list(S), N < 4 -> exit({N, R}); {'DOWN', M, process, P, R} -> R end.
chain() -> process_flag(trap_exit, true), P = spawn_link(fun() -> process_flag(trap_exit, true), Q = spawn_link(fun() -> exit(one) end), receive {'EXIT', Q, R} -> exit({two, R}) end end), X = receive {'EXIT', P, R} -> R end, process_flag(trap_exit, false), X.
gs() -> {ok, G} = gen_server:start(sup_srv, 1, []), M = monitor(process, G), R1 = try gen_server:call(G, {crash, boom}) catch exit:{E, _} -> E end, R2 = receive {'DOWN', M, _, _, E2} -> E2 end, {R1, R2}.
