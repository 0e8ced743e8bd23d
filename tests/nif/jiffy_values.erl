%% SPDX-License-Identifier: Apache-2.0
%% JSON by Debian's jiffy: what is encoded, decoded and refused.
%% needs: /usr/lib/erlang/lib/jiffy-*/ebin/jiffy.beam
-module(jiffy_values).
-export([start/1]).

guard(F) -> try F() catch C:R -> {C, R} end.

start(_) ->
    _ = rand:seed(exsss, {1, 2, 3}),
    [io:format("decode ~0p ~0p ~0p~n", [T, guard(fun() -> jiffy:decode(T) end), guard(fun() -> jiffy:decode(T, [return_maps, use_nil]) end)])
     || T <- texts()],
    [io:format("encode ~0p ~0p ~0p~n", [T, guard(fun() -> iolist_to_binary(jiffy:encode(T)) end),
                                        guard(fun() -> iolist_to_binary(jiffy:encode(T, [pretty, uescape])) end)])
     || T <- terms()],
    [begin
         T = random(4),
         J = iolist_to_binary(jiffy:encode(T)),
         io:format("~b ~p ~s~n", [N, jiffy:decode(J) =:= T, J])
     end || N <- lists:seq(1, 50)],
    %% so long that the library gives way in the middle
    Long = [#{<<"number">> => N, <<"text">> => integer_to_binary(N * N), <<"list">> => lists:seq(1, N rem 20)} || N <- lists:seq(1, 5000)],
    Json = iolist_to_binary(jiffy:encode(Long)),
    io:format("~p ~p ~p~n", [byte_size(Json), erlang:md5(Json), jiffy:decode(Json, [return_maps]) =:= Long]),
    io:format("~0p~n", [jiffy:decode(<<"{\"a\": 1} tail">>, [return_trailer])]).

texts() ->
    [<<"0">>, <<"-1">>, <<"17">>, <<"1.5">>, <<"1e10">>, <<"1.0E-7">>, <<"-0.0">>, <<"1e400">>, <<"01">>, <<"1.">>, <<"-">>,
     <<"123456789012345678901234567890">>, <<"true">>, <<"false">>, <<"null">>, <<"nul">>, <<"\"\"">>, <<"\"abc\"">>,
     <<"\"a\\nb\\u00e5\\ud83d\\ude00\"">>, <<"\"\\ud800\"">>, <<"\"\\x\"">>, <<"\"open">>, <<"\"", 255, "\"">>, <<"\"å\""/utf8>>,
     <<"[]">>, <<"[1,2,3]">>, <<"[1,[2,[3]]]">>, <<"[1,]">>, <<"[">>, <<"{}">>, <<"{\"a\":1}">>, <<"{\"a\":{\"b\":[null]}}">>, <<"{a:1}">>,
     <<"{\"a\":1,\"a\":2}">>, <<"{\"a\"}">>, <<"  [ 1 , 2 ]  ">>, <<"">>, <<"1 2">>, <<"[1 2]">>, "\"a list\"", x, 17].

terms() ->
    [0, -1, 1 bsl 62, 1 bsl 70, -(1 bsl 64), 1.5, -0.0, 1.0e300, true, false, null, nil, an_atom, <<>>, <<"abc">>, <<"å"/utf8>>,
     <<255, 254>>, <<0, 1, 2, "\"\\/">>, [], [1, 2], [[], [[]]], {[]}, {[{a, 1}]}, {[{<<"k">>, [1, {[]}]}]}, #{}, #{a => b}, #{1 => 2},
     #{<<"x">> => #{<<"y">> => null}}, {1, 2}, {[{{}, 1}]}, [a | b], self, "text", <<1:3>>, fun lists:map/2].

random(0) -> rand:uniform(1000) - 500;
random(N) ->
    case rand:uniform(6) of
        1 -> rand:uniform(1 bsl 60) - (1 bsl 59);
        2 -> rand:uniform() * 1.0e6;
        3 -> << <<(32 + rand:uniform(200))/utf8>> || _ <- lists:seq(1, rand:uniform(20)) >>;
        4 -> [random(N - 1) || _ <- lists:seq(1, rand:uniform(6))];
        5 -> {[{integer_to_binary(K), random(N - 1)} || K <- lists:seq(1, rand:uniform(6))]};
        6 -> lists:nth(rand:uniform(3), [true, false, null])
    end.
