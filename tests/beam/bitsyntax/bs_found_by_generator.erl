-module(bs_found_by_generator).
-export([start/0]).

%% What random programs have found.
start() ->
    [io:format("~p ~p ~p~n", [X, catch <<X:16/float>>, catch <<X:16/float-little>>]) ||
        X <- id([1.0e10, -1.0e10, 65519.0, 65519.99, 65520.0, 65504.0, 1 bsl 1000, -(1 bsl 1000), 1.0e-30])],
    B = id(<<1, 2, 3, 5:3>>),
    [io:format("~p ~p~n", [At, catch binary:part(B, At)]) || At <- [{0, 0}, {0, 3}, {0, 4}, {3, -3}, {2, 1}, {3, 0}, {4, -1}]],
    io:format("~p ~p~n", [binary:part(B, 1, 2), binary_part(B, {0, 2})]),
    Many = maps:from_list([{N, [N]} || N <- lists:seq(1, 100)]),
    io:format("~p~n", [wait_forever(Many)]).

%% a receive without clauses whose time stands in a register: a message must not disturb it
wait_forever(Term) ->
    Self = self(),
    P = spawn(fun() -> Self ! {begun, self()}, forever(id(infinity)) end),
    receive {begun, P} -> ok end,
    [begin P ! Term, erlang:yield() end || _ <- lists:seq(1, 20)],
    R = is_process_alive(P),
    exit(P, kill),
    R.

forever(T) -> receive after T -> ok end.

id(X) -> X.
