%% SPDX-License-Identifier: Apache-2.0
%% queue as tasks of a robin, deques, okasaki's names, filtering and folding.
-module(sl_queue_scenarios).
-include("../t.hrl").

start() ->
    Q = queue:from_list([{N, N rem 4 + 1} || N <- lists:seq(1, 12)]), ?T(robin(Q, [])), Q2 = lists:foldl(fun(X, A) -> case X rem 3 of 0 -> queue:in_r(X, A); _ -> queue:in(X, A) end end, queue:new(), lists:seq(1, 20)), ?T(queue:to_list(Q2)), ?T(queue:len(Q2)), ?T({queue:peek(Q2), queue:peek_r(Q2), queue:get(Q2), queue:get_r(Q2), queue:head(Q2), queue:last(Q2), queue:daeh(Q2)}),
    ?T({element(1, queue:out(Q2)), queue:to_list(element(2, queue:out_r(Q2)))}), ?T(queue:to_list(queue:filter(fun(X) when X > 10 -> [X, x]; (X) -> X rem 2 =:= 0 end, Q2))), ?T(queue:to_list(queue:filtermap(fun(X) when X > 15 -> {true, -X}; (X) -> X < 3 end, Q2))), ?T(queue:fold(fun(X, A) -> A * 2 + X end, 0, Q2)), ?T(queue:any(fun(X) -> X =:= 7 end, Q2)), ?T(queue:all(fun is_integer/1, Q2)), ?T(queue:member(21, Q2)), ?T(queue:to_list(queue:reverse(Q2))), {A, B} = queue:split(7, Q2), ?T({queue:to_list(A), queue:to_list(B)}), ?T(queue:to_list(queue:join(B, A))), ?T(queue:to_list(queue:drop(queue:drop_r(A)))), ?T(queue:to_list(queue:cons(z, queue:snoc(A, y)))), ?T(queue:to_list(queue:liat(queue:tail(A)))), ?T(queue:to_list(queue:delete(3, Q2))), ?T(queue:to_list(queue:delete_r(99, A))), ?T(queue:to_list(queue:delete_with(fun(X) -> X > 5 end, Q2))), ?T(queue:to_list(queue:delete_with_r(fun(X) -> X > 5 end, Q2))), ?T(queue:is_queue(Q2)), ?T(queue:is_queue([])), ?T(queue:out(queue:new())), ?T(queue:get(queue:new())), ?T(queue:drop(queue:new())), ?T(queue:in(x, bad)), ?T(queue:split(9, A)), ?T(queue:len({[], [], x})), ?T(queue:to_list({[3, 2], [1]})), ?T(queue:is_empty({[], []})).

robin(Q, Acc) -> case queue:out(Q) of {empty, _} -> lists:reverse(Acc); {{value, {N, 1}}, R} -> robin(R, [{done, N} | Acc]); {{value, {N, K}}, R} -> robin(queue:in({N, K - 1}, R), [N | Acc]) end.
