# SPDX-License-Identifier: Apache-2.0
# PropEr: properties that hold, one that does not (shrunk to the smallest), a state machine.
cat > props.erl <<'X'
-module(props).
%% proper.hrl is in a package of its own: what it would define
-define(FORALL(X, Type, Property), proper:forall(Type, fun(X) -> Property end)).
-import(proper_types, [list/1, integer/0, any/0, oneof/1, float/0, atom/0, binary/0, char/0, non_neg_integer/0, range/2]).
-import(proper_statem, [commands/1, run_commands/2]).
-export([main/0, initial_state/0, command/1, precondition/2, postcondition/3, next_state/3, put_key/2, get_key/1]).
prop_reverse() -> ?FORALL(L, list(integer()), lists:reverse(lists:reverse(L)) =:= L).
prop_term() -> ?FORALL(T, any(), binary_to_term(term_to_binary(T)) =:= T).
prop_sorted() -> ?FORALL(L, list(oneof([integer(), float(), atom(), binary()])), begin S = lists:sort(L), S =:= lists:sort(S) end).
prop_map() -> ?FORALL(L, list({integer(), list(char())}), maps:from_list(maps:to_list(maps:from_list(L))) =:= maps:from_list(L)).
prop_wrong() -> ?FORALL(N, non_neg_integer(), N < 7).
initial_state() -> #{}.
command(_) -> oneof([{call, ?MODULE, put_key, [range(1, 5), integer()]}, {call, ?MODULE, get_key, [range(1, 5)]}]).
precondition(_, _) -> true.
postcondition(S, {call, _, get_key, [K]}, R) -> R =:= maps:get(K, S, undefined);
postcondition(_, _, _) -> true.
next_state(S, _, {call, _, put_key, [K, V]}) -> S#{K => V};
next_state(S, _, _) -> S.
put_key(K, V) -> put(K, V).
get_key(K) -> get(K).
prop_machine() -> ?FORALL(Cs, commands(?MODULE), begin [erase(K) || K <- lists:seq(1, 5)], {_, _, R} = run_commands(?MODULE, Cs), R =:= ok end).
main() ->
    [io:format("~p ~p~n", [N, proper:quickcheck(P, [quiet, {numtests, 60}])])
     || {N, P} <- [{reverse, prop_reverse()}, {term, prop_term()}, {sorted, prop_sorted()}, {map, prop_map()}, {machine, prop_machine()}]],
    false = proper:quickcheck(prop_wrong(), [quiet, {numtests, 1000}]), io:format("~p~n", [proper:counterexample()]).
X
erlc props.erl && erl -noshell -s props main -s init stop
