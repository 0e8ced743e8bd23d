%% SPDX-License-Identifier: Apache-2.0
%%
%% A counter behind gen_server, for the work `gen_server` of bench.erl.
-module(bench_server).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).

init(N) -> {ok, N}.

handle_call(next, _From, N) -> {reply, N, N + 1}.

handle_cast(_, N) -> {noreply, N}.
