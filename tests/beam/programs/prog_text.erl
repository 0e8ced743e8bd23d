%% SPDX-License-Identifier: Apache-2.0
%% Texts: wrapping, justifying, diff, CSV, INI, XML, Markdown, templates, soundex, Levenshtein automata, Markov chains by seed, tables, Morse, Aho-Corasick.
-module(prog_text).
-include("../t.hrl").
text() -> "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness, it was the epoch of belief".
start() ->
    ?T([wrap(text(), N) || N <- [30, 50]]), ?T(justify(text(), 40)), ?T(centre(["a", "bcd", "naïve"], 9)), ?T(diff(["a", "b", "c", "d"], ["a", "c", "x", "d", "e"])), ?T(csv("a,\"b,\"\"q\"\"\",c\r\n1,,\"x\ny\"\n")), ?T(csv_out([["a,b", "q\"q", ""], [1, 2.5, x]])), ?T(ini("; c\n[one]\nk = v\nn=5\n\n[two]\nlist = a, b\nbad line\n")), ?T(xml("<a x='1' y=\"2\"><b/>text &amp; more<c>d</c><!-- no --></a>")), ?T(catch_(fun() -> xml("<a><b></a>") end)), ?T(markdown("# Title\n\nSome *em* and **bold** `code`.\n\n- one\n- two\n\n> quote\n")), ?T(template("Hello {{name}}, {{#items}}<{{.}}>{{/items}}{{^none}}nothing{{/none}}!", #{"name" => "you", "items" => ["a", "b"]})),
    ?T([soundex(W) || W <- ["Robert", "Rupert", "Ashcraft", "Tymczak", "Pfister", "Honeyman"]]), ?T([metaph(W) || W <- ["knight", "phone", "ship"]]), ?T([spell(W) || W <- ["tims", "ag", "wisdon", "zzz"]]), ?T(markov(12, 4)), ?T(freq()), ?T(table([["name", "n"], ["alpha", "1"], ["be", "200"]])), ?T(morse("SOS mica")), ?T(unmorse(morse("SOS mica"))), ?T(aho(["he", "she", "his", "hers"], "ushers his")), ?T([palin(S) || S <- ["A man, a plan, a canal: Panama", "not one", "é-é"]]), ?T(longest_pal("forgeeksskeegfor")), ?T([camel("some_snake_case"), snake("someCamelCaseX"), title("the lord of the rings")]), ?T(pig("the quick apple")), ?T([plural(W) || W <- ["cat", "box", "city", "day", "man"]]), ?T(atbash("Hello")), ?T(columnar("WEAREDISCOVERED", "ZEBRA")), ?T(playfair("HIDEGOLD")), ?T(ngrams("abcab", 2)), ?T(cosine("the cat sat", "the cat ran")), ?T(expand("a{b,c{d,e}}f")), ?T([glob(P, S) || {P, S} <- [{"*.erl", "a.erl"}, {"a?c", "abc"}, {"[a-c]x", "bx"}, {"[!a]x", "ax"}]]), ?T([num(N) || N <- [1234567, -1000, 999, 12]]), ?T([human(N) || N <- [512, 2048, 5 * 1024 * 1024]]), ?T([ordinal(N) || N <- [1, 2, 3, 4, 11, 12, 13, 21, 112]]), ?T(ascii(16#1F)), ?T(box(["hi", "there"])), ?T(bar([3, 1, 4])), ?T(hexdump(<<"Hello, binary world\0\1">>)), ?T(scan_date("on 2026-11-23 and 1999-02-30")), ?T(re:split("a1b22c", "[0-9]+", [{return, list}])), ?T(re:replace("John Smith", "(\\w+) (\\w+)", "\\2, \\1", [{return, list}])), ?T(re:run("key=val; k2=v2", "(\\w+)=(\\w+)", [global, {capture, all_but_first, list}])), ?T(acrostic()), ?T(uniq_lines("b\na\nb\nc\na")), ?T(sort_natural(["f10", "f9", "f1", "g2"])), ?T(lcsub("xabcdey", "zabcdq")), ?T(rot13("Uryyb")), ?T(squeeze("aa  bb   c")), ?T(entities("<a & 'b'>")), ?T(url("http://u@h.com:80/p/a?q=1&r=%20#f")), ?T(roundtrip()).
catch_(F) -> try F() catch throw:T -> T; error:{R, _} -> R end.
wrap(S, N) -> wrap(string:lexemes(S, " "), N, [], []).
wrap([], _, L, A) -> lists:reverse([string:join(lists:reverse(L), " ") | A]); wrap([W | Ws], N, L, A) -> case length(string:join([W | L], " ")) > N of true when L =/= [] -> wrap(Ws, N, [W], [string:join(lists:reverse(L), " ") | A]); _ -> wrap(Ws, N, [W | L], A) end.
justify(S, N) -> [just(string:lexemes(L, " "), N) || L <- wrap(S, N)].
just([W], _) -> W; just(Ws, N) -> G = length(Ws) - 1, Sp = N - length(lists:append(Ws)), lists:append([W ++ lists:duplicate(if I > G -> 0; I =< Sp rem G -> Sp div G + 1; true -> Sp div G end, $ ) || {I, W} <- lists:zip(lists:seq(1, G + 1), Ws)]).
centre(L, N) -> [lists:flatten(string:pad(S, N, both, $.)) || S <- L].
diff(A, B) -> lists:reverse(df(lists:reverse(A), lists:reverse(B))).
df([], B) -> [{add, X} || X <- B]; df(A, []) -> [{del, X} || X <- A]; df([H | A], [H | B]) -> [{same, H} | df(A, B)]; df([X | A] = L, [Y | B] = M) -> P = df(A, M), Q = df(L, B), case length(P) =< length(Q) of true -> [{del, X} | P]; false -> [{add, Y} | Q] end.
csv(S) -> csv(S, [], [], []).
csv([], [], [], Rs) -> lists:reverse(Rs); csv([], F, R, Rs) -> lists:reverse([lists:reverse([lists:reverse(F) | R]) | Rs]); csv([$" | T], [], R, Rs) -> {F, T2} = quoted(T, []), csv(T2, F, R, Rs); csv([$, | T], F, R, Rs) -> csv(T, [], [lists:reverse(F) | R], Rs); csv([$\r | T], F, R, Rs) -> csv(T, F, R, Rs); csv([$\n | T], F, R, Rs) -> csv(T, [], [], [lists:reverse([lists:reverse(F) | R]) | Rs]); csv([C | T], F, R, Rs) -> csv(T, [C | F], R, Rs).
quoted([$", $" | T], A) -> quoted(T, [$" | A]); quoted([$" | T], A) -> {A, T}; quoted([C | T], A) -> quoted(T, [C | A]).
csv_out(Rs) -> lists:flatten([[lists:join(",", [q(F) || F <- R]), "\n"] || R <- Rs]).
q(F) when is_list(F) -> case lists:any(fun(C) -> lists:member(C, ",\"\n") end, F) of true -> [$", string:replace(F, "\"", "\"\"", all), $"]; false -> F end; q(F) -> io_lib:format("~w", [F]).
ini(S) -> {_, M} = lists:foldl(fun("", A) -> A; (";" ++ _, A) -> A; ("[" ++ R, {_, M}) -> N = lists:droplast(R), {N, M#{N => #{}}}; (L, {Sec, M}) -> case string:split(L, "=") of [K, V] -> {Sec, M#{Sec := (maps:get(Sec, M))#{string:trim(K) => string:trim(V)}}}; _ -> {Sec, M#{errors => [L | maps:get(errors, M, [])]}} end end, {none, #{}}, string:split(S, "\n", all)), lists:sort(maps:to_list(M)).
xml(S) -> {[E], ""} = nodes(S, []), E.
nodes("</" ++ _ = S, A) -> {lists:reverse(A), S}; nodes("", A) -> {lists:reverse(A), ""}; nodes("<!--" ++ S, A) -> [_, R] = string:split(S, "-->"), nodes(R, A); nodes("<" ++ S, A) -> {N, R} = name(S), {As, R2} = attrs(R, []), case R2 of "/>" ++ R3 -> nodes(R3, [{N, As, []} | A]); ">" ++ R3 -> {Cs, "</" ++ R4} = nodes(R3, []), case name(R4) of {N, ">" ++ R5} -> nodes(R5, [{N, As, Cs} | A]); {X, _} -> throw({mismatch, N, X}) end end; nodes(S, A) -> {T, R} = lists:splitwith(fun(C) -> C =/= $< end, S), nodes(R, [unent(T) | A]).
name(S) -> lists:splitwith(fun(C) -> C >= $a andalso C =< $z end, S).
attrs(" " ++ S, A) -> attrs(S, A); attrs([C | _] = S, A) when C =:= $>; C =:= $/ -> {lists:reverse(A), S}; attrs(S, A) -> {N, [$=, Q | R]} = name(S), {V, [Q | R2]} = lists:splitwith(fun(C) -> C =/= Q end, R), attrs(R2, [{N, V} | A]).
unent(T) -> lists:flatten(string:replace(T, "&amp;", "&", all)).
markdown(S) -> lists:flatten([block(B) || B <- string:split(S, "\n\n", all)]).
block("# " ++ T) -> ["<h1>", inline(T), "</h1>"]; block("- " ++ _ = B) -> ["<ul>", [["<li>", inline(T), "</li>"] || "- " ++ T <- string:split(B, "\n", all)], "</ul>"]; block("> " ++ T) -> ["<q>", inline(string:trim(T)), "</q>"]; block(T) -> ["<p>", inline(T), "</p>"].
inline(T) -> lists:foldl(fun({P, R}, X) -> re:replace(X, P, R, [global, {return, list}]) end, T, [{"\\*\\*(.+?)\\*\\*", "<b>\\1</b>"}, {"\\*(.+?)\\*", "<i>\\1</i>"}, {"`(.+?)`", "<code>\\1</code>"}]).
template(S, E) -> lists:flatten(tpl(S, E)).
tpl("{{#" ++ S, E) -> [N, R] = string:split(S, "}}"), [B, R2] = string:split(R, "{{/" ++ N ++ "}}"), [[tpl(B, E#{"." => X}) || X <- maps:get(N, E, [])], tpl(R2, E)]; tpl("{{^" ++ S, E) -> [N, R] = string:split(S, "}}"), [B, R2] = string:split(R, "{{/" ++ N ++ "}}"), [case E of #{N := _} -> []; _ -> tpl(B, E) end, tpl(R2, E)]; tpl("{{" ++ S, E) -> [N, R] = string:split(S, "}}"), [maps:get(N, E), tpl(R, E)]; tpl([C | T], E) -> [C | tpl(T, E)]; tpl([], _) -> [].
soundex([H | T]) -> Cs = [code(C) || C <- string:lowercase([H | T])], S = sdx(tl(Cs), hd(Cs)), lists:sublist([H | S] ++ "000", 4).
sdx([], _) -> []; sdx([hw | T], P) -> sdx(T, P); sdx([0 | T], _) -> sdx(T, 0); sdx([C | T], C) -> sdx(T, C); sdx([C | T], _) -> [C + $0 | sdx(T, C)].
code(C) -> case [N || {N, L} <- [{1, "bfpv"}, {2, "cgjkqsxz"}, {3, "dt"}, {4, "l"}, {5, "mn"}, {6, "r"}, {hw, "hw"}], lists:member(C, L)] of [N] -> N; [] -> 0 end.
metaph("kn" ++ T) -> "N" ++ metaph(T); metaph("ph" ++ T) -> "F" ++ metaph(T); metaph("sh" ++ T) -> "X" ++ metaph(T); metaph("igh" ++ T) -> metaph(T); metaph([C | T]) -> case lists:member(C, "aeiou") of true -> metaph(T); false -> string:uppercase([C]) ++ metaph(T) end; metaph([]) -> [].
words() -> lists:usort(string:lexemes(text(), " ,")).
spell(W) -> case lists:sort([{lev(W, X), X} || X <- words(), abs(length(X) - length(W)) < 3]) of [{D, X} | _] when D =< 2 -> {X, D}; _ -> none end.
lev(A, B) -> lists:last(lists:foldl(fun(C, [D | _] = Row) -> lists:reverse(element(1, lists:foldl(fun({X, U, Dg}, {[L | _] = R, _}) -> {[lists:min([U + 1, L + 1, Dg + case X of C -> 0; _ -> 1 end]) | R], x} end, {[D + 1], x}, lists:zip3(B, tl(Row), lists:droplast(Row))))) end, lists:seq(0, length(B)), A)).
markov(N, Seed) -> Ws = string:lexemes(text(), " ,"), M = lists:foldl(fun({A, B}, X) -> X#{A => [B | maps:get(A, X, [])]} end, #{}, lists:zip(lists:droplast(Ws), tl(Ws))), {L, _} = lists:mapfoldl(fun(_, {W, S}) -> Ns = maps:get(W, M, ["it"]), {K, S2} = rand:uniform_s(length(Ns), S), X = lists:nth(K, Ns), {X, {X, S2}} end, {"it", rand:seed_s(exsss, Seed)}, lists:seq(1, N)), string:join(L, " ").
freq() -> lists:sublist(lists:sort(fun({A, X}, {B, Y}) -> {-X, A} =< {-Y, B} end, maps:to_list(lists:foldl(fun(C, M) -> M#{C => maps:get(C, M, 0) + 1} end, #{}, text()))), 5).
table(Rs) -> Ws = [lists:max([length(lists:nth(I, R)) || R <- Rs]) || I <- [1, 2]], lists:flatten([[lists:join(" | ", [string:pad(C, W) || {C, W} <- lists:zip(R, Ws)]), "\n"] || R <- Rs]).
mc() -> [{$S, "..."}, {$O, "---"}, {$M, "--"}, {$I, ".."}, {$C, "-.-."}, {$A, ".-"}, {$ , "/"}].
morse(S) -> string:join([proplists:get_value(C, mc()) || C <- string:uppercase(S)], " ").
unmorse(S) -> [element(1, lists:keyfind(X, 2, mc())) || X <- string:lexemes(S, " ")].
aho(Ps, S) -> lists:usort([{N, P} || N <- lists:seq(0, length(S) - 1), P <- Ps, lists:prefix(P, lists:nthtail(N, S))]).
palin(S) -> X = [C || C <- string:lowercase(S), (C >= $a andalso C =< $z) orelse C > 127], X =:= lists:reverse(X).
longest_pal(S) -> element(2, lists:max([{length(X), X} || I <- lists:seq(1, length(S)), J <- lists:seq(1, length(S) - I + 1), X <- [lists:sublist(S, I, J)], X =:= lists:reverse(X)])).
camel(S) -> [H | T] = string:lexemes(S, "_"), lists:flatten([H | [string:titlecase(W) || W <- T]]).
snake(S) -> lists:flatten([case C >= $A andalso C =< $Z of true -> [$_, C + 32]; false -> C end || C <- S]).
title(S) -> string:join([case lists:member(W, ["of", "the"]) andalso I > 1 of true -> W; false -> string:titlecase(W) end || {I, W} <- lists:zip(lists:seq(1, length(string:lexemes(S, " "))), string:lexemes(S, " "))], " ").
pig(S) -> string:join([case lists:splitwith(fun(C) -> not lists:member(C, "aeiou") end, W) of {[], W} -> W ++ "way"; {A, B} -> B ++ A ++ "ay" end || W <- string:lexemes(S, " ")], " ").
plural("man") -> "men"; plural(W) -> case lists:reverse(W) of [$x | _] -> W ++ "es"; [$y, V | R] -> case lists:member(V, "aeiou") of true -> W ++ "s"; false -> lists:reverse(R, [V | "ies"]) end; _ -> W ++ "s" end.
atbash(S) -> [if C >= $a, C =< $z -> $a + $z - C; C >= $A, C =< $Z -> $A + $Z - C; true -> C end || C <- S].
columnar(S, K) -> N = length(K), [[lists:nth(I, S) || I <- lists:seq(C, length(S), N)] || {_, C} <- lists:sort(lists:zip(K, lists:seq(1, N)))].
playfair(S) -> K = lists:usort("MICA" ++ lists:seq($A, $Z)) -- "J", At = fun(C) -> N = length(lists:takewhile(fun(X) -> X =/= C end, K)), {N div 5, N rem 5} end, G = fun(R, C) -> lists:nth((R rem 5) * 5 + C rem 5 + 1, K) end, pf(S, At, G).
pf([A, B | T], At, G) -> {R, C} = At(A), {Q, D} = At(B), (if R =:= Q -> [G(R, C + 1), G(Q, D + 1)]; C =:= D -> [G(R + 1, C), G(Q + 1, D)]; true -> [G(R, D), G(Q, C)] end) ++ pf(T, At, G); pf([], _, _) -> [].
ngrams(S, N) when length(S) < N -> []; ngrams([_ | T] = S, N) -> [lists:sublist(S, N) | ngrams(T, N)].
cosine(A, B) -> F = fun(S) -> lists:foldl(fun(W, M) -> M#{W => maps:get(W, M, 0) + 1} end, #{}, string:lexemes(S, " ")) end, X = F(A), Y = F(B), D = fun(P, Q) -> lists:sum([V * maps:get(K, Q, 0) || {K, V} <- maps:to_list(P)]) end, round(1000 * D(X, Y) / math:sqrt(D(X, X) * D(Y, Y))).
expand(S) -> {L, []} = ex(S, [""]), L.
ex([], A) -> {A, []}; ex([${ | T], A) -> {Alts, R} = alts(T), ex(R, [X ++ Y || X <- A, Y <- Alts]); ex([C | _] = S, A) when C =:= $,; C =:= $} -> {A, S}; ex([C | T], A) -> ex(T, [X ++ [C] || X <- A]).
alts(T) -> case ex(T, [""]) of {A, [$, | R]} -> {B, R2} = alts(R), {A ++ B, R2}; {A, [$} | R]} -> {A, R} end.
glob(P, S) -> re:run(S, "^" ++ lists:foldl(fun({A, B}, X) -> lists:flatten(string:replace(X, A, B, all)) end, P, [{".", "\\."}, {"*", ".*"}, {"?", "."}, {"[!", "[^"}]) ++ "$", [{capture, none}]).
num(N) when N < 0 -> "-" ++ num(-N); num(N) -> lists:reverse(com(lists:reverse(integer_to_list(N)))).
com([A, B, C, D | T]) -> [A, B, C, $, | com([D | T])]; com(L) -> L.
human(N) -> hu(N, ["B", "K", "M"]).
hu(N, [_ | [_ | _] = Us]) when N >= 1024 -> hu(N div 1024, Us); hu(N, [U | _]) -> integer_to_list(N) ++ U.
ordinal(N) -> integer_to_list(N) ++ case {N rem 100, N rem 10} of {T, _} when T >= 11, T =< 13 -> "th"; {_, 1} -> "st"; {_, 2} -> "nd"; {_, 3} -> "rd"; _ -> "th" end.
ascii(N) -> lists:flatten(io_lib:format("~2.16.0B ~8.2.0B ~3.8.0B", [N, N, N])).
box(L) -> W = lists:max([length(S) || S <- L]), E = ["+", lists:duplicate(W + 2, $-), "+\n"], lists:flatten([E, [["| ", string:pad(S, W), " |\n"] || S <- L], E]).
bar(L) -> [lists:duplicate(N, $#) || N <- L].
hexdump(B) -> hd_(B, 0).
hd_(<<>>, _) -> []; hd_(B, O) -> N = min(16, byte_size(B)), <<L:N/binary, R/binary>> = B, [lists:flatten(io_lib:format("~8.16.0b ~-47s ~s", [O, string:join([io_lib:format("~2.16.0b", [C]) || <<C>> <= L], " "), [if C >= 32, C < 127 -> C; true -> $. end || <<C>> <= L]])) | hd_(R, O + N)].
scan_date(S) -> {match, Ms} = re:run(S, "(\\d{4})-(\\d\\d)-(\\d\\d)", [global, {capture, all_but_first, list}]), [begin T = list_to_tuple([list_to_integer(X) || X <- M]), {T, calendar:valid_date(T)} end || M <- Ms].
acrostic() -> [hd(W) || W <- string:lexemes("Most intricate code amuses", " ")].
uniq_lines(S) -> lists:uniq(string:split(S, "\n", all)).
sort_natural(L) -> [S || {_, S} <- lists:sort([{{A, list_to_integer(B)}, S} || S <- L, {A, B} <- [lists:splitwith(fun(C) -> C > $9 end, S)]])].
lcsub(A, B) -> element(2, lists:max([{length(X), X} || I <- lists:seq(1, length(A)), J <- lists:seq(1, length(A) - I + 1), X <- [lists:sublist(A, I, J)], string:find(B, X) =/= nomatch])).
rot13(S) -> [if C >= $a, C =< $z -> (C - $a + 13) rem 26 + $a; C >= $A, C =< $Z -> (C - $A + 13) rem 26 + $A; true -> C end || C <- S].
squeeze(S) -> re:replace(S, "(.)\\1+", "\\1", [global, {return, list}]).
entities(S) -> lists:flatten([case C of $< -> "&lt;"; $> -> "&gt;"; $& -> "&amp;"; $' -> "&#39;"; _ -> C end || C <- S]).
url(S) -> M = uri_string:parse(S), {lists:sort(maps:to_list(M)), uri_string:dissect_query(maps:get(query, M)), uri_string:recompose(M) =:= S, uri_string:normalize("HTTP://a/./b/../c"), uri_string:resolve("../x", "http://a/b/c/d"), uri_string:compose_query([{"k", "a b"}, {"é", "&"}])}.
roundtrip() -> [begin F2 = base64:decode(base64:encode(B)), F2 =:= B end || N <- lists:seq(0, 10), B <- [list_to_binary(lists:seq(0, N))]].
