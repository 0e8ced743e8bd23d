%% SPDX-License-Identifier: Apache-2.0
%% The module of lib/misused.c: see misuse.sh.
-module(misused).
-export([main/1, put/0]).
-nifs([leak/1, hold/0, keep/1, keep_cleared/0, give/0, put/0, tell/0, raise/0, copy/1]).
-on_load(on_load/0).

on_load() -> erlang:load_nif(filename:join(os:getenv("NIF_OUT"), "misused"), 0).

-define(STUB, erlang:nif_error(not_loaded)).
leak(_) -> ?STUB.
hold() -> ?STUB.
keep(_) -> ?STUB.
keep_cleared() -> ?STUB.
give() -> ?STUB.
put() -> ?STUB.
tell() -> ?STUB.
raise() -> ?STUB.
copy(_) -> ?STUB.

main([What]) ->
    io:format("~p~n", [did(list_to_atom(What))]),
    erlang:halt(0).

did(leak) -> leak(3);
did(hold) -> is_reference(hold());
did(copy) -> copy({a, "list", self() =:= self()});
did(cleared) -> kept = keep_cleared(), give();
%% what another process had made is used here
did(Use) ->
    {_, Ref} = spawn_monitor(fun() -> kept = keep({made, [here], self()}) end),
    receive {'DOWN', Ref, _, _, normal} -> ok end,
    case Use of
        give -> give();
        put -> ?MODULE:put();
        tell -> tell();
        raise -> raise()
    end.
