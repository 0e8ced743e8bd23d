%% SPDX-License-Identifier: Apache-2.0
%% Processes that begin with erlang:apply/2: wrong arities and what is no fun; apply/2 as a function; unknown ports.
-module(ex_spawn_apply).
-include("../t.hrl").
start() ->
    X = id(1),
    Fs = [fun(_) -> ok end, fun(_) -> X end, fun erlang:abs/1, fun ?MODULE:nope/1, fun ?MODULE:nope/0, fun(_, _, _) -> 1 end],
    process_flag(trap_exit, true),
    [?T(exit_of(spawn_link(F))) || F <- Fs],
    F1 = hd(Fs),
    [?T(exit_of(spawn_link(erlang, apply, A)))
     || A <- [[F1, []], [F1, [1, 2]], [a, [1, 2]], [a, b, [1, 2]], [a, b], [F1, a], [F1, [1 | 2]], [{a, b}, []], [1, 2, 3]]],
    ?T(spawn_monitor(F1)),
    ?T(spawn(id(a))),
    ?T(spawn(id({a, b}))),
    ?T(spawn_opt(F1, [foo])),
    ?T(catch (id(fun erlang:apply/2))(fun() -> 1 end, a)),
    ?T((id(fun erlang:apply/2))(fun(A, B) -> {A, B} end, [1, 2])),
    ?T([erlang:function_exported(erlang, apply, N) || N <- [1, 2, 3, 4]]),
    ?T([erlang:is_builtin(erlang, apply, N) || N <- [1, 2, 3, 4]]),
    ?T([erlang:monitor(port, {foo, bar})]),
    ?T([erlang:monitor(port, self())]),
    ?T([erlang:monitor(process, hd(erlang:ports()))]),
    ?T([erlang:monitor(port, {unknown})]),
    ?T(begin R = erlang:monitor(port, unknown), receive {'DOWN', R, T, O, W} -> {T, O, W} after 1000 -> none end end),
    ?T(begin P = list_to_port("#Port<0.9999>"), R = erlang:monitor(port, P), receive {'DOWN', R, T, P, W} -> {T, W} after 1000 -> none end end).
exit_of(P) -> receive {'EXIT', P, W} -> W after 2000 -> none end.
