%% SPDX-License-Identifier: Apache-2.0
%% gen_statem with state functions: a turnstile and a connection; every action, postponing, timeouts replaced and cancelled, format_status, errors.
-module(otp_statem_lock).
-behaviour(gen_statem).
-export([init/1, callback_mode/0, idle/3, busy/3, waiting/3, terminate/3, code_change/4]).
-include("../t.hrl").
callback_mode() -> [state_functions, state_enter].
init({stop, R}) -> {stop, R}; init(ignore) -> ignore; init(P) -> {ok, idle, #{p => P, log => []}}.
l(X, D) -> maps:update_with(log, fun(L) -> [X | L] end, D).
idle(enter, O, D) -> {keep_state, l({enter, O, idle}, D)};
idle({call, F}, {work, N}, D) -> {next_state, busy, D#{n => N, from => F}, [{state_timeout, 5, done}]};
idle({call, F}, {wait, T}, D) -> {next_state, waiting, D#{from => F}, {state_timeout, T, late}};
idle({call, F}, next, D) -> {keep_state, l(next, D), [{next_event, internal, one}, {next_event, cast, two}, {reply, F, ok}]};
idle(internal, one, D) -> {keep_state, l(one, D)}; idle(cast, two, D) -> {keep_state, l(two, D)};
idle({call, F}, zero, _) -> {keep_state_and_data, [{timeout, 0, z}, {{timeout, n}, 0, nn}, {state_timeout, 0, ss}, {reply, F, ok}]};
idle(timeout, z, D) -> {keep_state, l(event_timeout, D)}; idle({timeout, n}, nn, D) -> {keep_state, l(named_timeout, D)}; idle(state_timeout, ss, D) -> {keep_state, l(state_timeout, D)};
idle({call, F}, cancel, _) -> {keep_state_and_data, [{{timeout, c}, 30, never}, {{timeout, c}, cancel}, {{timeout, u}, 10000, old}, {{timeout, u}, update, new}, {{timeout, u}, 1, later}, {reply, F, ok}]};
idle({timeout, T}, X, D) -> {keep_state, l({T, X}, D)};
idle({call, F}, same, D) -> {next_state, idle, l(same, D), [{reply, F, same}]}; idle({call, F}, repeat, D) -> {repeat_state, D, [{reply, F, repeated}]}; idle({call, _}, {bad, X}, _) -> X; idle({call, _}, {raise, X}, _) -> error(X); idle({call, F}, thrown, _) -> throw({keep_state_and_data, [{reply, F, was_thrown}]}); idle({call, F}, hib, _) -> {keep_state_and_data, [hibernate, {reply, F, ok}]};
idle(T, E, D) -> common(T, E, idle, D).
busy(enter, O, D) -> {keep_state, l({enter, O, busy}, D)}; busy(state_timeout, done, #{n := N, from := F} = D) -> {next_state, idle, maps:remove(from, D), {reply, F, {done, N * N}}}; busy({call, F}, busy, _) -> {keep_state_and_data, {reply, F, yes}}; busy(T, E, D) -> common(T, E, busy, D).
waiting(enter, O, D) -> {keep_state, l({enter, O, waiting}, D)}; waiting(state_timeout, late, #{from := F} = D) -> {next_state, idle, D, {reply, F, timed_out}}; waiting(cast, {event, X}, #{from := F} = D) -> {next_state, idle, D, {reply, F, {got, X}}}; waiting(T, E, D) -> common(T, E, waiting, D).
common({call, F}, log, _, D) -> {keep_state, D#{log := []}, {reply, F, lists:reverse(maps:get(log, D))}}; common({call, F}, state, S, _) -> {keep_state_and_data, {reply, F, S}}; common({call, F}, stop, _, D) -> {stop_and_reply, {shutdown, asked}, {reply, F, bye}, D}; common(info, {ask, P}, S, _) -> P ! {is, S}, keep_state_and_data; common(cast, die, _, _) -> {stop, died}; common(_, _, idle, _) -> keep_state_and_data; common(_, _, _, _) -> {keep_state_and_data, postpone}.
terminate(R, S, #{p := P}) -> P ! {terminated, R, S}.
code_change(V, S, D, X) -> {ok, S, l({code_change, V, X}, D)}.
start() ->
    Me = self(), {ok, P} = gen_statem:start(?MODULE, Me, []), C = fun(M) -> gen_statem:call(P, M, 5000) end,
    ?T(C(state)), ?T(C({work, 7})), ?T(C(log)), R1 = gen_statem:send_request(P, {work, 3}), R2 = gen_statem:send_request(P, {work, 4}), R3 = gen_statem:send_request(P, busy), ?T([gen_statem:receive_response(R, 5000) || R <- [R1, R2]]), ?T(gen_statem:receive_response(R3, 0)), ?T(C(log)), ?T(C(next)), ?T(C(log)), ?T(C(zero)), ?T(wait_for(fun() -> length(maps:get(log, element(2, sys:get_state(P)))) =:= 3 end)), ?T(lists:sort(C(log))), ?T(C(cancel)), ?T(wait_for(fun() -> maps:get(log, element(2, sys:get_state(P))) =/= [] end)), ?T(C(log)),
    R4 = gen_statem:send_request(P, {wait, 10000}), gen_statem:cast(P, {event, hello}), ?T(gen_statem:receive_response(R4, 5000)), ?T(C({wait, 1})), ?T(C(same)), ?T(C(repeat)), ?T(C(thrown)), ?T(C(hib)), ?T(C(log)), P ! {ask, Me}, ?T(receive {is, X} -> X end), ?T(sys:suspend(P)), ?T(sys:change_code(P, ?MODULE, old, ex)), ?T(sys:resume(P)), ?T(C(log)), ?T(element(1, sys:replace_state(P, fun({S, D}) -> {S, D#{log := [r]}} end))), ?T(C(log)), ?T(C(stop)), ?T(receive {terminated, T1, S1} -> {T1, S1} end), ?T(try C(state) catch exit:{E, _} -> E end),
    [begin {ok, Q} = gen_statem:start(?MODULE, Me, []), M = monitor(process, Q), ?T(try gen_statem:call(Q, Msg, 5000) catch exit:{W, _} -> short(W) end), ?T(receive {'DOWN', M, _, _, W2} -> short(W2) after 3000 -> none end), ?T(receive {terminated, T2, _} -> short(T2) after 3000 -> none end) end || Msg <- [{bad, nonsense}, {bad, {next_state}}, {bad, {keep_state_and_data, [{reply, no, 1}]}}, {bad, {keep_state_and_data, [what]}}, {bad, {keep_state_and_data, {timeout, -1, x}}}, {raise, {my, reason}}, {bad, {stop, normal}}]],
    ?T(gen_statem:start(?MODULE, {stop, why}, [])), ?T(gen_statem:start(?MODULE, ignore, [])), ?T(try gen_statem:start(no_such_cb, x, []) of {error, {E3, _}} -> E3 catch A:B -> {A, B} end), {ok, Z} = gen_statem:start({local, otp_lock}, ?MODULE, Me, []), ?T(gen_statem:start({local, otp_lock}, ?MODULE, Me, []) =:= {error, {already_started, Z}}), gen_statem:cast(Z, die), ?T(receive {terminated, T3, _} -> T3 end), ?T(wait_for(fun() -> whereis(otp_lock) =:= undefined end)), ?T(gen_statem:cast(otp_lock, x)).
short({R, L}) when is_list(L) -> R; short(R) -> R.
