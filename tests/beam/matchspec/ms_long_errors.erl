%% SPDX-License-Identifier: Apache-2.0
%% What is wrong with a match specification is told in 99 bytes, however large the term that it names.
-module(ms_long_errors).
-include("../t.hrl").
start() ->
    Long = lists:seq(1, 200),
    Binary = list_to_binary([X rem 256 || X <- lists:seq(1, 300)]),
    ?T(told({nosuch, 1})), ?T(told(list_to_tuple([list_to_atom(lists:duplicate(200, $f)), 1]))), ?T(told({Long})), ?T(told({Binary})),
    ?T(told({self, Long})), ?T(told({const, a, Long})), ?T(told({'and'})), ?T(told({{a, b}, Long, {c}})),
    ?T(told({"text that is too long for all of it to be told in what is wrong with it, and still goes on"})),
    ?T(told({#{a => Long, b => {1.5, <<1:3>>}}})),
    ?T(deep()).
told(Guard) -> erlang:match_spec_test([1], [{['$1'], [Guard], []}], trace).
%% So deep that it is refused; where, each VM decides for itself, but soon and shortly.
deep() ->
    {error, Errors} = told(nested(1000000, true)),
    [] = [T || {error, T} <- Errors, length(T) > 99],
    lists:usort([lists:sublist(T, 46) || {error, T} <- Errors]).
nested(0, T) -> T;
nested(N, T) -> nested(N - 1, {'or', {'=:=', N, '$1'}, T}).
