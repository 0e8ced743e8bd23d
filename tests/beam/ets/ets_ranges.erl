%% SPDX-License-Identifier: Apache-2.0
%% Searches of ordered sets by keys whose beginning is fixed: they find what a search of everything finds. And: heads
%% that no object can match, replacements that name the key as a constant, heirs that are gone.
-module(ets_ranges).
-include("../t.hrl").
start() ->
    T = ets:new(t, [ordered_set]),
    Parts = [0, 1, 1.0, 2, a, b, "s", [], {}, {1}, {1, 2}, #{}, #{a => 1}, <<"x">>],
    Keys = lists:usort([{A, B} || A <- Parts, B <- Parts] ++ [{A, B, C} || A <- Parts, B <- [1, b], C <- [x, y]] ++
                           [[A, B] || A <- Parts, B <- Parts] ++ [[A | B] || A <- Parts, B <- [1, t, {}]] ++ Parts),
    [ets:insert(T, {K, value}) || K <- Keys],
    Objects = ets:tab2list(T),
    Patterns = [{a, '_'}, {1, '$1'}, {1.0, '_'}, {'_', 1}, {{1, '_'}, '_'}, {{'_'}, '_'}, {b, b, '_'}, {"s", '_', x},
                ["s" | '_'], [a, '_'], [a | '$1'], ['_' | t], [[] | '_'], {#{a => '_'}, '_'}, {#{}, '_'}, {nothing, '_'},
                {[], '_'}, {2, {'_', 2}}, {'$1', '$1'}, {<<"x">>, '$1', '$2'}, "s", {a, b}, {zz, '_'}, {0, '_'}],
    [begin
         Spec = [{{P, '_'}, [], ['$_']}],
         All = ets:match_spec_run(Objects, ets:match_spec_compile(Spec)),
         ?T({P, length(All), ets:select(T, Spec) =:= All, ets:select_reverse(T, Spec) =:= lists:reverse(All),
             pages(ets:select(T, Spec, 3)) =:= All, rpages(ets:select_reverse(T, Spec, 2)) =:= lists:reverse(All),
             ets:select_count(T, [{{P, '_'}, [], [true]}])})
     end || P <- Patterns],
    ?T(ets:select_replace(T, [{{{a, '$1'}, '_'}, [], [{{{{a, '$1'}}, changed}}]}])),
    ?T(ets:match(T, {{a, '$1'}, '$2'})),
    ?T(ets:select_delete(T, [{{{1, '_'}, '_'}, [], [true]}])),
    ?T(length(ets:match(T, {{1, '$1'}, '_'}))),
    S = ets:new(s, [set]),
    ets:insert(S, {{a, a}, 1, 2}),
    ?T(ets:select_replace(S, [{{{a, a}, '$2', '$3'}, [], [{{{const, {a, a}}, '$3', '$2'}}]}])), ?T(ets:tab2list(S)),
    ?T(catch element(1, element(2, catch ets:select_replace(S, [{{{a, '$1'}, '$2', '$3'}, [], [{{{const, {a, a}}, '$3', '$2'}}]}])))),
    [?T({H, catch element(1, element(2, catch ets:select_replace(S, [{{H, '$2', '$3'}, [], [{{B, '$3', '$2'}}]}])))})
     || {H, B} <- [{#{}, #{}}, {#{a => '$1'}, #{a => '$1'}}, {{#{}, 1}, {{#{}, 1}}}, {{#{}, 1}, {const, {#{}, 1}}}]],
    Deep = lists:foldl(fun(N, G) -> {'orelse', {'==', N, '$1'}, G} end, true, lists:seq(1, 1000000)),
    [?T(try ets:match_spec_compile([{{'$1', '$2'}, [G], [true]}]), compiled catch error:R -> R end) || G <- [Deep, foo, {foo}]],
    ?T(try ets:select(S, [{{'$1', '$2'}, [Deep], [true]}]) catch error:R -> R end),
    [?T({H, ets:match(S, H), ets:match_object(S, H), ets:select_count(S, [{H, [], [true]}])})
     || H <- [[a], <<1>>, 1, a, #{}, #{a => b}, "x", 1.5, {}, []]],
    {Gone, Ref} = spawn_monitor(fun() -> ok end),
    receive {'DOWN', Ref, _, _, _} -> ok end,
    ?T(ets:info(ets:new(h, [{heir, Gone, data}]), heir)),
    [?T({O, ets:info(ets:new(w, [public | O]), write_concurrency)})
     || O <- [[{write_concurrency, {debug_hash_fixed_number_of_locks, N}}] || N <- [1, 64, 1024, 2049]] ++
            [[{write_concurrency, {debug_hash_fixed_number_of_locks, 64}}, {write_concurrency, true}]]].

pages('$end_of_table') -> [];
pages({Page, Continuation}) -> Page ++ pages(ets:select(Continuation)).

rpages('$end_of_table') -> [];
rpages({Page, Continuation}) -> Page ++ rpages(ets:select_reverse(Continuation)).
