%% SPDX-License-Identifier: Apache-2.0
%% system_info(info | procs | loaded | check_io) as the break handler prints them: sections and lines that both VMs have.
-module(sc_system_text).
-include("../t.hrl").
lines(Item) -> string:split(binary_to_list(erlang:system_info(Item)), "\n", all).
keys(Lines) -> [hd(string:split(L, ":")) || L <- Lines, L =/= ""].
start() ->
    I = lines(info),
    ?T([lists:member(S, I) || S <- ["=memory", "=index_table:atom_tab", "=allocated_areas"]]),
    ?T(lists:sublist(keys(I), 10)),
    ?T(hd([L || "limit: " ++ L <- I])),
    ?T([number("total", I) > number("processes", I), number("system", I) > number("code", I), number("atom", I) > 0]),
    ?T(number("total", I) =:= number("processes", I) + number("system", I)),
    L = lines(loaded),
    ?T([hd(string:split(X, ":")) || X <- lists:sublist(L, 2)]),
    ?T([hd(string:lexemes(X, " ")) || X <- lists:sort(L), lists:prefix("erl_p", X) orelse lists:prefix("lists ", X)]),
    ?T([N > 0 || X <- L, [M, S] <- [string:lexemes(X, " ")], M =:= "sc_system_text", N <- [list_to_integer(S)]]),
    P = procs(),
    ?T(P),
    [Io | _] = erlang:system_info(check_io),
    ?T([proplists:is_defined(K, Io) || K <- [name, primary, kernel_poll, memory_size, total_poll_set_size, max_fds, active_fds]]),
    ?T([begin N = lists:sum([proplists:get_value(K, S) || S <- erlang:system_info(check_io)]), is_integer(N) andalso N > 0 end
        || K <- [memory_size, total_poll_set_size, max_fds]]),
    ?T([catch_(fun() -> erlang:system_info(W) end)
        || W <- [memory_checker, instruction_counts, {memory_checker, x}, {allocator, foo}, {allocator_sizes, foo}, {allocator, []}, foo]]),
    ?T([begin A = erlang:system_flag(outstanding_system_requests_limit, N), {A, erlang:system_info(outstanding_system_requests_limit)} end
        || N <- [7, 1, 1000, 4]]),
    ?T([catch_(fun() -> erlang:system_flag(outstanding_system_requests_limit, N) end) || N <- [0, -1, a, 1 bsl 80]]),
    ?T(lists:sublist(erlang:system_info(heap_sizes), 40)),
    T0 = proplists:get_value(time, erlang:system_info(os_monotonic_time_source)),
    ?T(abs(erlang:convert_time_unit(T0, native, second) - up_time()) < 60).
up_time() ->
    {ok, B} = file:read_file("/proc/uptime"),
    list_to_integer(hd(string:lexemes(binary_to_list(B), ". "))).
number(K, Lines) ->
    hd([list_to_integer(V) || X <- Lines, [Key, V] <- [string:split(X, ": ")], Key =:= K]).
catch_(F) -> try F() catch C:R -> {C, R} end.
%% The sections of three processes with known states.
procs() ->
    S = self(),
    W = spawn(fun() -> put(a, b), S ! ready, receive never -> ok end end),
    register(sc_text_waiter, W),
    receive ready -> ok end,
    true = link(W),
    R = monitor(process, W),
    W ! {hello, [1, 2, 3]},
    W ! "text",
    ok = wait_for(fun() -> process_info(W, [status, message_queue_len]) =:= [{status, waiting}, {message_queue_len, 2}] end),
    Sus = spawn(fun Loop() -> Loop() end),
    erlang:suspend_process(Sus),
    Text = erlang:system_info(procs),
    A = section(Text, W),
    B = section(Text, S),
    C = section(Text, Sus),
    demonitor(R),
    unlink(W),
    [exit(X, kill) || X <- [W, Sus]],
    Pick = ["State", "Name", "Spawned as", "Message queue length"],
    {[[L || L <- X, K <- Pick, lists:prefix(K ++ ": ", L)] || X <- [A, C]],
     [L || L <- B, lists:prefix("State: ", L)],
     [hd(string:split(L, ":")) || L <- A, lists:member($:, L), hd(L) =/= $y, hd(L) =/= $0, not lists:prefix("Message queue:", L)],
     [string:find(L, pid_to_list(S)) =/= nomatch || L <- A, lists:prefix("Link list: ", L)],
     [string:find(L, "from") =/= nomatch || L <- A, lists:prefix("Link list: ", L)],
     length(processes()) =< length(string:split(binary_to_list(Text), "=proc:", all)) + 5}.
section(Text, Pid) ->
    [_, Rest] = string:split(binary_to_list(Text), "=proc:" ++ pid_to_list(Pid) ++ "\n"),
    Lines = string:split(hd(string:split(Rest, "\n=proc:")), "\n", all),
    {Before, [Last | _]} = lists:splitwith(fun(L) -> not lists:prefix("Internal State", L) end, Lines),
    Before ++ [hd(string:split(Last, " | IN_"))].
