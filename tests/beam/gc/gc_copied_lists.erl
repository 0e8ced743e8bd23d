%% SPDX-License-Identifier: Apache-2.0
%%
%% Long lists in messages: heads of every kind, tails that are literals, improper ends, lists in lists; and what takes
%% tables of its own as big as the list: maps from lists, differences, parts.
-module(gc_copied_lists).
-export([start/0]).

start() ->
    Echo = spawn(fun echo/0),
    lists:foreach(
        fun({Name, L}) ->
            Echo ! {self(), L},
            receive {back, R} -> io:format("~s ~w ~w~n", [Name, R =:= L, erlang:phash2(R)]) end
        end, lists_of()),
    Echo ! stop,
    N = 150000,
    Pairs = [{I, -I} || I <- lists:seq(1, N)],
    M = maps:from_list(Pairs ++ [{1, one}, {N, last}]),
    io:format("~w ~w ~w~n", [maps:size(M), maps:get(1, M), maps:get(N, M)]),
    io:format("~w~n", [lists:seq(1, N) -- lists:seq(2, N, 2) =:= lists:seq(1, N, 2)]),
    io:format("~w~n", [length(binary:split(binary:copy(<<"ab">>, N), <<"b">>, [global]))]),
    io:format("~w~n", [length(binary:matches(binary:copy(<<"ab">>, N), <<"b">>))]).

lists_of() ->
    Small = lists:seq(1, 500),
    [{"small integers", Small},
     {"one pointer at the front", [{x} | Small]},
     {"one in the middle", lists:seq(1, 250) ++ [[deep, {list}]] ++ lists:seq(1, 250)},
     {"one at the end", Small ++ [<<"bytes">>]},
     {"only pointers", [{I} || I <- Small]},
     {"every second", [case I rem 2 of 0 -> {I}; 1 -> I end || I <- Small]},
     {"literal heads", [case I rem 3 of 0 -> {literal, [1, 2]}; _ -> I end || I <- Small]},
     {"literal tail", with_tail(Small, [a, literal, {tail}])},
     {"pointer, then literal tail", with_tail(Small ++ [{x}], [a, literal])},
     {"improper, immediate", with_tail(Small, last)},
     {"improper, tuple", with_tail(Small, {last, tuple})},
     {"improper, literal", with_tail(Small, {"a", literal})},
     {"improper, big", with_tail(Small, 1 bsl 200 + length(Small))},
     {"floats", [I * 1.0e300 || I <- Small] ++ [I / 3 || I <- Small]},
     {"lists of lists", [lists:seq(1, I) || I <- lists:seq(0, 100)]},
     {"shared", [Small, Small, {Small, [Small | Small]}]}].

with_tail(L, Tail) -> lists:foldr(fun(H, T) -> [H | T] end, Tail, L).

echo() ->
    receive
        stop -> ok;
        {From, L} -> From ! {back, L}, echo()
    end.
