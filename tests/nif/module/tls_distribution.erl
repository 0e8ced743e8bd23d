%% SPDX-License-Identifier: Apache-2.0
%% A node that is connected by TLS, seen from its peer: tls_distribution.sh starts one of each VM, each way round.
-module(tls_distribution).
-export([main/1, stranger/1]).

main([Peer]) ->
    _ = try talk(list_to_atom(Peer)) catch C:R:S -> io:format("~0p~n", [{C, R, S}]) end,
    init:stop().

talk(Peer) ->
    true = connected(Peer, 60),
    [{_, Info}] = [I || {N, _} = I <- element(2, net_kernel:nodes_info()), N =:= Peer],
    io:format("~0p~n", [element(5, proplists:get_value(address, Info))]),
    io:format("~0p~n", [erpc:call(Peer, erlang, node, []) =:= Peer]),
    io:format("~0p~n", [erpc:call(Peer, lists, seq, [1, 10])]),
    Large = binary:copy(<<"0123456789">>, 300000),
    io:format("~0p~n", [erpc:call(Peer, erlang, md5, [Large]) =:= erlang:md5(Large)]),
    io:format("~0p~n", [erpc:call(Peer, binary, copy, [<<"back">>, 500000]) =:= binary:copy(<<"back">>, 500000)]),
    Echo = spawn(Peer, fun Loop() -> receive {From, T} -> From ! {self(), T}, Loop() end end),
    io:format("~0p~n", [[begin Echo ! {self(), T}, receive {Echo, X} -> X =:= T after 30000 -> none end end
                         || T <- [a, "list", <<1:7>>, #{k => [1.5, 1 bsl 80]}, self(), make_ref(), lists:seq(1, 10000)]]]),
    Mon = monitor(process, Echo),
    exit(Echo, kill),
    io:format("~0p~n", [receive {'DOWN', Mon, process, Echo, Why} -> Why after 30000 -> none end]),
    monitor_node(Peer, true),
    ok = erpc:cast(Peer, init, stop, []),
    io:format("~0p~n", [receive {nodedown, Peer} -> down after 60000 -> none end]).

%% a node whose certificate is another authority's
stranger([Peer]) ->
    logger:set_primary_config(level, none),
    io:format("~0p~n", [net_kernel:connect_node(list_to_atom(Peer))]),
    init:stop().

connected(_, 0) -> false;
connected(Peer, N) -> net_kernel:connect_node(Peer) orelse begin timer:sleep(500), connected(Peer, N - 1) end.
