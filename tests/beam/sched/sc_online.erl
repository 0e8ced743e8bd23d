%% SPDX-License-Identifier: Apache-2.0
%% flags: +S 4:4 +SDcpu 4:4
%% Schedulers taken offline and back: the numbers, and that work goes on.
-module(sc_online).
-include("../t.hrl").
now_() -> [erlang:system_info(I) || I <- [schedulers_online, dirty_cpu_schedulers_online, schedulers, dirty_cpu_schedulers]].
%% The dirty ones follow a moment later in the real VM, and then are not more than the others.
set(I, N) ->
    R = catch_(fun() -> erlang:system_flag(I, N) end),
    Wished = if I =:= dirty_cpu_schedulers_online, is_integer(R) -> N; true -> not_more end,
    {R, settled(Wished, 500)}.
settled(_, 0) -> {never_settled, now_()};
settled(Wished, Tries) ->
    case now_() of
        [Online, Dirty | All] when Wished =:= not_more, Dirty =< Online -> [Online, not_more | All];
        [Online, Dirty | All] when Dirty =:= Wished -> [Online, Dirty | All];
        _ -> receive after 20 -> settled(Wished, Tries - 1) end
    end.
catch_(F) -> try F() catch C:R -> {C, R} end.
start() ->
    ?T(now_()),
    [?T({N, set(schedulers_online, N), work()}) || N <- [1, 2, 4, 3, 1, 4, 2, 3, 4]],
    %% what it was before is not sure where it follows the other
    ?T(element(2, set(dirty_cpu_schedulers_online, 4))),
    [?T({N, set(dirty_cpu_schedulers_online, N), work()}) || N <- [1, 2, 4, 3]],
    ?T(set(schedulers_online, 3)),
    ?T(element(2, set(dirty_cpu_schedulers_online, 3))),
    ?T(catch_(fun() -> erlang:system_flag(dirty_cpu_schedulers_online, 4) end)),
    [?T(set(I, N)) || I <- [schedulers_online, dirty_cpu_schedulers_online], N <- [0, 5, a, -1, 1 bsl 70, 1.0]].
%% Processes everywhere, sleeping ones among them, and dirty work.
work() ->
    S = self(),
    Ps = [spawn(fun() -> one(S, I) end) || I <- lists:seq(1, 40)],
    lists:sum([receive {P, N} -> N after 10000 -> late end || P <- Ps]).
one(S, I) ->
    receive after I rem 7 -> ok end,
    {ok, _} = file:get_cwd(),
    S ! {self(), I}.
