%% SPDX-License-Identifier: Apache-2.0
-module(c_gc).
-include("core.hrl").
start() ->
    ?T(churn(200000, [])), ?T(keep(20000)), ?T(deep(50000)), ?T(bins(2000)), ?T(tup(id({a, [b], "c"}), 5000)), ?T(erlang:garbage_collect()), ?T(live(id(lists(1000)))), ?T(msg(200)), ?T(mapgc(3000)), ?T(fungc(2000)), ?T(ygc(300)), ?T(floats(5000, 1.0e-300, [])), ?T(bigs(500, 1)),
    ?T(children(50)), ?T(erlang:garbage_collect(self())), ?T(erlang:garbage_collect(self(), [{type, minor}])), ?T(erlang:garbage_collect(self(), [{type, bad}])), ?T(sub(4000)), ?T(share()), ?T(hib()), ?T(proc_opts()).
churn(0, A) -> length(A);
churn(N, A) when length(A) > 20 -> churn(N - 1, [{N, "text", [N]}]);
churn(N, A) -> churn(N - 1, [{N, "text", [N]} | A]).
lists(0) -> [];
lists(N) -> [{N, integer_to_list(N), [N, N + 1]} | lists(N - 1)].
keep(N) -> L = lists(N), chk(L, 0).
chk([], A) -> A;
chk([{N, S, [N, _]} | T], A) -> N = list_to_integer(S), chk(T, A + N).
deep(0) -> [];
deep(N) -> case [N, {N} | deep(N - 1)] of L when N =:= 50000 -> length(L); L -> L end.
bins(N) -> B = bb(N, []), sumb(B, 0).
bb(0, A) -> A;
bb(N, A) -> bb(N - 1, [list_to_binary([N band 255 || _ <- seq(1, N rem 150)]) | A]).
sumb([], A) -> A;
sumb([B | T], A) -> sumb(T, A + byte_size(B) + (case B of <<C, _/binary>> -> C; <<>> -> 0 end)).
tup(T, 0) -> {tuple_size(T), element(1, T)};
tup(T, N) -> tup(setelement(1, T, {N, []}), N - 1).
live(L) -> erlang:garbage_collect(), churn(1000, []), erlang:garbage_collect(), chk(L, 0).
msg(N) -> S = self(), P = spawn(fun() -> rec(S, 0) end), [P ! {m, lists(K rem 30)} || K <- seq(1, N)], P ! fin, receive {tot, X} -> X end.
rec(S, A) -> receive {m, L} -> rec(S, A + chk(L, 0)); fin -> S ! {tot, A} end.
mapgc(N) -> M = mf(N, #{}), erlang:garbage_collect(), ms(N, M, 0).
mf(0, M) -> M;
mf(N, M) -> mf(N - 1, M#{{k, N} => [N]}).
ms(0, _, A) -> A;
ms(N, M, A) -> #{{k, N} := [V]} = M, ms(N - 1, M, A + V).
fungc(N) -> Fs = [begin T = {K, [K]}, fun() -> {A, [A]} = T, A end end || K <- seq(1, N)], erlang:garbage_collect(), lsum([F() || F <- Fs], 0).
lsum([], A) -> A;
lsum([H | T], A) -> lsum(T, A + H).
ygc(0) -> 0;
ygc(N) -> A = {N}, B = [N | A], C = churn(50, []), D = {B, C}, R = ygc(N - 1), {[N | {N}], _} = D, erlang:garbage_collect(), R + element(1, A).
floats(0, _, A) -> length(A);
floats(N, F, A) -> floats(N - 1, F * 1.1, [F * 0.5 | A]).
bigs(0, A) -> A rem 1000000007;
bigs(N, A) -> bigs(N - 1, A * (N + (1 bsl 61))).
children(N) -> S = self(), _ = [spawn(fun() -> S ! {r, keep(K * 10)} end) || K <- seq(1, N)], lsum([receive {r, X} -> X end || _ <- seq(1, N)], 0).
sub(N) -> B = list_to_binary(seq8(N)), Ss = sl(B, []), erlang:garbage_collect(), B2 = list_to_binary(rev(Ss, [])), B2 =:= binary_part(B, 0, byte_size(B2)).
sl(<<S:7/binary, R/binary>>, A) -> sl(R, [S | A]);
sl(_, A) -> A.
rev([], A) -> A;
rev([H | T], A) -> rev(T, [H | A]).
seq8(0) -> [];
seq8(N) -> [N band 255 | seq8(N - 1)].
share() -> X = lists(50), Y = {X, X, [X | X]}, erlang:garbage_collect(), S = self(), spawn(fun() -> S ! {y, Y} end), receive {y, Y2} -> Y2 =:= Y end.
hib() -> S = self(), P = spawn(fun() -> put(k, lists(10)), erlang:hibernate(?MODULE, id, [S ! {hib, self()}]) end), receive {hib, P} -> ok end, receive after 5 -> ok end, R = monitor(process, P), P ! x, receive {'DOWN', R, _, _, W} -> W end.
proc_opts() -> {_, R} = spawn_opt(fun() -> exit({n, keep(3000)}) end, [monitor, {fullsweep_after, 0}, {min_heap_size, 10}, {min_bin_vheap_size, 10}, {message_queue_data, off_heap}]), receive {'DOWN', R, _, _, W} -> W end.
seq(A, B) when A > B -> [];
seq(A, B) -> [A | seq(A + 1, B)].
