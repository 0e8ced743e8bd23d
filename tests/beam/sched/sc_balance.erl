%% SPDX-License-Identifier: Apache-2.0
%% slow
%% Busy schedulers share what waits: low processes are not all on one, and what is urgent on one does not starve
%% those that wait behind it while another could run them.
-module(sc_balance).
-include("../t.hrl").
start() ->
    process_flag(priority, max),
    ?T(shares()),
    ?T(behind_urgent()).

shares() ->
    Low = workers(100, low), Normal = workers(100, normal),
    Counted = wait_for(fun() -> progress(Low, 20) andalso progress(Normal, 100) end),
    Share = case erlang:system_info(schedulers) of
                1 -> true;
                _ -> wait_for(fun() -> sum(Low) * 3 < sum(Normal) end)
            end,
    stop(Low ++ Normal),
    {Counted, Share}.

%% With one scheduler they would rightly starve.
behind_urgent() ->
    Normal = workers(60, normal),
    Urgent = workers(min(1, erlang:system_info(schedulers) - 1), high),
    receive after 100 -> ok end,
    Begin = [counted(W) || W <- Normal],
    R = wait_for(fun() -> lists:all(fun({W, N}) -> counted(W) > N + 20 end, lists:zip(Normal, Begin)) end, 3000),
    stop(Urgent ++ Normal),
    R.

workers(N, Priority) ->
    [begin
         C = counters:new(1, []),
         {spawn_opt(fun() -> work(C) end, [{priority, Priority}]), C}
     end || _ <- lists:seq(1, N)].
work(C) -> _ = lists:seq(1, 50), counters:add(C, 1, 1), work(C).
counted({_, C}) -> counters:get(C, 1).
progress(Ws, N) -> lists:all(fun(W) -> counted(W) > N end, Ws).
sum(Ws) -> lists:sum([counted(W) || W <- Ws]).
stop(Ws) -> [exit(P, kill) || {P, _} <- Ws], ok.
