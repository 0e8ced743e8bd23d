%% SPDX-License-Identifier: Apache-2.0
%% Every directive of io_lib:format with every width, precision, padding and modifier; reading back with fread; scanned formats.
-module(iol_matrix).
-include("../t.hrl").

start() ->
    [matrix(D) || D <- directives()],
    [?T(str(io_lib:format(F, A))) || {F, A} <- bad()],
    [?T(read(F, S)) || {F, S} <- reads()],
    continued(),
    [?T(io_lib:scan_format(F, A)) || {F, A} <- [{"~p ~10.3f~n", [1, 2.0]}, {"~*.*.*s", [5, 3, $x, "abc"]}, {"~-5w~~", [a]}, {"~tp~lp~Kp", [f, a, b]}]],
    ?T(str(io_lib:unscan_format(io_lib:scan_format("a ~10.3._f b~n ~tp ~w~~", [2.0, x, y])))),
    ?T(str(io_lib:build_text(io_lib:scan_format("a ~10.3._f b~n ~tp ~w~~", [2.0, x, y])))),
    [?T({N, str(io_lib:format(F, A, [{chars_limit, N}]))}) || N <- [0, 1, 5, 10, 20, 40, 80, -1], {F, A} <- limited()],
    [?T(io_lib:F(X)) || F <- [printable_list, printable_latin1_list, printable_unicode_list, char_list, latin1_char_list, deep_char_list, deep_latin1_char_list],
                        X <- ["abc", [], "a\x{e5}", "\x{263a}", [1], ["a", $b], [a], [-1], [16#110000], "a\n\t\e", foo, [$a | b]]],
    [?T(str(io_lib:F(X))) || F <- [write, print, write_atom, write_atom_as_latin1], X <- ['a b', 'A', a, '', 'é', '\x{263a}', 'end', 'a@B', '1a']],
    [?T(str(io_lib:F(X))) || F <- [write_string, write_string_as_latin1, write_latin1_string], X <- ["a\"b", "\n\t\e\x{7f}", "\x{e5}"]],
    [?T(str(io_lib:F(X))) || F <- [write_char, write_char_as_latin1, write_latin1_char], X <- [$a, $\n, $', $\\, $\s, 16#e5, 0, 255]].

str(X) -> unicode:characters_to_binary(X).

directives() ->
    [{"p", [[1, 2, 3], "text", {a, "b\n", [c | d]}, #{k => v, {x} => "y"}, <<"bin", 0>>, <<"å"/utf8>>, [$\x{263a}], 1.0e22, 'A b']},
     {"w", [[1, 2, 3], "text", 'A b', <<1, 2, 3:4>>, 1.5, -7, '\x{263a}', []]}, {"s", ["text", <<"bin">>, atom, ["io", $l, <<"ist">>], "", [229], <<229>>, [16#263a]]},
     {"c", [$a, 229, 16#263a]}, {"d", [1, -255]}, {"b", [0, -255, 1 bsl 70]}, {"B", [255, -10]}, {"x", [255]}, {"g", [1.0, 1.0e10, 1.0e-5, 123456.789, -0.0]}, {"f", [1.0, -2.55, 1.0e15, 0.0]},
     {"e", [1.0, -123.456, 1.0e-300]}, {"W", [{a, [b, c, d, e], "f"}]}, {"P", [{a, [b, c, d, e], "fgh", #{i => {j}}}]}, {"i", [x]}, {"#", [255, -10]}, {"+", [255, -1 bsl 65]}, {"X", [255, -10]}].

matrix({D, Values}) ->
    [begin
         Extra = case D of "W" -> [3]; "P" -> [4]; "x" -> ["0x"]; "X" -> ["pre"]; _ -> [] end,
         io:format("~ts ~0tp ~0tp~n", [F, V, try str(io_lib:format("[" ++ F ++ "]", [V | Extra])) catch C:R -> {C, R} end])
     end
     || V <- Values, Width <- ["", "1", "12", "-12"], Precision <- ["", ".2", ".16"], Pad <- ["", ".*"], Pad =:= "" orelse Precision =/= "" orelse D =:= "c",
        Mod <- ["", "t"], F <- ["~" ++ Width ++ Precision ++ case Pad of "" -> ""; _ -> ".0" end ++ Mod ++ D]].

bad() ->
    [{"~p", []}, {"~p", [1, 2]}, {"~q", [1]}, {"~", []}, {"~10", [1]}, {"~s", [1]}, {"~s", [[a]]}, {"~d", [a]}, {"~f", [x]}, {"~.1g", [1.0]}, {"~c", [a]}, {"~*s", [a, "b"]},
     {"~B", [1.0]}, {"~.37B", [1]}, {"~.1B", [1]}, {"~p", x}, {foo, []}, {<<"~p">>, [1]}, {"~ts", [<<255>>]}, {"~s", ["\x{263a}"]}, {"~.0f", [1.5]}, {"~n~n~~", []}, {"~3n|~2~", []},
     {["a", <<"b~p">>], [x]}].

reads() ->
    [{"~d ~d", "12 -34 rest"}, {"~d", "x"}, {"~d", ""}, {"~2d~3d", "12345"}, {"~f", "1.5e3 x"}, {"~f", "15"}, {"~s~s", "ab cd"}, {"~3s", "abcdef"}, {"~a", "atom rest"}, {"~c~3c", "abcdef"},
     {"~u", "42"}, {"~u", "-42"}, {"~16u", "ff"}, {"~.16u", "ffz"}, {"~#", "16#fF x"}, {"~#", "36#zz"}, {"~-", "-5"}, {"~l", "abc"}, {"x~dy", "x1y"}, {"x~dy", "x1z"}, {"~~~d", "~5"}, {"~*d~d", "1 2"},
     {"~d,~d", "1,2"}, {"~d , ~d", "1  ,  2"}, {"~ts", "åäö"}, {"~ta", "\x{3b1}"}, {"~tc", "\x{3b1}"}, {"~q", "1"}, {"~", "1"}, {"~s", "   lead"}, {"~d~l", "12 x"}, {"a b", "a   b"}, {"~.2u", "102"}, {"~3.8u", "7771"}].

read(F, S) -> io_lib:fread(F, S).

%% fread in pieces
continued() ->
    Format = "~d ~s [~a] ~f ~3c ~16u",
    Text = "12 word [atom] -1.5 xyz ff",
    ?T(io_lib:fread(Format, Text)),
    ?T([N || N <- lists:seq(0, length(Text)), pieces(Format, lists:split(N, Text ++ "\n")) =/= pieces(Format, {[], Text ++ "\n"})]),
    ?T(pieces(Format, {"12 wo", "rd [atom] -1.5 xyz ff\n"})), ?T(pieces("~d ~d", {"1", " x\n"})), ?T(pieces("~d", {"", ""})), ?T(pieces("~s", {"abc", ""})).

pieces(Format, {A, B}) ->
    lists:foldl(fun(_, {done, _, _} = D) -> D; (Piece, Cont) -> io_lib:fread(cont(Cont), Piece, Format) end, [], [A, B, eof]).

cont({more, C}) -> C;
cont(C) -> C.

limited() -> [{"~p", [lists:seq(1, 100)]}, {"~s and ~p", ["a long text in here", {some, [tuple, "with"], #{x => <<"many things">>}}]}, {"~w", [list_to_tuple(lists:seq(1, 50))]}, {"~tp ~tp", ["åäö\x{263a}", [a | b]]}].
