%% SPDX-License-Identifier: Apache-2.0
-module(lit_share).
-include("../t.hrl").
start() -> A = l1(), B = l1(), ?T(A =:= B), ?T(erts_debug:same(A, B)), S = self(), P = spawn(fun() -> receive {t, T} -> S ! {same, erts_debug:same(T, l1()), T} end end), P ! {t, A}, ?T(receive {same, X, T} -> {X, T =:= l1()} end), ?T(send_nested()), erlang:garbage_collect(), ?T(erts_debug:same(A, l1())), ?T(upd(l2())), ?T(l2()), ?T(lists:sort(l1()) =:= lists:sort(B)), ?T(setelement(2, l3(), changed)), ?T(l3()), ?T(hd(l1())), ?T([E || E <- l1(), is_tuple(E)]), ?T(pdict()), ?T(ets()), ?T(byte_size(element(3, l3()))), ?T(binary:part(element(3, l3()), 0, 5)), ?T(<<(element(3, l3()))/binary, "!">> =:= element(3, l3())), ?T(msg_loop(200)), ?T(maps:get(list, l2())), ?T((element(4, l3()))([3, 1, 2])).
l1() -> [{a, 1}, {b, "two"}, three, 4.5, <<"five">>].
l2() -> #{list => [1, 2, [3]], tuple => {x, y}, map => #{inner => "text"}}.
l3() -> {one, two, <<"a binary literal that is longer than sixty four bytes so that it would be off heap">>, fun lists:sort/1}.
upd(M) -> M#{list := new, added => 1}.
send_nested() -> S = self(), spawn(fun() -> S ! {w, [l1(), {l2(), l3()}]} end), receive {w, [X, {Y, Z}]} -> {X =:= l1(), Y =:= l2(), Z =:= l3()} end.
pdict() -> put(l, l1()), erlang:garbage_collect(), R = get(l) =:= l1(), erase(l), R.
ets() -> T = ets:new(t, []), ets:insert(T, {k, l1(), l2()}), [{k, X, Y}] = ets:lookup(T, k), {X =:= l1(), Y =:= l2()}.
msg_loop(N) -> P = spawn(fun E() -> receive {F, X} -> F ! X, E(); s -> ok end end), R = lists:all(fun(_) -> P ! {self(), l2()}, receive X -> X =:= l2() end end, lists:seq(1, N)), P ! s, R.
