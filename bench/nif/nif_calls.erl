%% SPDX-License-Identifier: Apache-2.0
%% Nanoseconds of each kind of native call, of processor time (a machine with other work measures that well, too): bench/nif/run.
-module(nif_calls).
-export([main/1]).
-nifs([empty/1, five/5, list/0]).

empty(_) -> erlang:nif_error(not_loaded).
five(_, _, _, _, _) -> erlang:nif_error(not_loaded).
list() -> erlang:nif_error(not_loaded).

main([Library]) ->
    ok = erlang:load_nif(Library, 0),
    [begin
         _ = run(What, N div 10),
         {T0, _} = statistics(runtime),
         ok = run(What, N),
         {T1, _} = statistics(runtime),
         io:format("~w ~.2f~n", [What, 1.0e6 * (T1 - T0) / N])
     end || {What, N} <- [{empty, 20000000}, {five, 10000000}, {list, 1000000}]],
    erlang:halt(0).

run(_, 0) -> ok;
run(empty, N) -> N = empty(N), run(empty, N - 1);
run(five, N) -> _ = five(N, 2, 3, 4, 5), run(five, N - 1);
run(list, N) -> [_ | _] = list(), run(list, N - 1).
