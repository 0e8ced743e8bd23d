%% SPDX-License-Identifier: Apache-2.0
%%
%% How long built-ins hold a scheduler. Run with +S 1: beside the work a process takes turns and notes the
%% longest time between two of them. main([Rounds]) prints `hold Name Microseconds`, the best of the rounds for each work:
%% what the machine does besides only makes it longer. A collection of the worker's heap is a hold, too: works leave their
%% garbage to a process of their own, and nothing is collected in the measured time: its heap is made large before.
-module(holds).
-export([main/1, watch/2]).

watch(Last, Longest) ->
    Now = erlang:monotonic_time(microsecond),
    receive {stop, P} -> P ! {longest, max(Longest, Now - Last)}
    after 0 -> erlang:yield(), watch(Now, max(Longest, Now - Last))
    end.

main([Rounds]) ->
    N = list_to_integer(Rounds),
    [io:format("hold ~s ~w~n", [Name, best(Make, N)]) || {Name, Make} <- works()],
    erlang:halt(0).

best(Make, Rounds) -> lists:min([measure(Make) || _ <- lists:seq(1, Rounds)]).

measure(Make) ->
    Self = self(),
    %% Make builds what Work works on; a heap this large is not collected in between: what stands in it would be copied
    {P, M} = spawn_opt(fun() ->
        Work = Make(),
        erlang:garbage_collect(),
        Watch = spawn(?MODULE, watch, [erlang:monotonic_time(microsecond), 0]),
        receive after 20 -> ok end,
        Work(),
        Watch ! {stop, self()},
        receive {longest, Us} -> Self ! {self(), Us} end
    end, [monitor, {min_heap_size, 30000000}]),
    Us = receive {P, X} -> X end,
    receive {'DOWN', M, process, P, _} -> Us end.

list(N) -> lists:seq(1, N).
bytes(N) -> binary:copy(<<"0123456789abcdef">>, N div 16).

works() ->
    Text = fun() -> bytes(50000000) end,
    Table = fun(Type, F) -> fun() ->
        T = ets:new(t, [Type, public]),
        [ets:insert(T, [{I, I} || I <- lists:seq(J * 10000 + 1, J * 10000 + 10000)]) || J <- lists:seq(0, 49)],
        fun() -> F(T) end
    end end,
    On = fun(Make, F) -> fun() -> X = Make(), fun() -> F(X) end end end,
    Million = fun() -> list(1000000) end,
    Ten = fun() -> list(3000000) end,
    [{"nothing", On(fun() -> 0 end, fun(_) -> receive after 100 -> ok end end)},
     {"length", On(Ten, fun(L) -> 3000000 = length(L) end)},
     {"member", On(Ten, fun(L) -> false = lists:member(none, L) end)},
     {"reverse", On(Million, fun(L) -> lists:reverse(L) end)},
     {"append", On(Million, fun(L) -> L ++ [1] end)},
     {"subtract", On(Million, fun(L) -> L -- L end)},
     {"list_to_tuple", On(Million, fun(L) -> list_to_tuple(L) end)},
     {"term_to_binary", On(Million, fun(L) -> term_to_binary(L) end)},
     {"term_to_binary/binary", On(Text, fun(B) -> term_to_binary(B) end)},
     {"term_to_binary/compressed", On(Million, fun(L) -> term_to_binary(L, [compressed]) end)},
     {"binary_to_term", On(fun() -> term_to_binary(list(1000000)) end, fun(B) -> binary_to_term(B) end)},
     {"binary_to_term/binary", On(fun() -> term_to_binary(bytes(50000000)) end, fun(B) -> binary_to_term(B) end)},
     {"external_size", On(Ten, fun(L) -> erlang:external_size(L) end)},
     {"binary_to_list", On(fun() -> bytes(1000000) end, fun(B) -> binary_to_list(B) end)},
     {"iolist_to_binary", On(Text, fun(B) -> iolist_to_binary([B, "more"]) end)},
     {"list_to_binary", On(fun() -> lists:duplicate(3000000, 7) end, fun(L) -> list_to_binary(L) end)},
     {"characters_to_list", On(fun() -> bytes(1000000) end, fun(B) -> unicode:characters_to_list(B) end)},
     {"binary:match", On(Text, fun(B) -> nomatch = binary:match(B, <<"none">>) end)},
     {"binary:split", On(fun() -> bytes(10000000) end, fun(B) -> binary:split(B, <<"f">>, [global]) end)},
     {"md5", On(Text, fun(B) -> erlang:md5(B) end)},
     {"crc32", On(Text, fun(B) -> erlang:crc32(B) end)},
     {"phash2", On(Text, fun(B) -> erlang:phash2(B) end)},
     {"phash2/list", On(Million, fun(L) -> erlang:phash2(L) end)},
     {"re:run", On(fun() -> lists:duplicate(40, $a) ++ "b" end, fun(S) -> nomatch = re:run(S, "(a+)+$") end)},
     {"maps:from_list", On(fun() -> [{I, I} || I <- list(1000000)] end, fun(L) -> maps:from_list(L) end)},
     {"maps:keys", On(fun() -> maps:from_list([{I, I} || I <- list(500000)]) end, fun(M) -> maps:keys(M) end)},
     {"ets:tab2list", Table(set, fun(T) -> ets:tab2list(T) end)},
     {"ets:select_count", Table(ordered_set, fun(T) -> ets:select_count(T, [{'_', [], [true]}]) end)},
     {"ets:delete_all_objects", Table(set, fun(T) -> ets:delete_all_objects(T) end)},
     {"ets:delete", Table(ordered_set, fun(T) -> ets:delete(T) end)},
     {"multiply", On(fun() -> 3 bsl 3000000 - 1 end, fun(N) -> (N * N) bsr 1 end)},
     {"integer_to_list", On(fun() -> 3 bsl 300000 - 1 end, fun(N) -> length(integer_to_list(N)) end)},
     {"exit, heap", On(fun() -> spawned(fun() -> put(l, list(5000000)) end) end, fun ended/1)},
     {"exit, links", On(fun() -> spawned(fun() -> put(l, [spawn_link(fun wait/0) || _ <- list(100000)]) end) end, fun ended/1)},
     {"exit, monitors", On(fun() -> spawned(fun() -> S = self(), put(l, [monitor(process, S) || _ <- list(10)]),
                                     put(m, [monitor(process, spawn(fun wait/0)) || _ <- list(100000)]) end) end, fun ended/1)},
     {"exit, messages", On(fun() -> spawned(fun() -> S = self(), [S ! {I} || I <- list(1000000)] end) end, fun ended/1)}].

wait() -> receive never -> ok end.

spawned(F) ->
    Self = self(),
    P = spawn(fun() -> F(), Self ! {ready, self()}, receive stop -> exit(normal) end end),
    receive {ready, P} -> P end.

ended(P) ->
    M = monitor(process, P),
    P ! stop,
    receive {'DOWN', M, process, P, _} -> ok end.
