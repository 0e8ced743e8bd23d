%% SPDX-License-Identifier: Apache-2.0
%% erts_debug:copy_shared; erts_internal's looks into tries, tables and allocators.
-module(c_internals).
-include("../t.hrl").
start() ->
    M = maps:from_list([{I, I} || I <- lists:seq(1, 500)]),
    ?T(count(M)),
    ?T([length(erts_internal:map_hashmap_children(maps:from_list([{I, I} || I <- lists:seq(1, N)]))) || N <- [33, 40, 100, 1000]]),
    ?T(erts_internal:map_hashmap_children(#{a => 1})),
    ?T(erts_internal:map_hashmap_children(id(a))),
    R = make_ref(),
    ?T([is_integer(erts_internal:F({binary_alloc, 1, 1, 128, R})) || F <- [gather_alloc_histograms, gather_carrier_info]]),
    ?T([element(1, instrument:F()) =:= ok orelse instrument:F() =:= {error, not_enabled} || F <- [allocations, carriers]]),
    ?T(shared()),
    [?T(erts_debug:copy_shared({a}, B)) || B <- [true, false, [], foo]],
    tables().
%% Keys in a trie, counted through its nodes.
count(T) ->
    lists:sum([case C of [_ | _] -> 1; _ -> count(C) end || C <- erts_internal:map_hashmap_children(T)]).
shared() ->
    A = lists:seq(1, id(10)),
    T = {A, A, [A | A], #{a => A, b => A}, fun() -> A end, binary:copy(<<1>>, 100), 1 bsl 100, make_ref()},
    C = erts_debug:copy_shared(T),
    {X, Y, [Z | V], _, F, _, _, _} = C,
    D = maps:from_list([{I, A} || I <- lists:seq(1, 100)]),
    E = erts_debug:copy_shared(D),
    [C =:= T orelse element(5, C) =/= element(5, T), erts_debug:same(A, X), erts_debug:same(X, Y), erts_debug:same(Y, Z),
     erts_debug:same(Z, V), erts_debug:same(F(), X), erts_debug:size(C) =:= erts_debug:size(T), E =:= D,
     erts_debug:same(maps:get(1, E), maps:get(77, E)), erts_debug:same(A, maps:get(1, E)),
     erts_debug:flat_size(deep(15)), erts_debug:size(deep(15)), erts_debug:size(erts_debug:copy_shared(deep(15)))].
%% 2^N leaves in N cells.
deep(0) -> [];
deep(N) -> X = deep(N - 1), [X | X].
tables() ->
    T = ets:new(t, [ordered_set, private]),
    ets:insert(T, [{1, a}, {2, binary:copy(<<1>>, 100)}, {3, binary:copy(<<1>>, 1000), binary:copy(<<2>>, 300)}]),
    Bytes = fun(K) -> lists:sort([B || {_, B, _} <- erts_internal:ets_lookup_binary_info(T, K)]) end,
    ?T([Bytes(K) || K <- [1, 2, 3, 4]]),
    ?T([erts_internal:ets_raw_first(T), erts_internal:ets_raw_next(T, 1), erts_internal:ets_raw_next(T, 3)]),
    B = ets:new(b, [bag]),
    ets:insert(B, [{1, binary:copy(<<N>>, 100 * N)} || N <- [1, 2, 3]] ++ [{2, x}]),
    ?T([lists:sort([S || {_, S, _} <- erts_internal:ets_lookup_binary_info(B, K)]) || K <- [1, 2, 3]]),
    ?T(lists:sort([S || {_, S, _} <- erts_internal:ets_info_binary(B)])),
    S = self(),
    spawn(fun() -> S ! {?MODULE, user(T)} end),
    ?T(receive {?MODULE, L} -> L end),
    ?T(ets:lookup(T, 8)),
    ?T(erts_internal:ets_super_user(a)),
    [?T(erts_internal:F(a, 1)) || F <- [ets_raw_next, ets_lookup_binary_info]],
    ?T(erts_internal:ets_raw_first(a)).
user(T) ->
    Try = fun(F) -> try F() catch C:R -> {C, R} end end,
    [Try(F) || F <- [fun() -> ets:lookup(T, 1) end, fun() -> erts_internal:ets_super_user(true) end, fun() -> ets:lookup(T, 1) end,
                     fun() -> ets:insert(T, {8}) end, fun() -> erts_internal:ets_super_user(false) end,
                     fun() -> ets:lookup(T, 1) end, fun() -> erts_internal:ets_raw_first(T) end]].
