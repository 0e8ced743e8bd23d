%% SPDX-License-Identifier: Apache-2.0
%% What a waiting process held is gone from erlang:memory/1 when somebody else has its garbage collected.
-module(gc_others_memory).
-include("../t.hrl").

start() -> ?T(collected()).

collected() ->
    Self = self(),
    Before = erlang:memory(processes),
    P = spawn_link(fun() -> fill(Self) end),
    receive {full, 1000000} -> ok end,
    wait(fun() -> erlang:memory(processes) > Before + 4000000 end),
    true = erlang:garbage_collect(P),
    wait(fun() -> erlang:memory(processes) < Before + 4000000 end),
    process_info(P, status).

fill(Parent) ->
    Parent ! {full, many()},
    receive stop -> ok end.

many() -> length(lists:seq(1, 1000000)).

wait(F) ->
    case F() of
        true -> ok;
        false -> receive after 10 -> wait(F) end
    end.
