%% SPDX-License-Identifier: Apache-2.0
%% What comes over a real socket cannot be repeated from a seed: each way to open one is refused, and with what reason.
-module(sim_sockets).
-export([start/0]).

start() ->
    Local = {127, 0, 0, 1},
    Ways = [{listen, fun() -> gen_tcp:listen(0, []) end},
            {connect, fun() -> gen_tcp:connect(Local, 9, []) end},
            {local, fun() -> gen_tcp:connect({local, "/tmp/nobody"}, 0, [local]) end},
            {listen_by_socket, fun() -> gen_tcp:listen(0, [{inet_backend, socket}]) end},
            {connect_by_socket, fun() -> gen_tcp:connect(Local, 9, [{inet_backend, socket}]) end},
            {udp, fun() -> gen_udp:open(0, []) end},
            {udp_by_socket, fun() -> gen_udp:open(0, [{inet_backend, socket}]) end},
            {descriptor, fun() -> gen_udp:open(0, [{fd, 0}]) end},
            {socket, fun() -> socket:open(inet, stream) end},
            {socket_of_descriptor, fun() -> socket:open(0, #{domain => inet, type => stream, protocol => tcp}) end},
            {interfaces, fun() -> inet:getifaddrs() end}],
    [io:format("~p ~p~n", [Name, Way()]) || {Name, Way} <- Ways],
    io:format("alive~n").
