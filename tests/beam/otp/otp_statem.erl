%% SPDX-License-Identifier: Apache-2.0
%% A door with a code: events, timeouts, postponing, state entry.
-module(otp_statem).
-behaviour(gen_statem).
-export([init/1, callback_mode/0, handle_event/4, terminate/3]).
-include("../t.hrl").
callback_mode() -> [handle_event_function, state_enter].
init({Code, To}) -> {ok, locked, #{code => Code, got => [], to => To, log => [], opened => 0}}.
handle_event(enter, Old, S, D) -> {keep_state, D#{log := [{enter, Old, S} | maps:get(log, D)]}, case S of open -> [{state_timeout, 20, lock}]; _ -> [] end};
handle_event(cast, {button, B}, locked, #{code := C, got := G} = D) -> case lists:reverse([B | G]) of C -> {next_state, open, D#{got := [], opened := maps:get(opened, D) + 1}}; L when length(L) >= length(C) -> {keep_state, D#{got := []}}; _ -> {keep_state, D#{got := [B | G]}, [{timeout, 1000, forget}]} end;
handle_event(state_timeout, lock, open, D) -> {next_state, locked, D};
handle_event(timeout, forget, _, D) -> {keep_state, D#{got := []}};
handle_event({call, F}, state, S, _) -> {keep_state_and_data, [{reply, F, S}]};
handle_event({call, F}, log, _, D) -> {keep_state_and_data, [{reply, F, lists:reverse(maps:get(log, D))}]};
handle_event({call, F}, when_open, open, _) -> {keep_state_and_data, [{reply, F, was_open}]};
handle_event({call, _}, when_open, _, _) -> {keep_state_and_data, [postpone]};
handle_event({call, F}, {named, N}, _, _) -> {keep_state_and_data, [{reply, F, ok}, {{timeout, N}, 5, F}]};
handle_event({timeout, N}, {P, _}, _, _) when is_pid(P) -> P ! {named_timeout, N}, keep_state_and_data;
handle_event({call, F}, next, _, _) -> {keep_state_and_data, [{next_event, internal, {reply, F}}]};
handle_event(internal, {reply, F}, S, _) -> {keep_state_and_data, [{reply, F, {internal, S}}]};
handle_event({call, F}, repeat, _, D) -> {repeat_state, D, [{reply, F, repeated}]};
handle_event({call, F}, stop, _, D) -> {stop_and_reply, normal, [{reply, F, bye}], D};
handle_event(cast, {crash, R}, _, _) -> error(R);
handle_event(info, {ping, P}, S, _) -> P ! {pong, S}, keep_state_and_data;
handle_event(_, _, _, _) -> keep_state_and_data.
terminate(_, _, _) -> ok.
start() ->
    process_flag(trap_exit, true), {ok, P} = gen_statem:start_link(?MODULE, {[1, 2, 3], 20}, []), C = fun(M) -> gen_statem:call(P, M, 5000) end, B = fun(N) -> gen_statem:cast(P, {button, N}) end, ?T(C(state)), [B(N) || N <- [1, 2]], ?T(C(state)), [B(N) || N <- [9, 1, 2, 3]], ?T(C(state)), ?T(wait_for(fun() -> C(state) =:= locked end)), ?T(C(log)), S = self(), spawn_link(fun() -> S ! {wo, gen_statem:call(P, when_open)} end), timer:sleep(20), [B(N) || N <- [1, 2, 3]], ?T(receive {wo, X} -> X after 3000 -> none end), ?T(C({named, t1})), ?T(receive {named_timeout, N1} -> N1 after 3000 -> none end), ?T(wait_for(fun() -> C(state) =:= locked end)), ?T(C(next)), ?T(C(repeat)), ?T(begin P ! {ping, self()}, receive {pong, St} -> St end end), ?T(length(C(log))), ?T(element(1, sys:get_state(P))), ?T(C(stop)), ?T(receive {'EXIT', P, R} -> R after 3000 -> none end), ?T(try gen_statem:call(P, x) catch exit:{E, _} -> E end), {ok, Q} = gen_statem:start(?MODULE, {[1], 5}, []), M = monitor(process, Q), gen_statem:cast(Q, {crash, oops}), ?T(receive {'DOWN', M, _, _, {W, _}} -> W after 3000 -> none end), {ok, Z} = gen_statem:start({local, door}, ?MODULE, {[7], 5}, []), ?T([begin gen_statem:cast(door, {button, 7}), ok = wait_for(fun() -> gen_statem:call(door, state) =:= open end), ok = wait_for(fun() -> gen_statem:call(door, state) =:= locked end) end || _ <- [1, 2, 3]]), ?T(gen_statem:receive_response(gen_statem:send_request(Z, state), 1000)), ?T(gen_statem:stop(Z)), ?T(whereis(door)).
