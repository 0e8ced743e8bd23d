%% SPDX-License-Identifier: Apache-2.0
%% Timers for a process go with it, whoever started them; timers for a name do not.
-module(tm_owner).
-include("../t.hrl").
start() ->
    ?T(own()), ?T(others()), ?T(named()), ?T(dead()), ?T(cancelled_first()), ?T(many(500)),
    ?T(crossing(300)), ?T(accounted()), ?T(async()).

sleeper() -> receive stop -> ok end.

gone(P) -> R = monitor(process, P), receive {'DOWN', R, process, P, _} -> ok end.

%% wait_for: the end is told before its timers have gone, or after
no_timer(T) -> wait_for(fun() -> erlang:read_timer(T) =:= false end).

own() ->
    S = self(),
    P = spawn(fun() -> S ! {timers, [erlang:start_timer(60000, self(), x), erlang:send_after(60000, self(), x)]}, sleeper() end),
    Ts = receive {timers, L} -> L end,
    A = [is_integer(erlang:read_timer(T)) || T <- Ts],
    P ! stop, gone(P),
    {A, [no_timer(T) || T <- Ts], [erlang:cancel_timer(T) || T <- Ts]}.

others() ->
    P = spawn(fun sleeper/0), Q = spawn(fun sleeper/0),
    T1 = erlang:send_after(60000, P, a), T2 = erlang:send_after(60000, Q, b), T3 = erlang:start_timer(60000, P, c),
    exit(P, kill), gone(P),
    A = {no_timer(T1), is_integer(erlang:read_timer(T2)), no_timer(T3)},
    exit(Q, kill), gone(Q),
    {A, no_timer(T2)}.

named() ->
    P = spawn(fun sleeper/0),
    register(tm_owner_name, P),
    T = erlang:send_after(300, tm_owner_name, for_the_name),
    exit(P, kill), gone(P),
    A = is_integer(erlang:read_timer(T)),
    register(tm_owner_name, self()),
    M = receive for_the_name -> came after 5000 -> lost end,
    unregister(tm_owner_name),
    {A, M}.

dead() ->
    P = spawn(fun() -> ok end), gone(P),
    T = erlang:start_timer(50, P, x),
    {erlang:read_timer(T), erlang:cancel_timer(T)}.

cancelled_first() ->
    P = spawn(fun sleeper/0),
    Ts = [erlang:send_after(60000 + N, P, N) || N <- lists:seq(1, 20)],
    {Out, In} = lists:split(7, Ts),
    A = lists:usort([is_integer(erlang:cancel_timer(T)) || T <- Out]),
    B = lists:usort([is_integer(erlang:read_timer(T)) || T <- In]),
    exit(P, bye), gone(P),
    {A, B, lists:usort([no_timer(T) || T <- In])}.

%% some go off, some go with their process, none twice
many(N) ->
    S = self(),
    Ps = [spawn(fun() -> receive {go, T} -> S ! {fired, T, self()} end end) || _ <- lists:seq(1, N)],
    _ = [erlang:send_after(1 + K rem 20, P, {go, K}) || {K, P} <- lists:zip(lists:seq(1, N), Ps)],
    lists:sum([receive {fired, K, P} -> K end || P <- Ps]).

%% ends and timers cross
crossing(N) ->
    S = self(),
    Ts = [begin
              P = spawn(fun() -> receive after K rem 3 -> ok end end),
              [erlang:send_after(30 + J, P, x) || J <- [1, 2, 3]]
          end || K <- lists:seq(1, N)],
    _ = erlang:send_after(60, S, last),
    receive last -> ok end,
    lists:usort([erlang:read_timer(T) || L <- Ts, T <- L]).

%% nothing of them stays
accounted() ->
    F = fun() ->
            R = make_ref(),
            erlang:system_info({memory_internal, R, [fix_alloc]}),
            Parts = [receive {R, _, L} -> L end || _ <- lists:seq(2, erts_internal:no_aux_work_threads())],
            lists:sum([U || L <- Parts, {fix_alloc, _, D} <- L, T <- D, is_tuple(T), element(1, T) =:= fix_types,
                            {bif_timer, _, U} <- element(tuple_size(T), T)])
        end,
    A = F(),
    P = spawn(fun sleeper/0),
    _ = [erlang:send_after(100000, P, x) || _ <- lists:seq(1, 50)],
    B = F(),
    exit(P, kill), gone(P),
    {B > A, wait_for(fun() -> F() =:= A end)}.

async() ->
    T = erlang:start_timer(60000, self(), x),
    ok = erlang:read_timer(T, [{async, true}]),
    A = receive {read_timer, T, N} -> is_integer(N) end,
    ok = erlang:cancel_timer(T, [{async, true}, {info, true}]),
    B = receive {cancel_timer, T, M} -> is_integer(M) end,
    {A, B, erlang:cancel_timer(T, [{info, false}]), erlang:read_timer(T)}.
