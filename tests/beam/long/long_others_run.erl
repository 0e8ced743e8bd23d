%% flags: +S 1
%% timeout: 90
%% slow
%% SPDX-License-Identifier: Apache-2.0
%% While a built-in works on something big, other processes of the one scheduler run: not timed, counted.
-module(long_others_run).
-export([start/0, tick/1]).

-define(N, 250000).

tick(N) ->
    receive {stop, P} -> P ! {ticks, N}
    after 0 -> erlang:yield(), tick(N + 1)
    end.

%% F's value, when the ticker ran Least times or more meanwhile.
others(Name, Least, F) ->
    erlang:garbage_collect(),
    Ticker = spawn(?MODULE, tick, [0]),
    erlang:yield(),
    Value = F(),
    Ticker ! {stop, self()},
    receive {ticks, N} when N >= Least -> io:format("~s: others ran~n", [Name]);
            {ticks, N} -> io:format("~s: others ran ~w times only~n", [Name, N])
    end,
    Value.

id(X) -> X.

start() ->
    L = lists:seq(1, ?N),
    Same = fun(Name, F) -> others(Name, 3, F) end,
    ?N = Same("length", fun() -> length(id(L)) end),
    yes = Same("length in a guard", fun() -> case id(L) of X when length(X) > 5 -> yes; _ -> no end end),
    [?N | _] = R = Same("reverse", fun() -> lists:reverse(L) end),
    false = Same("member", fun() -> lists:member(none, R) end),
    false = Same("keyfind", fun() -> lists:keyfind(none, 1, L) end),
    2 * ?N = length(Same("++", fun() -> id(L) ++ L end)),
    [] = Same("--", fun() -> id(L) -- R end),
    T = others("list_to_tuple", 1, fun() -> list_to_tuple(L) end),
    io:format("~p~n", [Same("phash2", fun() -> erlang:phash2({L, T}) end)]),
    B = Same("term_to_binary", fun() -> term_to_binary(L) end),
    L = Same("binary_to_term", fun() -> binary_to_term(B) end),
    {L, Used} = Same("binary_to_term, used", fun() -> binary_to_term(<<B/binary, "more">>, [safe, used]) end),
    Used = byte_size(B),
    C = Same("term_to_binary, compressed", fun() -> term_to_binary(L, [compressed]) end),
    L = Same("binary_to_term of that", fun() -> binary_to_term(C) end),
    io:format("~p ~p~n", [erlang:md5(B), erlang:md5(C)]),
    io:format("~p~n", [others("external_size", 1, fun() -> erlang:external_size([L, L, L]) end)]),
    B = iolist_to_binary(Same("term_to_iovec", fun() -> erlang:term_to_iovec(L) end)),
    Bytes = Same("binary_to_list", fun() -> binary_to_list(B) end),
    B = Same("list_to_binary", fun() -> list_to_binary([Bytes]) end),
    Used = Same("iolist_size", fun() -> iolist_size(Bytes) end),
    B4 = binary:copy(B, 8),
    nomatch = Same("binary:match", fun() -> binary:match(B4, [<<255,255,255,254>>, <<1,2,3,4,5,6,7>>]) end),
    io:format("~p~n", [length(Same("binary:split", fun() -> binary:split(B, <<1>>, [global]) end))]),
    Text = lists:duplicate(?N, 246),
    U = Same("characters_to_binary", fun() -> unicode:characters_to_binary(Text) end),
    Text = Same("characters_to_list", fun() -> unicode:characters_to_list([U]) end),
    M = Same("maps:from_list", fun() -> maps:from_list([{I, -I} || I <- L]) end),
    ?N = map_size(M),
    E = ets:new(e, [public]),
    ets:insert(E, [{I, I} || I <- L]),
    ?N = length(Same("ets:tab2list", fun() -> ets:tab2list(E) end)),
    [7] = Same("ets:select", fun() -> ets:select(E, [{{'$1', '_'}, [{'=:=', {'+', '$1', 0}, 7}], ['$1']}]) end),
    ?N = Same("ets:select_count", fun() -> ets:select_count(E, [{'_', [], [true]}]) end),
    true = Same("ets:delete_all_objects", fun() -> ets:delete_all_objects(E) end),
    ets:insert(E, [{I, I} || I <- L]),
    true = Same("ets:delete", fun() -> ets:delete(E) end),
    O = ets:new(o, [ordered_set]),
    ets:insert(O, [{I, I} || I <- L]),
    Sorted = Same("tab2list of an ordered set", fun() -> ets:tab2list(O) end),
    true = Sorted =:= [{I, I} || I <- L],
    true = Same("delete of an ordered set", fun() -> ets:delete(O) end),
    {error, match_limit} = Same("re:run", fun() ->
        re:run("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "(a+)+$", [report_errors]) end),
    ok.
