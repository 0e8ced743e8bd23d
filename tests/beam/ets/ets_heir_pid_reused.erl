%% SPDX-License-Identifier: Apache-2.0
%% A process that has got the pid of a table's heir is not the heir: the table goes with its owner.
-module(ets_heir_pid_reused).
-include("../t.hrl").

start() ->
    erts_debug:set_internal_state(available_internal_state, true),
    ?T(inherited(3)).

inherited(0) -> [nothing]; % BEAM gives a pid again only after long
inherited(N) ->
    Next = erts_debug:get_internal_state(next_pid),
    Self = self(),
    {Heir, HeirRef} = spawn_monitor(fun() -> receive stop -> ok end end),
    {Owner, OwnerRef} = spawn_monitor(fun() ->
        ets:new(estate, [named_table, {heir, Heir, data}]), Self ! made, receive stop -> ok end end),
    receive made -> ok end,
    Heir ! stop,
    receive {'DOWN', HeirRef, _, _, _} -> ok end,
    erts_debug:set_internal_state(next_pid, Next),
    Tries = [spawn(fun() -> receive Any -> Self ! {self(), Any} end end) || _ <- lists:seq(1, 5)],
    Owner ! stop,
    receive {'DOWN', OwnerRef, _, _, _} -> ok end,
    gone = wait_gone(1000),
    [P ! nothing || P <- Tries],
    Got = [receive {P, Any} -> Any end || P <- Tries],
    case lists:member(Heir, Tries) of
        true -> lists:usort(Got);
        false -> inherited(N - 1)
    end.

wait_gone(0) -> stays;
wait_gone(N) ->
    case ets:info(estate) of
        undefined -> gone;
        _ -> receive after 10 -> wait_gone(N - 1) end
    end.
