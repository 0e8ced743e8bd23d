%% SPDX-License-Identifier: Apache-2.0
-module(ct_util).
-compile([export_all, nowarn_export_all]).
mark_process() -> ok.
mark_process(_) -> ok.
