%% SPDX-License-Identifier: Apache-2.0
%% Grapheme clusters and what string makes of them: flags, families, jamo, marks, controls and broken data, as lists, binaries and mixed;
%% all of string's functions on them; case mapping with special letters; the properties that unicode_util tells.
-module(uni_clusters).
-include("../t.hrl").

texts() ->
    ["", "abc", "e\x{301}x", [16#1F1F8, 16#1F1EA, 16#1F1F3, 16#1F1F4, 16#1F1E9], [16#1F468, 16#200D, 16#1F469, 16#200D, 16#1F467, $!], [16#1100, 16#1161, 16#11A8, 16#AC00, 16#11A8], "a\r\nb\n\rc", [16#0E01, 16#0E33], [16#1F44D, 16#1F3FD, 16#1F3FB], [16#0915, 16#094D, 16#0937],
     "\x{301}lone", [16#200D, $a, 16#200D], "stra\x{df}e", "\x{130}\x{131}\x{149}\x{1C5}", "\x{3A3}\x{3C3}\x{3C2}", [16#FB01, $n], "a\x{300}\x{301}\x{302}\x{303}b", "\x{FEFF}bom", [16#E0061, 16#E007F], "  \x{a0}\x{2003}trim\t\n "].

forms(T) -> [T, unicode:characters_to_binary(T), [unicode:characters_to_binary([C]) || C <- T], [[unicode:characters_to_binary(lists:sublist(T, 2))] | lists:nthtail(min(2, length(T)), T)]].

start() ->
    [io:format("~w~n  ~w~n", [T, [try F(X) catch C:R -> {C, R} end || F <- simple(), X <- [T, unicode:characters_to_binary(T)]]]) || T <- texts()],
    ?T([T || T <- texts(), F <- simple() ++ more(), length(lists:usort([flat(try F(X) catch _:_ -> failed end) || X <- forms(T)])) > 1]),
    [?T([{A, F(A)} || A <- ["aXbXc", "e\x{301}e", <<"åäö X åäö"/utf8>>, ["a", <<"X">>, $b]]]) || F <- more()],
    [io:format("~w: ~w~n", [X, [try F(X) catch C:R -> {C, R} end || F <- [fun string:next_grapheme/1, fun string:next_codepoint/1, fun unicode_util:gc/1, fun unicode_util:cp/1, fun string:length/1, fun string:to_graphemes/1]]])
     || X <- [<<255, "a">>, <<"a", 255>>, ["a", <<195>>], [<<195>>, <<165>>], [1 bsl 30], [-1], [a], <<"a", 16#ED, 16#A0, 16#80>>, [16#D800], ["abc" | <<"def">>], [[[]], <<>>, "z"], foo, [$a | b]]],
    ?T([C || C <- lists:seq(0, 16#3000), unicode_util:whitespace() =/= [], unicode_util:is_whitespace(C)]), ?T(erlang:phash2([{unicode_util:uppercase([C]), unicode_util:lowercase([C]), unicode_util:titlecase([C]), unicode_util:casefold([C])} || C <- lists:seq(0, 16#2FFF)])),
    ?T(erlang:phash2([catch unicode_util:lookup(C) || C <- lists:seq(0, 16#FFF) ++ lists:seq(16#1F300, 16#1F6FF)])), ?T([maps:get(canon, unicode_util:lookup(C)) || C <- [$A, 16#C5, 16#1E9B, 16#AC01]]), ?T(catch unicode_util:spec_version()),
    ?T(erlang:phash2([unicode:characters_to_nfc_list([C]) || C <- lists:seq(0, 16#D7FF)])), ?T(erlang:phash2([unicode:characters_to_nfkd_list([C]) || C <- lists:seq(16#E000, 16#FFFF)])),
    rand:seed(exsss, {5, 5, 5}), Pool = lists:append(texts()), ?T(erlang:phash2([begin S = [lists:nth(rand:uniform(length(Pool)), Pool) || _ <- lists:seq(1, 12)], {string:to_graphemes(S), string:reverse(S), string:length(unicode:characters_to_binary(S)), string:slice(S, 2, 5), string:casefold(S), unicode:characters_to_nfd_list(S)} end || _ <- lists:seq(1, 300)])).

flat(X) when is_list(X); is_binary(X) -> try unicode:characters_to_list(X) catch _:_ -> [flat(Y) || Y <- X] end;
flat(T) when is_tuple(T) -> [flat(X) || X <- tuple_to_list(T)];
flat(X) -> X.

simple() -> [fun string:to_graphemes/1, fun string:length/1, fun string:reverse/1, fun string:uppercase/1, fun string:lowercase/1, fun string:titlecase/1, fun string:casefold/1, fun string:trim/1, fun string:next_grapheme/1, fun string:next_codepoint/1, fun string:is_empty/1, fun string:chomp/1].

more() ->
    [fun(S) -> string:slice(S, 1) end, fun(S) -> string:slice(S, 0, 2) end, fun(S) -> string:pad(S, 8, both, $*) end, fun(S) -> string:pad(S, 3, leading, [$e, 16#301]) end, fun(S) -> string:split(S, "e\x{301}") end, fun(S) -> string:split(S, "X", all) end, fun(S) -> string:lexemes(S, "Xe") end, fun(S) -> string:lexemes(S, [[$e, 16#301], $X]) end,
     fun(S) -> string:find(S, "b") end, fun(S) -> string:find(S, "e", trailing) end, fun(S) -> string:prefix(S, "a") end, fun(S) -> string:replace(S, "e", "E", all) end, fun(S) -> string:take(S, "abe") end, fun(S) -> string:take(S, "X", true) end, fun(S) -> string:take(S, "bc", false, trailing) end, fun(S) -> string:trim(S, both, "ac") end, fun(S) -> string:trim(S, trailing, [[$e, 16#301]]) end,
     fun(S) -> string:nth_lexeme(S, 1, "X") end, fun(S) -> string:equal(S, "AXBXC", true) end, fun(S) -> string:equal(S, "\x{e9}e", true, nfc) end, fun(S) -> string:to_integer(["12", S]) end, fun(S) -> string:to_float(["1.5", S]) end].
