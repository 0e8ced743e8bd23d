%% SPDX-License-Identifier: Apache-2.0
-module(fl_format).
-include("../t.hrl").
start() ->
    Fs = [0.0, -0.0, 1.0, -1.0, 0.1, 0.2, 0.3, 1 / 3, 2 / 3, 1.5, 1.0e-7, 1.0e7, 123456789.0, 1.0e15, 1.0e16, 1.0e17, 1.0e21, 1.0e22, 1.0e23, 9007199254740992.0, 9007199254740994.0, 4.35, 0.005, 2.675, 1.005, 5.0e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 1.0e100, 1.0e-100, 3.141592653589793, 2.718281828459045, 100.0, 1000000.0, 0.00001, 0.0001, 0.001, 12345.6789, 299792458.0, 6.02214076e23, 1.602176634e-19],
    [io:format("~p ~w ~s ~s ~s~n", [F, F, float_to_list(F), float_to_list(F, [short]), float_to_list(F, [{scientific, 5}])]) || F <- Fs],
    [io:format("~f ~.2f ~.1f ~10.3f| ~-12.1f|~n", [F, F, F, F, F]) || F <- Fs, abs(F) < 1.0e18, abs(F) > 1.0e-10],
    [io:format("~e ~.3e ~15.4e|~n", [F, F, F]) || F <- Fs], [io:format("~g ~.3g ~12.5g|~n", [F, F, F]) || F <- Fs],
    [io:format("~s~n", [float_to_list(F, [{decimals, D}])]) || F <- [1.5, 0.25, 2.5, 1.0e10, 0.1, 123.456], D <- [0, 1, 2, 5, 20]],
    [io:format("~s~n", [float_to_list(F, [{decimals, D}, compact])]) || F <- [1.5, 100.0, 0.1], D <- [1, 5, 20]],
    ?T(io_lib:format("~.10f", [1.0])), ?T(lists:flatten(io_lib:format("~5.2f|~6.1f|~.3f", [3.14159, 2.5, 1.0e3]))), ?T(io_lib:write(1.0e5)), ?T(lists:flatten(io_lib:format("~p", [[1.0, 2.50, -3.0e10]]))), ?T(io_lib_format:fwrite_g(0.1)), ?T(catch io_lib:format("~f", [a])),
    ?T([list_to_float(float_to_list(F, [{scientific, 20}])) =:= F || F <- Fs] =:= [true || _ <- Fs]), ?T([list_to_float(float_to_list(F, [short])) =:= F || F <- Fs] =:= [true || _ <- Fs]),
    ?T([hd(io_lib:format("~p", [F])) || F <- roundtrip(300, 1)] =:= [float_to_list(F, [short]) || F <- roundtrip(300, 1)]), ?T(erlang:phash2([float_to_list(F, [short]) || F <- roundtrip(2000, 7)])), ?T(erlang:phash2([float_to_list(F, [{scientific, 17}]) || F <- roundtrip(500, 9)])), ?T(erlang:phash2([float_to_list(F, [{decimals, 3}]) || F <- roundtrip(500, 11), abs(F) < 1.0e30])), ?T(lists:all(fun(F) -> list_to_float(float_to_list(F, [short])) =:= F end, roundtrip(2000, 3))),
    ?T(string:to_float("1.5abc")), ?T(string:to_float("1e5")), ?T(string:to_float("-0.5e-3 x")), ?T(string:to_integer("12.5")), ?T(io_lib:fread("~f", "3.25 rest")), ?T(io_lib:fread("~f ~d", "3.25e2 17")), ?T(erl_scan:string("1.0e10 1.5.")), ?T(id(1.0) == id(1)).
roundtrip(0, _) -> [];
roundtrip(N, S) ->
    S1 = (S * 6364136223846793005 + 1442695040888963407) band 16#FFFFFFFFFFFFFFFF,
    case <<S1:64>> of <<F/float>> -> [F | roundtrip(N - 1, S1)]; _ -> roundtrip(N, S1) end.
