%% SPDX-License-Identifier: Apache-2.0
-module(io_port).
-include("../t.hrl").
start() ->
    ?T(run({spawn, "echo hello"}, [exit_status])), ?T(run({spawn, "sh -c 'echo out; echo err 1>&2; exit 3'"}, [exit_status, stderr_to_stdout])), ?T(run({spawn, "sh -c 'kill -9 $$'"}, [exit_status])), ?T(run({spawn, "printf 'a\\r\\nbcdef\\ng'"}, [{line, 3}, exit_status])), ?T(run({spawn, "printf 'a\\nb\\r\\rc\\n'"}, [line, binary, exit_status])),
    ?T(run({spawn_executable, "/bin/echo"}, [{args, ["a b", <<"c">>, "$X"]}, exit_status])), ?T(run({spawn_executable, "/bin/sh"}, [{arg0, "zero"}, {args, ["-c", "echo $0 $MICA_T $HOME_NOT"]}, {env, [{"MICA_T", "val"}, {"HOME_NOT", false}]}, {cd, "/"}, exit_status])), ?T(run({spawn, "pwd"}, [{cd, "/usr"}, exit_status])),
    ?T(open_port({spawn_executable, "/no/such"}, [])), ?T(open_port({spawn_executable, "/etc/passwd"}, [])), ?T(open_port({spawn_driver, "no_such_driver"}, [])), ?T(open_port(foo, [foo])), ?T(open_port({spawn, "cat"}, [foo])), ?T(open_port({spawn, "cat"}, foo)), ?T(open_port({foo, bar}, [])), ?T(open_port({spawn, "cat"}, [{packet, 3}])), ?T(open_port({spawn, "cat"}, [{args, ["x"]}])), ?T(open_port({spawn, 7}, [])),
    P = open_port({spawn, "cat"}, [{packet, 2}]), ?T(port_command(P, "one")), ?T(get1(P)), ?T(is_tuple(P ! {self(), {command, ["t", <<"wo">>]}})), ?T(get1(P)), ?T(port_command(P, [256])), ?T(port_command(P, foo)), ?T(port_command(P, "x", [bar])), ?T(port_command(P, "x", [nosuspend])), ?T(get1(P)),
    ?T(element(2, erlang:port_info(P, name))), ?T(erlang:port_info(P, connected) =:= {connected, self()}), ?T(erlang:port_info(P, links) =:= {links, [self()]}), ?T(erlang:port_info(P, input)), ?T(erlang:port_info(P, output)), ?T(erlang:port_info(P, registered_name)), ?T(erlang:port_info(P, foo)), ?T([K || {K, _} <- erlang:port_info(P)]), ?T(is_integer(element(2, erlang:port_info(P, os_pid)))),
    ?T(register(my_port, P)), ?T(whereis(my_port) =:= P), ?T(erlang:port_info(P, registered_name)), ?T(is_tuple(my_port ! {self(), {command, "named"}})), ?T(get1(P)), ?T(lists:member(P, erlang:ports())), ?T(is_port(P)), ?T(erlang:port_control(P, 1, "")), ?T(erlang:port_call(P, 1, x)), ?T(erlang:port_set_data(P, {some, "data"})), ?T(erlang:port_get_data(P)),
    M = erlang:monitor(port, P), ?T(is_tuple(P ! {self(), close})), ?T(receive {P, closed} -> closed end), ?T(receive {'DOWN', M, port, P, R} -> R end), ?T(whereis(my_port)), ?T(erlang:port_info(P)), ?T(port_close(P)), ?T(port_command(P, "x")), ?T(is_tuple(P ! {self(), {command, "x"}})), ?T(erlang:monitor(port, P) =/= M), ?T(receive {'DOWN', _, port, P, R2} -> R2 end),
    process_flag(trap_exit, true), Q = open_port({spawn, "cat"}, [binary, eof]), ?T(port_close(Q)), ?T(receive {'EXIT', Q, R3} -> R3 end),
    Q2 = open_port({spawn, "true"}, []), ?T(receive {'EXIT', Q2, R4} -> R4 end), Q3 = open_port({spawn, "true"}, [eof]), ?T(receive {Q3, eof} -> eof end), ?T(port_close(Q3)), ?T(receive {'EXIT', Q3, R5} -> R5 end),
    Q4 = open_port({spawn, "cat"}, []), ?T(exit(Q4, reason)), ?T(receive {'EXIT', Q4, R6} -> R6 end), Q5 = open_port({spawn, "cat"}, []), Self = self(), Pid = spawn(fun() -> receive go -> ok end, receive {Q5, X} -> Self ! {got, X} end end), ?T(port_connect(Q5, Pid)), Pid ! go, port_command(Q5, "to the other"), ?T(receive {got, G} -> G end), ?T(unlink(Q5)), ?T(wait_gone(Q5, 100)),
    Q6 = open_port({spawn, "cat"}, []), ?T(Q6 ! nonsense), ?T(receive {'EXIT', Q6, R7} -> R7 end), ?T(catch port_close(Q6)),
    Q7 = open_port({spawn, "cat"}, [binary, stream]), Big = binary:copy(<<"0123456789">>, 50000), ?T(port_command(Q7, Big)), ?T(erlang:md5(collect(Q7, byte_size(Big), [])) =:= erlang:md5(Big)), ?T(port_close(Q7)), ?T(os:cmd("echo cmd; exit 2")), ?T(os:cmd("cat", #{max_size => 3})), ?T(os:find_executable("sh")), ?T(os:find_executable("no_such_program")).
run(N, O) -> P = open_port(N, O), loop(P, []).
loop(P, A) -> receive {P, {exit_status, S}} -> {lists:reverse(A), S}; {P, {data, D}} -> loop(P, merge(D, A)) after 5000 -> timeout end.
merge(D, [E | A]) when is_list(D), is_list(E) -> [E ++ D | A];
merge(D, A) -> [D | A].
get1(P) -> receive {P, X} -> X after 5000 -> timeout end.
wait_gone(_, 0) -> still;
wait_gone(P, N) -> case erlang:port_info(P) of undefined -> gone; _ -> receive after 20 -> wait_gone(P, N - 1) end end.
collect(_, 0, A) -> iolist_to_binary(lists:reverse(A));
collect(P, N, A) -> receive {P, {data, D}} -> collect(P, N - byte_size(D), [D | A]) after 5000 -> timeout end.
