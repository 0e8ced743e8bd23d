%% SPDX-License-Identifier: Apache-2.0
%% Formatted tables: widths, padding, precision, alignment, all directives.
-module(iol_tables).
-include("../t.hrl").

start() ->
    Rows = [{"apple", 3, 1.5}, {"banana split", 12, 0.333333}, {"Žluť", 1000, 1.0e10}, {"", -1, -0.0}],
    [io:format("|~-10ts|~5w|~10.3f|~n", [N, C, P]) || {N, C, P} <- Rows], [io:format("|~10.5.*ts|~*w|~.2f|~n", [$*, N, 6, C, P]) || {N, C, P} <- Rows], [io:format("~10.10.0w|~-8.4.=s|~c~5c~-3c|~3.2.xc|~n", [C, "abcdef", $a, $b, $c, $d]) || {_, C, _} <- Rows],
    ?T(f("~b ~B ~.2b ~.16B ~.36b ~10b ~-10b| ~10.2.0b", [10, -10, 10, 255, 123456, 5, 5, 5])), ?T(f("~x ~X ~.16x ~10.16X", [31, "0x", 31, "10#", 255, "16#", 31, "0X"])), ?T(f("~# ~.2# ~.16+ ~+", [10, 10, 255, -10])), ?T(f("~e ~.3e ~10.4e ~g ~.2g ~g ~g", [3.14159, 3.14159, 31415.9, 1.0e100, 0.001, 0.1, 12345.678])), ?T(f("~f ~.1f ~12.0f_ ~.15f", [1, 2.25, 2.5, 0.1])), ?T(f("~p ~w ~tp ~tw ~s ~ts", ["añb", "añb", "añ€", "añ€", "plain", "añ€"])), ?T(f("~s", [[97, 300]])), ?T(f("~a", [x])), ?T(f("~s ~s", [atom, <<"bin">>])), ?T(f("~w ~p", [<<"bin", 1>>, <<"bin">>])), ?T(f("~p", [<<1, 2, 3:3>>])),
    ?T(f("~i~w ~~ ~n", [skipped, shown])), ?T(f("~10p|~-20p|", [[1, 2, 3, 4, 5, 6, 7, 8], {a, b}])), ?T(f("~P ~W", [lists:seq(1, 20), 5, {a, {b, {c, {d}}}}, 3])), ?T(f("~0p", [lists:duplicate(30, some_long_atom)])), ?T(f("~40p", [lists:duplicate(5, {key, "value"})])), ?T(f("~lp ~lw", ["abc", "abc"])), ?T(f("~tc~c", [8364, $x])), ?T(f("~3tc|~5.3tc|", [8364, 8364])),
    ?T(f("~q", [1])), ?T(f("~w", [])), ?T(f("~w", [1, 2])), ?T(f("~s", [1])), ?T(f("~b", [a])), ?T(f("~c", [x])), ?T(f("~", [])), ?T(f("~5", [])), ?T(f(bad, [])), ?T(f("~p", notlist)), ?T(f("~f", [a])), ?T(f("~.99999f", [1.0]) =/= x), ?T(f("~*w|", [-6, ab])), ?T(lists:flatten(io_lib:format("~3w|~3.2w|~5.5s|~5.2s|~-5.2s|", [abcdef, abcdef, "abcdefgh", "abc", "abc"]))), ?T(io_lib:format("~s", ["deep"])), ?T(io_lib:fwrite("~w~n", [x])), ?T(io_lib:format("~p", ["x"], [{chars_limit, 10}])), ?T(lists:flatten(io_lib:format("~p", [lists:seq(1, 100)], [{chars_limit, 40}]))), ?T(lists:flatten(io_lib:format("~w ~p ~s", [lists:seq(1, 50), {a, lists:seq(1, 50)}, lists:duplicate(80, $x)], [{chars_limit, 60}]))).

f(F, A) -> lists:flatten(io_lib:format(F, A)).
