%% SPDX-License-Identifier: Apache-2.0
%%
%% The work that bench/run measures. main([Name]) runs the named work once to warm up (a tenth of it where that is
%% possible), then once measured, and prints its wall time in microseconds and a check value, which must be
%% the same on both VMs.
-module(bench).
-export([main/1, names/0]).
-compile([no_auto_import, nowarn_export_all]).
-import(erlang, [hd/1, length/1, element/2, self/0, spawn/1, list_to_atom/1, integer_to_list/1, byte_size/1]).

names() ->
    [fib, loop, nrev, binary, floats, mandelbrot, maps, spawn, ping_pong, ring, big_messages, ets, gen_server,
     processes, re_run, binary_match, lists_sort, maps_functions, term_to_binary].

main([Name]) ->
    Work = list_to_atom(Name),
    run(Work, warm),
    %% the garbage of the warm-up is not the measured work's
    erlang:garbage_collect(),
    T0 = erlang:monotonic_time(),
    Check = run(Work, full),
    T1 = erlang:monotonic_time(),
    Us = erlang:convert_time_unit(T1 - T0, native, microsecond),
    io:format("bench ~w ~w ~w~n", [Work, Us, erlang:phash2(Check)]),
    erlang:halt(0).

run(fib, warm) -> fib(20);
run(fib, full) -> fib(35);
run(loop, warm) -> loop(1000000, 0);
run(loop, full) -> loop(50000000, 0);
run(nrev, warm) -> nrev_times(100, lists:seq(1, 500), []);
run(nrev, full) -> nrev_times(200, lists:seq(1, 1000), []);
run(binary, warm) -> binary(30000);
run(binary, full) -> binary(3000000);
run(floats, warm) -> floats(100000, 0.0, 1.000001);
run(floats, full) -> floats(20000000, 0.0, 1.000001);
run(mandelbrot, warm) -> mandelbrot(40, 50);
run(mandelbrot, full) -> mandelbrot(400, 50);
run(maps, warm) -> maps(1000);
run(maps, full) -> maps(300000);
run(spawn, warm) -> spawns(10000);
run(spawn, full) -> spawns(1000000);
run(ping_pong, warm) -> ping_pong(10000);
run(ping_pong, full) -> ping_pong(1000000);
run(ring, warm) -> ring(1000, 10000);
run(ring, full) -> ring(1000, 1000000);
run(big_messages, warm) -> big_messages(200);
run(big_messages, full) -> big_messages(20000);
run(ets, warm) -> ets(10000);
run(ets, full) -> ets(1000000);
run(gen_server, warm) -> gen_server_calls(5000);
run(gen_server, full) -> gen_server_calls(500000);
run(processes, warm) -> processes(100);
run(processes, full) -> processes(200000);
run(re_run, warm) -> re_run(200);
run(re_run, full) -> re_run(50000);
run(binary_match, warm) -> binary_match(2);
run(binary_match, full) -> binary_match(200);
run(lists_sort, warm) -> lists_sort(1);
run(lists_sort, full) -> lists_sort(5);
run(maps_functions, warm) -> maps_functions(1);
run(maps_functions, full) -> maps_functions(20);
run(term_to_binary, warm) -> term_to_binary(1);
run(term_to_binary, full) -> term_to_binary(10).

fib(N) when N < 2 -> N;
fib(N) -> fib(N - 1) + fib(N - 2).

loop(0, Acc) -> Acc;
loop(N, Acc) -> loop(N - 1, Acc + (N band 7)).

nrev_times(0, _, Last) -> hd(Last);
nrev_times(N, L, _) -> nrev_times(N - 1, L, nrev(L)).

nrev([]) -> [];
nrev([H | T]) -> append(nrev(T), [H]).

append([], L) -> L;
append([H | T], L) -> [H | append(T, L)].

%% N 32-bit words are appended to one binary, which is then matched word by word.
binary(N) -> words(build(N, <<>>), 0).

build(0, Acc) -> Acc;
build(N, Acc) -> build(N - 1, <<Acc/binary, N:32>>).

words(<<W:32, Rest/binary>>, Sum) -> words(Rest, Sum + W);
words(<<>>, Sum) -> Sum.

floats(0, Acc, _) -> Acc;
floats(N, Acc, X) -> floats(N - 1, Acc * 0.999999 + X, X).

mandelbrot(Size, Limit) -> rows(0, Size, Limit, 0).

rows(Size, Size, _, Sum) -> Sum;
rows(Y, Size, Limit, Sum) -> rows(Y + 1, Size, Limit, columns(0, Y, Size, Limit, Sum)).

columns(Size, _, Size, _, Sum) -> Sum;
columns(X, Y, Size, Limit, Sum) ->
    Cr = X * 3.0 / Size - 2.0,
    Ci = Y * 2.0 / Size - 1.0,
    columns(X + 1, Y, Size, Limit, Sum + point(0.0, 0.0, Cr, Ci, Limit)).

point(_, _, _, _, 0) -> 0;
point(Zr, Zi, Cr, Ci, N) ->
    Zr2 = Zr * Zr,
    Zi2 = Zi * Zi,
    if
        Zr2 + Zi2 > 4.0 -> N;
        true -> point(Zr2 - Zi2 + Cr, 2.0 * Zr * Zi + Ci, Cr, Ci, N - 1)
    end.

maps(N) ->
    M = map_build(N, #{}),
    map_read(N, M, 0).

map_build(0, M) -> M;
map_build(N, M) -> map_build(N - 1, M#{N => N * 2}).

map_read(0, _, Sum) -> Sum;
map_read(N, M, Sum) ->
    #{N := V} = M,
    map_read(N - 1, M, Sum + V).

%% spawn and a message back, one by one
spawns(0) -> ok;
spawns(N) ->
    Self = self(),
    Pid = spawn(fun() -> Self ! {done, self()} end),
    receive {done, Pid} -> spawns(N - 1) end.

ping_pong(N) ->
    Self = self(),
    Pid = spawn(fun() -> pong(Self) end),
    ping(N, Pid),
    Pid ! stop,
    ok.

ping(0, _) -> ok;
ping(N, Pid) ->
    Pid ! {ping, N},
    receive {pong, N} -> ping(N - 1, Pid) end.

pong(Pid) ->
    receive
        {ping, N} -> Pid ! {pong, N}, pong(Pid);
        stop -> ok
    end.

%% Processes pass one message round and round.
ring(Count, Hops) ->
    Self = self(),
    Last = ring_build(Count - 1, Self),
    Last ! Hops,
    ring_wait(Last).

ring_build(0, Next) -> Next;
ring_build(N, Next) -> ring_build(N - 1, spawn(fun() -> ring_node(Next) end)).

ring_node(Next) ->
    receive
        0 -> Next ! 0;
        N -> Next ! N - 1, ring_node(Next)
    end.

ring_wait(Next) ->
    receive
        0 -> ok;
        N -> Next ! N - 1, ring_wait(Next)
    end.

%% Messages of a list of 1,000 integers, each acknowledged.
big_messages(N) ->
    Self = self(),
    Pid = spawn(fun() -> acknowledge(Self) end),
    send_lists(N, Pid, lists:seq(1, 1000)),
    Pid ! stop,
    ok.

send_lists(0, _, _) -> ok;
send_lists(N, Pid, List) ->
    Pid ! {list, List},
    receive ok -> send_lists(N - 1, Pid, List) end.

acknowledge(Pid) ->
    receive
        {list, [1 | _]} -> Pid ! ok, acknowledge(Pid);
        stop -> ok
    end.

ets(N) ->
    T = ets:new(t, [set, public]),
    ets_insert(N, T),
    Sum = ets_lookup(N, T, 0),
    ets:delete(T),
    Sum.

ets_insert(0, _) -> ok;
ets_insert(N, T) ->
    ets:insert(T, {N, N}),
    ets_insert(N - 1, T).

ets_lookup(0, _, Sum) -> Sum;
ets_lookup(N, T, Sum) ->
    [{_, V}] = ets:lookup(T, N),
    ets_lookup(N - 1, T, Sum + V).

gen_server_calls(N) ->
    {ok, Pid} = gen_server:start(bench_server, 0, []),
    Sum = calls(N, Pid, 0),
    gen_server:stop(Pid),
    Sum.

calls(0, _, Last) -> Last;
calls(N, Pid, _) -> calls(N - 1, Pid, gen_server:call(Pid, next)).

%% Processes at rest, all at once; then all end.
processes(N) ->
    Pids = [spawn(fun() -> receive stop -> ok end end) || _ <- lists:seq(1, N)],
    erlang:yield(),
    _ = [Pid ! stop || Pid <- Pids],
    N.

%% Log lines taken apart by an expression with groups, and a search for all words of a text.
re_run(N) ->
    {ok, Re} = re:compile("^(\\d+)-(\\d+)-(\\d+) ([a-z]+): (.*)$"),
    Line = <<"2024-01-31 warning: the disk of node one is nearly full">>,
    Text = binary:copy(<<"some words and 123 numbers, ">>, 100),
    re_run(N, Re, Line, Text, 0).

re_run(0, _, _, _, Sum) -> Sum;
re_run(N, Re, Line, Text, Sum) ->
    {match, [_, _, _, _, Level, _]} = re:run(Line, Re, [{capture, all, binary}]),
    More = case N rem 100 of
               0 -> {match, All} = re:run(Text, "[a-z]+", [global]), length(All);
               _ -> 0
           end,
    re_run(N - 1, Re, Line, Text, Sum + byte_size(Level) + More).

binary_match(N) ->
    Text = <<(binary:copy(<<"abcdefghijklmnopqrstuvwxyz ">>, 10000))/binary, "needle">>,
    binary_match(N, Text, binary:compile_pattern([<<"needle">>, <<"pins">>]), 0).

binary_match(0, _, _, Sum) -> Sum;
binary_match(N, Text, Pattern, Sum) ->
    {At, 6} = binary:match(Text, <<"needle">>),
    {At, 6} = binary:match(Text, Pattern),
    binary_match(N - 1, Text, Pattern, Sum + At + length(binary:matches(Text, <<"xyz">>))).

lists_sort(N) ->
    List = [erlang:phash2(I) || I <- lists:seq(1, 200000)],
    Pairs = [{X rem 1000, X} || X <- List],
    lists_sort(N, List, Pairs, 0).

lists_sort(0, _, _, Sum) -> Sum;
lists_sort(N, List, Pairs, Sum) ->
    lists_sort(N - 1, List, Pairs,
               Sum + hd(lists:sort(List)) + element(2, hd(lists:keysort(1, Pairs))) + length(lists:usort(Pairs))).

maps_functions(N) ->
    Map = maps:from_list([{I, I} || I <- lists:seq(1, 10000)]),
    Other = maps:from_list([{I, x} || I <- lists:seq(5000, 15000)]),
    maps_functions(N, Map, Other, 0).

maps_functions(0, _, _, Sum) -> Sum;
maps_functions(N, Map, Other, Sum) ->
    Mapped = maps:map(fun(_, V) -> V + 1 end, Map),
    Even = maps:filter(fun(K, _) -> K band 1 =:= 0 end, Mapped),
    Merged = maps:merge(Even, Other),
    Less = lists:foldl(fun maps:remove/2, Merged, lists:seq(1, 5000)),
    Folded = maps:fold(fun(K, _, A) -> K + A end, 0, Less),
    maps_functions(N - 1, Map, Other, Sum + Folded + length(maps:to_list(Less)) + length(maps:keys(Mapped)) +
                       maps:size(maps:with(lists:seq(1, 2000), Map))).

term_to_binary(N) ->
    Term = [{I, integer_to_list(I), <<"binary">>, #{key => I, other => [a, b, {c, 1.5}]}} || I <- lists:seq(1, 20000)],
    term_to_binary(N, Term, 0).

term_to_binary(0, _, Sum) -> Sum;
term_to_binary(N, Term, Sum) ->
    Bytes = erlang:term_to_binary(Term),
    Term = erlang:binary_to_term(Bytes),
    term_to_binary(N - 1, Term, Sum + byte_size(Bytes)).
