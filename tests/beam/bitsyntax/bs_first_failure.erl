%% SPDX-License-Identifier: Apache-2.0
%% Constructions with two or three segments that cannot be built: which of them is named, and why. The code is compiled here, one function
%% for each pair, with values that the compiler does not know.
-module(bs_first_failure).
-include("../t.hrl").

%% {segment, its values}
segments() ->
    [{"A", "a"}, {"A:B", "1, -1"}, {"A:B", "1, x"}, {"A:B", "1, 1 bsl 64"}, {"A:B", "x, 8"}, {"A/binary", "x"}, {"A/binary", "<<1:3>>"}, {"A:B/binary", "<<1>>, 2"}, {"A:B/binary", "<<1>>, -2"}, {"A/float", "x"}, {"A:B/float", "1.0, 7"},
     {"A:B/float", "1.0e300, 32"}, {"A/utf8", "16#D800"}, {"A/utf16", "x"}, {"A/utf32", "-1"}, {"A/bitstring", "{}"}, {"A:B/binary-unit:16", "<<1, 2, 3>>, 1"}, {"A/binary-unit:16", "<<1>>"}, {"A/binary", "<<>>"}, {"A:B", "7, 3"}, {"A/binary", "<<1, 2>>"}, {"A:B", "a, 0"}, {"A:B", "5, 0"}, {"A:B/float", "1.0, 0"}, {"A:B/float", "a, 0"}, {"A:B/binary", "<<1>>, 0"}].

start() ->
    S = segments(), N = length(S),
    Pairs = [[lists:nth(I, S), lists:nth(J, S)] || I <- lists:seq(1, N), J <- lists:seq(1, N)] ++
        [[lists:nth(1 + K rem N, S), lists:nth(1 + (K * 5 + 2) rem N, S), lists:nth(1 + (K * 11 + 7) rem N, S)] || K <- lists:seq(1, 100)] ++ [[X] || X <- S],
    Numbered = lists:zip(lists:seq(1, length(Pairs)), Pairs),
    load(["-module(bff).", "-export([id/1, f/1]).", "id(X) -> X." | functions(Numbered)]),
    [io:format("~s: ~0p~n", [text(P), run(K)]) || {K, P} <- Numbered].

text(P) -> lists:join(", ", [[S, " of ", V] || {S, V} <- P]).

functions(Numbered) ->
    lists:append([begin
         {Segments, Bindings} = lists:unzip([renamed(I, S, V) || {I, {S, V}} <- lists:zip(lists:seq(1, length(P)), P)]),
         [lists:flatten(["f", integer_to_list(K), "() -> ", [[B, ", "] || B <- lists:append(Bindings)], "<<", lists:join(", ", Segments), ">>."])]
     end || {K, P} <- Numbered]) ++ [lists:flatten([lists:join("; ", [["f(", integer_to_list(K), ") -> f", integer_to_list(K), "()"] || {K, _} <- Numbered]), "."])].

renamed(I, S, V) ->
    Number = integer_to_list(I),
    Names = [[C] || C <- "AB", lists:member(C, S)],
    {lists:flatten([case lists:member([C], Names) of true -> [C, Number]; false -> C end || C <- S]), [[Name, Number, " = id(", Value, ")"] || {Name, Value} <- lists:zip(Names, values(Names, V))]}.

values([_], V) -> [V];
values([_, _], V) -> {A, [_, _ | B]} = lists:splitwith(fun(C) -> C =/= $, end, hide(V)), [unhide(A), unhide(B)].
%% commas inside a binary are none between values
hide(V) -> case string:split(V, ">>") of [A, B] -> [case C of $, -> $;; _ -> C end || C <- A] ++ ">>" ++ B; [A] -> A end.
unhide(V) -> [case C of $; -> $,; _ -> C end || C <- V].

load(Texts) ->
    Forms = [begin {ok, Ts, _} = erl_scan:string(T), {ok, F} = erl_parse:parse_form(Ts), F end || T <- Texts],
    {ok, bff, B} = compile:forms(Forms, [nowarn_unused_vars]), {module, bff} = code:load_binary(bff, "bff", B).

run(K) ->
    try bff:f(K) catch C:R:St -> [{_, _, _, Info} | _] = St, {C, R, maps:get(cause, proplists:get_value(error_info, Info, #{}), none)} end.
