%% SPDX-License-Identifier: Apache-2.0
%% Every operator on every pair of awkward numbers. Results are printed as digests per operator and left operand, so that
%% a difference names its place.
-module(ar_matrix).
-include("../t.hrl").
start() ->
    [io:format("~p ~p ~s~n", [O, X, digest([result(O, X, Y) || Y <- integers() ++ floats()])])
     || O <- ['+', '-', '*', '/', 'div', 'rem', 'band', 'bor', 'bxor', '==', '/=', '=:=', '=/=', '<', '>=', '>', '=<'],
        X <- integers() ++ floats()],
    [io:format("~p ~p ~s~n", [O, X, digest([result(O, X, Y) || Y <- shifts()])]) || O <- ['bsl', 'bsr'], X <- integers()],
    [io:format("~p ~p~n", [{O, X}, result(O, X)])
     || O <- [abs, trunc, round, floor, ceil, float, '-', '+', 'bnot'], X <- integers() ++ floats() ++ [a, [], {}]],
    [io:format("~p ~p~n", [{O, X, Y}, result(O, X, Y)])
     || O <- ['+', '*', 'div', 'rem', '/', 'band', 'bsl', 'and', 'xor'], X <- [1, a, 1.5, true], Y <- [0, 0.0, b, false, 1 bsl 70]],
    limits().
integers() ->
    [0, 1, -1, 7, -7, 255, -256, 1 bsl 31, -(1 bsl 31), 1 bsl 58, 1 bsl 59, (1 bsl 59) - 1, -(1 bsl 59), -(1 bsl 59) - 1,
     (1 bsl 61) - 1, 1 bsl 61, -(1 bsl 61), -(1 bsl 61) - 1, 1 bsl 62, 1 bsl 63, (1 bsl 64) - 1, 1 bsl 64, -(1 bsl 64),
     123456789012345678901234567890, -98765432109876543210987654321098765, (1 bsl 128) - 1, -(1 bsl 128), 1 bsl 200,
     (1 bsl 1000) - 12345, -(1 bsl 1023), (1 bsl 1024) - (1 bsl 970), 1 bsl 1024].
floats() ->
    [0.0, id(-0.0), 1.0, -1.5, 0.5, 2.5, 1.0e10, 9007199254740991.0, 9007199254740992.0, 9007199254740994.0,
     5.764607523034235e17, 1.152921504606847e18, 1.8446744073709552e19, -1.8446744073709552e19, 1.0e300, -1.0e-300,
     5.0e-324, 1.7976931348623157e308].
shifts() -> [0, 1, -1, 2, 31, 61, 62, 63, 64, 65, 127, 128, 200, 1000, -31, -61, -62, -63, -64, -65, -200, -1000, -(1 bsl 70)].
result(O, X) -> try erlang:O(X) catch error:E -> E end.
result('bsl', X, Y) when Y < -(1 bsl 62) -> try X bsl Y catch error:E -> E end;
result(O, X, Y) -> try erlang:O(X, Y) catch error:E -> E end.
%% by text: it tells 0.0 from -0.0, which hashes do not
digest(T) -> [io_lib:format("~2.16.0b", [B]) || <<B>> <= erlang:md5(io_lib:format("~w", [T]))].
limits() ->
    ?T(id(1) bsl 33554368), ?T((id(1) bsl 33554367) bsr 33554360), ?T((id(1) bsl 20000000) * (id(1) bsl 20000000)), ?T(0 bsl (1 bsl 80)),
    ?T(id(-1) bsr (1 bsl 80)), ?T(id(1 bsl 100) bsr (1 bsl 80)), ?T(id(-(1 bsl 100)) bsr (1 bsl 80)), ?T(id(1) bsl (1 bsl 80)),
    ?T(id(7) bsr -(1 bsl 80)), ?T(id(0) bsr -(1 bsl 80)), ?T(id(1 bsl 2000) + 1.0), ?T(float(1 bsl 1024)), ?T(id(1.0e308) * 10.0).
