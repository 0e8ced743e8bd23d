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
    ?T([K || K <- Keys, persistent_term:get(K, none) =/= none]),
    shared().
%% What is shared is stored once: else the first of these would take 2^40 words.
shared() ->
    Deep = lists:foldl(fun(_, A) -> [A | A] end, [], lists:seq(1, 40)),
    L = lists:seq(1, id(20)), B = binary:copy(<<7>>, id(200)), F = fun() -> {L, B} end,
    Wide = {L, B, F, #{a => L, b => [B, F]}, maps:from_list([{I, L} || I <- lists:seq(1, 50)]), 1 bsl 100, make_ref(), self(), binary:part(B, 3, 90)},
    ok = persistent_term:put(?MODULE, {Deep, Wide, Deep, [id(Wide) | "tail"]}),
    {D, W, D2, [W2 | T]} = All = persistent_term:get(?MODULE),
    ?T({erts_debug:same(D, D2), erts_debug:same(W, W2), T, erts_debug:size(D), W =:= Wide, erts_debug:size_shared(W)}),
    {L1, _, F1, #{a := L2}, M, _, _, _, _} = W,
    ?T({erts_debug:same(L1, L2), erts_debug:same(L1, maps:get(50, M)), element(1, F1()) =:= L, element(2, F1()) =:= B}),
    garbage_collect(),
    ?T(persistent_term:erase(?MODULE)),
    wait_until(fun() -> erts_debug:size_shared(element(1, All)) > 0 end),
    garbage_collect(),
    {D3, W3, D4, _} = id(All),
    ?T({erts_debug:size(D3), erts_debug:same(D3, D4), W3 =:= Wide}).

hold(Term) ->
    receive {From, tell} -> From ! {self(), Term}, hold(Term) end.

wait_until(Fun) ->
    case Fun() of
        true -> ok;
        false -> receive after 5 -> wait_until(Fun) end
    end.
