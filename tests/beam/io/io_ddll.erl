%% SPDX-License-Identifier: Apache-2.0
%% erl_ddll where no driver can be loaded: results, errors, monitors, and what the VM's own drivers tell.
-module(io_ddll).
-include("../t.hrl").
start() ->
    ?T(error_of(erl_ddll:load("/nowhere", "nodrv"))),
    ?T(error_of(erl_ddll:load_driver("/nowhere", nodrv))),
    ?T(begin {error, E} = erl_ddll:load("/nowhere", "nodrv"), sentence(erl_ddll:format_error(E)) end),
    ?T([length(lists:flatten(erl_ddll:format_error(X))) > 5
        || X <- [inconsistent, linked_in_driver, permanent, not_loaded, not_loaded_by_this_process, not_pending, already_loaded, unloading]]),
    [?T(erl_ddll:format_error(X)) || X <- [foo, {x, 1}, badarg, 17]],
    [?T(error_of(erl_ddll:try_load(P, N, []))) || {P, N} <- [{foo, bar}, {1, bar}, {"/nowhere", 1}, {"/nowhere", ""}, {"/nowhere", {x}}]],
    [?T(error_of(erl_ddll:try_load("/nowhere", "nodrv", O)))
     || O <- [[], [{driver_options, [kill_ports]}], [{monitor, pending_driver}, {reload, pending}], [{monitor, pending}]]],
    [?T(erl_ddll:try_load("/nowhere", "nodrv", O)) || O <- [[foo], [{monitor, x}], [{reload, x}], foo]],
    [?T(erl_ddll:unload(N)) || N <- [nodrv, "nodrv", "efile"]],
    ?T(erl_ddll:unload_driver("nodrv")),
    [?T(erl_ddll:try_unload("nodrv", O)) || O <- [[], [foo], [{monitor, pending}], [kill_ports], [{monitor, x}]]],
    ?T(erl_ddll:try_unload(1, [])),
    ?T(erl_ddll:try_load("/nowhere", "ram_file_drv", [])),
    ?T(erl_ddll:try_unload("ram_file_drv", [])),
    ?T(begin {ok, L} = erl_ddll:loaded_drivers(), [lists:member(D, L) || D <- ["ram_file_drv", "tty_sl", "tcp_inet", "nodrv"]] end),
    ?T(erl_ddll:info()),
    ?T(erl_ddll:info("nodrv")),
    ?T(erl_ddll:info("ram_file_drv")),
    [?T(erl_ddll:info(D, I)) || {D, I} <- [{"nodrv", processes}, {"ram_file_drv", foo}, {"ram_file_drv", permanent}]],
    [?T(watch(N, W)) || N <- ["nodrv", "ram_file_drv"], W <- [loaded, unloaded]],
    [?T(erl_ddll:monitor(A, B)) || {A, B} <- [{driver, {"nodrv", foo}}, {foo, {"nodrv", loaded}}, {driver, foo}, {driver, {1, loaded}}]],
    ?T(erl_ddll:demonitor(make_ref())),
    ?T(erl_ddll:demonitor(a)),
    ?T(erl_ddll:reload("/nowhere", "nodrv")),
    ?T(erl_ddll:stop()).
error_of({error, {open_error, N}}) when is_integer(N) -> open_error;
error_of(X) -> X.
sentence(T) -> [io_lib:char_list(T), length(T) > 20, lists:member($\n, T)].
watch(Name, When) ->
    R = erl_ddll:monitor(driver, {Name, When}),
    receive {What, R, driver, Name, Why} -> {What, Why} after 1000 -> none end.
