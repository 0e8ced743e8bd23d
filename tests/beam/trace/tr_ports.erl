%% SPDX-License-Identifier: Apache-2.0
%% What ports do when (running_ports), also told to another port; running_procs; profiles of ports.
-module(tr_ports).
-include("../t.hrl").
start() ->
    T = spawn_link(fun() -> collect([]) end),
    P = open_port({spawn, "cat"}, [binary, {packet, 2}]),
    ?T(erlang:trace(P, true, [running_ports, {tracer, T}])),
    ?T(erlang:trace_info(P, flags)),
    Q = spawn(fun() -> receive after infinity -> ok end end),
    Runs = [{command, fun() -> port_command(P, "hello"), echo(P) end},
            {bang, fun() -> P ! {self(), {command, "x"}}, echo(P) end},
            {info, fun() -> erlang:port_info(P) =/= undefined end},
            {info2, fun() -> element(1, erlang:port_info(P, name)) end},
            {control, fun() -> catch port_control(P, 1, "x"), ok end},
            {unlink, fun() -> unlink(P) end},
            {link, fun() -> link(P) end},
            {connect, fun() -> port_connect(P, Q) end},
            {connect_bang, fun() -> P ! {Q, {connect, self()}}, ok end},
            {data, fun() -> erlang:port_set_data(P, 1), erlang:port_get_data(P) end},
            {monitor, fun() -> erlang:demonitor(erlang:monitor(port, P)) end},
            {register, fun() -> register(my_port, P), unregister(my_port) end},
            {close, fun() -> port_close(P) end}],
    [?T({W, F(), got(T)}) || {W, F} <- Runs],

    %% existing and new ones; the tracer is a port itself
    C = open_port({spawn, "cat"}, [binary, {packet, 2}]),
    ?T(erlang:trace(C, true, [ports, send, 'receive', {tracer, T}])),
    Asks = [fun() -> port_command(C, "hello"), echo(C) end, fun() -> catch port_control(C, 1, "x"), ok end,
            fun() -> port_connect(C, self()) end, fun() -> C ! {self(), {connect, self()}}, receive {C, connected} -> ok end end,
            fun() -> C ! {self(), close}, receive {C, closed} -> ok end end],
    ?T([{F(), told(T)} || F <- Asks]),
    process_flag(trap_exit, true),
    D = open_port({spawn, "cat"}, []),
    ?T(erlang:trace(D, true, [ports, send, 'receive', {tracer, T}])),
    ?T({exit(D, die), receive {'EXIT', D, R} -> R end, told(T)}),

    Echo = open_port({spawn, "cat"}, [binary, {packet, 4}]),
    A = open_port({spawn, "cat"}, [binary, {packet, 2}]),
    ?T(erlang:trace(A, true, [running_ports, ports, send, 'receive', {tracer, Echo}])),
    ?T(erlang:port_info(A, name)),
    ?T([echoed(Echo) || _ <- [1, 2]]),
    ?T(port_command(A, "abc")),
    ?T(echo(A)),
    %% command: in, receive, out; then what cat gives back: in, send, out
    ?T([echoed(Echo) || _ <- lists:seq(1, 6)]),
    ?T(port_close(A)),
    ?T([echoed(Echo) || _ <- [1, 2]]),
    ?T(erlang:trace(new_ports, true, [running_ports, ports, {tracer, T}])),
    B = open_port({spawn, "cat"}, [binary, {packet, 2}]),
    ?T(got(T)),
    ?T(erlang:trace(new_ports, false, [all])),
    ?T(erlang:trace(existing_ports, true, [running_ports, {tracer, T}]) > 0),
    ?T(erlang:trace_info(B, flags)),
    ?T(erlang:trace(existing, false, [all]) > 0),

    ?T(erlang:system_profile(T, [runnable_ports])),
    ?T(element(2, erlang:system_profile())),
    ?T(erlang:port_info(B, name)),
    ?T(wait_for(fun() -> case [{W, I} || {profile, X, W, I, {_, _, _}} <- raw(T), X =:= B] of [{active, 0}, {inactive, 0} | _] -> true; _ -> erlang:port_info(B, name), false end end)),
    ?T(element(2, erlang:system_profile(undefined, []))),
    ?T(port_close(B)),
    ?T(port_close(Echo)).

collect(L) ->
    receive
        {get, From} -> From ! {got, lists:reverse(L)}, collect([]);
        M -> collect([M | L])
    end.
raw(T) -> T ! {get, self()}, receive {got, L} -> L end.
%% Without the turns that the driver takes by itself.
got(T) ->
    R = erlang:trace_delivered(all),
    receive {trace_delivered, all, R} -> ok end,
    [setelement(2, hide(M), port) || M <- raw(T), element(4, M) =/= 0].
told(T) ->
    R = erlang:trace_delivered(all),
    receive {trace_delivered, all, R} -> ok end,
    [list_to_tuple([term(E) || E <- tuple_to_list(M)]) || M <- raw(T)].
term(E) when is_pid(E) -> pid;
term(E) when is_port(E) -> port;
term(E) when is_tuple(E) -> list_to_tuple([term(X) || X <- tuple_to_list(E)]);
term(E) -> E.
hide(M) -> list_to_tuple([if is_pid(E) -> pid; true -> E end || E <- tuple_to_list(M)]).
echo(P) -> receive {P, {data, D}} -> D end.
echoed(P) ->
    receive {P, {data, D}} ->
        list_to_tuple([if is_pid(E) -> pid; is_port(E) -> port; is_tuple(E) -> tuple; true -> E end || E <- tuple_to_list(binary_to_term(D))])
    after 5000 -> timeout end.
