%% SPDX-License-Identifier: Apache-2.0
%% Every kind of term over many collections, deep in a stack, in messages and in the process dictionary.
-module(gc_terms).
-include("../t.hrl").
start() -> Ts = terms(), put(ts, Ts), H = erlang:phash2(Ts), ?T(many(50, Ts) =:= Ts), ?T(erlang:phash2(get(ts)) =:= H), ?T(stack(200, Ts)), ?T(msgs(50, Ts)), ?T(hib(Ts)), ?T(minor(300, Ts)), ?T(old(Ts)), ?T(lists:all(fun(T) -> copy(T) =:= T end, Ts)), ?T(big_then_small()), ?T(matchctx(binary:copy(<<"abc">>, 1000))), ?T(funs(100)), ?T(catches(50)), ?T(erlang:phash2(Ts) =:= H).
terms() -> [1, 1 bsl 80, -(1 bsl 80), 1.5, 1.0e300, a, [], [1 | 2], "str", {}, {a, [b]}, #{}, #{a => 1}, maps:from_list([{K, {K}} || K <- lists:seq(1, 60)]), <<>>, <<"small">>, binary:copy(<<"big">>, 100), <<5:3>>, binary:part(binary:copy(<<"sub">>, 100), 5, 50), fun lists:map/2, begin X = id(7), fun(Y) -> {X, Y} end end, self(), make_ref(), lists:seq(1, 100), list_to_tuple(lists:seq(1, 100)), binary_to_term(<<131, 88, 119, 3, "n@h", 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3>>)].
many(0, T) -> T; many(N, T) -> _ = lists:seq(1, 100), erlang:garbage_collect(), many(N - 1, T).
stack(0, _) -> erlang:garbage_collect(), 0; stack(N, T) -> X = {N, T}, R = stack(N - 1, T), {N, T} = X, R + 1.
msgs(N, T) -> S = self(), P = spawn(fun E() -> receive {m, F, X} -> erlang:garbage_collect(), F ! {r, X}, E(); s -> ok end end), R = lists:all(fun(_) -> P ! {m, S, T}, receive {r, X} -> X =:= T end end, lists:seq(1, N)), P ! s, R.
hib(T) -> S = self(), P = spawn(fun() -> proc_lib:hibernate(erlang, apply, [fun() -> receive go -> S ! {h, T} end end, []]) end), P ! go, receive {h, X} -> X =:= T after 3000 -> t end.
minor(0, _) -> ok; minor(N, T) -> L = [N, T], erlang:garbage_collect(self(), [{type, minor}]), [N, T2] = L, minor(N - 1, T2).
old(T) -> erlang:garbage_collect(), A = {old, T}, [erlang:garbage_collect(self(), [{type, minor}]) || _ <- [1, 2, 3]], B = [A, {young, T}], erlang:garbage_collect(self(), [{type, minor}]), [{old, T1}, {young, T2}] = B, T1 =:= T2.
copy(T) -> S = self(), spawn(fun() -> S ! {c, T} end), receive {c, X} -> X end.
big_then_small() -> L = lists:seq(1, 200000), S = lists:sum(L), erlang:garbage_collect(), {S, element(2, process_info(self(), total_heap_size)) < 100000}.
matchctx(<<A, B, R/binary>>) -> erlang:garbage_collect(), [A, B | tl(lists:sublist(binary_to_list(R), 3))] ++ mc(R, 0).
mc(<<_:30/binary, R/binary>>, N) -> erlang:garbage_collect(), mc(R, N + 1); mc(R, N) -> [N, byte_size(R)].
funs(N) -> Fs = [begin B = binary:copy(<<K>>, 80), fun() -> {K, binary:first(B)} end end || K <- lists:seq(1, N)], erlang:garbage_collect(), lists:all(fun(F) -> {K, K} = F(), true end, Fs).
catches(0) -> 0; catches(N) -> X = {N, [N]}, try erlang:garbage_collect(), catches(N - 1), throw(X) catch {N, [N]} -> erlang:garbage_collect(), N end.
