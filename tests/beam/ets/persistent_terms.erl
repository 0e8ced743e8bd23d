%% SPDX-License-Identifier: Apache-2.0
%% Persistent terms: what a process holds of one that was erased or replaced stays, as a copy of its own.
-module(persistent_terms).
-include("../t.hrl").
start() ->
    Key = {?MODULE, key},
    ok = persistent_term:put(Key, {a, "list", <<1, 2, 3>>, make_ref(), #{k => [1, 2]}}),
    Term = persistent_term:get(Key),
    Holder = spawn(fun() -> hold(persistent_term:get(Key)) end),
    Holder ! {self(), tell},
    receive {Holder, First} -> ?T(First =:= Term) end,
    ?T(erts_debug:size_shared(Term)),
    #{count := Count, memory := Memory} = persistent_term:info(),
    ok = persistent_term:put(Key, other),
    ?T(persistent_term:get(Key)),
    wait_until(fun() -> erts_debug:size_shared(Term) > 0 end),
    Holder ! {self(), tell},
    receive {Holder, Second} -> ?T({Second =:= Term, setelement(4, Second, ref)}) end,
    ?T(persistent_term:erase(Key)), ?T(persistent_term:erase(Key)), ?T(persistent_term:get(Key, gone)),
    #{count := Count1, memory := Memory1} = persistent_term:info(),
    ?T({Count1 - Count, Memory1 < Memory}),
    %% the table grows and shrinks
    Keys = [{?MODULE, N} || N <- lists:seq(1, 300)],
    [persistent_term:put(K, {K, value}) || K <- Keys],
    ?T(lists:all(fun(K) -> persistent_term:get(K) =:= {K, value} end, Keys)),
    ?T(lists:all(fun persistent_term:erase/1, Keys)),
    #{count := Count2, memory := Memory2} = persistent_term:info(),
    ?T({Count2 - Count1, Memory2 - Memory1}),
    ?T([K || K <- Keys, persistent_term:get(K, none) =/= none]).

hold(Term) ->
    receive {From, tell} -> From ! {self(), Term}, hold(Term) end.

wait_until(Fun) ->
    case Fun() of
        true -> ok;
        false -> receive after 5 -> wait_until(Fun) end
    end.
