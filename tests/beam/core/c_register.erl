%% SPDX-License-Identifier: Apache-2.0
-module(c_register).
-include("core.hrl").
start() ->
    P = spawn(fun lp/0), ?T(register(c_reg_a, P)), ?T(whereis(c_reg_a) =:= P), ?T(whereis(nope_q)), ?T(register(c_reg_a, P)), ?T(register(c_reg_b, P)), ?T(register(undefined, P)), ?T(register(id(1), P)), ?T(register(c_reg_c, id(x))),
    ?T(process_info(P, registered_name)), ?T(element(2, process_info(self(), message_queue_len))), c_reg_a ! {self(), hi}, ?T(receive {re, M} -> M end), ?T(lists_member(c_reg_a, registered())),
    ?T(unregister(c_reg_a)), ?T(unregister(c_reg_a)), ?T(whereis(c_reg_a)), ?T(process_info(P, registered_name)), ?T(register(c_reg_d, P)), ?T(begin P ! stop, dead(P), whereis(c_reg_d) end), ?T(register(c_reg_e, P)), ?T(lists_member(c_reg_d, registered())),
    ?T(register(c_reg_self, self())), ?T(c_reg_self ! x), ?T(receive x -> ok end), ?T({c_reg_self, node()} ! y), ?T(receive y -> ok end), ?T({no_such_reg, node()} ! y), ?T(erlang:send({c_reg_self, node()}, z)), ?T(receive z -> ok end), ?T(whereis(id("s"))), ?T(many(300)), ?T(node()), ?T(nodes()), ?T(is_alive()).
lp() -> receive {F, M} -> F ! {re, M}, lp(); stop -> ok end.
dead(P) -> case is_process_alive(P) of true -> receive after 1 -> dead(P) end; false -> dead end.
lists_member(_, []) -> false;
lists_member(X, [X | _]) -> true;
lists_member(X, [_ | T]) -> lists_member(X, T).
many(N) -> Ps = [begin P = spawn(fun lp/0), register(list_to_atom("c_reg_" ++ integer_to_list(K)), P), {K, P} end || K <- seq(1, N)], [true = (whereis(list_to_atom("c_reg_" ++ integer_to_list(K))) =:= P) || {K, P} <- Ps], [P ! stop || {_, P} <- Ps], [dead(P) || {_, P} <- Ps], whereis(c_reg_100).
seq(A, B) when A > B -> [];
seq(A, B) -> [A | seq(A + 1, B)].
