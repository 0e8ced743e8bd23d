%% SPDX-License-Identifier: Apache-2.0
%% The binaries of a process are told in the same order after each collection.
-module(pi_binary_order).
-include("../t.hrl").

start() ->
    Kept = [binary:copy(<<N>>, 100 * N) || N <- lists:seq(1, 10)],
    garbage_collect(),
    {binary, First} = process_info(self(), binary),
    ?T([begin garbage_collect(), process_info(self(), binary) =:= {binary, First} end || _ <- lists:seq(1, 3)]),
    ?T(length(First) >= length(Kept)).
