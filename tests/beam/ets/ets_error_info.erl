%% SPDX-License-Identifier: Apache-2.0
%% Why each of ets's functions refuses its arguments: the cause in error_info, and the text that is made of it. What is wrong
%% with the table comes before what is wrong with the other arguments.
-module(ets_error_info).
-export([start/0]).

start() ->
    Self = self(),
    {Owner, M} = spawn_monitor(fun() ->
        Protected = [fill(ets:new(prot, [T, protected])) || T <- types()],
        Private = [fill(ets:new(priv, [T, private])) || T <- types()],
        Public = [fill(ets:new(publ, [T, public])) || T <- types()],
        Self ! {self(), Protected, Private, Public},
        receive stop -> ok end
    end),
    {Prot, Priv, Publ} = receive {Owner, P1, P2, P3} -> {P1, P2, P3} end,
    Own = [fill(ets:new(own, [T])) || T <- types()],
    Dead = ets:new(dead, []),
    ets:delete(Dead),
    [show(Kind, Type, Tab) || {Kind, Tabs} <- [{protected, Prot}, {private, Priv}, {public, Publ}, {own, Own}],
                              {Type, Tab} <- lists:zip(types(), Tabs)],
    [show(Kind, none, Tab) || {Kind, Tab} <- [{dead, Dead}, {unnamed, no_such_table}, {no_id, 17}, {no_id, {a, b}},
                                              {no_id, make_ref()}]],
    more(),
    Owner ! stop,
    receive {'DOWN', M, _, _, _} -> ok end.

types() -> [set, ordered_set, bag, duplicate_bag].

fill(T) -> ets:insert(T, [{one, 1}, {two, 2, b}, {3, 3.5}]), T.

show(Kind, Type, Tab) ->
    [try erlang:apply(ets, F, [T | A]) of
         V when V =:= true; V =:= false; is_integer(V), F =/= info -> io:format("~w ~w ~w~0p -> ~0p~n", [Kind, Type, F, A, V]);
         _ -> io:format("~w ~w ~w~0p -> ok~n", [Kind, Type, F, A])
     catch C:R:S -> io:format("~w ~w ~w~0p -> ~p:~p ~0p~n", [Kind, Type, F, A, C, R, why(R, S)])
     end || {F, A} <- calls(), T <- [Tab]].

calls() ->
    {Gone, M} = spawn_monitor(fun() -> ok end),
    receive {'DOWN', M, _, _, _} -> ok end,
    [{first, []}, {last, []}, {next, [one]}, {next, [no_key]}, {prev, [one]}, {prev, [no_key]}, {member, [one]},
     {lookup, [one]}, {lookup_element, [one, 2]}, {lookup_element, [one, 9]}, {lookup_element, [no_key, 2]},
     {lookup_element, [no_key, bad]}, {lookup_element, [one, 0]}, {lookup_element, [one, bad]}, {slot, [0]}, {slot, [-1]}, {slot, [bad]},
     {slot, [100000]}, {insert, [bad]}, {insert, [{}]}, {insert, [[{a, 1}, b]]}, {insert, [[{a, 1} | b]]},
     {insert_new, [bad]}, {insert_new, [[{a, 1}, {}]]}, {delete, [no_key]}, {delete_object, [bad]}, 
     {delete_object, [{no, 1}]}, {match, [bad]}, {match, ['_', bad]}, {match, ['_', 0]}, {match_object, ['_', bad]},
     {select, [bad]}, {select, [[{bad}]]}, {select, [[{'_', [], ['$_']}], bad]}, {select, [bad, bad]}, {select_reverse, [bad]},
     {select_reverse, [bad, 1]}, {select_count, [bad]}, {select_delete, [bad]}, {select_replace, [bad]},
     {select_replace, [[{'_', [], [{{a, b}}]}]]}, {match_delete, [{no_such, '_'}]}, {update_counter, [one, 1]},
     {update_counter, [no_key, 1]}, {update_counter, [one, bad]}, {update_counter, [one, {1, 1}]}, {update_counter, [one, {9, 1}]},
     {update_counter, [one, {2, bad}]}, {update_counter, [3, 1]}, {update_counter, [no_key, 1, bad]}, 
     {update_counter, [no_key, 1, {x}]}, {update_counter, [one, [{2, 1} | x]]}, {update_counter, [one, {2, 1, bad, 0}]},
     {update_element, [one, {2, 1}]}, {update_element, [one, {1, x}]}, {update_element, [one, {9, x}]}, {update_element, [one, bad]},
     {update_element, [one, not_tuple]}, {update_element, [no_key, {2, x}]}, {update_element, [no_key, bad]},
     {update_element, [one, [{2, 1}, bad]]}, {update_element, [one, {0, 1}]}, {update_element, [one, {bad, 1}]},
     {info, [bad_item]}, {info, [17]}, {info, [size]}, {info, []}, {safe_fixtable, [bad]}, {rename, [{bad, name}]},
     {setopts, [bad]}, {setopts, [{heir, bad}]}, {setopts, [{heir, none}]}, {setopts, [{protection, bad}]}, {setopts, [[{bad, x}]]},
     {give_away, [bad, data]}, {give_away, [Gone, data]}, {give_away, [self(), data]},
     {take, [no_key]}, {tab2list, []}, {foldl, [x, y]}, {init_table, [bad]}, {to_dets, [bad]}, {whereis, []}].

more() ->
    ets:new(taken, [named_table]),
    [try erlang:apply(ets, F, A) of
         V -> io:format("~w ~0p -> ~p~n", [F, A, is_list(V)])
     catch C:R:S -> io:format("~w ~0p -> ~0p:~0p ~0p~n", [F, A, C, R, why(R, S)])
     end || {F, A} <- [{new, [taken, [named_table]]}, {new, [17, []]}, {new, [n, bad]}, {new, [n, [bad]]}, {new, [n, [{keypos, 0}]]},
                       {new, [n, [set | bag]]}, {new, [n, [{heir, bad, data}]]}, {match_spec_compile, [bad]},
                       {match_spec_compile, [[{{'$1'}, [{bad}], []}]]}, {match_spec_run_r, [[a], bad, []]}, {match_spec_run, [[a], bad]},
                       {is_compiled_ms, [bad]}, {rename, [taken, taken]}, {select, [bad]}, {match, [bad]}, {match_object, [bad]},
                       {select_reverse, [bad]}, {repair_continuation, [bad, bad]}, {file2tab, [<<"nosuch">>]}, {tab2file, [nosuch, "x"]},
                       {test_ms, [{a}, bad]}, {table, [taken, [bad]]}, {fun2ms, [bad]}, {from_dets, [taken, nosuch]}]].

why(R, [{M, F, A, I} | _] = S) when is_list(A) ->
    case proplists:get_value(error_info, I) of
        #{module := Mod} = Info -> {M, F, length(A), maps:get(cause, Info, none), texts(Mod, R, S)};
        #{} = Info -> {M, F, length(A), maps:get(cause, Info, none)};
        undefined -> {M, F, length(A)}
    end;
why(_, [{M, F, A, _} | _]) -> {M, F, A}.

texts(Mod, R, S) ->
    try lists:sort(maps:to_list(Mod:format_error(R, S))) of
        L -> [{K, unicode:characters_to_list(V)} || {K, V} <- L]
    catch E:_ -> {no_text, E}
    end.
