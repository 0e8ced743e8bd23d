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
    Moved = lists:foldl(fun(_, Ts) -> move(rand:uniform(13), Ts, T) end, Terms, lists:seq(1, 40)),
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
move(13, Ts, _) -> try error({t, Ts}) catch error:{t, X} -> erlang:garbage_collect(), X end.

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
