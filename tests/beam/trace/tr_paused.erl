%% SPDX-License-Identifier: Apache-2.0
%% A process that stands still within a long built-in is seen there by traces of `running`, under the
%% name of the function in which the built-in goes on.
-module(tr_paused).
-include("../t.hrl").

start() ->
    Pairs = [{X, X} || X <- lists:seq(1, 100000)],
    Keys = lists:seq(1, 300000),
    Map = maps:from_keys(Keys, ok),
    Bytes = [X band 255 || X <- Keys ++ Keys],

    T = ets:new(t, [public]),
    ets:insert(T, Pairs),
    ?T(shown({maps, from_list, 1}, fun() -> maps:from_list(Pairs) end)),
    ?T(shown({maps, from_keys, 2}, fun() -> maps:from_keys(Keys, ok) end)),
    ?T(shown({maps, keys, 1}, fun() -> maps:keys(Map) end)),
    ?T(shown({maps, values, 1}, fun() -> maps:values(Map) end)),
    ?T(shown({erts_internal, list_to_binary_continue, 1}, fun() -> list_to_binary([Bytes, Bytes]) end)),
    ?T(shown({erts_internal, list_to_binary_continue, 1}, fun() -> catch iolist_to_binary([Bytes | oops]) end)),
    ?T(shown({erts_internal, term_to_binary_trap, 1}, fun() -> term_to_binary(Pairs) end)),
    ?T(shown({ets, internal_delete_all, 2}, fun() -> ets:delete_all_objects(T) end)).

shown(Place, Fun) ->
    Tracer = self(),
    {Pid, Ref} = spawn_monitor(fun() ->
        erlang:trace(self(), true, [running, {tracer, Tracer}]), Fun(), ok end),
    receive {'DOWN', Ref, process, Pid, normal} -> ok end,
    Delivered = erlang:trace_delivered(Pid),
    receive {trace_delivered, Pid, Delivered} -> ok end,
    {Place, pauses(Pid, Place, 0) > 1}.

%% Out and in tell the same place.
pauses(Pid, Place, N) ->
    receive
        {trace, Pid, out, Here} ->
            receive {trace, Pid, in, Here} -> ok end,
            pauses(Pid, Place, case Here of Place -> N + 1; _ -> N end);
        {trace, Pid, _, _} -> pauses(Pid, Place, N)
    after 0 -> N
    end.
