%% SPDX-License-Identifier: Apache-2.0
%% Local time over the switches of summer time.
%% env: TZ=CET-1CEST,M3.5.0,M10.5.0/3
-module(sl_calendar_zones).
-include("../t.hrl").

start() ->
    Ts = [{{2024, 3, 31}, {0, 59, 59}}, {{2024, 3, 31}, {1, 0, 0}}, {{2024, 10, 27}, {0, 30, 0}}, {{2024, 10, 27}, {1, 30, 0}}, {{2024, 6, 1}, {0, 0, 0}}, {{2024, 12, 31}, {23, 30, 0}}],
    [begin L = calendar:universal_time_to_local_time(T), ?T({T, L, calendar:local_time_to_universal_time_dst(L), erlang:universaltime_to_localtime(T)}) end || T <- Ts],
    ?T(calendar:local_time_to_universal_time_dst({{2024, 3, 31}, {2, 30, 0}})), ?T([erlang:localtime_to_universaltime({{2024, 10, 27}, {2, 30, 0}}, D) || D <- [true, false, undefined]]), ?T(erlang:localtime_to_universaltime({{2024, 2, 30}, {0, 0, 0}})), ?T(erlang:localtime_to_universaltime(bad)), ?T(erlang:universaltime_to_localtime({{2024, 1, 1}, {24, 0, 0}})), ?T(calendar:system_time_to_rfc3339(1718000000)), ?T(calendar:system_time_to_rfc3339(1700000000, [{time_designator, $ }])), ?T(calendar:system_time_to_local_time(1718000000, second)), ?T(erlang:posixtime_to_universaltime(1718000000)), ?T(erlang:universaltime_to_posixtime({{2024, 6, 10}, {6, 13, 20}})).
