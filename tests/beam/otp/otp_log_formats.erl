%% SPDX-License-Identifier: Apache-2.0
%% logger_formatter: templates, times, depth and size, single lines, report callbacks of both arities; filters; levels and their order;
%% metadata from everywhere; configuration that is refused; a handler that crashes is taken away.
-module(otp_log_formats).
-include_lib("kernel/include/logger.hrl").
-export([log/2, changing_config/3, filter_config/1]).
-include("../t.hrl").

log(#{msg := {string, "crash"}}, _) -> error(handler_crashes);
log(#{level := L, msg := M, meta := Meta}, #{config := To}) -> To ! {got, L, M, lists:sort(maps:to_list(maps:without([time, pid, gl, line, file], Meta)))}.
changing_config(_, _, #{config := bad}) -> {error, bad_config};
changing_config(_, _, New) -> {ok, New}.
filter_config(C) -> C.

start() ->
    ok = logger:remove_handler(default),
    [?T(text(E, C)) || E <- events(), C <- configs()],
    [?T(text(event({string, "t"}, #{time => T}), #{template => [time], time_offset => O, time_designator => D})) || T <- [0, 1600000000123456, -1], O <- ["Z", "+02:00", "-11:30", 3600000000], D <- [$T, $\s]],
    [?T(catch logger_formatter:check_config(C)) || C <- [#{}, #{depth => 5}, #{depth => foo}, #{chars_limit => 0}, #{max_size => unlimited}, #{max_size => -1}, #{single_line => maybe_}, #{template => foo}, #{template => [msg]}, #{template => [[a, b], "x", {k, ["y"], []}]}, #{time_offset => "bad"}, #{time_designator => a}, #{nosuch => 1}, #{report_cb => fun(_) -> ok end}, #{report_cb => x}, #{legacy_header => true}]],
    handlers(), filters(), levels(), refused(), metadata().

event(Msg, Meta) -> #{level => warning, msg => Msg, meta => maps:merge(#{time => 1000000, pid => self(), gl => self()}, Meta)}.
text(E, C) -> unicode:characters_to_binary(re:replace(lists:flatten(logger_formatter:format(E, C)), "<\\d+\\.\\d+\\.\\d+>", "PID", [global, unicode, {return, list}])).

events() ->
    [event({string, "plain å\x{263a}"}, #{mfa => {m, f, 1}, line => 7, file => "f.erl", key => #{a => [1, 2]}}), event({"~p and ~ts\n next", [{deep, [list, {with, [things]}]}, "text"]}, #{domain => [otp, sasl]}), event({"~s bad", [a, b]}, #{}),
     event({report, #{label => {x, y}, report => [1, 2]}}, #{}), event({report, [{a, "1"}, {b, <<"2">>}, flag]}, #{}), event({report, #{k => v}}, #{report_cb => fun(R) -> {"cb1 ~p", [R]} end}), event({report, #{k => v}}, #{report_cb => fun(R, O) -> io_lib:format("cb2 ~p ~p", [R, lists:sort(maps:to_list(O))]) end}),
     event({report, #{k => v}}, #{report_cb => fun(_) -> error(cb_fails) end}), event({report, #{k => v}}, #{report_cb => fun(_) -> not_a_format end}), event({report, #{k => v}}, #{report_cb => fun(_, _) -> {no, string} end}), event({string, ["io", [$l | <<"ist">>]]}, #{}), event({string, [foo]}, #{}), event({report, #{long => lists:seq(1, 100)}}, #{})].

configs() ->
    [#{template => [time, " ", level, ": ", msg, "\n"], time_offset => "Z"}, #{template => [msg], single_line => false}, #{template => [msg], depth => 4}, #{template => [msg], chars_limit => 30}, #{template => [msg], max_size => 20},
     #{template => [{mfa, [mfa, ":", line], ["no mfa"]}, {[key, a], ["<", [key, a], ">"], []}, " ", file, " ", domain, " ", nosuch, " ", msg]}, #{template => [pid, " ", gl, " ", msg], report_cb => fun(_) -> {"mine", []} end}, #{legacy_header => true, single_line => false, time_offset => "Z"}, #{template => ["fixed"]}].

got() -> receive {got, L, M, Meta} -> io:format("  ~w ~0tp ~0tp~n", [L, M, Meta]), got() after 0 -> ok end.

handlers() ->
    ?T(logger:add_handler(h, ?MODULE, #{config => self(), level => notice})), ?T(logger:get_handler_config(h)), ?T(element(1, element(2, logger:add_handler(h, ?MODULE, #{})))), ?T(logger:update_handler_config(h, #{level => info})), ?T(logger:set_handler_config(h, config, bad)), ?T(logger:update_handler_config(h, level, bad)),
    ?T(logger:get_handler_ids()), ?T(logger:get_handler_config(nosuch)), ?T(logger:remove_handler(nosuch)), ?T(logger:set_handler_config(nosuch, level, all)), ?T(logger:update_formatter_config(h, single_line, false)), ?T(logger:get_handler_config(h)), ?T(logger:update_formatter_config(h, #{depth => bad})),
    logger:set_primary_config(level, all), [logger:log(L, "at ~w", [L]) || L <- [debug, info, notice, warning, error, critical, alert, emergency]], got(), written(), logger:error("crash"), ?T(wait_for(fun() -> logger:get_handler_ids() =:= [] end)), got(), ?T(logger:add_handler(h, ?MODULE, #{config => self()})), got().

%% The logger tells of a crash by erlang:display/1, past the process that writes for all others: until what that has is out.
written() ->
    timer:sleep(50),
    wait_for(fun() -> lists:all(fun(P) -> lists:member(erlang:port_info(P, queue_size), [{queue_size, 0}, undefined]) end, erlang:ports()) end).

filters() ->
    F = fun(E, {add, K}) -> maps:update_with(meta, fun(M) -> M#{K => added} end, E); (_, stop) -> stop; (_, ignore) -> ignore; (_, crash) -> error(x); (_, bad) -> bad end,
    ?T(logger:add_handler_filter(h, f1, {F, {add, k1}})), ?T(logger:add_handler_filter(h, f1, {F, ignore})), logger:error("one"), got(), ?T(logger:add_primary_filter(p1, {F, {add, k2}})), logger:error("two"), got(), ?T(logger:set_handler_config(h, filter_default, stop)), logger:error("three"), got(), ?T(logger:remove_handler_filter(h, f1)), logger:error("four"), got(),
    ?T(logger:remove_handler_filter(h, f1)), ?T(logger:set_handler_config(h, filter_default, log)), ?T(logger:add_primary_filter(p2, {F, stop})), logger:error("five"), got(), ?T(logger:remove_primary_filter(p2)), ?T(logger:add_handler_filter(h, f2, bad)), ?T(logger:add_primary_filter(p3, {fun(X) -> X end, a})), ?T(logger:remove_primary_filter(p1)),
    [begin ok = logger:add_handler_filter(h, x, Filter), io:format("~0p~n", [element(2, Filter)]), logger:warning("w", #{domain => [a, b]}), logger:error("e", #{domain => [a]}), logger:error("n"), got(), ok = logger:remove_handler_filter(h, x) end
     || Filter <- [{fun logger_filters:domain/2, {A, C, D}} || A <- [log, stop], {C, D} <- [{super, [a, b]}, {sub, [a]}, {equal, [a]}, {not_equal, [a]}, undefined_]  -- [undefined_]] ++ [{fun logger_filters:level/2, {stop, lt, error}}, {fun logger_filters:level/2, {log, gteq, error}}, {fun logger_filters:progress/2, stop}, {fun logger_filters:remote_gl/2, log}]].

levels() ->
    [?T({A, [B || B <- [emergency, error, notice, debug, all, none], logger:compare_levels(A, B) =:= gt]}) || A <- [emergency, error, warning, debug, all, none]], ?T(catch logger:compare_levels(a, b)), [begin ok = logger:set_primary_config(level, L), io:format("~w: ~w~n", [L, [X || X <- [debug, info, error, emergency], logger:allow(X, ?MODULE)]]) end || L <- [all, info, error, none, notice]],
    ok = logger:set_module_level([?MODULE, other], debug), ?T(logger:get_module_level()), ?T({logger:allow(debug, ?MODULE), logger:allow(debug, third)}), ?LOG_DEBUG("by module"), got(), ok = logger:set_application_level(stdlib, critical), ?T({logger:allow(error, lists), length(logger:get_module_level(lists))}), ok = logger:unset_application_level(stdlib), ok = logger:unset_module_level(), ?T(logger:get_module_level()), ?T(logger:set_module_level(x, y)), ?T(logger:set_application_level(nosuch, error)).

refused() -> [?T(catch element(1, R)) || R <- [logger:add_handler("x", ?MODULE, #{}), logger:add_handler(y, nosuch_module, #{}), logger:add_handler(y, ?MODULE, #{level => x}), logger:add_handler(y, ?MODULE, foo), logger:add_handler(y, ?MODULE, #{filters => x}), logger:add_handler(y, ?MODULE, #{filter_default => x}), logger:add_handler(y, ?MODULE, #{formatter => x}), logger:set_primary_config(filters, x), logger:set_primary_config(nosuch, x), logger:set_primary_config(#{level => error, x => y}), logger:set_handler_config(h, id, other), logger:set_handler_config(h, module, other), logger:add_handlers(x), logger:i() =:= ok andalso {i}]], ?T(logger:get_primary_config()).

metadata() ->
    ok = logger:set_primary_config(#{level => info, metadata => #{primary => 1, who => primary}}), logger:error("a"), got(), ok = logger:set_process_metadata(#{who => process}), logger:error("b"), got(), ok = logger:update_process_metadata(#{more => x}), logger:error("c", #{who => call}), got(), ?T(logger:get_process_metadata()), ok = logger:unset_process_metadata(),
    ok = logger:update_primary_config(#{metadata => #{}}), ?LOG(error, "d"), ?LOG(error, #{r => 1}), ?LOG(error, "~p", [e]), ?LOG_ALERT("~p", [f], #{m => 1}), logger:log(error, fun(X) -> {"lazy ~p", [X]} end, arg), logger:log(error, fun(_) -> #{lazy => report} end, arg), logger:log(error, fun(_) -> ignore end, arg), logger:log(error, fun(_) -> bad end, arg), logger:debug(fun(_) -> exit(never) end, arg), got(), ?T(catch logger:set_process_metadata(foo)), ?T(catch element(1, element(2, catch logger:log(nolevel, "x")))).
