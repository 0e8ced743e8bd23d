%% SPDX-License-Identifier: Apache-2.0
%% What bodies of match specifications build.
-module(ms_bodies).
-include("../t.hrl").

-include_lib("stdlib/include/ms_transform.hrl").
start() ->
    O = {k, 1, "two", #{three => 3}, <<4>>},
    [?T({Bd, catch element(2, erlang:match_spec_test(O, [{{'$1', '$2', '$3', '$4', '$5'}, [], [Bd]}], table))})
     || Bd <- ['$_', '$$', '$1', '$9', {{'$1', '$2'}}, ['$1' | '$3'], [{{'$1'}}], {const, '$1'}, {const, {a, '$2'}}, {{}}, {'+', '$2', 1}, {'+', '$1', 1}, {hd, '$3'}, {tl, '$3'}, {map_get, three, '$4'},
              #{'$1' => '$2'}, #{key => {{'$1', {'+', '$2', 5}}}}, {element, 1, '$_'}, {size, '$5'}, {self}, <<"lit">>, 3.5, [], {'is_atom', '$1'}, {list_to_tuple, '$3'}, {length, '$3'}, {{'$3', '$3', '$3'}}, [['$1'], ['$2']], {'++', '$3', '$3'}]],
    Ms = ets:fun2ms(fun({A, B, _, _, _} = X) when is_integer(B), B > 0 -> {A, B + 1, X} end), ?T(Ms), ?T(ets:test_ms(O, Ms)),
    Y = [outer, 7], Ms2 = ets:fun2ms(fun({A, _, _, M, _}) when map_size(M) =:= 1 -> [A, Y | M] end), ?T(Ms2), ?T(ets:test_ms(O, Ms2)),
    ?T(ets:fun2ms(fun({A, B}) when A =:= B; A > 5 -> true; (C) when element(1, C) =:= x -> {C, self()} end)),
    ?T(ets:test_ms({a, 1}, [{{'$1', '$2'}, [{'>', '$2', 0}], ['$1', '$2']}])), ?T(ets:test_ms({a, 1}, [{{'$1'}, [], ['$1']}])), ?T(ets:test_ms({a, 1}, [bad])), ?T(ets:test_ms({a, 1}, [{{'$1', '_'}, [{bad, 1}], ['$1']}])),
    ?T(ets:test_ms({a, a}, [{{'$1', '$1'}, [], ['$1']}])), ?T(ets:test_ms({a, b}, [{{'$1', '$1'}, [], ['$1']}])), ?T(ets:test_ms({1, 1.0}, [{{'$1', '$1'}, [], ['$1']}])), ?T(ets:test_ms({1, [1 | 2]}, [{{'$1', ['$1' | '$2']}, [], [{{'$2', '$1'}}]}])),
    ?T(ets:test_ms({#{a => 1, b => 2}}, [{{#{a => '$1'}}, [], ['$1']}])), ?T(ets:test_ms({x}, [{'$1', [], ['$1']}])), ?T(ets:test_ms({x}, [{'_', [], ['$_']}])), ?T(ets:test_ms({x, y}, [{{x, '$100000'}, [], ['$$']}])), ?T(ets:test_ms({x, y, z}, [{{'$3', '$1', '$2'}, [], ['$$']}])),
    ?T(ets:match_spec_run([{1}, {2}, {3}], ets:match_spec_compile([{{'$1'}, [{'>', '$1', 1}], ['$1']}]))), ?T(ets:match_spec_run([], ets:match_spec_compile([{'_', [], [x]}]))).
