%% SPDX-License-Identifier: Apache-2.0
%% A bank: accounts as processes under a supervisor, transfers in two phases, an event log that the state is rebuilt from, crashes in between.
-module(prog_bank).
-behaviour(supervisor).
-export([init/1, start_account/2, ledger/1]).
-include("../t.hrl").
init([]) -> {ok, {#{strategy => one_for_one, intensity => 50, period => 10}, [#{id => ledger, start => {?MODULE, ledger, [self()]}}]}}.
ledger(_) -> {ok, proc_lib:spawn_link(fun() -> register(bank_ledger, self()), led([]) end)}.
led(L) -> receive {append, F, R, E} -> F ! {R, ok}, led([E | L]); {all, F, R, Id} -> F ! {R, [E || E <- lists:reverse(L), element(2, E) =:= Id]}, led(L); {count, F, R} -> F ! {R, length(L)}, led(L) end.
ask(To, M) -> R = monitor(process, To), To ! list_to_tuple([element(1, M), self(), R | tl(tuple_to_list(M))]), receive {R, V} -> demonitor(R, [flush]), V; {'DOWN', R, _, _, W} -> {down, W} after 5000 -> timeout end.
start_account(Id, Init) -> {ok, proc_lib:spawn_link(fun() -> register(Id, self()), case ask(bank_ledger, {all, Id}) of [] -> log({opened, Id, Init}), acc(Id, Init, #{}); Es -> {B, H} = lists:foldl(fun apply_event/2, {0, #{}}, Es), acc(Id, B, H) end end)}.
apply_event({opened, _, N}, {_, H}) -> {N, H}; apply_event({deposited, _, N}, {B, H}) -> {B + N, H}; apply_event({withdrawn, _, N}, {B, H}) -> {B - N, H}; apply_event({held, _, T, N}, {B, H}) -> {B - N, H#{T => N}}; apply_event({committed, _, T}, {B, H}) -> {B, maps:remove(T, H)}; apply_event({released, _, T}, {B, H}) -> {B + maps:get(T, H), maps:remove(T, H)}.
log(E) -> ok = ask(bank_ledger, {append, E}).
acc(Id, B, H) ->
    receive
        {balance, F, R} -> F ! {R, {B, lists:sum(maps:values(H))}}, acc(Id, B, H);
        {deposit, F, R, N} when is_integer(N), N > 0 -> log({deposited, Id, N}), F ! {R, ok}, acc(Id, B + N, H);
        {withdraw, F, R, N} when N =< B -> log({withdrawn, Id, N}), F ! {R, ok}, acc(Id, B - N, H);
        {withdraw, F, R, _} -> F ! {R, {error, insufficient}}, acc(Id, B, H);
        {hold, F, R, T, N} when N =< B -> log({held, Id, T, N}), F ! {R, ok}, acc(Id, B - N, H#{T => N});
        {hold, F, R, _, _} -> F ! {R, {error, insufficient}}, acc(Id, B, H);
        {commit, F, R, T} when is_map_key(T, H) -> log({committed, Id, T}), F ! {R, ok}, acc(Id, B, maps:remove(T, H));
        {release, F, R, T} when is_map_key(T, H) -> log({released, Id, T}), F ! {R, ok}, acc(Id, B + maps:get(T, H), maps:remove(T, H));
        {crash, _, _} -> exit(crashed);
        {_, F, R} -> F ! {R, {error, bad_request}}, acc(Id, B, H);
        M when is_tuple(M) -> element(2, M) ! {element(3, M), {error, bad_request}}, acc(Id, B, H)
    end.
transfer(T, A, B, N) -> case ask(A, {hold, T, N}) of ok -> case whereis(B) of undefined -> ok = ask(A, {release, T}), {error, no_account}; _ -> case ask(B, {deposit, N}) of ok -> ask(A, {commit, T}); E -> ok = ask(A, {release, T}), E end end; E -> E end.
open(S, Id, N) -> {ok, _} = supervisor:start_child(S, #{id => Id, start => {?MODULE, start_account, [Id, N]}}), ok = wait_for(fun() -> whereis(Id) =/= undefined end).
start() ->
    {ok, S} = supervisor:start_link(?MODULE, []), unlink(S), ok = wait_for(fun() -> whereis(bank_ledger) =/= undefined end), Bal = fun() -> [{I, ask(I, {balance})} || I <- [ann, bob, cy]] end,
    ?T([open(S, I, N) || {I, N} <- [{ann, 100}, {bob, 50}, {cy, 0}]]), ?T(Bal()), ?T(ask(ann, {deposit, 25})), ?T(ask(ann, {deposit, -5})), ?T(ask(bob, {withdraw, 60})), ?T(ask(bob, {withdraw, 20})), ?T(ask(bob, {dance})), ?T(transfer(t1, ann, bob, 70)), ?T(transfer(t2, ann, bob, 1000)), ?T(transfer(t3, ann, nobody, 10)), ?T(Bal()), Old = whereis(ann), ?T(ask(ann, {crash})), ?T(wait_for(fun() -> whereis(ann) =/= undefined andalso whereis(ann) =/= Old end)), ?T(Bal()),
    ?T(ask(ann, {hold, t9, 5})), Old2 = whereis(ann), ask(ann, {crash}), ?T(wait_for(fun() -> whereis(ann) =/= undefined andalso whereis(ann) =/= Old2 end)), ?T(ask(ann, {balance})), ?T(ask(ann, {release, t9})), ?T(ask(ann, {commit, t9})), Me = self(), Ps = [spawn(fun() -> [transfer({K, J}, A, B, J) || J <- lists:seq(1, 10)], Me ! {finished, K} end) || {K, {A, B}} <- lists:zip([1, 2, 3], [{ann, bob}, {bob, cy}, {cy, ann}])], ?T([receive {finished, K} -> K end || {K, _} <- lists:zip([1, 2, 3], Ps)]), ?T(lists:sum([X + Y || {_, {X, Y}} <- Bal()])), ?T(lists:sort([I || {I, _, _, _} <- supervisor:which_children(S)])), ?T(supervisor:count_children(S)), ?T(supervisor:terminate_child(S, cy)), ?T(whereis(cy)), ?T(supervisor:restart_child(S, cy)), ?T(wait_for(fun() -> whereis(cy) =/= undefined end)), ?T(lists:sum([X + Y || {_, {X, Y}} <- Bal()])), ?T(ask(bank_ledger, {count}) > 20),
    M = monitor(process, S), exit(S, shutdown), ?T(receive {'DOWN', M, _, _, W} -> W after 5000 -> none end), ?T([whereis(I) || I <- [ann, bob, cy, bank_ledger]]).
