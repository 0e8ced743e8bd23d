%% timeout: 90
%% SPDX-License-Identifier: Apache-2.0
%% Long built-ins called in every way: applied, as a process's first function, in guards, as the last call, from a fun; their errors
%% and stack traces; their values when processes send, suspend and look at the caller meanwhile.
-module(long_calls).
-export([start/0, last/1, guarded/1, trapped/2]).
-define(N, 100000).
last(L) -> lists:reverse(L).
guarded(L) when length(L) =:= ?N -> full;
guarded(L) when is_list(L), length(L) > 3 -> other;
guarded(_) -> none.
trapped(X, Y) -> catch {value, length(X), X ++ Y}.
value({'EXIT', {Reason, [{M, F, A, _} | _]}}) when is_list(A) -> {Reason, M, F, length(A)};
value({'EXIT', {Reason, [{M, F, A, _} | _]}}) -> {Reason, M, F, A};
value(X) -> erlang:phash2(X).
start() ->
    L = lists:seq(1, ?N),
    Bad = L ++ tail,
    io:format("~p~n", [[full, other, none] =:= [guarded(L), guarded([x | L]), guarded(Bad)]]),
    io:format("~p~n", [value(last(L))]),
    io:format("~p~n", [value(apply(lists, reverse, [L, [end_of_it]]))]),
    io:format("~p~n", [value(apply(fun lists:reverse/2, [L, x]))]),
    F = fun erlang:term_to_binary/1,
    io:format("~p~n", [value(F(L))]),
    [io:format("~p~n", [value(catch apply(M, G, A))]) ||
        {M, G, A} <- [{erlang, length, [Bad]}, {lists, reverse, [Bad, []]}, {lists, member, [none, Bad]},
                      {erlang, '++', [Bad, L]}, {erlang, '--', [Bad, L]}, {erlang, '--', [L, Bad]},
                      {lists, keyfind, [none, 1, Bad]}, {erlang, list_to_tuple, [Bad]},
                      {erlang, list_to_binary, [Bad]}, {erlang, iolist_size, [Bad]},
                      {erlang, binary_to_term, [binary:part(term_to_binary(L), 0, ?N)]}]],
    io:format("~p~n", [value(catch last(Bad))]),
    io:format("~p~n", [value(trapped(Bad, L))]),
    %% a process that begins in a built-in
    {P1, M1} = spawn_monitor(erlang, length, [L]),
    receive {'DOWN', M1, process, P1, R1} -> io:format("~p~n", [R1]) end,
    {P2, M2} = spawn_monitor(lists, reverse, [Bad, []]),
    receive {'DOWN', M2, process, P2, {R2, [{Mod, Fun, Args, _} | _]}} -> io:format("~p ~p ~p ~p~n", [R2, Mod, Fun, length(Args)]) end,
    %% looked at, suspended, collected and sent to meanwhile
    Self = self(),
    Worker = spawn_link(fun() ->
        B = [begin X = term_to_binary(L), L = binary_to_term(X), erlang:phash2(X) end || _ <- lists:seq(1, 5)],
        receive go -> ok end,
        Self ! {done, lists:usort(B), process_info(self(), message_queue_len)}
    end),
    disturb(Worker, 200),
    Worker ! go,
    receive {done, Hashes, Queue} -> io:format("~p ~p~n", [Hashes, Queue]) end,
    M = maps:from_list([{{I}, integer_to_list(I)} || I <- L]),
    io:format("~p~n", [erlang:phash2(term_to_binary(M, [deterministic]))]),
    M = binary_to_term(term_to_binary(M)),
    io:format("~p~n", [[erlang:phash2(lists:sort(K)) || K <- [maps:keys(M), maps:values(M)]]]),
    io:format("~p~n", [maps:merge(M, M) =:= M]),
    io:format("~p~n", [[erlang:phash2(G(B)) || G <- [fun erlang:md5/1, fun erlang:crc32/1, fun erlang:adler32/1],
                                            B <- [term_to_binary(M), binary_to_list(term_to_binary(L))]]]),
    Deep = lists:foldl(fun(I, A) -> {I, [A]} end, [], L),
    true = Deep =:= binary_to_term(term_to_binary(Deep)),
    io:format("~p ~p~n", [erlang:phash2(Deep), erlang:external_size(Deep)]),
    Big = 3 bsl 200000,
    Big = list_to_integer(integer_to_list(Big)),
    io:format("~p~n", [erlang:phash2(integer_to_binary(Big, 7))]),
    ok.
disturb(_, 0) -> ok;
disturb(P, N) ->
    case N rem 4 of
        0 -> erlang:garbage_collect(P);
        1 -> process_info(P, [memory, current_function, dictionary]);
        2 -> erlang:suspend_process(P), erlang:resume_process(P);
        3 -> P ! N
    end,
    disturb(P, N - 1).
