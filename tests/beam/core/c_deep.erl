%% SPDX-License-Identifier: Apache-2.0
%% slow
%% A collection at each call walks the whole deep stack: c_deep_small runs then.
-module(c_deep).
-include("core.hrl").
-include("deep.hrl").
start() -> deep(1000).
