%% SPDX-License-Identifier: Apache-2.0
%% A counter that other programs put under supervisors.
-module(sup_srv).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2, code_change/3, start_link/1, start_link/2]).
-include("../t.hrl").
start() -> ok.
start_link(N) -> gen_server:start_link(?MODULE, N, []).
start_link(Name, N) -> gen_server:start_link({local, Name}, ?MODULE, N, []).
init(ignore) -> ignore;
init({stop, R}) -> {stop, R};
init(N) -> {ok, N}.
handle_call(get, _, N) -> {reply, N, N};
handle_call({add, K}, _, N) -> {reply, ok, N + K};
handle_call({crash, R}, _, _) -> exit(R);
handle_call({stop, R}, _, N) -> {stop, R, stopping, N};
handle_call(later, From, N) -> self() ! {reply, From}, {noreply, N};
handle_call(noreply, _, N) -> {noreply, N};
handle_call({timeout, T}, _, N) -> {reply, ok, N, T};
handle_call(pid, _, N) -> {reply, self(), N}.
handle_cast({add, K}, N) -> {noreply, N + K};
handle_cast({crash, R}, _) -> exit(R);
handle_cast(stop, N) -> {stop, normal, N}.
handle_info({reply, From}, N) -> gen_server:reply(From, {late, N}), {noreply, N};
handle_info(timeout, _) -> {noreply, timed_out};
handle_info({from, P}, N) -> P ! {state, N}, {noreply, N};
handle_info(_, N) -> {noreply, N}.
terminate(R, {notify, P}) -> P ! {terminated, R};
terminate(_, _) -> ok.
code_change(_, N, _) -> {ok, N}.
