%% SPDX-License-Identifier: Apache-2.0
-module(c_deep_small).
-include("core.hrl").
-include("deep.hrl").
start() -> deep(5).
