%% SPDX-License-Identifier: Apache-2.0
%% Calendars: every day of years, leap rules, weeks, zones, RFC 3339, seconds.
%% env: TZ=UTC
-module(sl_calendar_walk).
-include("../t.hrl").

start() ->
    ?T(walk({1899, 12, 25}, 20)), ?T([{Y, calendar:is_leap_year(Y)} || Y <- [0, 4, 100, 400, 1900, 2000, 2023, 2024, 2100]]), ?T([calendar:last_day_of_the_month(2024, M) || M <- lists:seq(1, 12)]), ?T([calendar:iso_week_number({Y, M, D}) || {Y, M, D} <- [{2020, 12, 31}, {2021, 1, 3}, {2021, 1, 4}, {2026, 12, 28}, {2027, 1, 1}]]), ?T([calendar:day_of_the_week(Y, 2, 28) || Y <- lists:seq(2000, 2012)]),
    ?T([calendar:date_to_gregorian_days(D) || D <- [{0, 1, 1}, {1970, 1, 1}, {2024, 2, 29}]]), ?T([calendar:gregorian_days_to_date(N) || N <- [0, 366, 719528, 800000]]), ?T([calendar:seconds_to_daystime(S) || S <- [0, 86399, 86400, -1, -86401]]), ?T([calendar:seconds_to_time(S) || S <- [0, 3661, 86399]]), ?T(calendar:time_to_seconds({23, 59, 59})), ?T(calendar:time_difference({{2024, 2, 28}, {12, 0, 0}}, {{2024, 3, 1}, {11, 59, 59}})), ?T(calendar:datetime_to_gregorian_seconds({{2024, 2, 29}, {1, 2, 3}})),
    ?T([calendar:system_time_to_rfc3339(S, [{unit, U}, {offset, O}]) || {S, U, O} <- [{0, second, "Z"}, {1709164800123, millisecond, "+02:00"}, {1709164800123456789, nanosecond, "-05:30"}, {-1, second, 0}, {1, microsecond, 3600}]]), ?T(calendar:system_time_to_rfc3339(1.5)), ?T([calendar:rfc3339_to_system_time(S, [{unit, millisecond}]) || S <- ["1970-01-01T00:00:00Z", "2024-02-29T23:59:60.5+01:00", "2024-02-29 12:00:00.123456789-00:30", "1937-01-01t12:00:27.87+00:20"]]), ?T(calendar:rfc3339_to_system_time("2024-02-30T00:00:00Z")), ?T(calendar:rfc3339_to_system_time("bad")),
    ?T(calendar:system_time_to_universal_time(1709164800, second)), ?T(calendar:system_time_to_local_time(1709164800, second)), ?T(calendar:universal_time_to_local_time({{2024, 7, 1}, {12, 0, 0}})), ?T(calendar:local_time_to_universal_time_dst({{2024, 7, 1}, {12, 0, 0}})), ?T(calendar:valid_date(2023, 2, 29)), ?T(calendar:valid_date({2024, 2, 29})), ?T(calendar:valid_date({a, 1, 1})), ?T(calendar:day_of_the_week(2024, 13, 1)), ?T(calendar:gregorian_days_to_date(-1)), ?T(calendar:last_day_of_the_month(-1, 1)), ?T(calendar:now_to_universal_time({1709, 164800, 5})), ?T(calendar:now_to_datetime({0, 0, 0})), ?T(friday13(2024, 2026)).

walk(_, 0) -> [];
walk(D, N) -> G = calendar:date_to_gregorian_days(D), [{D, calendar:day_of_the_week(D), calendar:iso_week_number(D)} | walk(calendar:gregorian_days_to_date(G + 1), N - 1)].
friday13(A, B) -> [{Y, M} || Y <- lists:seq(A, B), M <- lists:seq(1, 12), calendar:day_of_the_week(Y, M, 13) =:= 5].
