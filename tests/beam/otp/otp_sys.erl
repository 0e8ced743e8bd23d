%% SPDX-License-Identifier: Apache-2.0
%% sys on a gen_server, a gen_statem and a special process: state, replacing it, suspending, debug functions, statistics, log, code change.
-module(otp_sys).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, code_change/3, terminate/2, special/1, system_continue/3, system_terminate/4, system_code_change/4, system_get_state/1, system_replace_state/2]).
-include("../t.hrl").
init(X) -> {ok, X}.
handle_call(get, _, S) -> {reply, S, S}; handle_call({set, X}, _, S) -> {reply, S, X}; handle_call(boom, _, _) -> error(boom).
handle_cast({add, N}, S) -> {noreply, S + N}.
handle_info({tell, P}, S) -> P ! {told, S}, {noreply, S}; handle_info(_, S) -> {noreply, S}.
code_change(Old, S, fail) -> {error, {no, Old, S}}; code_change(Old, S, Extra) -> {ok, {changed, Old, S, Extra}}.
terminate(R, {tell, P}) -> P ! {terminated, R}; terminate(_, _) -> ok.
special(Parent) -> proc_lib:init_ack(Parent, {ok, self()}), loop(Parent, sys:debug_options([]), {s, 0}).
loop(P, D, {s, N} = S) -> receive {system, F, R} -> sys:handle_system_msg(R, F, P, ?MODULE, D, S); {inc, F} -> D2 = sys:handle_debug(D, fun(_, E, X) -> put(seen, {E, X}) end, extra, {in, inc}), F ! {n, N + 1}, loop(P, D2, {s, N + 1}) end.
system_continue(P, D, S) -> loop(P, D, S).
system_terminate(R, _, _, _) -> exit(R).
system_code_change({s, N}, _, _, Extra) -> {ok, {s, N + Extra}}.
system_get_state(S) -> {ok, {mine, S}}.
system_replace_state(F, S) -> S2 = F(S), {ok, S2, S2}.
start() ->
    {ok, P} = gen_server:start(?MODULE, 10, []), S = self(),
    ?T(sys:get_state(P)), ?T(sys:replace_state(P, fun(X) -> X * 2 end)), ?T(gen_server:call(P, get)), ?T(sys:replace_state(P, fun(_) -> error(bad) end)), ?T(gen_server:call(P, get)), ?T(sys:suspend(P)), ?T(try gen_server:call(P, get, 20) catch exit:{E, _} -> E end), P ! {tell, S}, ?T(receive {told, X} -> X after 20 -> suspended end), ?T(sys:get_state(P)), ?T(sys:change_code(P, ?MODULE, v1, extra)), ?T(sys:change_code(P, ?MODULE, v1, fail)), ?T(sys:get_state(P)), ?T(sys:replace_state(P, fun(_) -> 5 end)), ?T(sys:resume(P)), ?T(receive {told, X2} -> X2 after 5000 -> none end), ?T(sys:change_code(P, ?MODULE, v1, extra)),
    ?T(sys:statistics(P, true)), [gen_server:cast(P, {add, K}) || K <- [1, 2, 3]], ?T(gen_server:call(P, get)), ?T([X3 || X3 <- element(2, sys:statistics(P, get)), lists:member(element(1, X3), [messages_in, messages_out])]), ?T(sys:statistics(P, false)), ?T(sys:statistics(P, get)), ?T(sys:log(P, {true, 3})), [gen_server:cast(P, {add, K}) || K <- [1, 1, 1, 1]], gen_server:call(P, {set, 1}), ?T([strip(L) || L <- element(2, sys:log(P, get))]), ?T(sys:log(P, false)), ?T(sys:log(P, get)),
    ?T(sys:install(P, {fun(N, Ev, _) -> case Ev of {in, {'$gen_cast', {add, A}}} when N < 2 -> S ! {saw, A}, N + 1; {in, {'$gen_cast', _}} -> done; _ -> N end end, 0})), [gen_server:cast(P, {add, K}) || K <- [7, 8, 9, 10]], gen_server:call(P, get), ?T(all()), ?T(sys:install(P, {my_id, fun(N, _, _) -> N end, 0})), ?T(sys:remove(P, my_id)), ?T(sys:no_debug(P)), ?T(begin T = sys:get_status(P), {element(1, T), element(3, T), length(element(4, T))} end), ?T(lists:nth(2, element(4, sys:get_status(P)))),
    {ok, Q} = proc_lib:start(?MODULE, special, [S]), ?T(sys:get_state(Q)), Q ! {inc, S}, ?T(receive {n, N4} -> N4 end), ?T(sys:replace_state(Q, fun({s, N5}) -> {s, N5 + 100} end)), ?T(sys:suspend(Q)), Q ! {inc, S}, ?T(sys:change_code(Q, m, v, 7)), ?T(receive {n, _} -> early after 20 -> none end), ?T(sys:resume(Q)), ?T(receive {n, N6} -> N6 end), M = monitor(process, Q), ?T(sys:terminate(Q, shutdown)), ?T(receive {'DOWN', M, _, _, R} -> R end),
    ?T(sys:terminate(P, normal)), ?T(is_process_alive(P)), ?T(try sys:get_state(P) catch exit:{E7, _} -> E7 end), ?T(try sys:get_state(no_such) catch exit:{E8, _} -> E8 end), {ok, W} = gen_server:start(?MODULE, {tell, S}, [{debug, [statistics]}]), ?T(element(1, sys:statistics(W, get))), ?T(gen_server:stop(W, bye, 1000)), ?T(receive {terminated, R9} -> R9 after 3000 -> none end).
strip({in, {'$gen_call', _, X}}) -> {call, X}; strip({in, {'$gen_cast', X}}) -> {cast, X}; strip({noreply, S}) -> {noreply, S}; strip({out, X, _, S}) -> {out, X, S}; strip(X) -> X.
all() -> receive {saw, X} -> [X | all()] after 0 -> [] end.
