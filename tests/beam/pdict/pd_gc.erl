%% SPDX-License-Identifier: Apache-2.0
-module(pd_gc).
-include("../t.hrl").
start() -> [put({k, K}, {lists:seq(1, K rem 10), binary:copy(<<K>>, 70)}) || K <- lists:seq(1, 255)], erlang:garbage_collect(), ?T(lists:sum([length(L) + binary:first(B) || K <- lists:seq(1, 255), {L, B} <- [get({k, K})]])), [erase({k, K}) || K <- lists:seq(1, 255, 3)], erlang:garbage_collect(self(), [{type, minor}]), ?T(length(get())), ?T(lists:sum([length(L) || {{k, _}, {L, _}} <- get()])), ?T(grow_shrink(10)), ?T(put(a, get())), ?T(is_list(get(a))), ?T(length(erase()) > 100), ?T(get()), ?T(float_keys()), ?T(deep(100)), ?T(exit_dict()).
grow_shrink(N) -> [begin [put({g, K}, K) || K <- lists:seq(1, I * 50)], [erase({g, K}) || K <- lists:seq(1, I * 50)] end || I <- lists:seq(1, N)], [X || {{g, _}, X} <- get()].
float_keys() -> put(1, a), put(1.0, b), R = {get(1), get(1.0), erase(1), get(1.0)}, erase(1.0), R.
deep(N) -> T = lists:foldl(fun(K, A) -> {K, A} end, [], lists:seq(1, N)), put(T, deep), R = get(lists:foldl(fun(K, A) -> {K, A} end, [], lists:seq(1, N))), erase(T), R.
exit_dict() -> {P, M} = spawn_monitor(fun() -> put(x, 1), exit({dict, get()}) end), receive {'DOWN', M, _, P, R} -> R end.
