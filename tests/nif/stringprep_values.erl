%% SPDX-License-Identifier: Apache-2.0
%% Debian's stringprep: each of its functions on two hundred texts.
%% needs: /usr/lib/erlang/lib/p1_stringprep-*/ebin/stringprep.beam
-module(stringprep_values).
-export([start/1]).

guard(F) -> try F() catch C:R -> {C, R} end.

start(_) ->
    _ = rand:seed(exsss, {10, 11, 12}),
    {ok, _} = application:ensure_all_started(stringprep),
    [io:format("~0p ~0p~n", [T, [guard(fun() -> stringprep:F(T) end) || F <- [tolower, nameprep, nodeprep, resourceprep]]])
     || T <- [<<>>, <<"abc">>, <<"ABC">>, <<"Straße"/utf8>>, <<"ÅÄÖ"/utf8>>, <<"a b">>, <<"a@b">>, <<"\x{212b}"/utf8>>, <<"\x{fb01}"/utf8>>,
              <<"\x{200b}x"/utf8>>, <<0>>, <<255>>, <<"x", 200>>, <<"\x{5d0}\x{5d1}"/utf8>>, <<"a\x{5d0}"/utf8>>, <<"\x{e000}"/utf8>>,
              <<"\x{1d400}"/utf8>>, <<"e\x{301}"/utf8>>, binary:copy(<<"Lång "/utf8>>, 300), "list", x]
             ++ [random(Max) || Max <- [127, 1000, 16#ffff], _ <- lists:seq(1, 60)]].

random(Max) -> << <<(point(rand:uniform(Max)))/utf8>> || _ <- lists:seq(1, rand:uniform(15)) >>.
point(C) when C >= 16#d800, C =< 16#dfff -> C - 16#d000;
point(C) -> C.
