%% SPDX-License-Identifier: Apache-2.0
-module(c_pdict).
-include("core.hrl").
start() ->
    ?T(put(a, 1)), ?T(put(a, 2)), ?T(get(a)), ?T(get(b)), ?T(erase(a)), ?T(erase(a)), ?T(get()), ?T(put({k, [1]}, v)), ?T(get({k, [1]})), ?T(put(1, int)), ?T(put(1.0, float)), ?T([get(1), get(1.0)]), ?T(get_keys(float)), ?T(get_keys(none)),
    ?T(length(get())), ?T(length(erase())), ?T(get()), ?T(fill(1000)), ?T(length(get())), ?T(length(get_keys())), ?T([get({n, K}) || K <- [1, 500, 1000, 1001]]), ?T(sum(1000, 0)), ?T(del(500)), ?T(length(get())), ?T([get({n, K}) || K <- [1, 500, 501]]),
    ?T(fill(300)), ?T(length(get())), ?T(length(erase())), ?T(other()), ?T(get(x)), ?T(put(self(), pid)), ?T(get(self())), ?T(put("str", big())), ?T(tuple_size(get("str"))), ?T(erlang:garbage_collect()), ?T(element(50, get("str"))), ?T(put(undefined, undefined)), ?T(get(undefined)), ?T(churn(3000)), ?T(lists:sort([K || K <- get_keys(), is_integer(K)])).
fill(0) -> ok;
fill(N) -> put({n, N}, N * N), fill(N - 1).
sum(0, A) -> A;
sum(N, A) -> sum(N - 1, A + get({n, N})).
del(0) -> ok;
del(N) -> N2 = N * N, N2 = erase({n, N}), del(N - 1).
other() -> S = self(), spawn(fun() -> put(x, child), S ! {c, get(), get(x)} end), receive {c, L, V} -> {L, V} end.
big() -> erlang:make_tuple(50, {a, "b", 1.5}).
churn(0) -> ok;
churn(N) -> put(N rem 7, [N]), (if N rem 3 =:= 0 -> erase(N rem 5); true -> x end), churn(N - 1).
