%% SPDX-License-Identifier: Apache-2.0
%% What erl_error and the error_info modules make of exceptions: texts as a shell would show them.
-module(ex_format).
-include("../t.hrl").
start() ->
    Fs = [fun() -> 1 + id(a) end, fun() -> {a, _} = id(1) end, fun() -> case id(1) of 2 -> x end end, fun() -> (id(foo))() end, fun() -> ?MODULE:undefd(1) end, fun() -> fc(1, 2) end, fun() -> element(3, id({1})) end, fun() -> atom_to_list(id("a")) end, fun() -> list_to_atom(id([a])) end, fun() -> list_to_integer("x") end, fun() -> integer_to_list(id(a)) end, fun() -> register(id(1), self()) end, fun() -> register(reg_x, id(b)) end, fun() -> ets:lookup(nosuch, 1) end, fun() -> ets:new(id(1), []) end, fun() -> ets:new(x, [badopt]) end, fun() -> maps:get(k, id(#{})) end, fun() -> maps:get(k, id(x)) end, fun() -> binary:match(id(x), <<>>) end, fun() -> error(my) end, fun() -> error(my, [1, 2]) end, fun() -> exit(my) end, fun() -> throw(my) end, fun() -> list_to_binary([a]) end, fun() -> binary_part(<<1>>, 5, 5) end, fun() -> math:sqrt(id(-1)) end, fun() -> unicode:characters_to_list(id(x)) end, fun() -> persistent_term:get(nope_zz) end, fun() -> atomics:new(0, []) end, fun() -> lists:keyfind(a, id(0), []) end, fun() -> lists:member(a, id(b)) end, fun() -> binary:copy(<<"a">>, -1) end, fun() -> erlang:send_after(x, self(), y) end, fun() -> process_flag(trap_exit, id(maybe_)) end, fun() -> binary_to_atom(<<255>>, utf8) end, fun() -> io:format("~p", []) end, fun() -> io:format("~p~n", [1, 2]) end, fun() -> ets:insert(element(1, {ets:new(a, [protected])}), id(x)) end, fun() -> ets:update_counter(ets:new(a, []), k, 1) end, fun() -> re:run("a", "(") end, fun() -> <<(id(a))>> end, fun() -> <<(id(<<1>>)):9/binary>> end],
    [show(F) || F <- Fs].
show(F) -> try F() of V -> p({value, V}) catch C:R:S ->
    S1 = [{M, Fn, A, [X || {K, _} = X <- L, K =/= file, K =/= line]} || {M, Fn, A, L} <- lists:sublist(S, 1)],
    io:format("~ts~n", [erl_error:format_exception(C, R, S1, #{stack_trim_fun => fun(M, _, _) -> M =:= ?MODULE end})]) end.
fc(a, _) -> 1.
