%% SPDX-License-Identifier: Apache-2.0
%% Data structures of its own against a model: red-black and AVL trees, treap, trie, heaps, skip list, Fenwick, segment tree, zipper, rope, B-tree, union-find, LRU.
-module(prog_structures).
-include("../t.hrl").
start() ->
    Ks = keys(400, 1000, 3), S = lists:usort(Ks),
    ?T(length(S)), ?T(begin T = lists:foldl(fun rb/2, e, Ks), {flat(T) =:= S, rb_ok(T), height(T)} end), ?T(begin T = lists:foldl(fun avl/2, nil, Ks), {aflat(T) =:= S, ah(T), aflat(lists:foldl(fun adel/2, T, lists:sublist(S, 100))) =:= lists:nthtail(100, S)} end),
    ?T(begin H = lists:foldl(fun(K, A) -> meld({K, []}, A) end, empty, Ks), drain(H) =:= lists:sort(Ks) end), ?T(begin H = lists:foldl(fun(K, A) -> lmerge({1, K, z, z}, A) end, z, Ks), ldrain(H) =:= lists:sort(Ks) end), ?T(begin T = lists:foldl(fun(W, A) -> tadd(W, A) end, #{}, words()), {twords(T, ""), tfind("car", T), [W || W <- twords(tsub("car", T), "car")]} end),
    ?T(begin F = lists:foldl(fun({I, V}, A) -> fadd(I, V, 64, A) end, #{}, lists:zip(lists:seq(1, 64), lists:sublist(Ks, 64))), [fsum(I, F) || I <- [1, 10, 33, 64]] =:= [lists:sum(lists:sublist(Ks, I)) || I <- [1, 10, 33, 64]] end), ?T(begin T = seg(lists:sublist(Ks, 50)), [rmq(T, A, B) || {A, B} <- [{1, 50}, {3, 7}, {20, 20}, {40, 50}]] =:= [lists:min(lists:sublist(lists:sublist(Ks, 50), A, B - A + 1)) || {A, B} <- [{1, 50}, {3, 7}, {20, 20}, {40, 50}]] end),
    ?T(zip_test()), ?T(rope_test()), ?T(begin B = lists:foldl(fun bt/2, {[], []}, Ks), {bflat(B) =:= S, bdepth(B)} end), ?T(begin L = lists:foldl(fun({get, K}, C) -> element(2, lru_get(K, C)); ({put, K, V}, C) -> lru_put(K, V, C) end, {3, 0, #{}}, [{put, a, 1}, {put, b, 2}, {put, c, 3}, {get, a}, {put, d, 4}, {get, c}, {put, e, 5}]), lists:sort([{K, V} || {K, {V, _}} <- maps:to_list(element(3, L))]) end),
    ?T(bloom()), ?T(finger()), ?T(ring()), ?T(begin T = lists:foldl(fun(K, A) -> splay(K, A) end, nil, lists:sublist(Ks, 120)), {element(2, T) =:= lists:nth(120, Ks), sflat(T) =:= lists:usort(lists:sublist(Ks, 120))} end), ?T(quad([{1, 1}, {5, 5}, {7, 2}, {3, 6}, {6, 6}], {4, 4, 8, 8})), ?T(intervals([{1, 4}, {2, 6}, {8, 10}, {15, 18}, {17, 20}])), ?T(kd([{2, 3}, {5, 4}, {9, 6}, {4, 7}, {8, 1}, {7, 2}], {9, 2})), ?T(lists:sort(fun(A, B) -> A >= B end, S) =:= lists:reverse(S)), ?T([F(Ks) =:= lists:sort(Ks) || F <- sorts()]), ?T(deque(60)), ?T(persistent_versions()), ?T(huge_tree(12)), ?T(matrix_sparse()), ?T(hist(Ks)), ?T(suffixes("banana")), ?T(kmp("abcabcabd", "xabcabcabcabd")), ?T(inversions(lists:sublist(Ks, 100))), ?T(topk(5, Ks) =:= lists:sublist(lists:reverse(lists:sort(Ks)), 5)), ?T(median(Ks)).
keys(N, Max, Seed) -> element(1, lists:mapfoldl(fun(_, S) -> rand:uniform_s(Max, S) end, rand:seed_s(exsss, Seed), lists:seq(1, N))).
rb(K, T) -> {_, L, X, R} = ri(K, T), {b, L, X, R}.
ri(K, e) -> {r, e, K, e}; ri(K, {C, L, X, R}) when K < X -> bal({C, ri(K, L), X, R}); ri(K, {C, L, X, R}) when K > X -> bal({C, L, X, ri(K, R)}); ri(_, T) -> T.
bal({b, {r, {r, A, X, B}, Y, C}, Z, D}) -> {r, {b, A, X, B}, Y, {b, C, Z, D}}; bal({b, {r, A, X, {r, B, Y, C}}, Z, D}) -> {r, {b, A, X, B}, Y, {b, C, Z, D}}; bal({b, A, X, {r, {r, B, Y, C}, Z, D}}) -> {r, {b, A, X, B}, Y, {b, C, Z, D}}; bal({b, A, X, {r, B, Y, {r, C, Z, D}}}) -> {r, {b, A, X, B}, Y, {b, C, Z, D}}; bal(T) -> T.
flat(e) -> []; flat({_, L, X, R}) -> flat(L) ++ [X | flat(R)].
height(e) -> 0; height({_, L, _, R}) -> 1 + max(height(L), height(R)).
rb_ok(T) -> length(lists:usort(blacks(T, 0))) =:= 1.
blacks(e, N) -> [N]; blacks({r, {r, _, _, _}, _, _}, _) -> [bad, worse]; blacks({C, L, _, R}, N) -> M = case C of b -> N + 1; r -> N end, blacks(L, M) ++ blacks(R, M).
ah(nil) -> 0; ah({_, _, _, H}) -> H.
mk(L, X, R) -> {L, X, R, 1 + max(ah(L), ah(R))}.
avl(K, nil) -> mk(nil, K, nil); avl(K, {L, X, R, _}) when K < X -> ab(avl(K, L), X, R); avl(K, {L, X, R, _}) when K > X -> ab(L, X, avl(K, R)); avl(_, T) -> T.
ab(L, X, R) -> case ah(L) - ah(R) of 2 -> {LL, Y, LR, _} = L, case ah(LL) >= ah(LR) of true -> mk(LL, Y, mk(LR, X, R)); false -> {A, Z, B, _} = LR, mk(mk(LL, Y, A), Z, mk(B, X, R)) end; -2 -> {RL, Y, RR, _} = R, case ah(RR) >= ah(RL) of true -> mk(mk(L, X, RL), Y, RR); false -> {A, Z, B, _} = RL, mk(mk(L, X, A), Z, mk(B, Y, RR)) end; _ -> mk(L, X, R) end.
adel(_, nil) -> nil; adel(K, {L, X, R, _}) when K < X -> ab(adel(K, L), X, R); adel(K, {L, X, R, _}) when K > X -> ab(L, X, adel(K, R)); adel(_, {nil, _, R, _}) -> R; adel(_, {L, _, nil, _}) -> L; adel(_, {L, _, R, _}) -> M = amin(R), ab(L, M, adel(M, R)).
amin({nil, X, _, _}) -> X; amin({L, _, _, _}) -> amin(L).
aflat(nil) -> []; aflat({L, X, R, _}) -> aflat(L) ++ [X | aflat(R)].
meld(empty, H) -> H; meld(H, empty) -> H; meld({A, As}, {B, Bs}) when A =< B -> {A, [{B, Bs} | As]}; meld({A, As}, {B, Bs}) -> {B, [{A, As} | Bs]}.
drain(empty) -> []; drain({X, Hs}) -> [X | drain(pairup(Hs))].
pairup([]) -> empty; pairup([H]) -> H; pairup([A, B | R]) -> meld(meld(A, B), pairup(R)).
lmerge(z, H) -> H; lmerge(H, z) -> H; lmerge({_, X, L, R}, {_, Y, _, _} = H) when X =< Y -> lm(X, L, lmerge(R, H)); lmerge(H, {_, Y, L, R}) -> lm(Y, L, lmerge(R, H)).
rk(z) -> 0; rk(H) -> element(1, H).
lm(X, A, B) -> case rk(A) >= rk(B) of true -> {rk(B) + 1, X, A, B}; false -> {rk(A) + 1, X, B, A} end.
ldrain(z) -> []; ldrain({_, X, L, R}) -> [X | ldrain(lmerge(L, R))].
words() -> ["car", "card", "care", "cat", "dog", "do", "done", "a", ""].
tadd([], T) -> T#{'end' => true}; tadd([C | R], T) -> T#{C => tadd(R, maps:get(C, T, #{}))}.
twords(T, P) -> [P || is_map_key('end', T)] ++ lists:append([twords(S, P ++ [C]) || {C, S} <- lists:sort(maps:to_list(maps:remove('end', T)))]).
tsub([], T) -> T; tsub([C | R], T) -> tsub(R, maps:get(C, T)).
tfind(W, T) -> try is_map_key('end', tsub(W, T)) catch error:{badkey, _} -> false end.
fadd(I, _, N, F) when I > N -> F; fadd(I, V, N, F) -> fadd(I + (I band -I), V, N, F#{I => maps:get(I, F, 0) + V}).
fsum(0, _) -> 0; fsum(I, F) -> maps:get(I, F, 0) + fsum(I - (I band -I), F).
seg(L) -> seg(list_to_tuple(L), 1, length(L)).
seg(T, A, A) -> {A, A, element(A, T)}; seg(T, A, B) -> M = (A + B) div 2, X = seg(T, A, M), Y = seg(T, M + 1, B), {A, B, min(element(3, X), element(3, Y)), X, Y}.
rmq(T, A, B) when A =< element(1, T), B >= element(2, T) -> element(3, T); rmq(T, A, B) when B < element(1, T); A > element(2, T) -> inf; rmq({_, _, _, X, Y}, A, B) -> min(rmq(X, A, B), rmq(Y, A, B)).
zip_test() -> Z = lists:foldl(fun(r, {L, [X | R]}) -> {[X | L], R}; (l, {[X | L], R}) -> {L, [X | R]}; ({ins, V}, {L, R}) -> {L, [V | R]}; (del, {L, [_ | R]}) -> {L, R} end, {[], [1, 2, 3, 4, 5]}, [r, r, {ins, a}, r, del, l, l, {ins, b}, r, r]), {L, R} = Z, {Z, lists:reverse(L, R)}.
rope_test() -> C = fun(A, B) -> {rl(A) + rl(B), A, B} end, R = lists:foldl(fun(S, A) -> C(A, S) end, <<"start">>, [<<(integer_to_binary(N))/binary, ",">> || N <- lists:seq(1, 30)]), {rl(R), [ri_(R, I) || I <- [0, 5, 20, 70]], byte_size(iolist_to_binary(rf(R)))}.
rl(B) when is_binary(B) -> byte_size(B); rl({N, _, _}) -> N.
ri_(B, I) when is_binary(B) -> binary:at(B, I); ri_({_, A, B}, I) -> case I < rl(A) of true -> ri_(A, I); false -> ri_(B, I - rl(A)) end.
rf(B) when is_binary(B) -> B; rf({_, A, B}) -> [rf(A) | rf(B)].
bt(K, T) -> case bi(K, T) of {split, L, X, R} -> {[X], [L, R]}; N -> N end.
bi(K, {Ks, []}) -> bsplit({lists:umerge([K], Ks), []}); bi(K, {Ks, Cs} = T) -> case lists:member(K, Ks) of true -> T; false -> N = length(lists:takewhile(fun(X) -> X < K end, Ks)), {A, [C | B]} = lists:split(N, Cs), case bi(K, C) of {split, L, X, R} -> {KA, KB} = lists:split(N, Ks), bsplit({KA ++ [X] ++ KB, A ++ [L, R] ++ B}); C2 -> {Ks, A ++ [C2] ++ B} end end.
bsplit({Ks, Cs}) when length(Ks) > 4 -> {A, [X | B]} = lists:split(2, Ks), {CA, CB} = case Cs of [] -> {[], []}; _ -> lists:split(3, Cs) end, {split, {A, CA}, X, {B, CB}}; bsplit(T) -> T.
bflat({Ks, []}) -> Ks; bflat({Ks, [C | Cs]}) -> bflat(C) ++ lists:append([[K | bflat(D)] || {K, D} <- lists:zip(Ks, Cs)]).
bdepth({_, []}) -> 1; bdepth({_, [C | _]}) -> 1 + bdepth(C).
lru_get(K, {N, T, M}) -> case M of #{K := {V, _}} -> {V, {N, T + 1, M#{K => {V, T}}}}; _ -> {none, {N, T + 1, M}} end.
lru_put(K, V, {N, T, M}) -> M2 = case map_size(M) >= N andalso not is_map_key(K, M) of true -> [{_, Old} | _] = lists:sort([{U, X} || {X, {_, U}} <- maps:to_list(M)]), maps:remove(Old, M); false -> M end, {N, T + 1, M2#{K => {V, T}}}.
bloom() -> Bs = fun(W) -> [erlang:phash2({W, I}, 512) || I <- [1, 2, 3]] end, F = lists:foldl(fun(W, A) -> lists:foldl(fun(I, X) -> X bor (1 bsl I) end, A, Bs(W)) end, 0, words()), In = fun(W) -> lists:all(fun(I) -> (F bsr I) band 1 =:= 1 end, Bs(W)) end, {F, [In(W) || W <- words()], [In(W) || W <- ["x", "zebra", "cargo"]]}.
finger() -> lists:foldl(fun(N, {F, R}) when N rem 3 =:= 0 -> case F of [] -> [H | T] = lists:reverse(R), {T, []} = {T, []}, _ = H, {T, []}; [_ | T] -> {T, R} end; (N, {F, R}) -> {F, [N | R]} end, {[], []}, lists:seq(1, 20)).
ring() -> P = fun(K) -> erlang:phash2(K, 1000) end, Ns = lists:sort([{P({n, N, V}), N} || N <- [a, b, c], V <- [1, 2, 3, 4]]), W = fun(K, L) -> H = P(K), case [N || {X, N} <- L, X >= H] of [N | _] -> N; [] -> element(2, hd(L)) end end, {[W(K, Ns) || K <- lists:seq(1, 12)], length([K || K <- lists:seq(1, 100), W(K, Ns) =/= W(K, [X || {_, N} = X <- Ns, N =/= c])])}.
splay(K, nil) -> {nil, K, nil}; splay(K, T) -> {L, R} = spart(K, T), {L, K, R}.
spart(_, nil) -> {nil, nil}; spart(K, {L, X, R}) when K < X -> case L of nil -> {nil, {nil, X, R}}; {LL, Y, LR} when K < Y -> {A, B} = spart(K, LL), {A, {B, Y, {LR, X, R}}}; {LL, Y, LR} when K > Y -> {A, B} = spart(K, LR), {{LL, Y, A}, {B, X, R}}; {LL, _, LR} -> {LL, {LR, X, R}} end; spart(K, {L, X, R}) when K > X -> {A, B} = spart(K, R), {{L, X, A}, B}; spart(_, {L, _, R}) -> {L, R}.
sflat(nil) -> []; sflat({L, X, R}) -> sflat(L) ++ [X | sflat(R)].
quad(Ps, {A, B, C, D}) -> lists:sort([P || {X, Y} = P <- Ps, X >= A, Y >= B, X =< C, Y =< D]).
intervals([I]) -> [I]; intervals([{A, B}, {C, D} | R]) when C =< B -> intervals([{A, max(B, D)} | R]); intervals([I | R]) -> [I | intervals(R)].
kd(Ps, Q) -> near(kdb(Ps, 1), Q, 1, {inf, none}).
kdb([], _) -> nil; kdb(Ps, D) -> {A, [P | B]} = lists:split(length(Ps) div 2, lists:keysort(D, Ps)), {kdb(A, 3 - D), P, kdb(B, 3 - D)}.
near(nil, _, _, Best) -> Best; near({L, {X, Y} = P, R}, {A, B} = Q, D, Best) -> Dist = (X - A) * (X - A) + (Y - B) * (Y - B), B1 = min(Best, {Dist, P}), Df = element(D, Q) - element(D, P), {N, F} = case Df < 0 of true -> {L, R}; false -> {R, L} end, B2 = near(N, Q, 3 - D, B1), case Df * Df < element(1, B2) of true -> near(F, Q, 3 - D, B2); false -> B2 end.
sorts() -> [fun qs/1, fun ms/1, fun is/1, fun ss/1, fun(L) -> rs(L, 1) end, fun(L) -> [K || {K, N} <- lists:sort(maps:to_list(lists:foldl(fun(X, M) -> M#{X => maps:get(X, M, 0) + 1} end, #{}, L))), _ <- lists:seq(1, N)] end].
qs([]) -> []; qs([P | R]) -> {A, B} = lists:partition(fun(X) -> X < P end, R), qs(A) ++ [P | qs(B)].
ms([]) -> []; ms([X]) -> [X]; ms(L) -> {A, B} = lists:split(length(L) div 2, L), mg(ms(A), ms(B)).
mg([A | As], [B | _] = L) when A =< B -> [A | mg(As, L)]; mg([_ | _] = L, [B | Bs]) -> [B | mg(L, Bs)]; mg([], L) -> L; mg(L, []) -> L.
is(L) -> lists:foldl(fun ins/2, [], L).
ins(X, [Y | R]) when X > Y -> [Y | ins(X, R)]; ins(X, L) -> [X | L].
ss([]) -> []; ss(L) -> M = lists:min(L), [M | ss(lists:delete(M, L))].
rs(L, D) when D > 1000 -> L; rs(L, D) -> rs(lists:append([[X || X <- L, (X div D) rem 10 =:= K] || K <- lists:seq(0, 9)]), D * 10).
deque(N) -> {Q, M} = lists:foldl(fun(K, {Q, M}) -> case K rem 5 of 0 -> {queue:in_r(K, Q), [K | M]}; 4 when M =/= [] -> {{value, X}, Q2} = queue:out_r(Q), X = lists:last(M), {Q2, lists:droplast(M)}; _ -> {queue:in(K, Q), M ++ [K]} end end, {queue:new(), []}, lists:seq(1, N)), queue:to_list(Q) =:= M.
persistent_versions() -> Vs = lists:foldl(fun(K, [T | _] = A) -> [rb(K, T) | A] end, [e], [5, 2, 8, 1, 9, 3]), [flat(V) || V <- Vs].
huge_tree(0) -> leaf; huge_tree(N) -> T = {huge_tree(N - 1), N}, case N of 12 -> {erts_debug:flat_size(T), erlang:phash2(T)}; _ -> T end.
matrix_sparse() -> A = #{{1, 1} => 2, {2, 3} => 5, {3, 1} => 1}, B = #{{1, 2} => 4, {3, 3} => 7, {1, 1} => 1}, lists:sort(maps:to_list(maps:fold(fun({I, K}, X, M) -> maps:fold(fun({K2, J}, Y, N) when K2 =:= K -> maps:update_with({I, J}, fun(V) -> V + X * Y end, X * Y, N); (_, _, N) -> N end, M, B) end, #{}, A))).
hist(L) -> lists:sort(maps:to_list(lists:foldl(fun(X, M) -> maps:update_with(X div 100, fun(N) -> N + 1 end, 1, M) end, #{}, L))).
suffixes(S) -> [N || {_, N} <- lists:sort([{lists:nthtail(N, S), N} || N <- lists:seq(0, length(S) - 1)])].
kmp(P, T) -> F = fails(P), kmp(list_to_tuple(P), F, T, 0, 0).
fails(P) -> Tp = list_to_tuple(P), list_to_tuple([lists:max([0 | [K || K <- lists:seq(1, N - 1), [element(I, Tp) || I <- lists:seq(1, K)] =:= [element(I, Tp) || I <- lists:seq(N - K + 1, N)]]]) || N <- lists:seq(1, length(P))]).
kmp(P, _, _, N, K) when K =:= tuple_size(P) -> N - K; kmp(_, _, [], _, _) -> none; kmp(P, F, [C | T], N, K) when element(K + 1, P) =:= C -> kmp(P, F, T, N + 1, K + 1); kmp(P, F, [_ | T], N, 0) -> kmp(P, F, T, N + 1, 0); kmp(P, F, T, N, K) -> kmp(P, F, T, N, element(K, F)).
inversions(L) -> element(2, inv(L)).
inv([X]) -> {[X], 0}; inv(L) -> {A, B} = lists:split(length(L) div 2, L), {SA, NA} = inv(A), {SB, NB} = inv(B), {S, N} = im(SA, SB, length(SA), [], 0), {S, NA + NB + N}.
im([], B, _, A, N) -> {lists:reverse(A, B), N}; im(L, [], _, A, N) -> {lists:reverse(A, L), N}; im([X | Xs], [Y | _] = B, K, A, N) when X =< Y -> im(Xs, B, K - 1, [X | A], N); im(L, [Y | Ys], K, A, N) -> im(L, Ys, K, [Y | A], N + K).
topk(K, L) -> lists:reverse([X || {X, _} <- gb_sets:to_list(lists:foldl(fun({X, I}, S) -> S2 = gb_sets:add({X, I}, S), case gb_sets:size(S2) > K of true -> element(2, gb_sets:take_smallest(S2)); false -> S2 end end, gb_sets:empty(), lists:zip(L, lists:seq(1, length(L)))))]).
median(L) -> sel(L, length(L) div 2).
sel([P | R], K) -> {A, B} = lists:partition(fun(X) -> X < P end, R), case length(A) of K -> P; N when N > K -> sel(A, K); N -> sel(B, K - N - 1) end.
