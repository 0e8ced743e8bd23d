%% SPDX-License-Identifier: Apache-2.0
%% Regular expressions: options, captures, errors, Latin-1 classes, and the functions on top of run.
-module(re_cases).
-include("../t.hrl").
start() ->
    ?T(re:run("abcd", "b(c)(x)?")), ?T(re:run("abcd", "(?<n>b)(c)", [{capture, all, binary}])), ?T(re:run("abcd", "(?<n>b)(c)", [{capture, [n, 2, x], list}])),
    ?T(re:run("abcd", "(?<n>b)(c)", [{capture, [<<"n">>, "n", 7], index}])), ?T(re:run("abc", "b", [{capture, foo}])), ?T(re:run("abc", "b", [{capture, all, foo}])),
    ?T(re:run(<<"abcabc">>, "b", [global])), ?T(re:run(<<"abcabc">>, "", [global, {capture, first, index}])), ?T(re:run("aXbXc", "x", [global, caseless, {capture, all, list}])),
    ?T(re:replace("abcd", "b", "<&>", [{return, list}])), ?T(re:replace("abcdbb", "b", "[&]\\0\\\\&", [global, {return, binary}])), ?T(re:replace("abc", "(a)(?<x>b)", "\\2\\1\\g{1}", [{return, list}])),
    ?T(re:replace("hello", "l", fun(M, _) -> string:uppercase(M) end, [global, {return, list}])), ?T(re:replace("abc", "x", "y", [{return, list}])),
    ?T(re:split("a,b,,c", ",", [{return, list}])), ?T(re:split("a1b2c", "(\\d)", [{return, binary}])), ?T(re:split("a,b,,c,,", ",", [{return, list}, trim])), ?T(re:split("a,b,c", ",", [{parts, 2}])),
    ?T(re:split("abc", "", [{return, list}])), ?T(re:split("åäö", "ä", [unicode, {return, list}])),
    [?T(re:compile(P)) || P <- ["(", "a)", "[a", "*a", "\\", "a\\\\\\", "(?<n>a)(?<n>b)", "[z-a]", "a{2,1}", "(?P<1a>b)", "[[:foo:]]", "(?<=a+)b", "\\x{110000}", "(?z)", "(?", "(?<", "\\c", "[[.a.]]"]],
    [?T(re:compile(P, [unicode])) || P <- [<<255>>, "(", [1000, $(]]],
    ?T(re:compile(a)), ?T(re:compile("a", [foo])), ?T(re:compile("a", foo)), ?T(re:compile("a", [global])), ?T(re:run("a", "(", [report_errors])), ?T(re:run("a", "(")), ?T(re:run("a", "a", [foo])), ?T(re:run(a, "a")), ?T(re:run("a", {re_pattern, 0, 0, 0, <<>>})),
    ?T(element(1, re:compile("\\j"))), ?T(re:run("j", "\\j")), ?T(re:run("a\nb", "^b", [multiline])), ?T(re:run("a\rb", "^b", [multiline, {newline, cr}])), ?T(re:run("a\rb", "^b", [multiline])), ?T(re:run("a\n", "a$", [dollar_endonly])), ?T(re:run("a\n", "a$")),
    ?T(re:run("a\nb", "a.b")), ?T(re:run("a\nb", "a.b", [dotall])), ?T(re:run("ab", "a b # comment", [extended])), ?T(re:run("aaa", "a+", [ungreedy])), ?T(re:run("ab\ncd", "c", [firstline])), ?T(re:run("ab", "(a)(b)", [no_auto_capture])),
    ?T(re:run("abc", "c", [{offset, 2}, anchored])), ?T(re:run("abc", "c", [{offset, 3}])), ?T(re:run("abc", "b", [anchored])), ?T(re:run("", "", [notempty])), ?T(re:run("a", "x*", [notempty_atstart])), ?T(re:run("a", "^a", [notbol])), ?T(re:run("a", "a$", [noteol])),
    ?T(re:run("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "(a+)*$b", [report_errors, {match_limit, 1000}])), ?T(re:run("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "(a+)*$b", [{match_limit, 1000}])),
    {ok, MP} = re:compile("(?<A>a)|(?<A>b)|(?<C>c)", [dupnames]),
    ?T({re:inspect(MP, namelist), re:run("b", MP, [{capture, ['A', 'C'], list}]), re:run("c", MP, [{capture, all_names, binary}]), re:run("xxb", MP)}), ?T(re:inspect(MP, foo)), ?T(re:inspect(a, namelist)),
    {ok, M2} = re:compile("a(b)?(c)?"),
    ?T({element(2, M2), element(3, M2), element(4, M2)}), ?T(re:run("ab", M2, [{capture, all_but_first, binary}])), ?T(re:run("ac", M2, [{capture, all, binary}])), ?T(re:run("ab", M2, [{capture, none}])), ?T(re:run("ab", M2, [{capture, [0, 1, 2, 5], list}])), ?T(re:run("ab", M2, [caseless])),
    ?T(re:run("xaby", M2, [global, {capture, all, list}])), ?T(re:run("x\r\ny", element(2, re:compile("$", [multiline, {newline, crlf}])), [global])),
    [?T({C, [X || X <- lists:seq(0, 255), re:run([X], C) =/= nomatch]}) || C <- ["\\w", "\\s", "\\d", "\\h", "\\v", "[[:upper:]]", "[[:lower:]]", "[[:alpha:]]", "[[:punct:]]", "[[:print:]]", "[[:graph:]]", "[[:cntrl:]]", "[[:space:]]", "[[:blank:]]", "[[:xdigit:]]", "[[:word:]]", "[^\\w]"]],
    ?T([{X, Y} || X <- lists:seq(128, 255), Y <- lists:seq(128, 255), X =/= Y, re:run([X], [Y], [caseless]) =/= nomatch]),
    [?T({C, O, [X || X <- lists:seq(100, 400), re:run([X], C, [unicode | O]) =/= nomatch]}) || C <- ["\\w", "\\W", "[\\w]", "\\p{Lu}", "\\d"], O <- [[], [ucp]]],
    ?T(re:run([1000, 1001], [1001], [unicode, {capture, first, list}])), ?T(re:run("xå", "Å", [caseless, unicode])), ?T(re:run(<<"å"/utf8>>, <<"Å"/utf8>>, [caseless, unicode, {capture, all, list}])), ?T(re:run(<<255>>, "a", [unicode])), ?T(re:run(<<"aåb"/utf8>>, "b", [unicode])),
    ?T(re:run("foobar", "(?<!foo)bar")), ?T(re:run("foobar", "(?<=foo)bar")), ?T(re:run("aabb", "(a)\\1(b)\\2")), ?T(re:run("((a))", "\\((?:[^()]|(?R))*\\)")), ?T(re:run("abcabc", "(?|(a)b|(c)d)")), ?T(re:run("a1", "\\bA1\\b", [caseless])), ?T(re:run("ab", "(?i)AB")), ?T(re:run("a.b", "\\Qa.b\\E")),
    ?T(re:run("aaab", "a++b")), ?T(re:run("2024-01-02", "(?<y>\\d{4})-(?<m>\\d\\d)-(?<d>\\d\\d)", [{capture, [y, m, d], binary}])), ?T(re:run("x", "(x)|y", [{capture, [1], binary}])), ?T(re:run(["ab", <<"cd">>, [[$e]]], "de")), ?T(re:run([300], "a")),
    [?T({P, catch re:run("A8B9C?z", P), element(1, re:compile(P))}) || P <- ["A\\8B\\9C", "[\\z\\C]", "\\81", "\\9", "()()()()()()()()\\8", "[\\R]", "[\\X\\B]", "\\800", "(((((((((a\\9", [$\\, $c, 127], "a\\", "[\\B-\\z]"]],
    ?T(re:run("abc\r\ndef", "(*ANYCRLF).*", [global])), ?T(re:compile([lists:duplicate(819, $(), lists:duplicate(819, $))])), ?T(element(1, re:compile([lists:duplicate(700, $(), lists:duplicate(700, $))]))),
    [?T({P, element(1, re:compile(P)), catch re:run("12-34z", P)}) || P <- ["[\\d-z]+", "[a\\w-]", "[\\d-[:alpha:]]", "[[:digit:]-z-\\d-]"]].
