%% SPDX-License-Identifier: Apache-2.0
%% What spawn_request answers to options that it does not know, on this node by each of its forms, and
%% on a node that is not there.
-module(sig_spawn_options).
-export([ok/0]).
-include("../t.hrl").
start() ->
    [?T(asked([2, 3, 4, 5], O)) || O <- local_options()],
    [?T(asked([away], O)) || O <- remote_options()],
    ?T([told(spawn_request(fun ok/0)), told(spawn_request(node(), fun ok/0)), told(spawn_request(node(), ?MODULE, ok, []))]).
ok() -> ok.
local_options() ->
    [[{reply, nahh}], [{reply, no}, {reply, nahh}], [{reply, nahh}, {reply, no}], [{reply, success_only}, {reply, nahh}], [{reply, error_only}, {reply, nahh}],
     [{reply_tag, x}, {reply, 1}], [bad], [{reply, no}, bad], [bad, {reply, no}], [{reply, success_only}, bad], [{reply, error_only}, bad], [monitor, {reply, nahh}],
     [link, {reply, nahh}], [{monitor, [x]}], [{monitor, [{alias, bad}]}, {reply_tag, tt}], [{reply, yes}, {reply, error_only}], [{priority, x}], [{reply_tag}, {reply, no}],
     {a}, [link | x], [{reply, no, x}], [{monitor, [{tag, q}]}]].
remote_options() ->
    [[{reply, nahh}], [{reply, no}, {reply, nahh}], [{reply, success_only}, {reply, nahh}], [{reply, nahh}, {reply, no}], [bad], [{reply_tag, x}, {reply, 1}], [{reply, no}]].
asked(Forms, Options) -> [try told(request(F, Options)) catch C:R -> {C, R} end || F <- Forms].
request(2, O) -> spawn_request(fun ok/0, O);
request(3, O) -> spawn_request(node(), fun ok/0, O);
request(4, O) -> spawn_request(?MODULE, ok, [], O);
request(5, O) -> spawn_request(node(), ?MODULE, ok, [], O);
request(away, O) -> spawn_request('no@node', fun ok/0, O).
told(Request) ->
    receive
        {Tag, Request, ok, P} when is_pid(P) -> {Tag, ok, later()};
        {Tag, Request, error, Why} -> {Tag, Why, later()}
    after 150 -> {nothing, later()}
    end.
later() ->
    Limit = case process_info(self(), monitors) of {monitors, []} -> 20; _ -> 5000 end,
    receive {Tag, _, process, _, Why} -> {Tag, Why} after Limit -> none end.
