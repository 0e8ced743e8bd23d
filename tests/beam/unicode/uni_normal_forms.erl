%% SPDX-License-Identifier: Apache-2.0
%% Normal forms, grapheme clusters, code points, and incomplete text.
-module(uni_normal_forms).
-include("../t.hrl").

start() ->
    Ss = ["ä", [$a, 776], [16#1E9B, 16#323], "ﬁ", "Å", [16#212B], [16#AC00], [16#1100, 16#1161, 16#11A8], "½", "①", [16#0344], "e\x{301}\x{327}", "क्षि", "👨‍👩‍👧", "🇩🇪🇫🇷", "\r\n", "x"],
    [?T({S, unicode:characters_to_nfc_list(S), unicode:characters_to_nfd_list(S), unicode:characters_to_nfkc_list(S), unicode:characters_to_nfkd_list(S)}) || S <- Ss],
    [?T({string:length(S), string:to_graphemes(S)}) || S <- Ss], ?T(unicode:characters_to_nfc_binary([<<"a">>, [776, <<"b">>]])), ?T(unicode:characters_to_nfd_binary(<<"Ünï"/utf8>>)), ?T(unicode:characters_to_nfc_list(<<"a", 255>>)), ?T(unicode:characters_to_nfd_list([a])),
    ?T([string:next_codepoint(S) || S <- ["", "ab", <<>>, <<"é"/utf8>>, <<255>>, ["", ["x" | <<"y">>]]]]), ?T([string:next_grapheme(S) || S <- ["", "e\x{301}x", <<"e", 204, 129, "x">>, "\r\nx", [$e, <<204, 129>>]]]),
    ?T(unicode:characters_to_list(<<"abc", 16#E2, 16#82>>)), ?T(unicode:characters_to_binary([<<"abc", 16#E2>>, <<16#82, 16#AC>>])), ?T(unicode:characters_to_binary(<<"abc", 16#E2, 16#82, "x">>)), ?T(unicode:characters_to_list([97, 16#D800, 98])), ?T(unicode:characters_to_binary("aé€𐍈", unicode, utf16)), ?T(unicode:characters_to_binary("aé€𐍈", unicode, {utf16, little})), ?T(unicode:characters_to_binary("aé€𐍈", unicode, utf32)), ?T(unicode:characters_to_list(<<0, 97, 16#D8, 0, 16#DF>>, utf16)), ?T(unicode:characters_to_list(<<16#DC, 0, 0, 97>>, utf16)), ?T(unicode:characters_to_binary("é€", unicode, latin1)), ?T(unicode:characters_to_binary(<<233>>, latin1, utf8)), ?T(unicode:bom_to_encoding(<<16#EF, 16#BB, 16#BF, "x">>)), ?T([unicode:bom_to_encoding(unicode:encoding_to_bom(E)) || E <- [utf8, {utf16, big}, {utf16, little}, {utf32, big}, {utf32, little}, latin1]]), ?T(unicode:characters_to_list(foo)), ?T(unicode:characters_to_binary("a", foo)), ?T(unicode:characters_to_binary([1 | 2])).
