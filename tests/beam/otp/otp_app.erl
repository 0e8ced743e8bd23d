%% SPDX-License-Identifier: Apache-2.0
-module(otp_app).
-export([start/2, stop/1, init/1, prep_stop/1, config_change/3]).
-include("../t.hrl").
start(normal, Args) -> supervisor:start_link({local, otp_app_sup}, ?MODULE, Args).
prep_stop(S) -> S.
stop(_) -> ok.
config_change(_, _, _) -> ok.
init(_) -> {ok, {{one_for_one, 1, 1}, [{w, {sup_srv, start_link, [app_worker, 11]}, permanent, 1000, worker, [sup_srv]}]}}.
start() ->
    App = {application, my_app, [{description, "test"}, {vsn, "1.2"}, {modules, [?MODULE]}, {registered, [otp_app_sup]}, {applications, [kernel, stdlib]}, {env, [{a, 1}, {b, "two"}]}, {mod, {?MODULE, [x]}}]}, ?T(application:load(App)), ?T(application:load(App)), ?T(application:get_env(my_app, a)), ?T(application:get_env(my_app, zz)), ?T(application:get_env(my_app, zz, def)), ?T(application:set_env(my_app, c, 3)), ?T(lists:sort(application:get_all_env(my_app))), ?T(application:get_key(my_app, vsn)), ?T(application:get_key(my_app, modules)), ?T(application:unset_env(my_app, c)), ?T(application:start(my_app)), ?T(application:start(my_app)), ?T(gen_server:call(app_worker, get)), ?T([A || {A, _, _} <- application:which_applications(), A =:= my_app]), ?T(lists:keyfind(my_app, 1, application:loaded_applications())), ?T(application:get_application(?MODULE)), ?T(application:get_application(whereis(app_worker))), ?T(supervisor:which_children(otp_app_sup) =/= []), ?T(application:stop(my_app)), ?T(application:stop(my_app)), ?T(whereis(app_worker)), ?T(application:unload(my_app)), ?T(application:start(no_such_app_x)), ?T(application:ensure_all_started(compiler)), ?T(application:ensure_started(stdlib)), ?T(application:get_env(kernel, logger_level)), ?T(lists:sort([A || {A, _, _} <- application:which_applications()])), ?T(lists:sort(proplists:get_keys(application:get_all_env(kernel))) =/= []), ?T(code:lib_dir(stdlib) =/= x), ?T(application:get_key(stdlib, vsn)), ?T(application:get_key(kernel, vsn)), ?T(application:start({bad})), ?T(application:set_env([{my2, [{k, v}]}])), ?T(application:get_env(my2, k)), ?T(crash_app()).
crash_app() -> ok = application:load({application, crash_app, [{vsn, "1"}, {applications, [kernel, stdlib]}, {mod, {no_such_mod_yy, []}}]}), R = application:start(crash_app), {element(1, R), is_tuple(element(2, R))}.
