%% SPDX-License-Identifier: Apache-2.0
%% gen_statem's actions: postponing, inserted events, the three kinds of timeouts set, renewed, updated and cancelled, entering
%% states, hibernation, replies, the callback module pushed, popped and changed; bad actions; what status and crashes show.
-module(otp_statem_actions).
-behaviour(gen_statem).
-export([init/1, callback_mode/0, handle_event/4, terminate/3, code_change/4, format_status/2]).
-include("../t.hrl").

callback_mode() -> [handle_event_function, state_enter].

init({stop, R}) -> {stop, R};
init(ignore) -> ignore;
init({bad, X}) -> X;
init({actions, To, As}) -> {ok, first, {To, []}, As};
init(To) -> {ok, first, {To, []}}.

tell({To, _}, What) -> To ! {told, What}.

%% what an event asks for is in the event: {do, Transition}
handle_event(enter, Old, New, D) -> tell(D, {enter, Old, New}), enter(New);
handle_event({call, From}, {do, F}, State, D) -> F(From, State, D);
handle_event(cast, {do, F}, State, D) -> F(none, State, D);
handle_event({timeout, Name}, Content, State, D) -> tell(D, {{timeout, Name}, Content, State}), keep_state_and_data;
handle_event(Type, Content, State, D) when Type =:= timeout; Type =:= state_timeout; Type =:= internal -> tell(D, {Type, Content, State}), keep_state_and_data;
handle_event(Type, postponed, waiting, D) -> tell(D, {postponing, type(Type)}), {keep_state_and_data, [postpone]};
handle_event(info, {crash, R}, _, _) -> error(R);
handle_event(Type, Content, State, D) -> tell(D, {type(Type), Content, State}), keep_state_and_data.

type({call, _}) -> call;
type(T) -> T.

enter(slow) -> {keep_state_and_data, [{state_timeout, 20, slow_timeout}]};
enter(_) -> keep_state_and_data.

terminate(Reason, State, D) -> tell(D, {terminate, reason(Reason), State}).
code_change(_, State, D, _) -> {ok, State, D}.
format_status(_, [_, State, {_, Log}]) -> {shown, State, Log}.

reason({R, [{_, _, _, _} | _]}) -> {R, stack};
reason(R) -> R.

start() ->
    process_flag(trap_exit, true),
    [?T(gen_statem:start(?MODULE, I, [])) || I <- [{stop, no}, ignore, {bad, nonsense}, {bad, {ok, s}}, {bad, {ok, s, d, [bad_action]}}, {bad, {stop, normal}}]],
    {ok, P0} = gen_statem:start_link(?MODULE, {actions, self(), [{next_event, internal, one}, {state_timeout, 0, st}, {{timeout, n}, 0, nt}, {timeout, 0, et}]}, []),
    sync(P0), gather(begin_),
    stop(P0),
    {ok, P} = gen_statem:start_link(?MODULE, self(), []),
    gather(started),
    [begin
         io:format("-- ~s~n", [Title]),
         ?T(call(P, F)),
         [receive {told, X} -> io:format("   ~tp~n", [X]) end || _ <- lists:seq(1, Awaited)],
         sync(P), gather(Title)
     end || {Title, Awaited, F} <- steps()],
    postponing(P),
    ?T(element(1, sys:get_state(P))),
    ?T([X || {data, [{"State", X}]} <- lists:nth(5, element(4, sys:get_status(P)))]),
    ?T(sys:replace_state(P, fun({_, {To, _}}) -> {replaced, {To, new}} end) =:= {replaced, {self(), new}}), sync(P), gather(replaced),
    modules(P), timeouts(P),
    P ! {crash, boom}, ?T(receive {'EXIT', P, R} -> reason(R) end), gather(crashed),
    [bad(F) || F <- bad_actions()],
    requests().

call(P, F) -> try gen_statem:call(P, {do, F}, 5000) catch C:R -> {C, reason(element(1, R))} end.
sync(P) -> call(P, fun(From, _, _) -> {keep_state_and_data, {reply, From, synced}} end).
stop(P) -> gen_statem:stop(P), receive {'EXIT', P, R} -> p({stopped, R}) end, gather(stopped).

gather(Title) -> receive {told, X} -> io:format("   ~s: ~0tp~n", [Title, X]), gather(Title) after 0 -> ok end.

steps() ->
    [{"next state", 0, fun(From, S, D) -> {next_state, second, D, [{reply, From, S}]} end},
     {"same state", 0, fun(From, S, D) -> {next_state, S, D, {reply, From, S}} end},
     {"repeat", 0, fun(From, _, _) -> {repeat_state_and_data, [{reply, From, ok}]} end},
     {"inserted", 0, fun(From, _, D) -> {next_state, third, D, [{next_event, internal, a}, {reply, From, ok}, {next_event, cast, b}, {next_event, info, c}, {next_event, {call, From}, {do, fun(_, _, _) -> keep_state_and_data end}}]} end},
     {"event timeout", 1, fun(From, _, _) -> {keep_state_and_data, [{reply, From, ok}, {timeout, 0, now}]} end},
     {"event timeout broken by an event", 0, fun(From, _, _) -> {keep_state_and_data, [{reply, From, ok}, {timeout, 100000, never}]} end},
     {"state timeout left by a change", 0, fun(From, _, D) -> {next_state, fourth, D, [{reply, From, ok}, {state_timeout, 100000, never}]} end},
     {"generic ones keep", 2, fun(From, _, D) -> {next_state, fifth, D, [{reply, From, ok}, {{timeout, a}, 5, a}, {{timeout, b}, 100000, b}, {{timeout, a}, update, a2}, {{timeout, b}, cancel}, {{timeout, nosuch}, cancel}]} end},
     {"update of none", 1, fun(From, _, _) -> {keep_state_and_data, [{reply, From, ok}, {state_timeout, update, fresh}, {timeout, update, fresh2}]} end},
     {"entering sets a timeout", 2, fun(From, _, D) -> {next_state, slow, D, [{reply, From, ok}]} end},
     {"hibernates", 0, fun(From, _, _) -> {keep_state_and_data, [hibernate, {reply, From, ok}]} end},
     {"replies twice", 0, fun(From, _, _) -> {keep_state_and_data, [{reply, From, first}, {reply, From, second}]} end},
     {"keep_state", 0, fun(From, _, {To, L}) -> {keep_state, {To, [x | L]}, [{reply, From, length(L)}]} end}].

postponing(P) ->
    call(P, fun(From, _, D) -> {next_state, waiting, D, {reply, From, waiting}} end), gather(waiting),
    Ids = [gen_statem:send_request(P, postponed)],
    gen_statem:cast(P, postponed), P ! postponed, sync(P), gather(held),
    call(P, fun(From, _, D) -> {next_state, waiting, D, {reply, From, still}} end), sync(P), gather(still_held),
    call(P, fun(From, _, D) -> {next_state, go, D, {reply, From, go}} end), sync(P), gather(released),
    ?T([gen_statem:wait_response(Id, 0) || Id <- Ids]).

modules(P) ->
    ?T(call(P, fun(From, _, _) -> {keep_state_and_data, [{reply, From, ok}, {push_callback_module, otp_statem_actions_too}]} end)),
    P ! hello, ?T(gen_statem:call(P, who)), ?T(gen_statem:call(P, {change, otp_statem_actions_third})), ?T(gen_statem:call(P, pop)), sync(P), gather(popped).

timeouts(P) ->
    ?T(catch gen_statem:call(P, nothing, 20)), gather(no_answer), ?T(catch gen_statem:call(nobody, x)), ?T(catch gen_statem:call(P, nothing, {clean_timeout, 10})), gather(no_answer),
    ?T(catch gen_statem:call({global, nobody}, x)), ?T(gen_statem:cast(nobody, x)), ?T(catch gen_statem:call(P, x, bad_timeout)).

bad(F) ->
    {ok, P} = gen_statem:start_link(?MODULE, self(), []),
    R = call(P, F),
    receive {'EXIT', P, _} -> ok after 5000 -> exit(P, kill), p(no_exit) end,
    io:format("~0tp~n", [R]), gather(bad).

bad_actions() ->
    [fun(_, _, _) -> nonsense end, fun(_, _, D) -> {next_state, x, D, [nonsense]} end, fun(From, _, _) -> {keep_state_and_data, {reply, From}} end, fun(_, _, _) -> {keep_state_and_data, {timeout, -1, x}} end,
     fun(_, _, _) -> {keep_state_and_data, {next_event, wrong_type, x}} end, fun(_, _, _) -> {stop, shutdown} end, fun(From, _, D) -> {stop_and_reply, {shutdown, done}, [{reply, From, bye}], D} end, fun(_, _, _) -> stop end,
     fun(_, _, D) -> {stop, {bad, thing}, D} end, fun(_, _, _) -> throw({keep_state_and_data, {state_timeout, foo, x}}) end, fun(_, _, _) -> exit(leave) end, fun(_, _, D) -> {next_state, x, D, {push_callback_module, nosuch_module}} end,
     fun(_, _, _) -> {keep_state_and_data, pop_callback_module} end].

%% requests collected
requests() ->
    {ok, P} = gen_statem:start_link(?MODULE, self(), []),
    Ids = lists:foldl(fun(N, C) -> gen_statem:send_request(P, {do, fun(From, _, _) -> {keep_state_and_data, {reply, From, N}} end}, {label, N}, C) end, gen_statem:reqids_new(), [1, 2, 3]),
    ?T(gen_statem:reqids_size(Ids)), ?T(lists:sort([L || {_, L} <- gen_statem:reqids_to_list(Ids)])),
    ?T(lists:sort(responses(Ids))),
    gather(requests), stop(P).

responses(Ids) ->
    case gen_statem:receive_response(Ids, 5000, true) of
        no_request -> [];
        {R, Label, Left} -> [{Label, R} | responses(Left)]
    end.
