%% SPDX-License-Identifier: Apache-2.0
%% Every family of functions on many terms: see lib/families.c.
-module(families).
-export([start/1, kinds/1]).
-nifs([kinds/1, numbers/1, make_infinite/0, texts/2, existing/1, long_atom/1, lists/1, tuples/1, compare/2, hash/2,
       binaries/1, release/0, iolist/1, external/1, decode/1, maps/3, walk/1, map_arrays/2, format/1, raise/1, badarg/2,
       times/0, unique/0, environment/0, info/0, own_environment/1, pids/2, send/2, slice/1, data/0, dirty/1,
       dirty_io_raise/1]).

-define(STUB, erlang:nif_error(not_loaded)).
kinds(_) -> ?STUB.
numbers(_) -> ?STUB.
make_infinite() -> ?STUB.
texts(_, _) -> ?STUB.
existing(_) -> ?STUB.
long_atom(_) -> ?STUB.
lists(_) -> ?STUB.
tuples(_) -> ?STUB.
compare(_, _) -> ?STUB.
hash(_, _) -> ?STUB.
binaries(_) -> ?STUB.
release() -> ?STUB.
iolist(_) -> ?STUB.
external(_) -> ?STUB.
decode(_) -> ?STUB.
maps(_, _, _) -> ?STUB.
walk(_) -> ?STUB.
map_arrays(_, _) -> ?STUB.
format(_) -> ?STUB.
raise(_) -> ?STUB.
badarg(_, _) -> ?STUB.
times() -> ?STUB.
unique() -> ?STUB.
environment() -> ?STUB.
info() -> ?STUB.
own_environment(_) -> ?STUB.
pids(_, _) -> ?STUB.
send(_, _) -> ?STUB.
slice(_) -> ?STUB.
data() -> ?STUB.
dirty(_) -> ?STUB.
dirty_io_raise(_) -> ?STUB.

terms() ->
    Big = binary:copy(<<"0123456789">>, 30),
    <<_:3, Odd:80/bitstring, _/bitstring>> = Big,
    [0, -1, 17, 1 bsl 31, -(1 bsl 31), (1 bsl 31) - 1, 1 bsl 32, (1 bsl 32) - 1, 1 bsl 59, 1 bsl 60, 1 bsl 61, 1 bsl 62,
     (1 bsl 63) - 1, -(1 bsl 63), 1 bsl 63, (1 bsl 64) - 1, 1 bsl 64, -(1 bsl 64), 1 bsl 200,
     0.0, -0.0, 1.5, 1.0e300, -2.5e-310, 3.14,
     '', a, 'hello world', 'åäö', list_to_atom([1234, 5678]), true, [],
     [1], [1, 2 | 3], "text", "åäö", [256], [-1], [a], lists:seq(1, 300), [[]],
     {}, {1}, {a, {b, "c", <<"d">>}}, list_to_tuple(lists:seq(1, 70)),
     <<>>, <<"abc">>, <<1:3>>, Big, Odd, binary:part(Big, 7, 200), <<0:800>>,
     #{}, #{a => 1}, #{1 => 2, 1.0 => 3, "k" => v}, maps:from_list([{N, N * N} || N <- lists:seq(1, 40)]),
     fun lists:map/2].

guard(F) -> try F() catch C:R:S -> {C, R, [setelement(4, E, []) || E <- lists:sublist(S, 2), tuple_size(E) =:= 4]} end.

each(Name, F) -> [io:format("~s ~0tp -> ~0tp~n", [Name, T, guard(fun() -> F(T) end)]) || T <- terms()].

start([Dir]) ->
    io:format("~p ~p~n", [guard(fun() -> kinds(1) end), code:which(?MODULE) =/= non_existing]),
    ok = erlang:load_nif(filename:join(Dir, "families"), 4711),
    io:format("~p~n", [lists:sort(proplists:get_value(nifs, ?MODULE:module_info(), ?MODULE:module_info(nifs)))]),
    io:format("~p ~p~n", [data(), erlang:system_info(nif_version)]),
    io:format("~p~n", [format(short)]),
    each("kinds", fun kinds/1),
    each("numbers", fun numbers/1),
    each("lists", fun lists/1),
    each("tuples", fun tuples/1),
    [each("texts " ++ integer_to_list(N), fun(T) -> texts(T, N) end) || N <- [0, 1, 3, 4, 5, 64]],
    each("binaries", fun binaries/1),
    each("iolist", fun iolist/1),
    [io:format("iolist ~0p ~0p~n", [L, guard(fun() -> iolist(L) end)])
     || L <- [["ab", <<"cd">>, [$e | <<"f">>]], [1 | 2], [a], ["x" | y], [[[[]]]], lists:duplicate(1000, <<"xy">>)]],
    each("external", fun external/1),
    each("own", fun(T) -> {N, Same, L} = own_environment(T), {N, Same, length(L), hd(L), lists:last(L)} end),
    each("format", fun format/1),
    each("raise", fun raise/1),
    each("dirty raise", fun dirty_io_raise/1),
    each("dirty", fun dirty/1),
    each("phash2", fun(T) -> [H, true] = hash(T, binary_to_term(term_to_binary(T))), {H, erlang:phash2(T) =:= H} end),
    [begin
         [C, _] = R = compare(A, B),
         io:format("compare ~0p ~0p: ~0p ~p~n", [A, B, R, C])
     end || A <- lists:sublist(terms(), 30), B <- [0, 1, 1.0, a, 0.0, [], 1 bsl 64, #{}]],
    [io:format("maps ~0p~n", [guard(fun() -> maps(M, K, new) end)])
     || M <- [#{}, #{a => 1}, #{1 => 2, 2 => 3}, maps:from_list([{N, N} || N <- lists:seq(1, 33)]), x], K <- [1, 1.0, 33, 77]],
    [io:format("walk ~0p~n", [guard(fun() -> walk(M) end)])
     || M <- [#{}, #{a => 1, b => 2}, maps:from_list([{N, N} || N <- lists:seq(1, 100)]), no_map]],
    io:format("~0p~n", [[guard(fun() -> map_arrays(K, V) end)
                         || {K, V} <- [{{}, {}}, {{a, b}, {1, 2}}, {{a, a}, {1, 2}},
                                       {list_to_tuple(lists:seq(1, 50)), list_to_tuple(lists:seq(1, 50))},
                                       {list_to_tuple([7 | lists:seq(1, 50)]), list_to_tuple(lists:seq(0, 50))}]]]),
    io:format("~0p~n", [[existing(A) || A <- ["existing", "no such atom " ++ "here", "true"]]]),
    io:format("~0p~n", [[guard(fun() -> atom_to_list(long_atom(N)) end) || N <- [0, 1, 255, 256]]]),
    io:format("~0p~n", [[guard(fun() -> decode(B) end)
                         || B <- [<<>>, <<131>>, <<131, 97, 7>>, <<131, 97, 7, "more">>, <<131, 100, 0, 3, "zzq">>, term_to_binary(terms())]]]),
    io:format("~0p ~0p~n", [guard(fun make_infinite/0), guard(fun() -> badarg(x, "y") end)]),
    io:format("~0p ~0p ~0p~n", [release(), times(), environment()]),
    io:format("~0p~n", [info()]),
    [P, M, R] = unique(),
    io:format("~p~n", [{is_integer(P), P > 0, is_integer(M), is_reference(R)}]),
    senders(),
    io:format("~p~n", [[slice(N) || N <- [1, 10, 50, 100]]]),
    io:format("~p~n", [[consumed(N) || N <- [10, 25, 100]]]),
    Traced = lists:map(fun kinds/1, [x]),
    io:format("~0p~n", [Traced =:= [kinds(x)]]),
    1 = erlang:trace_pattern({?MODULE, kinds, 1}, true, [local]),
    erlang:trace(self(), true, [call]),
    Tracer = spawn(fun() -> ok end),
    _ = kinds(x),
    erlang:trace(self(), false, [call]),
    io:format("~p~n", [is_pid(Tracer)]).

senders() ->
    register(me, self()),
    Dead = spawn(fun() -> ok end),
    Ref = monitor(process, Dead),
    receive {'DOWN', Ref, _, _, _} -> ok end,
    [Me | Rest] = pids(self(), me),
    io:format("~p ~p ~p ~p~n", [Me =:= self(), Rest, tl(pids(Dead, nobody)), tl(pids(x, 17))]),
    Large = binary:copy(<<"large">>, 100),
    [io:format("send ~0p ~0p~n", [send(self(), T), [receive X -> X end || _ <- [1, 2, 3]] =:= [{sent, T}, 17, T]])
     || T <- [x, "list", Large, {Large, #{a => Large}}, self(), make_ref()]],
    io:format("~0p~n", [send(Dead, hello)]).

%% What a function consumes of its turn is counted as so much of the reductions that programs take a turn for.
consumed(Percent) ->
    Turn = erlang:system_info(context_reductions),
    erlang:yield(),
    {reductions, A} = process_info(self(), reductions),
    slice(Percent),
    {reductions, B} = process_info(self(), reductions),
    {Turn, B - A > Turn - 100, B - A < Turn + 100}.
