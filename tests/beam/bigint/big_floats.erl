%% SPDX-License-Identifier: Apache-2.0
%% Where long integers and floats meet: conversion, rounding to even, overflow, exact comparison.
-module(big_floats).
-include("../t.hrl").
start() ->
    Bs = bigs(), Fs = floats(),
    [io:format("~w ~w~n", [B, safe(fun() -> <<F/float>> = <<(float(id(B)))/float>>, F end)]) || B <- Bs],
    [io:format("~w ~w~n", [F, [safe(fun() -> G(id(F)) end) || G <- [fun erlang:trunc/1, fun erlang:round/1, fun erlang:floor/1, fun erlang:ceil/1]]]) || F <- Fs],
    [io:format("~w ~s~n", [F, [cmp(B, F) || B <- Bs]]) || F <- Fs],
    ?T([{B, F} || B <- Bs, F <- Fs, not agree(B, F)]),
    ?T([{F1, F2} || F1 <- Fs, F2 <- Fs, (F1 < F2) =/= (trunc(F1) < trunc(F2)), abs(F1) > 1.0e16, abs(F2) > 1.0e16]),
    ?T(float(id(1 bsl 1023))), ?T(float(id(1 bsl 1024))), ?T(float(id((1 bsl 1024) - 1))), ?T(float(id((1 bsl 1024) - (1 bsl 970) - 1))),
    ?T(float(id((1 bsl 1024) - (1 bsl 970)))), ?T(float(id(-(1 bsl 1024)))), ?T(id(1 bsl 1024) * id(1.0)), ?T(id(1 bsl 1024) + id(0.5)),
    ?T(id(1 bsl 1024) / id(1 bsl 1000)), ?T(id(1 bsl 1000) / id(1 bsl 990)), ?T(id(1.0) / id(1 bsl 1024)), ?T(id(1 bsl 1024) > id(1.0e308)),
    ?T(id(-(1 bsl 1024)) < id(-1.0e308)), ?T(id(1 bsl 2000) == id(1.7976931348623157e308)), ?T(id(1 bsl 60) == id(1152921504606846976.0)),
    ?T(id((1 bsl 60) + 1) == id(1152921504606846976.0)), ?T(id((1 bsl 60) + 1) > id(1152921504606846976.0)),
    ?T(id(1 bsl 60) =:= id(1152921504606846976.0)), ?T(math:sqrt(id(1 bsl 1022))), ?T(math:pow(id(2), id(1023))), ?T(math:pow(id(2), id(1024))),
    ?T(math:log2(id(1 bsl 1000))), ?T(math:log2(id(1 bsl 1100))), ?T(math:log10(id(1 bsl 500))), ?T(float(id(9007199254740993))),
    ?T(lists:sort([id((1 bsl 53) + 1), id(9007199254740992.0), id(1 bsl 53), id(9007199254740994.0), id((1 bsl 53) - 1)])),
    ?T(lists:max([1.0e30, 1000000000000000000000000000000, 1000000000000000019884624838656])), ?T(maps:size(#{id(1.0e30) => a, trunc(id(1.0e30)) => b})),
    ?T(lists:usort([id(2.0), id(2), id(2.0)])), ?T(lists:keyfind(4.0, 1, [{4, x}])), ?T(id(4611686018427387904.0) == id(1 bsl 62)),
    ?T(integer_to_list(trunc(1.7976931348623157e308)) =:= integer_to_list((1 bsl 1024) - (1 bsl 971))), ?T(round(id(0.49999999999999994))), ?T(round(id(4503599627370497.5))),
    ?T([round(id(X)) || X <- [0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 9007199254740993.0]]), ?T(trunc(id(-0.0))), ?T(floor(id(-0.5))), ?T(ceil(id(-0.5))), ?T(trunc(id(foo))), ?T(round(id(1 bsl 90))).
safe(F) -> try F() catch _:R -> R end.
cmp(B, F) when B < F -> "<"; cmp(B, F) when B == F -> "="; cmp(B, F) when B > F -> ">".
agree(B, F) ->
    C = B - trunc(F), Frac = F - trunc_f(F),
    E = if C < 0 -> "<"; C > 0, true -> ">"; Frac > 0 -> "<"; Frac < 0 -> ">"; true -> "=" end,
    E =:= cmp(B, F) andalso cmp(F, B) =:= (case E of "<" -> ">"; ">" -> "<"; X -> X end).
trunc_f(F) when abs(F) > 1.0e17 -> F;
trunc_f(F) -> float(trunc(F)).
bigs() ->
    [0, 1, -1, 9007199254740991, 9007199254740992, 9007199254740993, 9007199254740995, -9007199254740993, 1 bsl 59, (1 bsl 59) - 1, -(1 bsl 59) - 1, (1 bsl 63) - 1, 1 bsl 63,
     (1 bsl 64) - 1, (1 bsl 64) + 1, (1 bsl 100) + (1 bsl 47), (1 bsl 100) + (1 bsl 47) + 1, (1 bsl 100) + 3 * (1 bsl 47), -(1 bsl 100) - (1 bsl 47), 1 bsl 300, -(1 bsl 1000)].
floats() ->
    [0.0, 0.5, -0.5, 1.0, 1.5, 9007199254740992.0, 9007199254740994.0, -9007199254740992.0, 576460752303423488.0, 576460752303423424.0, -576460752303423488.0,
     9223372036854775808.0, -9223372036854775808.0, 18446744073709551616.0, 18446744073709555712.0, 1.2676506002282294e30, 1.2676506002282297e30, 1.0e300, -1.0e300, 5.0e-324, 4503599627370495.5].
