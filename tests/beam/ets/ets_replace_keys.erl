%% SPDX-License-Identifier: Apache-2.0
%% Which specifications select_replace takes: those that show that they keep the key.
-module(ets_replace_keys).
-include("../t.hrl").

start() ->
    T = ets:new(x, []),
    [io:format("~0p ~0p ~0p~n", [A, B, try ets:select_replace(T, [{{A, '$2', '$3'}, [], [{{B, '$3', '$2'}}]}]) catch error:E -> E end])
     || X <- [a, "hej", 123, 1.5], Y <- [b, <<"123">>, 1 bsl 80], {A, B} <- pairs(X, Y)],
    ets:insert(T, [{K, 1, 2} || K <- [a, {b, c}, [1, 2], 3]]),
    [?T({B, ets:select_replace(T, [{{'$1', '$2', '$3'}, [], [B]}])}) || B <- ['$_', {{'$1', '$3', '$2'}}, {{{element, 1, '$_'}, '$2', '$3'}}, {{'$1'}}, {{'$2', '$1'}}, '$1', {const, {a, 1, 2}}, {{{element, 2, '$_'}, x}}, {{'$1', {'+', '$2', '$3'}, '$_'}}]],
    ?T(lists:sort(ets:tab2list(T))),
    [?T({H, B, catch_bad(fun() -> ets:select_replace(T, [{H, [], [B]}]) end)}) || {H, B} <- [{{a, '_', '_'}, {const, {a, n, n}}}, {{a, '_', '_'}, {const, {b, n, n}}}, {'_', '$_'}, {'$1', '$1'}, {{'_', '$1'}, {{'_', '$1'}}}, {{a, '$1', '_'}, {{a, '$1', x}}}, {{b, '$1', '_'}, {{a, '$1'}}}]],
    ?T(lists:sort(ets:tab2list(T))),
    K2 = ets:new(y, [{keypos, 2}, ordered_set]), ets:insert(K2, [{1, 1}, {2, 2.0}]),
    ?T(ets:select_replace(K2, [{{'$1', '$2'}, [], [{{'$2', '$2'}}]}])), ?T(ets:tab2list(K2)), ?T(ets:select_replace(K2, [{{'$1', '$2'}, [], [{{'$2', '$1'}}]}])), ?T(ets:select_replace(K2, [{{'$1', 1}, [], [{{x, 1.0}}]}])), ?T(ets:select_replace(K2, [{{'$1', 1}, [], [{{x, 1}}]}])), ?T(ets:tab2list(K2)), ?T(ets:select_replace(K2, [{{'$1', 2}, [], [{{x, 2}}]}])), ?T(ets:tab2list(K2)).

catch_bad(F) -> try F() catch error:E -> E end.
pairs(X, Y) ->
    [{'$1', '$1'}, {{X, Y}, {{X, Y}}}, {{'$1', Y}, {{'$1', Y}}}, {{{X, Y}}, {{{{X, Y}}}}}, {{X}, {{X}}}, {X, {const, X}}, {{X, Y}, {const, {X, Y}}}, {{X}, {const, {X}}}, {{X, Y}, {{X, {const, Y}}}},
     {{X, {Y, '$1'}}, {{{const, X}, {{Y, '$1'}}}}}, {[X, Y | '$1'], [X, Y | '$1']}, {[{X, '$1'}, Y], [{{X, '$1'}}, Y]}, {[{X, Y} | '$1'], [{const, {X, Y}} | '$1']}, {[$p, $r | '$1'], [$p, $r | '$1']}, {{[{X, Y}]}, {{[{{X, Y}}]}}}, {{[{X, Y}]}, {{{const, [{X, Y}]}}}}, {{[{X, Y}]}, {{[{const, {X, Y}}]}}},
     {'$1', '$2'}, {{X, Y}, {X, Y}}, {{{X, Y}}, {{{X, Y}}}}, {{X}, {{{X}}}}, {{const, X}, {const, X}}, {{const, {X, Y}}, {const, {X, Y}}}, {'$1', {const, '$1'}}, {{X}, {const, {{X}}}}, {{X, {Y, '$1'}}, {{{const, X}, {Y, '$1'}}}}, {[X, Y | '$1'], [X, Y]}, {[X, Y], [X, Y | '$1']}, {[{X, '$1'}, Y], [{X, '$1'}, Y]}, {[$p | '$1'], [$q | '$1']},
     {{[{X, Y}]}, {{[{X, Y}]}}}, {{[{X, Y}]}, {{{const, [{{X, Y}}]}}}}, {{[{X, Y}]}, {{[{const, {{X, Y}}}]}}}, {'_', '_'}, {'$_', '$_'}, {'$$', '$$'}, {#{}, #{}}, {#{X => '$1'}, #{X => '$1'}}].
