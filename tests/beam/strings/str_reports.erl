%% SPDX-License-Identifier: Apache-2.0
%% string's functions over lists, binaries and mixtures: a report's lines.
-module(str_reports).
-include("../t.hrl").

start() ->
    Ts = ["  héllo wörld  ", <<"  héllo wörld  "/utf8>>, ["  h", <<"é"/utf8>>, "llo ", [<<"w">>, "örld "] | <<" ">>]],
    [begin
         ?T(string:trim(S)), ?T(string:trim(S, leading)), ?T(string:trim(S, trailing, " d")), ?T(string:uppercase(S)), ?T(string:titlecase(string:trim(S))), ?T(string:casefold(S)), ?T(string:length(S)), ?T(string:reverse(S)), ?T(string:slice(S, 3, 4)), ?T(string:slice(S, 30)), ?T(string:pad(string:trim(S), 15, both, $*)), ?T(string:pad(S, 3)), ?T(string:split(S, " ")), ?T(string:split(S, "l", trailing)), ?T(string:split(S, "o", all)), ?T(string:lexemes(S, " l")), ?T(string:nth_lexeme(S, 2, " ")), ?T(string:find(S, "ö")), ?T(string:find(S, "l", trailing)), ?T(string:find(S, "q")), ?T(string:prefix(S, "  h")), ?T(string:prefix(S, "x")), ?T(string:replace(S, "l", "L", all)), ?T(string:replace(S, "l", "L", trailing)), ?T(string:take(S, " h")), ?T(string:take(S, " h", true)), ?T(string:take(S, " d", false, trailing)), ?T(string:equal(S, hd(Ts))), ?T(string:equal(S, "  HÉLLO WÖRLD  ", true)), ?T(string:is_empty(S)), ?T(string:chomp([S, "\r\n"])), ?T(string:to_graphemes(S))
     end || S <- Ts],
    ?T([string:to_integer(X) || X <- ["42abc", "-7", "+3 ", "", "x", <<"99">>, "1_000", "12345678901234567890"]]), ?T([string:to_float(X) || X <- ["1.5e3x", "-0.5", "1", ".5", "1e3", <<"2.5">>]]), ?T(string:equal("ä", [$a, 776])), ?T(string:equal("ä", [$a, 776], false, nfc)), ?T(string:jaro_similarity_not("a")), ?T(string:uppercase("ßŉǰ ﬁ")), ?T(string:lowercase("ΑΣ ΟΔΟΣ İ")), ?T(string:titlecase("ǆ")),
    ?T([string:join(["a", "b", "c"], ", "), string:centre("ab", 7, $.), string:left("abc", 5, $-), string:right("abc", 5, $-), string:tokens("a,b,,c", ","), string:words("a b  c"), string:sub_word("a b c", 2), string:strip("  x "), string:str("abcbc", "bc"), string:rstr("abcbc", "bc"), string:chr("abc", $b), string:span("aab", "a"), string:cspan("xxab", "a"), string:substr("hello", 2, 3), string:copies("ab", 3), string:concat("a", "b"), string:to_upper("abc"), string:len("abc")]),
    ?T(string:length([a])), ?T(string:slice("abc", -1)), ?T(string:pad("a", b)), ?T(string:trim(a)), ?T(string:split("a", [])), ?T(string:lexemes(a, b)), ?T(string:find("abc", "")), ?T(string:replace("", "", "x")).
