%% SPDX-License-Identifier: Apache-2.0
%% A library that is no driver but could be one: erl_ddll says in one sentence that there are none.
%% mica-only
-module(no_drivers).
-export([start/1]).

-define(SENTENCE, "linked-in drivers cannot be loaded into this VM: use a port program or a native function").

start([Dir]) ->
    [begin
         {error, Reason} = Load(),
         ?SENTENCE = lists:flatten(erl_ddll:format_error(Reason))
     end || Load <- [fun() -> erl_ddll:load(Dir, "bad_good") end, fun() -> erl_ddll:load_driver(Dir, bad_good) end,
                     fun() -> erl_ddll:try_load("/nowhere", "nothing", [{monitor, pending}]) end]],
    {error, not_loaded} = erl_ddll:unload("bad_good"),
    io:format("ok~n").
