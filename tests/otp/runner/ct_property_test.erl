%% SPDX-License-Identifier: Apache-2.0
%% no property testing tool
-module(ct_property_test).
-compile([export_all, nowarn_export_all]).
init_per_suite(_) -> {skip, "No property testing tool found"}.
init_tool(_) -> {skip, "No property testing tool found"}.
quickcheck(_, _) -> {skip, "No property testing tool found"}.
