%% SPDX-License-Identifier: Apache-2.0
%% flags: +S 8:8
%% timeout: 120
%% Tables under load: on 8 schedulers writers change keys of their own, each checked against a map, while readers
%% and walkers look on. An object is {Key, Sequence, Check}: no reader may see half of one, or a sequence going back.
-module(ets_load).
-include("../t.hrl").
-define(WRITERS, 8).
-define(READERS, 4).
-define(KEYS, 60).
-define(OPS, 500).
-define(STEADY, 200).

start() ->
    Both = [{write_concurrency, true}, {read_concurrency, true}],
    [?T({Options, load(Options)})
     || Options <- [[set | Both], [ordered_set | Both], [set], [ordered_set], [set, {read_concurrency, true}],
                    [set, {write_concurrency, auto}], [ordered_set, {write_concurrency, true}]]],
    [?T({Options, bags(Options)}) || Options <- [[bag | Both], [duplicate_bag | Both]]],
    [?T({Options, bulk(Options)}) || Options <- [[set | Both], [set], [ordered_set | Both]]],
    ?T(names()).

load(Options) ->
    T = ets:new(t, [public | Options]),
    ets:insert(T, [object({steady, N}, 0) || N <- lists:seq(1, ?STEADY)]),
    ets:insert(T, {counter, 0}),
    Stop = counters:new(1, []),
    Lookers = [spawn_monitor(fun() -> reader(T, Stop, seed(R), #{}) end) || R <- lists:seq(1, ?READERS)] ++
        [spawn_monitor(fun() -> walker(T, Stop) end), spawn_monitor(fun() -> selector(T, Stop) end)],
    Writers = [spawn_monitor(fun() -> exit({model, writer(T, W, ?OPS, seed(W), #{}, 1)}) end)
               || W <- lists:seq(1, ?WRITERS)],
    Models = [receive {'DOWN', Ref, process, Pid, Reason} -> Reason end || {Pid, Ref} <- Writers],
    counters:add(Stop, 1, 1),
    Looked = [receive {'DOWN', Ref, process, Pid, Reason} -> Reason end || {Pid, Ref} <- Lookers],
    Steady = [object({steady, N}, 0) || N <- lists:seq(1, ?STEADY)],
    Expected = lists:sort([{counter, ?WRITERS * ?OPS} | Steady] ++
                              lists:append([maps:values(M) || {model, M} <- Models])),
    Same = lists:sort(ets:tab2list(T)) =:= Expected,
    Size = ets:info(T, size) =:= length(Expected),
    Bad = [M || M <- Models, not is_tuple(M) orelse element(1, M) =/= model],
    Emptied = [ets:delete(T, element(1, O)) || O <- Expected, element(1, O) =/= counter] -- [true || _ <- Expected],
    Rest = ets:tab2list(T),
    ets:delete(T),
    {Same, Size, Bad, lists:usort(Looked), Emptied, Rest}.

object(Key, Sequence) -> {Key, Sequence, check(Key, Sequence)}.
check(Key, Sequence) -> erlang:phash2({Key, Sequence}).

seed(N) -> N * 7919.
next(S) -> (S * 1103515245 + 12345) band 16#7fffffff.

writer(_, _, 0, _, Model, _) -> Model;
writer(T, W, N, S0, Model, Sequence) ->
    S = next(S0),
    Key = {W, (S bsr 8) rem ?KEYS},
    New = object(Key, Sequence),
    Before = case Model of #{Key := O} -> [O]; _ -> [] end,
    After =
        case (S bsr 20) rem 8 of
            0 -> true = ets:delete(T, Key), [];
            1 -> Inserted = ets:insert_new(T, New), Inserted = Before =:= [], [hd(Before ++ [New])];
            2 -> Before = ets:take(T, Key), [];
            3 -> Changed = ets:update_element(T, Key, [{2, Sequence}, {3, element(3, New)}]),
                 Changed = Before =/= [],
                 [New || Changed];
            4 -> true = ets:delete_object(T, {Key, none, none}), [true = ets:delete_object(T, O) || O <- Before], [];
            5 -> true = ets:insert(T, [New, New]), [New];
            _ -> true = ets:insert(T, New), [New]
        end,
    After = ets:lookup(T, Key),
    Is = After =/= [],
    Is = ets:member(T, Key),
    ets:update_counter(T, counter, {2, 1}),
    Model1 = case After of [] -> maps:remove(Key, Model); [A] -> Model#{Key => A} end,
    writer(T, W, N - 1, S, Model1, Sequence + 1).

reader(T, Stop, S0, Seen) ->
    S = next(S0),
    Key = {1 + (S bsr 4) rem ?WRITERS, (S bsr 12) rem ?KEYS},
    Last = maps:get(Key, Seen, 0),
    Seen1 = case ets:lookup(T, Key) of
                [] -> Seen;
                [{Key, Sequence, Check}] when Sequence >= Last ->
                    Check = check(Key, Sequence),
                    Seen#{Key => Sequence}
            end,
    Steady = {steady, 1 + (S bsr 6) rem ?STEADY},
    0 = ets:lookup_element(T, Steady, 2),
    case counters:get(Stop, 1) of 0 -> reader(T, Stop, S, Seen1); _ -> exit(fine) end.

%% A fixed table is walked over every key that stays, and over none twice.
walker(T, Stop) ->
    true = ets:safe_fixtable(T, true),
    Keys = walk(T, ets:first(T)),
    true = ets:safe_fixtable(T, false),
    [] = Keys -- lists:usort(Keys),
    ?STEADY = length([K || {steady, _} = K <- Keys]),
    case counters:get(Stop, 1) of 0 -> walker(T, Stop); _ -> exit(fine) end.

walk(_, '$end_of_table') -> [];
walk(T, Key) -> [Key | walk(T, ets:next(T, Key))].

selector(T, Stop) ->
    ?STEADY = ets:select_count(T, [{{{steady, '_'}, 0, '_'}, [], [true]}]),
    Objects = ets:select(T, [{{{'$1', '_'}, '_', '_'}, [{is_integer, '$1'}], ['$_']}]),
    [C = check(K, N) || {K, N, C} <- Objects],
    true = ets:safe_fixtable(T, true),
    ?STEADY = pages(ets:match(T, {{steady, '$1'}, '_', '_'}, 7), 0),
    true = ets:safe_fixtable(T, false),
    case counters:get(Stop, 1) of 0 -> selector(T, Stop); _ -> exit(fine) end.

pages('$end_of_table', N) -> N;
pages({Page, Continuation}, N) -> pages(ets:match(Continuation), N + length(Page)).

%% What the writers put under shared keys is all there in the end.
bags(Options) ->
    T = ets:new(t, [public | Options]),
    Writers = [spawn_monitor(fun() -> [ets:insert(T, {K rem 20, W, K}) || K <- lists:seq(1, 400)] end)
               || W <- lists:seq(1, ?WRITERS)],
    [receive {'DOWN', Ref, process, Pid, Reason} -> normal = Reason end || {Pid, Ref} <- Writers],
    Objects = lists:sort([{K rem 20, W, K} || W <- lists:seq(1, ?WRITERS), K <- lists:seq(1, 400)]),
    {lists:sort(ets:tab2list(T)) =:= Objects, length(ets:lookup(T, 7)), ets:select_delete(T, [{{7, '_', '_'}, [], [true]}]),
     ets:info(T, size)}.

%% A table grows and shrinks under its writers.
bulk(Options) ->
    T = ets:new(t, [public | Options]),
    Writers = [spawn_monitor(fun() ->
                                     [ets:insert(T, {{W, K}, K}) || K <- lists:seq(1, 1500)],
                                     [[{_, K}] = ets:lookup(T, {W, K}) || K <- lists:seq(1, 1500)],
                                     [ets:delete(T, {W, K}) || K <- lists:seq(1, 1500), K rem 100 =/= 0]
                             end) || W <- lists:seq(1, ?WRITERS)],
    [receive {'DOWN', Ref, process, Pid, Reason} -> normal = Reason end || {Pid, Ref} <- Writers],
    {ets:info(T, size), lists:sort(ets:tab2list(T)) =:= [{{W, K}, K} || W <- lists:seq(1, ?WRITERS), K <- lists:seq(100, 1500, 100)]}.

%% Named tables come, go and are renamed while others look for them.
names() ->
    Stop = counters:new(1, []),
    Lookers = [spawn_monitor(fun() -> look(Stop) end) || _ <- lists:seq(1, 4)],
    [begin
         T = ets:new(name_a, [named_table, public, {read_concurrency, true}]),
         ets:insert(T, {key, value}),
         name_b = ets:rename(T, name_b),
         ets:delete(name_b)
     end || _ <- lists:seq(1, 1000)],
    counters:add(Stop, 1, 1),
    lists:usort([receive {'DOWN', Ref, process, Pid, Reason} -> Reason end || {Pid, Ref} <- Lookers]).

look(Stop) ->
    [case catch ets:lookup(Name, key) of
         [{key, value}] -> ok;
         [] -> ok;
         {'EXIT', {badarg, _}} -> ok
     end || Name <- [name_a, name_b]],
    case counters:get(Stop, 1) of 0 -> look(Stop); _ -> exit(fine) end.
