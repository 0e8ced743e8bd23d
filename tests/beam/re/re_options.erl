%% SPDX-License-Identifier: Apache-2.0
%% Every option of re:compile and re:run, each with patterns and subjects that it matters for, and each way to capture.
-module(re_options).
-include("../t.hrl").

start() ->
    [io:format("~tp ~tp ~tp: ~tp~n", [P, S, O, run(P, S, O)]) || {P, Ss, Os} <- cases(), S <- Ss, O <- [[] | Os]],
    Captures = [all, all_but_first, all_names, first, none, [], [0], [1], [2, 1], [99], [b], ["a", 2], [<<"b">>, nosuch]],
    [io:format("~tp ~tp: ~tp~n", [C, T, run("(?<a>x)|(?<b>y)(z)?", S, [{capture, C, T}])]) || S <- ["x", "yz", "y", "n"], C <- Captures, T <- [index, list, binary]],
    [io:format("global ~tp ~tp: ~tp~n", [P, O, run(P, S, [global | O])])
     || {P, S} <- [{"a*", "baac"}, {"", "abc"}, {"(?=b)", "abab"}, {"(?<=a)b?", "abaab"}, {"\\b", "one two"}, {"^|$", "a\nb"}, {"x?", "åx"}, {"(a)|(b)", "abc"}, {"a|ab", "abab"}],
        O <- [[], [{capture, first, list}], [{capture, all, binary}], [{capture, none}], [notempty], [{offset, 1}], [multiline], [unicode]]],
    [?T(re:compile(P, O)) || {P, O} <- [{"(", []}, {")", []}, {"a**", []}, {"[z-a]", []}, {"\\", []}, {"(?<n>a)(?<n>b)", []}, {"(?", []}, {"a{3,1}", []}, {"[[:foo:]]", []}, {"(?P<1a>x)", []}, {"\\1", []},
                                       {"(?(1)a|b|c)", []}, {"\\p{Nope}", [unicode]}, {"[a", []}, {"(*UTF8)a", [never_utf]}, {"a", [wrong]}, {foo, []}, {"a", foo}, {<<255>>, [unicode]}, {"(?<=a*)b", []}]],
    [?T(element(1, catch re:run(S, P, O))) || {S, P, O} <- [{"a", "a", [{offset, -1}]}, {"a", "a", [{capture, foo}]}, {"a", "a", [{newline, foo}]}, {foo, "a", []}, {"a", {re_pattern, 1, 2, 3, <<"no">>}, []},
                                                             {[<<255>>], "a", [unicode]}, {"a", "a", [{match_limit, -1}]}, {"a", "a", [bsr_foo]}]],
    [?T({P, case re:compile(P) of {ok, _} -> ok; E -> E end}) || P <- references()],
    limits(), compiled(), named().

run(P, S, O) -> try re:run(S, P, O) catch C:R -> {C, R} end.

cases() ->
    [{"b", ["ab", "ba"], [[anchored]]}, {"ABC|å", ["abc", "Å", "å"], [[caseless], [unicode], [caseless, unicode], [caseless, ucp, unicode]]},
     {"a$", ["a\n", "a", "a\nb", "a\r\n"], [[dollar_endonly], [multiline], [{newline, crlf}], [{newline, anycrlf}, multiline]]},
     {"a.b", ["a\nb", "a\rb", "axb"], [[dotall], [{newline, cr}], [{newline, any}]]}, {"a b # c", ["ab", "a b # c"], [[extended]]},
     {"b", ["a\nb", "b\na"], [[firstline]]}, {"^b$", ["a\nb\nc", "a\rb\rc", "b"], [[multiline], [multiline, {newline, cr}], [multiline, {newline, any}]]},
     {"(a)(?<n>b)", ["ab"], [[no_auto_capture], [{capture, all, list}], [no_auto_capture, {capture, all, list}]]}, {"(?<n>a)|(?<n>b)", ["a", "b"], [[dupnames], [dupnames, {capture, [n], list}], [dupnames, {capture, all_names, binary}]]},
     {"a+", ["aaa"], [[ungreedy], [ungreedy, {capture, first, list}]]}, {"a\\Rb", ["a\r\nb", "a\x{85}b", "a\nb"], [[bsr_anycrlf], [bsr_unicode], [bsr_anycrlf, unicode]]},
     {"\\w+", ["åb", "ab_1"], [[ucp], [unicode], [ucp, unicode]]}, {"\\d", ["\x{0661}"], [[unicode], [unicode, ucp]]}, {"[[:upper:]]", ["Å", "A"], [[unicode], [unicode, ucp]]},
     {"^a", ["a", "ba"], [[notbol], [{offset, 1}], [{offset, 1}, multiline]]}, {"a$", ["a", "a\n"], [[noteol]]}, {"a*", ["", "b", "ba"], [[notempty], [notempty_atstart]]}, {"a?b?", ["ab", "c"], [[notempty], [notempty_atstart], [{offset, 1}]]},
     {"(*COMMIT)abc", ["xyzabc"], [[no_start_optimize]]}, {"\\bfoo\\b", ["a foo b"], [[{offset, 3}], [{offset, 2}], [anchored, {offset, 2}]]}, {"(?i)straße", ["STRASSE", "STRAßE"], [[unicode], [unicode, caseless]]},
     {"\\x{263a}", ["\x{263a}", "x"], [[unicode]]}, {".", ["\x{263a}", <<"å"/utf8>>], [[unicode], [{capture, first, binary}], [unicode, {capture, first, binary}], [unicode, {capture, first, list}]]},
     {"(?<y>\\d{4})-(?<m>\\d\\d)", ["on 2024-05-06"], [[{capture, [m, y], list}], [{capture, all_names, list}], [{capture, [2, "y"], binary}]]},
     {"(a)?(b)?c", ["c", "bc", "ac"], [[{capture, all, list}], [{capture, all_but_first, index}]]}, {"(?>a+)b", ["aab"], []}, {"a(?!b)", ["abac"], []}, {"(?<!a)b", ["abb"], []}, {"(\\w)\\1", ["hello"], []},
     {"(?<q>['\"]).*?\\k<q>", ["say 'it' \"now\""], [[{capture, first, list}]]}, {"(\\((?:[^()]|(?1))*\\))", ["f(a(b)c)d"], [[{capture, first, list}]]}, {"(?(?=a)ab|cd)", ["ab", "cd", "ad"], []}, {"a\\Kb", ["ab"], [[{capture, first, list}]]},
     {"[^\\n]+", ["a\nb"], [[global, {capture, first, list}]]}, {"\\X", ["e\x{301}f"], [[unicode, {capture, first, list}]]}, {"\\p{Lu}\\p{Greek}", ["A\x{3b1}"], [[unicode]]}, {"(?m)^x(?s).y", ["a\nx\ny"], []}, {"\\Aa\\z", ["a", "a\n"], []}, {"\\Ga", ["aab"], [[{offset, 1}], [global]]}].

%% references to groups that are not there: where that is seen
references() ->
    ["\\1", "a\\2(b)cd", "(a)\\3\\4", "(?(1)a|b|c)", "xy(?(2)a|b)", "(?(a)b)(d)xx", "(?2)", "ab(?3)cd", "\\g{2}ab", "\\k<n>ab", "ab\\g{-1}cd", "(?&foo)ab", "(?P>foo)ab", "(?P=foo)ab",
     "(?<n>a)\\k{m}b", "(?(<foo>)a|b)cd", "a(?-1)bc", "(?+1)bc", "(?(R&foo)a|b)cd", "\\g<foo>ab", "\\g'foo'ab", "\\g<2>ab", "\\g<-2>ab", "\\g2ab", "\\g-2ab", "\\k'n'ab", "(?('foo')a|b)cd",
     "(?(foo)a|b)cd", "(?(+1)a|b)cd", "(?(-1)a|b)cd", "(?(R)a|b)cd", "(?(DEFINE)a|b)cd", "(?:\\2)ab(c)", "(?:\\10)ab(c)", "\\12(c)", "[\\1]\\2(c)", "\\g{nn}ab"].

limits() ->
    Slow = "(a+)+$",
    Subject = lists:duplicate(30, $a) ++ "b",
    [?T({O, run(Slow, Subject, O)}) || O <- [[{match_limit, 100}], [{match_limit, 100}, report_errors], [{match_limit_recursion, 5}, report_errors], [{match_limit_recursion, 5}]]],
    ?T(run("(*LIMIT_MATCH=10)(a+)+$", Subject, [report_errors])).

compiled() ->
    {ok, P} = re:compile("(?<year>\\d+)-(?<month>\\d+)", [unicode]),
    ?T({element(1, P), element(2, P), element(3, P), element(4, P)}), ?T(re:inspect(P, namelist)), ?T(element(1, element(2, catch re:inspect(P, other)))), ?T(re:inspect(element(2, re:compile("a")), namelist)), ?T(re:run("12-34", P, [{capture, all_names, binary}])),
    ?T(element(1, element(2, catch re:run("12-34", P, [caseless])))), ?T(element(1, element(2, catch re:run("a", P, [ucp])))), ?T(re:run(["12", <<"-3">>, $4], P, [{capture, first, list}])), ?T(re:version() =/= <<>>).

named() ->
    [?T(re:replace(S, P, R, O)) || {S, P, R} <- [{"a-b", "(\\w)-(\\w)", "\\2-\\1"}, {"aa", "a", "[&]"}, {"aa", "a", "\\&\\\\"}, {"abc", "b", "\\g1\\g{1}"}, {"abc", "(b)", "<\\g{1}0>"}, {"abc", "x", "y"}, {"åa", "a", "\x{263a}"}],
                                   O <- [[{return, list}], [global, {return, list}], [{return, binary}, unicode], [global, unicode, {return, list}]], S =/= "åa" orelse lists:member(unicode, O)],
    [?T(re:split(S, P, O)) || {S, P} <- [{"a,b,,c", ","}, {"abc", ""}, {"a1b22c", "(\\d)+"}, {"", ","}, {",", ","}, {"åxå", "x"}], O <- [[], [{return, list}], [{parts, 2}, {return, list}], [trim, {return, list}], [group, {return, list}], [group, trim, {return, binary}], [unicode, {return, list}]]].
