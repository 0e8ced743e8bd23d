%% SPDX-License-Identifier: Apache-2.0
%% The module of lib/moments.c: see moments_test.erl.
-module(moments).
-export([load/2, version/0, hold/2, drop/2, choose/1]).

load(Library, Info) -> erlang:load_nif(Library, Info).
version() -> none.
hold(_, _) -> none.
drop(_, _) -> none.
choose(_) -> none.
