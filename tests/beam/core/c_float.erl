%% SPDX-License-Identifier: Apache-2.0
-module(c_float).
-include("core.hrl").
start() ->
    Fs = [0.0, 1.0, -1.0, 0.5, 3.14159, -2.718, 1.0e10, 1.0e-10, 1.5e300, 1.0e-300, 123456.789, 5.0e-324, 1.7976931348623157e308],
    [d(bits(F)) || F <- Fs], [db({F, F + 1.0, F - 0.5, F * 2.0, F / 3.0, -F, abs(F)}) || F <- Fs, F < 1.0e308],
    [d({F, trunc(F), round(F), floor(F), ceil(F)}) || F <- Fs, abs(F) < 1.0e20],
    ?T(id(1.0e308) * 10), ?T(id(1.0e308) + id(1.7e308)), ?T(id(1.0) / 0.0), ?T(id(1.0) / 0), ?T(id(0.0) / 0.0),
    ?T(id(-1.0e308) * 1.0e10), ?T(id(1.0e-308) / 1.0e300), ?T(id(1.0e-200) * 1.0e-200),
    ?T(id(0.1) + id(0.2)), ?T(id(0.1) + id(0.2) == 0.3),
    ?T(bits(loop(1000, 0.0))), ?T(bits(newton(2.0, 1.0, 8))), ?T(bits(harm(1000, 0.0))), ?T(bits(horner([1.0, -2.0, 3.5, 4.25], 1.5))),
    ?T(mixed(id(3), id(2.5), id(7))),
    ?T(id(1.0) + id(a)), ?T(id(1.5) + id(1)), ?T((id(1) bsl 60) + id(0.5)), ?T(id(2) * id(0.5) + id(3) / id(4)),
    ?T(is_float(id(1.0))), ?T(is_float(id(1))), ?T(is_number(id(1.0))),
    ?T(float_to_list(id(1.5))), ?T(float_to_list(id(0.1), [short])), ?T(float_to_list(id(3.14159), [{decimals, 2}])),
    ?T(float_to_list(id(1234.5), [{scientific, 3}])), ?T(float_to_list(id(1.50), [{decimals, 4}, compact])),
    ?T(float_to_binary(id(2.5), [short])), ?T(list_to_float("1.5e10")), ?T(list_to_float("15")), ?T(binary_to_float(<<"-0.25">>)),
    ?T(id(-0.0)), ?T(0.0 * -1), ?T(abs(id(-0.0))), ?T(<<(id(-0.0))/float>>), ?T(<<(id(1.5)):32/float>>),
    ?T(fclause(1.0)), ?T(fclause(2.0)), ?T(fclause(1)), ?T(fclause(0.0)),
    ?T(try id(1.0) / id(0.0) catch error:badarith -> caught end),
    ?T(mand(0.3, 0.5, 0.0, 0.0, 0)), ?T(mand(-0.1, 0.1, 0.0, 0.0, 0)).

loop(0, A) -> A;
loop(N, A) when is_float(A) -> loop(N - 1, A * 0.999 + 1.25 - A / 7.0).
newton(_, X, 0) -> X;
newton(A, X, N) -> newton(A, (X + A / X) / 2.0, N - 1).
harm(0, A) -> A;
harm(N, A) -> harm(N - 1, A + 1 / N).
horner(Cs, X) -> horner(Cs, X, 0.0).
horner([], _, A) -> A;
horner([C | Cs], X, A) -> horner(Cs, X, A * X + C).
mixed(I, F, J) -> A = I * F + J, B = A / J - F, {A, B, A * B, -(A - B)}.
fclause(0.0) -> zero;
fclause(1.0) -> one;
fclause(F) when is_float(F), F > 1.5 -> big;
fclause(_) -> other.
mand(_, _, _, _, 50) -> 50;
mand(Cr, Ci, R, I, N) ->
    R2 = R * R, I2 = I * I,
    if R2 + I2 > 4.0 -> N;
       true -> mand(Cr, Ci, R2 - I2 + Cr, 2.0 * R * I + Ci, N + 1)
    end.
bits(F) -> <<I:64>> = <<F/float>>, I.
db(T) -> d([bits(F) || F <- tuple_to_list(T)]).
