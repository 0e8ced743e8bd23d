%% SPDX-License-Identifier: Apache-2.0
-module(reg_names).
-include("../t.hrl").
start() ->
    P = spawn(fun w/0), ?T(register(rn_a, P)), ?T(catch register(rn_a, P)), ?T(whereis(rn_a) =:= P), ?T(lists:member(rn_a, registered())), ?T(rn_a ! {x}), ?T(global:whereis_name(nope)), ?T(process_info(P, registered_name)), ?T(unregister(rn_a)), ?T(catch unregister(rn_a)), ?T(catch (rn_a ! x)), ?T([catch_(fun() -> register(N, P) end) || N <- [undefined, 1, "s", self()]]), ?T(catch_(fun() -> register(rn_b, x) end)), ?T(exit_unreg()), ?T(conc(50)), ?T(port_reg()), ?T([N || N <- [init, erl_prim_loader, code_server, file_server_2, kernel_sup, logger, application_controller, standard_error, user, erts_code_purger, error_logger], whereis(N) =:= undefined]), ?T(global:register_name(gl, P)), ?T(global:whereis_name(gl) =:= P), ?T(global:registered_names()), ?T(global:re_register_name(gl, self())), ?T(global:send(gl, hi) =:= self()), ?T(receive hi -> hi after 100 -> none end), ?T(global:unregister_name(gl)), ?T(catch_(fun() -> global:send(gl, x) end)), ?T(pg_test()), ?T(via()), ?T(node()), ?T(nodes()), ?T(nodes([this, visible])), ?T(is_alive()), ?T(node(P)), ?T(erlang:get_cookie()).
w() -> receive stop -> ok end.
catch_(F) -> try F() catch C:R -> {C, case R of {badarg, _} -> badarg; _ -> R end} end.
exit_unreg() -> P = spawn(fun w/0), register(rn_c, P), P ! stop, ok = wait_for(fun() -> whereis(rn_c) =:= undefined end), register(rn_c, self()), R = whereis(rn_c) =:= self(), unregister(rn_c), R.
conc(N) -> S = self(), [spawn(fun() -> S ! {r, try register(rn_race, self()), timer:sleep(50), won catch error:badarg -> lost end} end) || _ <- lists:seq(1, N)], L = [receive {r, X} -> X end || _ <- lists:seq(1, N)], length([x || won <- L]).
port_reg() -> [is_port(X) || X <- erlang:ports()] =/= [].
pg_test() -> {ok, _} = pg:start_link(), ok = pg:join(g1, self()), P = spawn(fun w/0), ok = pg:join(g1, [P, P]), A = length(pg:get_members(g1)), ok = pg:leave(g1, self()), B = length(pg:get_members(g1)), P ! stop, ok = wait_for(fun() -> pg:get_members(g1) =:= [] end), {A, B, pg:which_groups()}.
via() -> {ok, P} = gen_server:start({via, global, rn_via}, sup_srv, 5, []), R = gen_server:call({via, global, rn_via}, get), gen_server:stop(P), {R, global:whereis_name(rn_via)}.
