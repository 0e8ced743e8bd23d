%% SPDX-License-Identifier: Apache-2.0
%% What is left of character data that is malformed or ends too early, in every shape.
-module(uni_errors).
-include("../t.hrl").
start() ->
    Data = [<<>>, [], "abc", <<"abc">>, [<<"abc">>, <<255>>, "d"], [<<"abc", 195>>], [<<"abc", 195>>, <<165>>, "x"], [<<"abc", 195>>, 165, "x"],
            ["a", [["b"] | "c"]], [16#d800], ["x", [16#d800, "y"], "z"], [1000, <<"a">> | <<"b">>], <<"a", 226, 130>>, <<"a", 226, 65>>,
            [<<"a", 226, 130>>, "x"], [<<"a", 226>>, <<130>>, <<172>>], [<<"a", 226>>, [], <<130>>, [<<172, "b">>]], [1 bsl 70], ["a", 1 bsl 70], [16#110000],
            [-1], [["a", -1, "b"], "c"], <<192, 128>>, <<237, 160, 128>>, <<244, 144, 128, 128>>, <<240, 159>>, <<240, 65>>, <<224, 128, 128>>, <<245>>, foo,
            [foo], [[a | b]], [<<1:3>>], <<1:3>>, [<<"x">> | foo], [<<"å"/utf8>>], [[[<<"å"/utf8>>]], 229], [<<"a", 195>>, <<255>>], [<<195>>, []], [[<<195>>]],
            [<<"ok">>, [[[<<"bad", 255, "rest">>]], "more"], <<"end">>]],
    [?T({D, C(fun() -> unicode:characters_to_binary(D) end), C(fun() -> unicode:characters_to_list(D) end)}) || D <- Data, C <- [fun try_/1]],
    [?T({D, C(fun() -> unicode:characters_to_binary(D, latin1) end), C(fun() -> unicode:characters_to_list(D, latin1) end)}) || D <- Data, C <- [fun try_/1]],
    [?T({D, O, C(fun() -> unicode:characters_to_binary(D, unicode, O) end)}) || D <- Data, O <- [latin1, utf16, {utf32, little}], C <- [fun try_/1]],
    [?T({D, I, C(fun() -> unicode:characters_to_list(D, I) end)})
     || D <- [<<0, 65, 0, 66>>, <<0, 65, 216>>, <<216, 1, 220, 55>>, <<216, 1, 0, 1>>, <<0, 0, 0, 65>>, "abc"], I <- [utf16, {utf16, little}, utf32, {utf32, big}, wrong],
        C <- [fun try_/1]],
    [?T(unicode:bin_is_7bit(B)) || B <- [<<>>, <<"abc">>, <<"abcdefghijk", 128>>, <<128>>, <<1:3>>, foo, "abc"]],
    [?T({D, try_(fun() -> unicode:characters_to_binary(D) end), try_(fun() -> unicode:characters_to_list(D, latin1) end)})
     || N <- [1 bsl 59 - 1, 1 bsl 59, -1 bsl 59, (-1 bsl 59) - 1, 1 bsl 61, 1 bsl 64], D <- [[N, {a}], [1, [N] | b]]],
    Sub = fun(B) -> <<_:3, R/binary>> = <<0:3, B/binary>>, R end,
    ?T(unicode:characters_to_list(Sub(<<"åäö"/utf8>>))), ?T(unicode:characters_to_binary([Sub(<<"åäö"/utf8>>), Sub(<<"x", 255>>)])),
    ?T(unicode:characters_to_binary(lists:duplicate(1000, [<<"å"/utf8>>, 228, "b"])) =:= iolist_to_binary(lists:duplicate(1000, <<"åäb"/utf8>>))),
    ?T(string:length(unicode:characters_to_list(binary:copy(<<"日本"/utf8>>, 5000)))).
try_(F) -> try F() catch C:R -> {C, R} end.
