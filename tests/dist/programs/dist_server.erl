%% SPDX-License-Identifier: Apache-2.0
%% A server, and a supervisor here of a server there.
-module(dist_server).
-behaviour(gen_server).
-export([start/0, start_link_on/2, start_supervisor/1, start_pg/1, init/1, handle_call/3, handle_cast/2, handle_info/2]).

start() -> gen_server:start({local, ?MODULE}, ?MODULE, server, []).
start_pg(Scope) -> pg:start(Scope).

%% Called by a supervisor: the child lives on another node, linked to the supervisor.
start_link_on(Node, Parent) ->
    case rpc:call(Node, gen_server, start, [?MODULE, server, []]) of
        {ok, Pid} -> Parent =:= self() andalso link(Pid), {ok, Pid};
        Other -> Other
    end.

start_supervisor(Node) -> supervisor:start_link(?MODULE, {supervisor, Node}).

init(server) -> {ok, none};
init({supervisor, Node}) ->
    {ok, {#{intensity => 3, period => 5}, [#{id => child, start => {?MODULE, start_link_on, [Node, self()]}}]}}.

handle_call({echo, X}, _, S) -> {reply, X, S};
handle_call({sleep, Ms}, _, S) -> timer:sleep(Ms), {reply, ok, S};
handle_call({call_back, Pid}, _, S) -> {reply, {is_pid(Pid), erlang:node(Pid) =/= node()}, S};
handle_call({die, Reason}, _, S) -> {stop, Reason, S}.
handle_cast({tell, Pid, X}, S) -> Pid ! {told, X}, {noreply, S}.
handle_info(_, S) -> {noreply, S}.

