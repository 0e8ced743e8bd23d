%% SPDX-License-Identifier: Apache-2.0
%% Calls: global, local, meta; return_trace, exception_trace, return_to, silent, caller, match results.
-module(tr_calls).
-export([a/1, b/1, fail/1, deep/1, tail/1, serve/0, f/2]).
-include("../t.hrl").
start() ->
    P = spawn(fun serve/0),
    ?T(erlang:trace(P, true, [call, return_to])),
    ?T(erlang:trace_pattern({?MODULE, '_', 1}, true, [local])),
    ?T(run(P, fun() -> a(1) end)),
    ?T(run(P, fun() -> deep(3) end)),
    ?T(run(P, fun() -> tail(3) end)),
    ?T(erlang:trace_pattern({?MODULE, '_', 1}, [{'_', [], [{exception_trace}]}], [local])),
    ?T(run(P, fun() -> a(1) end)),
    ?T(run(P, fun() -> catch fail(x) end)),
    ?T(run(P, fun() -> catch fail(throw) end)),
    ?T(erlang:trace_pattern({?MODULE, b, 1}, [{['$1'], [{'>', '$1', 2}], [{message, {{'$1', {caller}}}}]}], [local])),
    ?T(run(P, fun() -> {b(1), b(3)} end)),
    ?T(erlang:trace_pattern({?MODULE, '_', '_'}, false, [local])),
    ?T(erlang:trace_pattern({?MODULE, a, 1}, [{'_', [], [{return_trace}]}], [global])),
    ?T(run(P, fun() -> {a(1), ?MODULE:a(2)} end)),
    ?T(erlang:trace_info({?MODULE, a, 1}, all)),
    ?T(erlang:trace_pattern({?MODULE, a, 1}, false, [global])),
    ?T([erlang:trace_pattern({M, F, A}, true, [local]) || {M, F, A} <- [{erlang, atom_to_list, 1}, {lists, reverse, 2}]]),
    ?T(run(P, fun() -> {atom_to_list(x), lists:reverse([1, 2], [])} end)),
    ?T(run(P, fun() -> catch atom_to_list(1) end)),
    ?T([erlang:trace_pattern({M, F, A}, false, [local]) || {M, F, A} <- [{erlang, atom_to_list, 1}, {lists, reverse, 2}]]),
    ?T(erlang:trace(P, true, [arity, silent])),
    ?T(erlang:trace_pattern({?MODULE, b, 1}, [{[5], [], [{silent, false}]}, {[6], [], [{silent, true}]}, {'_', [], []}], [local])),
    ?T(run(P, fun() -> [b(N) || N <- [1, 5, 2, 6, 3]] end)),
    ?T(erlang:trace(P, false, [all])),
    ?T(erlang:trace_info(P, flags)),
    ?T(erlang:trace_pattern({?MODULE, f, 2}, [{[{'$1', '_'}, '$2'], [], [{message, '$2'}, {return_trace}]}], [meta])),
    ?T(run(P, fun() -> {f({1, 2}, z), f(1, y)} end)),
    ?T(erlang:trace_info({?MODULE, f, 2}, meta) =:= {meta, self()}),
    ?T(erlang:trace_info({?MODULE, f, 2}, meta_match_spec)),
    ?T(erlang:trace_pattern({?MODULE, f, 2}, false, [meta])),
    ?T(erlang:trace_info({?MODULE, f, 2}, all)),
    ?T(erlang:trace_info({?MODULE, nothing, 7}, all)),
    ?T(erlang:trace_pattern({?MODULE, a, 1}, [{x}], [local])),
    ?T(erlang:trace_pattern({?MODULE, a, 1}, true, [local, global])),
    ?T(erlang:trace_pattern({'_', a, 1}, true, [local])).
a(X) -> b(X) + 1.
b(X) -> X * 2.
f(_, X) -> X.
deep(0) -> 0;
deep(N) -> 1 + deep(N - 1).
tail(0) -> done;
tail(N) -> tail(N - 1).
fail(throw) -> throw(ball);
fail(X) -> error({bad, X}).
serve() -> receive {From, F} -> From ! {r, F()}, ?MODULE:serve() end.
run(P, F) ->
    P ! {self(), F},
    R = receive {r, V} -> V end,
    Ref = erlang:trace_delivered(P),
    receive {trace_delivered, P, Ref} -> ok end,
    {clean(R), flush()}.
flush() ->
    receive T when element(1, T) =:= trace -> [strip(T) | flush()]; T when element(1, T) =:= trace_ts -> [strip(T) | flush()]
    after 0 -> [] end.
strip(T) -> [clean(X) || X <- tl(tl(tuple_to_list(T)))].
clean({M, S, U}) when is_integer(M), is_integer(S), is_integer(U), S > 1000 -> now;
clean({'EXIT', {R, _}}) -> {'EXIT', R};
clean(T) when is_tuple(T) -> list_to_tuple([clean(X) || X <- tuple_to_list(T)]);
clean([H | T]) -> [clean(H) | clean(T)];
clean(P) when is_pid(P) -> pid;
clean(F) when is_function(F) -> fn;
clean(X) -> X.
