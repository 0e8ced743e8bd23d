%% SPDX-License-Identifier: Apache-2.0
%% For programs that ask built-ins for what they cannot do. why(Module, Function, Arguments) prints the value or the exception,
%% its innermost frame, the cause in error_info, and the text that shells make of it.
-export([start/0, id/1]).
-compile([nowarn_unused_function]).
id(X) -> X.
why(M, F, A) ->
    try apply(M, F, A) of
        V -> io:format("~w:~w~0tp -> ~0tp~n", [M, F, hide(A), hide(V)])
    catch
        C:R:S -> io:format("~w:~w~0tp ~w ~0tp ~0tp~n", [M, F, hide(A), C, hide(R), reason(R, S)])
    end.
hide(X) when is_pid(X); is_reference(X); is_port(X); is_function(X) -> hidden;
hide(L) when is_list(L), length(L) > 50 -> long;
hide([H | T]) -> [hide(H) | hide(T)];
hide(T) when is_tuple(T) -> list_to_tuple(hide(tuple_to_list(T)));
hide(X) -> X.
reason(R, [{M, F, A, I} | _] = S) ->
    Frame = {M, F, if is_list(A) -> length(A); true -> A end},
    case proplists:get_value(error_info, I) of
        #{} = Info ->
            Mod = maps:get(module, Info, M),
            {Frame, maps:get(cause, Info, none), try lists:sort(maps:to_list(Mod:(maps:get(function, Info, format_error))(R, S))) of
                L -> [{K, unicode:characters_to_list(V)} || {K, V} <- L]
            catch E:_ -> {no_text, E} end};
        undefined -> Frame
    end.
