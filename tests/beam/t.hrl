%% SPDX-License-Identifier: Apache-2.0
%% For programs that run on a booted OTP. ?T(E) prints the line with the value or the exception.
-export([start/0, id/1]).
-compile([nowarn_unused_function]).
-define(T(E), t(?LINE, fun() -> E end)).
%% An exported identity: the compiler knows nothing about what it returns.
id(X) -> X.
p(X) -> io:format("~tp~n", [X]).
t(L, F) ->
    try F() of
        V -> io:format("~w: ~tp~n", [L, V])
    catch
        C:R -> io:format("~w: ~w ~tp~n", [L, C, R])
    end.
%% Wait until F() is true, at most 10 s: for what takes an unknown time.
wait_for(F) -> wait_for(F, 1000).
wait_for(_, 0) -> timeout;
wait_for(F, N) ->
    case F() of
        true -> ok;
        _ -> receive after 10 -> wait_for(F, N - 1) end
    end.
