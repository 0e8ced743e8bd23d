%% SPDX-License-Identifier: Apache-2.0
%% Numbers as texts and back, in every format and base.
-module(fl_text).
-include("../t.hrl").
start() ->
    Fs = [0.0, id(-0.0), 1.0, -1.5, 1.0e10, 1.0e22, 123456789.125, 1.0e300, -1.0e-300, 5.0e-324, 9007199254740992.0, 0.1, 3.14159,
          1.0e-5, 1.0e-4, 1234567.0, 123456.7e10, 1.7976931348623157e308, 2.2250738585072014e-308, 0.3, 2.675, 1.005, 99999.999995],
    [?T({F, float_to_list(F), float_to_list(F, [short]), float_to_binary(F, [{scientific, 3}]), list_to_float(float_to_list(F)) =:= F}) || F <- Fs],
    [?T(float_to_list(F, [{decimals, D}])) || F <- Fs, D <- [0, 1, 2, 4, 10, 18, 19, 30]],
    [?T(float_to_list(F, [{decimals, D}, compact])) || F <- Fs, D <- [0, 1, 4, 20]],
    [?T(float_to_list(math:pow(2, K), [short])) || K <- lists:seq(-1074, 1023, 3)],
    [?T(float_to_list(math:pow(10, K) * 7.3, [short])) || K <- lists:seq(-300, 300, 5)],
    [?T(io_lib:format("~w ~p ~g ~e ~f ~.3f ~20.10g ~8.2e", [F, F, F, F, F, F, F, F])) || F <- Fs, abs(F) < 1.0e15],
    [?T({N, [integer_to_list(N, B) || B <- [2, 3, 8, 16, 32, 36]], [list_to_integer(integer_to_list(N, B), B) =:= N || B <- lists:seq(2, 36)]})
     || N <- [0, -1, 35, 1 bsl 61, -(1 bsl 64), 123456789012345678901234567890, -(1 bsl 300)]],
    [?T(list_to_float(S)) || S <- ["1.0", "1,5", "+1.5", "-1.5E+3", "1.", ".5", "1e5", "1.5e", "1.5e+", " 1.0", "1.0 ", "", "1.0e309", "1.0e-400", "x"]],
    [?T(list_to_integer(S)) || S <- ["1", "+1", "-1", "", "+", "-", "1_0", " 1", "1 ", "0x1", lists:duplicate(50, $9)]],
    [?T(list_to_integer(S, B)) || {S, B} <- [{"zZ", 36}, {"12", 2}, {"ff", 16}, {"-FF", 16}, {"1", 1}, {"1", 37}, {"1", a}]],
    [?T(string:list_to_integer(S)) || S <- ["12abc", "abc", [], foo, "-", "+12", [$1 | foo], [$1, foo], "-0x"]],
    [?T(string:list_to_float(S)) || S <- ["1.5abc", "1.5e", "1.5e5x", "1.", "1.5e400", "-1,5e+2", foo, "", "1.5e+", [$1, $., $5 | foo]]],
    ?T(float_to_list(1.5, [{scientific, 0}])), ?T(float_to_list(1.5, [{scientific, -1}])), ?T(length(float_to_list(1.5, [{scientific, 249}]))),
    ?T(float_to_list(1.5, [{scientific, 250}])), ?T(float_to_list(1.5, [{decimals, -1}])), ?T(length(float_to_list(1.5, [{decimals, 253}]))),
    ?T(float_to_list(1.5, [{decimals, 254}])), ?T(float_to_list(1.5, [compact])), ?T(float_to_list(1.5, [foo])), ?T(float_to_list(1.5, foo)),
    ?T(float_to_list(2, [])), ?T(binary_to_float(<<"1.5">>)), ?T(binary_to_float(<<1:3>>)), ?T(binary_to_integer(<<"15">>, 7)), ?T(integer_to_binary(255, 16)).
