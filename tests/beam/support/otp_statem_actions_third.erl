%% SPDX-License-Identifier: Apache-2.0
%% The module that otp_statem_actions_too changes to.
-module(otp_statem_actions_third).
-export([callback_mode/0, handle_event/4]).
callback_mode() -> [handle_event_function].
handle_event({call, From}, pop, State, {To, _}) ->
    To ! {told, {?MODULE, State}},
    {keep_state_and_data, [{reply, From, popping}, pop_callback_module]}.
