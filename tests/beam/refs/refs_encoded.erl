%% SPDX-License-Identifier: Apache-2.0
-module(refs_encoded).
-include("../t.hrl").
start() -> A = atomics:new(4, []), atomics:put(A, 3, 77), B = binary_to_term(term_to_binary(A)), ?T(B =:= A), ?T(atomics:get(B, 3)), ?T(atomics:get(list_to_ref(ref_to_list(A)), 3)), C = counters:new(1, []), counters:add(C, 1, 5), {_, R} = binary_to_term(term_to_binary(C)), ?T(is_reference(R)), ?T(counters:get(binary_to_term(term_to_binary(C)), 1)), S = self(), spawn(fun() -> S ! {a, A} end), ?T(receive {a, A2} -> atomics:add_get(A2, 3, 1) end), ?T(ets_t()).
ets_t() -> T = ets:new(t, [public]), ets:insert(T, {k, v}), ets:lookup(binary_to_term(term_to_binary(T)), k).
