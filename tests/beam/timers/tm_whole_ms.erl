%% SPDX-License-Identifier: Apache-2.0
%% Monotonic time begins at a whole second, and timers that are due at a whole millisecond of it go off right then: never
%% early, and of many at least some within a quarter of one.
-module(tm_whole_ms).
-include("../t.hrl").
start() -> ?T(begins()), ?T(due(abs)), ?T(due(relative)), ?T(due('after')), ?T(read()).
begins() -> [erlang:system_info(start_time) rem erlang:convert_time_unit(1, second, native), erlang:convert_time_unit(erlang:system_info(start_time), native, second)].
due(Kind) -> late(Kind, 400, []).
%% the least lateness, as soon as one is small enough
late(_, 0, Late) -> {never_on_time, lists:sort(Late)};
late(Kind, N, Late) ->
    case one(Kind) of
        L when L < 0 -> {early, L};
        L when L < 250000 -> on_time;
        L -> late(Kind, N - 1, [L | Late])
    end.
one(abs) ->
    Due = erlang:monotonic_time(millisecond) + 2,
    erlang:send_after(Due, self(), go, [{abs, true}]),
    receive go -> erlang:monotonic_time(nanosecond) - Due * 1000000 end;
one(relative) ->
    T = erlang:monotonic_time(nanosecond),
    erlang:send_after(2, self(), go),
    receive go -> from_whole(T + 2000000, erlang:monotonic_time(nanosecond)) end;
one('after') ->
    T = erlang:monotonic_time(nanosecond),
    receive after 2 -> from_whole(T + 2000000, erlang:monotonic_time(nanosecond)) end.
%% how much later than the whole millisecond at or after Least
from_whole(Least, Now) when Now < Least -> Now - Least;
from_whole(Least, Now) -> Now - ms_up(Least) * 1000000.
ms_up(Ns) -> -erlang:convert_time_unit(-Ns, nanosecond, millisecond).
read() ->
    Due = erlang:monotonic_time(millisecond) + 5000,
    R = erlang:send_after(Due, self(), go, [{abs, true}]),
    Left = erlang:read_timer(R),
    Left2 = erlang:cancel_timer(R),
    {Left > 4000 andalso Left =< 5000, Left2 =< Left}.
