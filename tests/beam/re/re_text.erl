%% SPDX-License-Identifier: Apache-2.0
%% Subjects that are UTF-8, are not, or are entered in the middle of a character.
-module(re_text).
-export([start/0]).
start() ->
  T = fun(F) -> try F() of V -> io:format("~0p~n", [V]) catch C:R -> io:format("~p ~0p~n", [C,R]) end end,
  T(fun() -> re:run(<<"abc",228,"x">>, "x", [unicode]) end),
  T(fun() -> re:run(<<"abc",228/utf8,"x">>, "x", [unicode]) end),
  T(fun() -> re:run(<<"abc",228/utf8,"x">>, "x", [unicode,{offset,4}]) end),
  T(fun() -> re:run(<<"abc",228/utf8,"x">>, "x", [unicode,{offset,5}]) end),
  T(fun() -> re:run(<<"abc",228/utf8,"x">>, "x", [unicode,{offset,6}]) end),
  T(fun() -> re:run(<<"abc",228/utf8,"x">>, "", [unicode,global,{offset,3}]) end),
  T(fun() -> re:run(<<"abc",228,"x">>, "b", [unicode,global,{offset,1}]) end),
  T(fun() -> re:run(<<237,160,128>>, "b", [unicode]) end),
  T(fun() -> re:run(<<"abc",228,"x">>, "(*UTF8)b", []) end),
  T(fun() -> re:run(<<"">>, "b", [unicode]) end),
  T(fun() -> re:run(<<>>, "", [unicode]) end),
  T(fun() -> re:run([], "", []) end),
  T(fun() -> re:run(<<16#f4,16#90,16#80,16#80>>, "", [unicode]) end).
