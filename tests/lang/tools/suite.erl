%% SPDX-License-Identifier: Apache-2.0
%% A Common Test suite in which a case passes, one fails, one is skipped, one takes too long, and two run in a parallel group.
-module(some_SUITE).
-include_lib("common_test/include/ct.hrl").
-include_lib("stdlib/include/assert.hrl").
-export([all/0, groups/0, init_per_suite/1, end_per_suite/1, init_per_testcase/2, end_per_testcase/2]).
-export([plain/1, skipped/1, failing/1, timed/1, in_group/1]).
all() -> [plain, skipped, failing, timed, {group, g}].
groups() -> [{g, [parallel], [in_group, plain]}].
init_per_suite(C) -> [{answer, 42} | C].
end_per_suite(_) -> ok.
init_per_testcase(_, C) -> C.
end_per_testcase(_, _) -> ok.
plain(C) -> ?assertEqual(42, ?config(answer, C)).
skipped(_) -> {skip, "not today"}.
failing(C) -> ?assertEqual(41, ?config(answer, C)).
timed(_) -> ct:timetrap({seconds, 1}), timer:sleep(60000).
in_group(C) -> g = proplists:get_value(name, ?config(tc_group_properties, C)).
