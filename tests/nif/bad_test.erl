%% SPDX-License-Identifier: Apache-2.0
%% Libraries that cannot be loaded, each with its reason; nothing else is harmed.
-module(bad_test).
-export([start/1]).
-nifs([one/0, two/0]).

one() -> erlang:nif_error(not_loaded).
two() -> erlang:nif_error(not_loaded).
undeclared() -> a_stub.

start([Dir]) ->
    ok = file:write_file(filename:join(Dir, "bad_text.so"), "this is no library"),
    _ = undeclared(),
    [io:format("~s: ~0p ~0p~n", [N, catch erlang:load_nif(filename:join(Dir, "bad_" ++ N), 1), catch element(1, catch one())])
     || N <- ["version", "old", "variant", "name", "function", "undeclared", "flags", "twice", "null", "symbol", "noinit", "veto", "text",
              "nowhere"]],
    [io:format("~0p: ~0p~n", [P, catch erlang:load_nif(P, 1)]) || P <- [[a], an_atom, {}, 17, <<"x">>, "", [0]]],
    io:format("~0p~n", [catch apply(erlang, list_to_atom("load_nif"), ["x", 1])]),
    io:format("~0p~n", [erlang:load_nif(filename:join(Dir, "bad_good"), 1)]),
    io:format("~0p ~0p~n", [one(), catch element(1, element(2, catch two()))]),
    io:format("~0p~n", [erlang:load_nif(filename:join(Dir, "bad_good"), 1)]),
    io:format("~0p ~0p~n", [erl_ddll:load(Dir, "bad_good") =/= ok, one()]).
