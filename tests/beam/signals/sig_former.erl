%% SPDX-License-Identifier: Apache-2.0
%% Pids, ports and references of a former life of this node: what they name is gone.
-module(sig_former).
-include("../t.hrl").
start() ->
    process_flag(trap_exit, true),
    P = former(self()), O = former(hd(erlang:ports())), R = former(make_ref()),
    ?T([{is_pid(P), node(P) =:= node(), P =:= self()}, {is_port(O), node(O) =:= node()}, {is_reference(R), node(R) =:= node()}]),
    ?T(monitored(process, P)), ?T(monitored(port, O)),
    ?T(tagged(process, P)), ?T(tagged(port, O)),
    ?T(demonitor(R)), ?T(demonitor(R, [info])), ?T(demonitor(R, [flush, info])),
    ?T(P ! lost), ?T(O ! lost), ?T(erlang:send(P, lost, [nosuspend])),
    ?T(exit(P, kill)), ?T(erlang:exit_signal(P, x)),
    ?T(unlink(P)), ?T(unlink(O)),
    ?T(is_process_alive(P)), ?T(process_info(P)), ?T(process_info(P, links)),
    ?T(register(sig_former_name, P)), ?T(unalias(R)), ?T(R ! to_no_alias),
    ?T(erlang:cancel_timer(R)), ?T(erlang:read_timer(R)),
    ?T(lists:member(P, processes())), ?T(ended_with_monitors(P, O)).

%% the same with another creation
former(T) ->
    B = term_to_binary(T),
    {Front, <<C:32, Rest/binary>>} = split_binary(B, creation_at(T, B)),
    N = if C > 1 -> C - 1; true -> C + 5 end,
    binary_to_term(<<Front/binary, N:32, Rest/binary>>).

creation_at(T, <<131, 90, _:16, 119, L, _/binary>>) when is_reference(T) -> 6 + L;
creation_at(T, <<131, 90, _:16, 100, L:16, _/binary>>) when is_reference(T) -> 7 + L;
creation_at(_, B) -> byte_size(B) - 4.

monitored(Type, T) ->
    R = monitor(Type, T),
    receive {'DOWN', R, Type, X, Why} -> {X =:= T, Why} after 5000 -> none end.

tagged(Type, T) ->
    R = monitor(Type, T, [{tag, {my, tag}}, {alias, reply_demonitor}]),
    A = receive {{my, tag}, R, Type, X, Why} -> {X =:= T, Why} after 5000 -> none end,
    R ! too_late,
    {A, receive too_late -> came after 20 -> nothing end}.

ended_with_monitors(P, O) ->
    {Q, R} = spawn_monitor(fun() -> monitor(process, P), monitor(port, O), exit(quick) end),
    receive {'DOWN', R, process, Q, W} -> W end.
