%% SPDX-License-Identifier: Apache-2.0
%% Regular expressions at work: logs, CSV, dates, templates, tokens.
-module(re_scenarios).
-include("../t.hrl").

start() ->
    Log = <<"2024-02-29T12:00:01Z [warn] disk 91% full\n2024-03-01T00:00:00Z [error] code=E42 who=\"a b\"\nnoise\n">>,
    ?T(re:run(Log, "^(\\d{4})-(\\d\\d)-(\\d\\d)T(\\S+) \\[(\\w+)\\] (.*)$", [multiline, global, {capture, all_but_first, list}])), ?T(re:run(Log, "(?<y>\\d{4})-(?<m>\\d\\d)", [{capture, [y, m, nosuch], binary}])), ?T(re:run(Log, "(?<y>\\d{4})-(?<m>\\d\\d)", [{capture, all_names, list}])), ?T(re:run(Log, "code=(E\\d+)(x)?", [{capture, all}])), ?T(re:run(Log, "code=(E\\d+)(x)?( who)", [{capture, [1, 2, 3], list}])),
    ?T(re:split("a,b;c,,d", "[,;]")), ?T(re:split("a,b;c,,d", "([,;])", [{return, list}])), ?T(re:split("a,b,c", ",", [{parts, 2}, {return, list}])), ?T(re:split("a,b,,", ",", [trim, {return, list}])), ?T(re:split("", ",")), ?T(re:split("abc", "", [{return, list}])), ?T(re:split("a1b22c", "\\d+", [group, {return, list}])), ?T(re:split("a-b", "(-)", [group, {return, list}])),
    ?T(re:replace("hello world", "o", "0", [global, {return, list}])), ?T(re:replace("hello world", "(\\w+) (\\w+)", "\\2 \\1 &\\&", [{return, list}])), ?T(re:replace("2024-02-29", "(\\d+)-(\\d+)-(\\d+)", "\\3.\\2.\\g1\\g{2}0", [{return, binary}])), ?T(re:replace("abc", "x", "y")), ?T(re:replace("aaa", "a", "b")), ?T(re:replace(<<"x">>, "", "-", [global, {return, list}])),
    ?T([tokens(S) || S <- ["x = 3.14 * (y_1 - 42)", "if a<=b then \"str\\\"q\" else 0x1F", "@bad"]]), ?T(template("Dear {{name}}, you owe {{sum}} {{none}}", #{"name" => "Ann", "sum" => "5"})), ?T(csv(<<"a,\"b \"\"q\"\"\",,d\n1,2,3,\"4\n5\"\n">>)),
    ?T([re:run(S, "^[\\w.+-]+@[\\w-]+(\\.[\\w-]+)+$", [{capture, none}]) || S <- ["a@b.c", "x.y+z@sub.dom.org", "no at", "a@b", "@b.c"]]), ?T(re:run("ABC", "abc", [caseless])), ?T(re:run("a\nb", "a.b")), ?T(re:run("a\nb", "a.b", [dotall])), ?T(re:run("foobar", "foo(?=bar)")), ?T(re:run("foobaz", "foo(?!bar)")), ?T(re:run("price: 5", "(?<=: )\\d")), ?T(re:run("aXbX", "a.*?X")), ?T(re:run("aXbX", ".*X", [ungreedy])), ?T(re:run("xay", "a", [anchored])), ?T(re:run("abcabc", "c", [{offset, 3}])), ?T(re:run("a b", "a b", [extended])), ?T(re:run("ab\n", "b$")), ?T(re:run("ab\n", "b$", [dollar_endonly])), ?T(re:run("((a)(b))", "\\((?:[^()]|(?R))*\\)")), ?T(re:run("aabb", "^(a(?1)?b)$")),
    ?T(re:compile("a(b")), ?T(re:compile("[z-a]")), ?T(re:compile("a{2,1}")), ?T(re:compile("(?<n>a)(?<n>b)")), ?T(element(1, re:compile("(?<n>a)|(?<n>b)", [dupnames]))), ?T(re:compile("*")), ?T(re:compile("a\\")), ?T(re:run("a", "(")), ?T(re:run("a", "(", [report_errors])), ?T(re:run(a, "a")), ?T(re:run("a", "a", [bad])), {ok, C} = re:compile("(?<x>a)(b)?"), ?T(re:inspect(C, namelist)), ?T(re:run("ab", C, [{capture, ["x", 2], list}])).

tokens(S) -> tokens(S, []).
tokens([], Acc) -> lists:reverse(Acc);
tokens(S, Acc) ->
    case re:run(S, "^(?:(\\s+)|(0x[0-9A-Fa-f]+|\\d+(?:\\.\\d+)?)|([A-Za-z_]\\w*)|(\"(?:[^\"\\\\]|\\\\.)*\")|(<=|>=|[-+*/()=<>]))", [{capture, all_but_first, index}]) of
        nomatch -> {error, S, lists:reverse(Acc)};
        {match, L} -> {N, {0, Len}} = lists:last([{I, X} || {I, {_, Z} = X} <- lists:zip(lists:seq(1, length(L)), L), Z > 0]), {T, R} = lists:split(Len, S), tokens(R, case N of 1 -> Acc; _ -> [{element(N, {s, num, id, str, op}), T} | Acc] end)
    end.
template(T, M) -> {match, L} = re:run(T, "\\{\\{(\\w+)\\}\\}", [global, {capture, all_but_first, list}]), lists:foldl(fun([K], A) -> re:replace(A, "\\{\\{" ++ K ++ "\\}\\}", maps:get(K, M, "?"), [{return, list}]) end, T, L).
csv(B) -> [[field(F) || [F] <- element(2, re:run(L, "(?:^|,)((?:\"(?:[^\"]|\"\")*\"|[^,\"]*))", [global, {capture, all_but_first, binary}]))] || L <- re:split(B, "\\n(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)"), L =/= <<>>].
field(<<$", R/binary>>) -> binary:replace(binary:part(R, 0, byte_size(R) - 1), <<"\"\"">>, <<"\"">>, [global]);
field(F) -> F.
