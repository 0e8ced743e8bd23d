%% SPDX-License-Identifier: Apache-2.0
-module(c_spawn).
-export([child/2, ring/2]).
-include("core.hrl").
start() ->
    S = self(),
    P1 = spawn(fun() -> S ! {self(), hello} end), ?T(receive {P1, M} -> M end),
    P2 = spawn(?MODULE, child, [S, x]), ?T(receive {child, P2, A} -> A end), ?T(is_pid(P2)), ?T(P1 =:= P2),
    _ = [spawn(fun() -> S ! {n, N} end) || N <- seq(1, 50)], ?T(sort(collect(50))),
    ?T(is_process_alive(S)), ?T(begin D = spawn(fun() -> ok end), wait_dead(D), is_process_alive(D) end),
    Echo = spawn(fun echo/0), ?T(rpc(Echo, {a, [b]})), ?T(rpc(Echo, 42)), Echo ! stop, ?T(wait_dead(Echo)), Echo ! to_dead, ?T(ok),
    ?T(ring_start(20, 10)), ?T(pmap(fun(X) -> X * X end, [1, 2, 3, 4, 5])), ?T(tree(6)), ?T(count_up(1000)), ?T(pingpong(500)),
    ?T(spawn(id(1))), ?T(spawn(id(a), f, id(x))), ?T(spawn(id(m), id(1), [])), ?T(spawn_opt(fun() -> S ! opt end, [{priority, high}, {min_heap_size, 1000}]) =/= S), ?T(receive opt -> opt end),
    ?T(spawn_opt(fun() -> ok end, [bad])), ?T(spawn_opt(fun() -> ok end, id(x))), {P3, R3} = spawn_monitor(fun() -> exit(bye) end), ?T(receive {'DOWN', R3, process, P3, W} -> W end),
    {P4, R4} = spawn_opt(fun() -> exit(two) end, [monitor]), ?T(receive {'DOWN', R4, process, P4, W4} -> W4 end), ?T(group_leader() =:= gl(S)), ?T(length(many(2000))).
child(To, X) -> To ! {child, self(), X}.
seq(A, B) when A > B -> [];
seq(A, B) -> [A | seq(A + 1, B)].
collect(0) -> [];
collect(N) -> receive {n, K} -> [K | collect(N - 1)] end.
sort([]) -> [];
sort([P | T]) -> sort([X || X <- T, X < P]) ++ [P] ++ sort([X || X <- T, X >= P]).
wait_dead(P) -> case is_process_alive(P) of true -> receive after 1 -> wait_dead(P) end; false -> dead end.
echo() -> receive {F, R, M} -> F ! {R, M}, echo(); stop -> ok end.
rpc(P, M) -> R = make_ref(), P ! {self(), R, M}, receive {R, A} -> A end.
ring_start(N, Rounds) -> L = spawn(?MODULE, ring, [N - 1, self()]), L ! {tok, Rounds * N, []}, first(L, Rounds).
first(L, 0) -> L ! stop, done;
first(L, K) -> receive {tok, H, _} -> L ! {tok, H, []}, first(L, K - 1) after 5000 -> lost end.
ring(0, To) -> rl(To);
ring(N, To) -> Next = spawn(?MODULE, ring, [N - 1, To]), rl(Next).
rl(Next) -> receive {tok, H, X} -> Next ! {tok, H - 1, X}, rl(Next); stop -> Next ! stop end.
pmap(F, L) -> S = self(), Rs = [begin R = make_ref(), spawn(fun() -> S ! {R, F(X)} end), R end || X <- L], [receive {R, V} -> V end || R <- Rs].
tree(0) -> 1;
tree(N) -> S = self(), [spawn(fun() -> S ! {sub, tree(N - 1)} end) || _ <- [1, 2]], receive {sub, A} -> receive {sub, B} -> A + B + 1 end end.
count_up(N) -> C = spawn(fun() -> cnt(0) end), [C ! inc || _ <- seq(1, N)], C ! {get, self()}, receive {val, V} -> C ! stop, V end.
cnt(N) -> receive inc -> cnt(N + 1); {get, P} -> P ! {val, N}, cnt(N); stop -> ok end.
pingpong(N) -> P = spawn(fun echo/0), R = pp(P, N), P ! stop, R.
pp(_, 0) -> done;
pp(P, N) -> N = rpc(P, N), pp(P, N - 1).
gl(_) -> {group_leader, G} = erlang:process_info(self(), group_leader), G.
many(N) -> S = self(), Ps = [spawn(fun() -> receive go -> S ! {done, self()} end end) || _ <- seq(1, N)], [P ! go || P <- Ps], [receive {done, P} -> P end || P <- Ps].
