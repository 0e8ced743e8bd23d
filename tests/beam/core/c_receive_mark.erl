%% SPDX-License-Identifier: Apache-2.0
-module(c_receive_mark).
-include("core.hrl").
start() ->
    fill(20000), ?T(call_loop(300)), ?T(qlen()), ?T(mon_loop(300)), ?T(alias_loop(100)), ?T(drain(0)), ?T(qlen()), ?T(interleave(200)), ?T(after_zero()), ?T(selective_order()), ?T(recv_in_fun()), ?T(gcd_recv(2000)).
fill(0) -> ok;
fill(N) -> self() ! {junk, N}, fill(N - 1).
qlen() -> {message_queue_len, N} = process_info(self(), message_queue_len), N.
server() -> receive {call, From, Ref, X} -> From ! {Ref, X * 2}, server(); {acall, Al, X} -> Al ! {Al, X + 1}, server(); stop -> ok end.
call(P, X) -> Ref = make_ref(), P ! {call, self(), Ref, X}, receive {Ref, R} -> R end.
call_loop(N) -> P = spawn(fun server/0), R = cl(P, N, 0), P ! stop, R.
cl(_, 0, A) -> A;
cl(P, N, A) -> cl(P, N - 1, A + call(P, N)).
mon_loop(0) -> done;
mon_loop(N) -> P = spawn(fun() -> receive go -> exit({n, N}) end end), R = monitor(process, P), P ! go, receive {'DOWN', R, process, P, {n, N}} -> mon_loop(N - 1) end.
alias_loop(N) -> P = spawn(fun server/0), X = al(P, N, 0), P ! stop, X.
al(_, 0, A) -> A;
al(P, N, A) -> R = monitor(process, P, [{alias, reply_demonitor}]), P ! {acall, R, N}, receive {R, V} -> al(P, N - 1, A + V); {'DOWN', R, _, _, _} -> down end.
drain(A) -> receive {junk, _} -> drain(A + 1) after 0 -> A end.
interleave(N) -> S = self(), _ = [spawn(fun() -> [S ! {K, J} || J <- [1, 2, 3, 4, 5]] end) || K <- seq(1, N)], Ls = [[receive {K, J} -> J end || J <- [1, 2, 3, 4, 5]] || K <- seq(1, N)], length([x || [1, 2, 3, 4, 5] <- Ls]).
after_zero() -> self() ! a, self() ! b, X = receive zzz -> z after 0 -> none end, Y = receive b -> b after 0 -> none end, Z = receive a -> a after 0 -> none end, {X, Y, Z}.
selective_order() -> [self() ! {P, N} || N <- [1, 2, 3], P <- [lo, hi]], prio().
prio() -> receive {hi, N} -> [{hi, N} | prio()] after 0 -> receive {lo, N} -> [{lo, N} | prio()] after 0 -> [] end end.
recv_in_fun() -> self() ! {v, 1}, self() ! {v, 2}, F = fun() -> receive {v, X} -> X end end, A = F(), B = F(), {A, B}.
gcd_recv(N) -> S = self(), P = spawn(fun() -> [S ! {d, K, [K, integer_to_list(K)]} || K <- seq(1, N)], S ! eof end), _ = P, gr(0).
gr(A) -> receive {d, K, [K, L]} -> K = list_to_integer(L), gr(A + K); eof -> A end.
seq(A, B) when A > B -> [];
seq(A, B) -> [A | seq(A + 1, B)].
