%% SPDX-License-Identifier: Apache-2.0
%% The module of lib/objects.c, in its versions: see objects_test.erl.
-module(objects).
-compile([export_all, nowarn_export_all]).
-on_load(on_load/0).

on_load() ->
    {Library, Watcher} = persistent_term:get(?MODULE),
    case Library of
        none -> ok;
        _ -> erlang:load_nif(Library, Watcher)
    end.

-define(STUB, erlang:nif_error(not_loaded)).
version() -> ?STUB.
make() -> ?STUB.
look(_) -> ?STUB.
bytes(_) -> ?STUB.
dynamic(_) -> ?STUB.
watch(_, _) -> ?STUB.
unwatch(_) -> ?STUB.
pipe_of(_) -> ?STUB.
select_of(_, _, _, _) -> ?STUB.
write_to(_) -> ?STUB.
read_from(_) -> ?STUB.
queue(_, _, _) -> ?STUB.
threads() -> ?STUB.
steps(_, _) -> ?STUB.
fail_on(_) -> ?STUB.
hold(_, _) -> ?STUB.
count() -> ?STUB.
tried() -> ?STUB.
many_keys() -> ?STUB.
whereis_of_thread(_) -> ?STUB.
send_both(_) -> ?STUB.
send_dead(_) -> ?STUB.
load(Library, Info) -> erlang:load_nif(Library, Info).
