%% SPDX-License-Identifier: Apache-2.0
%% YAML by Debian's fast_yaml.
%% needs: /usr/lib/erlang/lib/p1_yaml-*/ebin/fast_yaml.beam
-module(yaml_values).
-export([start/1]).

guard(F) -> try F() catch C:R -> {C, R} end.

start(_) ->
    _ = rand:seed(exsss, {7, 8, 9}),
    {ok, _} = application:ensure_all_started(fast_yaml),
    [io:format("~0p ~0p~n", [T, [guard(fun() -> fast_yaml:decode(T, O) end)
                                 || O <- [[], [plain_as_atom], [{plain_as_atom, false}, maps], [sane_scalars]]]]) || T <- texts()],
    [begin
         T = term(3),
         B = iolist_to_binary(fast_yaml:encode(T)),
         io:format("~b ~0p ~0p~n", [N, B, guard(fun() -> fast_yaml:decode(B) end)])
     end || N <- lists:seq(1, 70)].

texts() ->
    [<<>>, <<"a">>, <<"17">>, <<"1.5">>, <<"~">>, <<"true">>, <<"- 1\n- 2\n">>, <<"a: 1\nb: 2\n">>, <<"a:\n  b:\n    - c\n    - d: e\n">>, <<"[1, 2, [3]]">>,
     <<"{a: 1, b: {c: d}}">>, <<"\"quoted\\n\"">>, <<"'single ''quoted'''">>, <<"|\n  literal\n  text\n">>, <<">\n  folded\n  text\n">>,
     <<"&x a">>, <<"- &x a\n- *x\n">>, <<"- *nowhere\n">>, <<"a: b: c">>, <<"[1, 2">>, <<"\t- x">>, <<"---\na\n---\nb\n">>, <<"%YAML 1.1\n---\nx\n">>,
     <<"å: ä\n"/utf8>>, <<255, 254>>, <<"0x1f">>, <<"-12">>, <<"1e3">>, <<"a: |+\n  x\n\n">>, <<"# comment\n">>, <<"!!str 17">>, <<"? a\n: b\n">>, x, "list: 1"].

term(0) -> rand:uniform(100);
term(N) ->
    case rand:uniform(5) of
        1 -> rand:uniform(1000000) - 500000;
        2 -> << <<(96 + rand:uniform(26))>> || _ <- lists:seq(1, rand:uniform(12)) >>;
        3 -> [term(N - 1) || _ <- lists:seq(1, rand:uniform(4))];
        4 -> [{<<"key", (integer_to_binary(K))/binary>>, term(N - 1)} || K <- lists:seq(1, rand:uniform(4))];
        5 -> rand:uniform(1000) / 8
    end.
