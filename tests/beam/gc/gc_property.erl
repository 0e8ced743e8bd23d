%% timeout: 120
-module(gc_property).
-export([start/0]).

%% Random terms, shared and deep, go through everything that moves or copies them; what they encode to must stay the same.
%% With checks on, the heap checker looks at the heap after each collection.
start() ->
    Rounds = 60,
    Sums = [turn(N) || N <- lists:seq(1, Rounds)],
    io:format("~b rounds, ~p~n", [Rounds, erlang:phash2(Sums)]).

turn(N) ->
    Self = self(),
    {P, R} = spawn_opt(fun() -> exit({sum, work(N)}) end,
                       [monitor, {fullsweep_after, N rem 4}, {min_heap_size, 233 * (1 + N rem 3)}, {message_queue_data, queue(N)}]),
    _ = Self,
    receive {'DOWN', R, process, P, {sum, S}} -> S;
            {'DOWN', R, process, P, Why} -> exit({round, N, Why})
    end.

queue(N) -> case N rem 2 of 0 -> on_heap; 1 -> off_heap end.

work(N) ->
    rand:seed(exsss, {N, 1, 2}),
    T = ets:new(t, [ordered_set]),
    Terms = grow(rand:uniform(40), [1, <<"x">>, a]),
    Sums = [sum(X) || X <- Terms],
    Moved = lists:foldl(fun(_, Ts) -> move(rand:uniform(33), Ts, T) end, Terms, lists:seq(1, 40)),
    case [sum(X) || X <- Moved] of
        Sums -> ok;
        Other -> exit({differs, N, Sums, Other})
    end,
    ets:delete(T),
    erlang:phash2(Sums).

sum(X) -> erlang:md5(term_to_binary(plain(X), [deterministic])).

%% funs by what they hold
plain(F) when is_function(F, 0) -> {called, plain(F())};
plain([H | T]) -> [plain(H) | plain(T)];
plain(T) when is_tuple(T) -> list_to_tuple([plain(X) || X <- tuple_to_list(T)]);
plain(M) when is_map(M) -> [{K, plain(V)} || {K, V} <- lists:sort(maps:to_list(M))];
plain(R) when is_reference(R) -> ref;
plain(P) when is_pid(P) -> pid;
plain(X) -> X.

%% each new term may hold those before it
grow(0, Terms) -> lists:sublist(Terms, 12);
grow(N, Terms) ->
    Old = fun() -> lists:nth(rand:uniform(min(6, length(Terms))), Terms) end,
    New = case rand:uniform(15) of
              1 -> [Old(), Old() | Old()];
              2 -> {Old(), N, Old()};
              3 -> #{N => Old(), key => Old()};
              4 -> binary:copy(<<N>>, 10 * N);
              5 -> binary:part(binary:copy(<<N, 1>>, 100), N rem 50, 70);
              6 -> F = Old(), fun() -> F end;
              7 -> 1 bsl (N * 20);
              8 -> N * 1.0e200;
              9 -> maps:from_list([{K, {K, N}} || K <- lists:seq(1, 3 * N)]);
              10 -> lists:foldl(fun(K, A) -> [K | {A}] end, Old(), lists:seq(1, 200));
              11 -> <<(binary:copy(<<N>>, 90))/binary, 3:5>>;
              12 -> make_ref();
              13 -> lists:seq(1, N);
              14 -> [self(), literal()];
              15 -> append(<<N>>, N)
          end,
    case depth_ok(New) of
        true -> grow(N - 1, [New | Terms]);
        false -> grow(N - 1, Terms)
    end.

depth_ok(X) -> erts_debug:flat_size(X) < 20000.

literal() -> {literal, [1, 2, #{a => <<"a binary that is a literal, and of more than sixty-four bytes in length">>}]}.

append(B, 0) -> B;
append(B, N) -> append(<<B/binary, N:16>>, N - 1).

move(1, Ts, _) -> erlang:garbage_collect(), Ts;
move(2, Ts, _) -> erlang:garbage_collect(self(), [{type, minor}]), Ts;
move(3, Ts, _) -> self() ! Ts, receive X -> X end;
move(4, Ts, _) -> through(fun(X) -> X end, Ts);
move(5, Ts, T) -> ets:insert(T, {1, Ts}), [{1, X}] = ets:lookup(T, 1), X;
move(6, Ts, _) -> put(k, Ts), _ = lists:seq(1, 500), erlang:garbage_collect(), erase(k);
move(7, Ts, _) -> through(fun(X) -> erlang:garbage_collect(), lists:reverse(lists:reverse(X)) end, Ts);
move(8, Ts, _) ->
    persistent_term:put({?MODULE, self()}, Ts),
    X = persistent_term:get({?MODULE, self()}),
    persistent_term:erase({?MODULE, self()}),
    erlang:garbage_collect(),
    X;
move(9, Ts, _) -> hibernated(Ts);
move(10, Ts, _) -> _ = [binary:copy(<<K>>, 1000) || K <- lists:seq(1, 30)], Ts;
move(11, Ts, _) -> [self() ! {n, K, X} || {K, X} <- lists:zip(lists:seq(1, length(Ts)), Ts)],
                   [receive {n, K, X} -> X end || K <- lists:seq(length(Ts), 1, -1)],
                   Ts;
move(12, Ts, _) -> deep(300, Ts);
move(13, Ts, _) -> try error({t, Ts}) catch error:{t, X} -> erlang:garbage_collect(), X end;
move(14, Ts, _) -> in_table([set, compressed], Ts);
move(15, Ts, _) -> in_table([duplicate_bag], Ts);
move(16, Ts, T) ->
    ets:insert(T, {2, Ts, none}),
    [X] = ets:select(T, [{{2, '$1', '_'}, [], [{{'$1', ['$1']}}]}]),
    [{2, Y, _}] = ets:take(T, 2),
    {X1, [X1]} = X,
    true = X1 =:= Y,
    X1;
move(17, Ts, T) -> ets:insert(T, {3, none}), ets:update_element(T, 3, {2, Ts}), X = ets:lookup_element(T, 3, 2), ets:delete(T, 3), X;
move(18, Ts, _) -> binary_to_term(term_to_binary(Ts));
move(19, Ts, _) -> binary_to_term(term_to_binary(Ts, [compressed]));
move(20, Ts, _) -> R = erlang:start_timer(0, self(), Ts), receive {timeout, R, X} -> X end;
move(21, Ts, _) -> {P, M} = spawn_monitor(erlang, exit, [{back, Ts}]), receive {'DOWN', M, process, P, {back, X}} -> X end;
move(22, Ts, _) ->
    process_flag(trap_exit, true),
    P = spawn_link(fun() -> receive Y -> exit(Y) end end),
    P ! {back, Ts},
    X = receive {'EXIT', P, {back, Z}} -> Z end,
    process_flag(trap_exit, false),
    X;
move(23, Ts, _) ->
    P = spawn(fun() -> put(kept, Ts), receive stop -> ok end end),
    P ! {unread, Ts},
    {messages, [{unread, X}]} = process_info(P, messages),
    erlang:garbage_collect(P),
    {dictionary, D} = fill(P),
    {kept, X} = lists:keyfind(kept, 1, D),
    P ! stop,
    exit(P, kill),
    X;
move(24, Ts, _) -> A = list_to_tuple(Ts), B = setelement(1, A, element(1, A)), C = erlang:append_element(B, Ts), erlang:garbage_collect(), lists:droplast(tuple_to_list(C));
move(25, Ts, _) ->
    M = maps:from_list(lists:zip(lists:seq(1, length(Ts)), Ts)),
    Big = maps:merge(maps:from_list([{{k, K}, Ts} || K <- lists:seq(1, 50)]), M),
    erlang:garbage_collect(),
    Less = lists:foldl(fun(K, A) -> maps:remove({k, K}, A#{1 := maps:get(1, A)}) end, Big, lists:seq(1, 50)),
    true = Less =:= M,
    [maps:get(K, Less) || K <- lists:seq(1, length(Ts))];
move(26, Ts, _) -> [X || {_, X} <- lists:keysort(1, lists:reverse(lists:zip(lists:seq(1, length(Ts)), Ts)))] ++ [];
move(27, Ts, _) -> Fs = [fun() -> X end || X <- Ts], erlang:garbage_collect(), [F() || F <- Fs];
move(28, Ts, _) -> try erlang:error(x, [Ts]) catch error:x:S -> erlang:garbage_collect(), [{_, _, [X], _} | _] = S, X end;
move(29, Ts, _) ->
    Old = process_flag(message_queue_data, off_heap),
    self() ! {queued, Ts},
    process_flag(message_queue_data, on_heap),
    erlang:garbage_collect(),
    self() ! {queued, no},
    process_flag(message_queue_data, Old),
    receive {queued, X} -> receive {queued, no} -> X end end;
move(30, Ts, _) ->
    P = spawn(fun() -> receive go -> receive {it, _} -> ok end end end),
    1 = erlang:trace(P, true, ['receive']),
    P ! {it, Ts},
    X = receive {trace, P, 'receive', {it, Y}} -> Y end,
    exit(P, kill),
    X;
move(31, Ts, _) -> [rejoined(X) || X <- Ts];
move(32, Ts, _) ->
    Key = {?MODULE, self(), old},
    persistent_term:put(Key, Ts),
    X = persistent_term:get(Key),
    persistent_term:put(Key, [Ts]),
    erlang:garbage_collect(),
    persistent_term:erase(Key),
    X;
move(33, Ts, _) ->
    Copy = through(fun(X) -> X end, Ts),
    true = Copy =:= Ts andalso erlang:phash2(Copy) =:= erlang:phash2(Ts) andalso erts_debug:flat_size(Copy) > 0,
    true = term_to_binary(plain(Copy)) =:= term_to_binary(plain(Ts)),
    Copy.

%% a request is answered after what came before it
fill(P) ->
    case process_info(P, dictionary) of
        {dictionary, []} -> erlang:yield(), fill(P);
        D -> D
    end.

in_table(Options, Ts) ->
    T = ets:new(t, Options),
    ets:insert(T, lists:zip(lists:seq(1, length(Ts)), Ts)),
    erlang:garbage_collect(),
    Xs = [X || {_, X} <- lists:keysort(1, ets:tab2list(T))],
    Xs = [X || N <- lists:seq(1, length(Ts)), {_, X} <- ets:lookup(T, N)],
    ets:delete(T),
    Xs.

rejoined(B) when is_bitstring(B), bit_size(B) > 9 -> <<A:9/bitstring, R/bitstring>> = B, erlang:garbage_collect(), <<A/bitstring, R/bitstring>>;
rejoined([A, B | C]) -> [rejoined(A), rejoined(B) | C];
rejoined(X) -> X.

through(F, Ts) ->
    Self = self(),
    P = spawn(fun() -> receive {go, X} -> Self ! {back, self(), F(X)} end end),
    P ! {go, Ts},
    receive {back, P, X} -> X end.

hibernated(Ts) ->
    Self = self(),
    P = spawn(fun() -> erlang:hibernate(erlang, apply, [fun(X) -> receive go -> Self ! {awake, self(), X} end end, [Ts]]) end),
    P ! go,
    receive {awake, P, X} -> X end.

deep(0, Ts) -> erlang:garbage_collect(), Ts;
deep(N, Ts) -> {R, N} = {deep(N - 1, Ts), N}, R.
