%% SPDX-License-Identifier: Apache-2.0
-module(funs_lib).
-export([exported/1, mf/2]).
-include("../t.hrl").
start() ->
    X = id(1), F = fun(A) -> A + X end, ?T(lists:map(F, [1, 2])), ?T(erlang:fun_info(F, arity)), ?T(lists:sort([K || {K, _} <- erlang:fun_info(F)])), ?T(erlang:fun_info(F, env)), ?T(erlang:fun_info(F, module)), ?T(is_atom(element(2, erlang:fun_info(F, name)))), ?T(erlang:fun_info(F, type)), ?T(erlang:fun_info(fun ?MODULE:exported/1)), ?T(erlang:fun_info(fun exported/1, type)), ?T(erlang:fun_info(fun exported/1, env)), ?T(lists:map(fun ?MODULE:exported/1, [1])), ?T(lists:map(fun exported/1, [1])), ?T(fun ?MODULE:mf/2 =:= fun ?MODULE:mf/2), ?T(F =:= F), ?T(io_lib:format("~p", [fun lists:map/2])), ?T(erlang:fun_to_list(fun lists:map/2)), ?T(hd(erlang:fun_to_list(F))), ?T(is_function(F, 1)), ?T(is_function(fun ?MODULE:mf/2, 2)),
    M = id(lists), N = id(reverse), A = id(1), ?T((fun M:N/A)([1, 2])), ?T((fun lists:N/1)([1, 2])), ?T(fun M:N/A =:= fun lists:reverse/1), ?T((id(fun M:N/A))([3, 4])), ?T(send(F)), ?T(ets_fun(F)), ?T((binary_to_term(term_to_binary(F)))(5)), ?T(binary_to_term(term_to_binary(F)) =:= F), ?T(memo()), ?T(gen()), ?T(compose([fun(Y) -> Y + 1 end, fun(Y) -> Y * 2 end], 5)), ?T(counter()), ?T(fib(25)), ?T(lists:foldl(fun(G, V) -> G(V) end, 1, [F, F, fun(Y) -> Y * 10 end])), ?T(bad(fun() -> F(1, 2) end)), ?T(bad(fun() -> (id(5))(1) end)), ?T(bad(fun() -> (id({a, b}))() end)), ?T(bad(fun() -> (fun lists:nofun/1)(1) end)), ?T(bad(fun() -> (fun(1) -> ok end)(id(2)) end)), ?T(shadow(1)), ?T([G(2) || G <- [fun(Y) -> Y * I end || I <- [1, 2, 3]]]), ?T((fun Loop(0, Acc) -> Acc; Loop(I, Acc) -> Loop(I - 1, [I | Acc]) end)(5, [])), ?T(church()), ?T(lists:sort(fun(P, Q) -> P > Q end, [1, 3, 2])), ?T(env(id(1), id(2.5), id("three"), id(<<"four">>), id(#{five => 5}))), ?T(arity_all()), ?T(guardf(fun(_) -> 1 end)), ?T(guardf(fun() -> 1 end)), ?T(guardf(x)), ?T(erlang:phash2(fun lists:map/2)), ?T(fun lists:map/2 < fun lists:map/3), ?T(lists:sort([fun lists:map/2, fun erlang:abs/1, fun lists:append/1])), ?T(F < self()), ?T(process_fun()).
exported(X) -> {exported, X}.
mf(A, B) -> A + B.
send(F) -> S = self(), P = spawn(fun() -> receive {f, G} -> S ! {r, G(10)} end end), P ! {f, F}, receive {r, R} -> R end.
ets_fun(F) -> T = ets:new(t, []), ets:insert(T, {f, F}), [{_, G}] = ets:lookup(T, f), ets:delete(T), G(7).
memo() -> F = fun(G, N, M) -> case M of #{N := V} -> {V, M}; _ when N < 2 -> {N, M#{N => N}}; _ -> {A, M1} = G(G, N - 1, M), {B, M2} = G(G, N - 2, M1), {A + B, M2#{N => A + B}} end end, element(1, F(F, 90, #{})).
gen() -> S = stream(1), take(5, S).
stream(N) -> fun() -> [N | stream(N * 2)] end.
take(0, _) -> []; take(N, S) -> [H | T] = S(), [H | take(N - 1, T)].
compose(Fs, X) -> (lists:foldl(fun(F, G) -> fun(Y) -> F(G(Y)) end end, fun(Y) -> Y end, Fs))(X).
counter() -> New = fun New(N) -> {N, fun() -> New(N + 1) end} end, {0, A} = New(0), {1, B} = A(), {2, C} = B(), element(1, C()).
fib(N) -> Y = fun(F) -> (fun(Z) -> Z(Z) end)(fun(Z) -> F(fun(V) -> (Z(Z))(V) end) end) end, (Y(fun(R) -> fun(K) when K < 2 -> K; (K) -> R(K - 1) + R(K - 2) end end))(N).
bad(F) -> try F() catch error:{badarity, {G, A}} -> {badarity, is_function(G), A}; error:R -> R end.
shadow(X) -> F = fun(X) -> X * 100 end, {X, F(5)}.
church() -> Two = fun(F) -> fun(X) -> F(F(X)) end end, Three = fun(F) -> fun(X) -> F(F(F(X))) end end, ((Two(Three))(fun(N) -> N + 1 end))(0).
env(A, B, C, D, E) -> F = fun(Z) -> {A, B, C, D, E, Z} end, erlang:garbage_collect(), F(six).
arity_all() -> [(fun() -> 0 end)(), (fun(_) -> 1 end)(a), (fun(_, _) -> 2 end)(a, b), (fun(_, _, _) -> 3 end)(a, b, c), (fun(_, _, _, _) -> 4 end)(a, b, c, d), (fun(_, _, _, _, E) -> E end)(a, b, c, d, 5)].
guardf(F) when is_function(F, 1) -> one; guardf(F) when is_function(F) -> any; guardf(_) -> no.
process_fun() -> {P, R} = spawn_monitor(fun() -> exit((fun(X) -> X * X end)(12)) end), receive {'DOWN', R, process, P, V} -> V end.
