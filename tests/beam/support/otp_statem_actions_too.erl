%% SPDX-License-Identifier: Apache-2.0
%% The module that otp_statem_actions pushes.
-module(otp_statem_actions_too).
-export([callback_mode/0, handle_event/4, terminate/3]).
callback_mode() -> handle_event_function.
handle_event({call, From}, who, State, _) -> {keep_state_and_data, {reply, From, {?MODULE, State}}};
handle_event({call, From}, {change, M}, _, _) -> {keep_state_and_data, [{reply, From, changing}, {change_callback_module, M}]};
handle_event(Type, Content, _, {To, _}) -> To ! {told, {?MODULE, Type, Content}}, keep_state_and_data.
terminate(_, _, _) -> ok.
