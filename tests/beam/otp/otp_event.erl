%% SPDX-License-Identifier: Apache-2.0
-module(otp_event).
-behaviour(gen_event).
-export([init/1, handle_event/2, handle_call/2, handle_info/2, terminate/2, code_change/3]).
-include("../t.hrl").
init({swap, {_, Old}}) -> {ok, Old};
init({swap_from, X}) -> {ok, [X]};
init(fail) -> {error, no};
init(L) when is_list(L) -> {ok, L};
init({Args, _}) -> {ok, Args}.
handle_event(remove, _) -> remove_handler;
handle_event(crash, _) -> error(crashed);
handle_event({swap, A}, S) -> {swap_handler, swapping, S, {?MODULE, second}, A};
handle_event(E, S) -> {ok, [E | S]}.
handle_call(get, S) -> {ok, lists:reverse(S), S};
handle_call(remove, _) -> {remove_handler, removed};
handle_call({set, X}, _) -> {ok, set, X}.
handle_info(I, S) -> {ok, [{info, I} | S]}.
terminate(swapping, S) -> S;
terminate(R, S) -> {term, R, length(S)}.
code_change(_, S, _) -> {ok, S}.
start() ->
    process_flag(trap_exit, true), {ok, P} = gen_event:start_link({local, ev}), H = {?MODULE, a}, ?T(gen_event:add_handler(ev, H, [])), ?T(gen_event:add_handler(ev, {?MODULE, b}, [x])), ?T(gen_event:add_handler(ev, H, [])), ?T(gen_event:add_handler(ev, {?MODULE, f}, fail)), ?T(gen_event:which_handlers(ev)), ?T(gen_event:notify(ev, e1)), ?T(gen_event:sync_notify(ev, e2)), ?T(gen_event:call(ev, H, get)), ?T(gen_event:call(ev, {?MODULE, b}, get)), ?T(gen_event:call(ev, nope, get)), ?T(begin ev ! hello, gen_event:call(ev, H, get) end), ?T(gen_event:delete_handler(ev, {?MODULE, b}, why)), ?T(gen_event:delete_handler(ev, {?MODULE, b}, why)), ?T(gen_event:call(ev, H, {set, []})), ?T(gen_event:swap_handler(ev, {H, swapping}, {{?MODULE, c}, []})), ?T(gen_event:which_handlers(ev)), ?T(gen_event:add_sup_handler(ev, {?MODULE, s}, [])), ?T(gen_event:sync_notify(ev, crash)), ?T(receive {gen_event_EXIT, X, R} -> {X, element(1, R)} after 1000 -> none end), ?T(gen_event:which_handlers(ev)), ?T(gen_event:add_handler(ev, {?MODULE, r}, [])), ?T(gen_event:sync_notify(ev, remove)), ?T(gen_event:which_handlers(ev)), ?T(gen_event:stop(ev)), ?T(receive {'EXIT', P, W} -> W after 1000 -> none end), ?T(whereis(ev)).
