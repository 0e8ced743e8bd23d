%% SPDX-License-Identifier: Apache-2.0
%% Sequential tracing: tokens through messages; what the system tracer gets.
-module(tr_seq).
-include("../t.hrl").
start() ->
    Self = self(),
    P = spawn(fun() -> receive {From, X} -> From ! {seq_trace:get_token(label), X} end, receive stop -> ok end end),
    ?T(seq_trace:get_system_tracer()),
    ?T(seq_trace:set_system_tracer(Self)),
    ?T(seq_trace:get_token()),
    ?T(seq_trace:set_token(label, {my, label})),
    ?T(seq_trace:set_token(send, true)),
    ?T(seq_trace:set_token('receive', true)),
    ?T(seq_trace:set_token(print, true)),
    ?T([seq_trace:get_token(I) || I <- [label, serial, send, 'receive', print, timestamp]]),
    ?T(seq_trace:print(hello)),
    ?T(seq_trace:print({my, label}, labelled)),
    ?T(seq_trace:print(other, unseen)),
    P ! {Self, work},
    ?T(receive {{label, L}, work} -> L end),
    ?T(seq_trace:get_token(serial)),
    seq_trace:set_token([]),
    ?T(seq_trace:get_token()),
    P ! stop,
    ?T(wait_for(fun() -> not is_process_alive(P) end)),
    ?T([norm(M) || M <- flush()]),
    ?T(seq_trace:reset_trace()),
    ?T(seq_trace:set_system_tracer(false) =:= Self),
    ?T(catch seq_trace:set_token(nonsense, 1)),
    ?T(catch erlang:seq_trace(serial, 1)),
    ?T([exit_seen(S, Why) || S <- [false, true], Why <- [normal, other]]).

%% the end of a process with a token, as its linked parent is told of it: seen unless the parent is sensitive
exit_seen(Sensitive, Why) ->
    Self = self(),
    Parent = spawn(fun() ->
                           process_flag(trap_exit, true),
                           process_flag(sensitive, Sensitive),
                           Child = spawn_link(fun() -> receive M -> exit(M) end end),
                           Self ! {child, Child},
                           receive {'EXIT', Child, R} -> Self ! {ended, R} end
                   end),
    Child = receive {child, C} -> C end,
    seq_trace:set_system_tracer(Self),
    seq_trace:set_token(send, true),
    Child ! Why,
    seq_trace:set_token([]),
    receive {ended, Why} -> ok end,
    wait_for(fun() -> not is_process_alive(Parent) end),
    seq_trace:set_system_tracer(false),
    seq_trace:set_token([]),
    [norm(M) || {seq_trace, _, {send, _, _, To, _} = M} <- flush(), To =:= Parent].
flush() -> receive {seq_trace, _, _} = M -> [M | flush()]; {seq_trace, _, _, _} = M -> [M | flush()] after 100 -> [] end.
norm(T) when is_tuple(T) -> list_to_tuple([norm(X) || X <- tuple_to_list(T)]);
norm([H | T]) -> [norm(H) | norm(T)];
norm(P) when is_pid(P) -> pid;
norm(F) when is_function(F) -> fn;
norm(R) when is_reference(R) -> ref;
norm(X) -> X.
