% SPDX-License-Identifier: Apache-2.0
%
% Searches and gathering of lists that are short, at the edge between short and long, and long; good
% and bad ones.
-module(li_short_and_long).
-export([start/0]).

start() ->
    [searches(N) || N <- [0, 1, 2, 499, 500, 501, 502, 5000]],
    [gather(N) || N <- [0, 1, 255, 256, 257, 767, 768, 769, 999, 1000, 1001, 1024, 8191, 8192, 8193, 20000]],
    [dictionary(N) || N <- [0, 1, 4, 8, 9, 40, 64, 65, 300]],
    [io:format("~p ~s ~s ~s~n", [N, integer_to_list(N), integer_to_binary(N, 2), integer_to_list(N, 36)])
     || N <- [0, 1, -1, 9, 10, -10, 99999, 1 bsl 58, -(1 bsl 58), (1 bsl 59) - 1, -(1 bsl 59), 1 bsl 59,
              1 bsl 64, -(1 bsl 200)]].

searches(N) ->
    Atoms = [list_to_atom("a" ++ integer_to_list(I)) || I <- lists:seq(1, N)],
    Pairs = [{A, I, I * 1.0} || {A, I} <- lists:zip(Atoms, lists:seq(1, N))],
    Keys = [hd(Atoms ++ [none]), lists:last([none | Atoms]), absent, N, N * 1.0, 0.0, -0.0, "s", N bsl 70],
    io:format("~p ~p~n", [N, [{catch lists:member(K, Atoms ++ [N]),
                               catch lists:member(K, Atoms ++ [N | improper]),
                               catch lists:keyfind(K, 1, Pairs), catch lists:keyfind(K, 2, Pairs),
                               catch lists:keymember(K, 3, [x, {} | Pairs]),
                               catch lists:keysearch(K, 1, Pairs ++ [{K}]),
                               bad(fun() -> lists:keyfind(K, 1, Pairs ++ improper) end),
                               bad(fun() -> lists:keyfind(K, 0, Pairs) end),
                               bad(fun() -> lists:keymember(K, a, Pairs) end)} || K <- Keys]]).

gather(N) ->
    Bytes = [I band 255 || I <- lists:seq(1, N)],
    Shapes = [Bytes, [Bytes | <<"end">>], [[B] || B <- Bytes], [[[], B | <<>>] || B <- Bytes], [<<B>> || B <- Bytes],
              [[Bytes, <<1, 2, 3>>], $a, [] | Bytes], deep(Bytes, [])],
    Bad = [[Bytes, 256], [Bytes, -1], [Bytes | a], [Bytes, <<1:3>>], [Bytes, 1 bsl 70], [Bytes | 5], [Bytes, [1.0]]],
    io:format("~p ~p~n", [N, [{erlang:phash2(iolist_to_binary(S)), erlang:phash2(list_to_binary(S)),
                               erlang:phash2(list_to_bitstring([S, <<5:3>>])), iolist_size(S),
                               erlang:md5(S)} || S <- Shapes]]),
    io:format("~p~n", [[{bad(fun() -> iolist_to_binary(S) end), bad(fun() -> list_to_binary(S) end),
                         bad(fun() -> iolist_size(S) end), bad(fun() -> erlang:phash2(list_to_bitstring(S)) end)}
                        || S <- Bad]]).

deep([], Acc) -> Acc;
deep([B | Bs], Acc) -> deep(Bs, [Acc, B]).

dictionary(N) ->
    erase(),
    Fill = fun(Tag) -> [put(key(I), {Tag, I}) || I <- lists:seq(1, N)] end,
    First = Fill(one),
    Erased = lists:sort(erase()),
    Again = Fill(two),
    Got = [get(key(I)) || I <- lists:seq(1, N)] ++ [get(absent), get(0.0), get([])],
    Removed = [erase(key(I)) || I <- lists:seq(1, N, 3)],
    io:format("~p ~p~n", [N, erlang:phash2({First, Erased, Again, Got, Removed, lists:sort(get())})]),
    erase().

key(I) ->
    case I rem 5 of
        0 -> I;
        1 -> {I};
        2 -> integer_to_list(I);
        3 -> I * 1.0;
        4 -> list_to_atom("k" ++ integer_to_list(I))
    end.

bad(F) ->
    try F() catch C:E:S -> {C, E, element(1, hd(S)), element(2, hd(S))} end.
