%% SPDX-License-Identifier: Apache-2.0
%% What crashes of proc_lib, gen_server, gen_statem, gen_event, supervisors and plain processes report, and the texts that are made of it:
%% one line, limited in depth and length; without the figures that differ from run to run.
-module(otp_report_texts).
-export([log/2, init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2, handle_event/2, callback_mode/0, handle_event/4, mode/1]).
-include("../t.hrl").

log(#{msg := Msg, level := Level, meta := Meta} = E, #{config := To}) -> To ! {event, Level, Msg, maps:with([error_logger, domain, report_cb, mfa], Meta), E}.

mode(M) -> persistent_term:put({?MODULE, mode}, M).
init({supervisor, Spec}) -> Spec;
init(stop) -> {stop, asked_to};
init(error) -> error(in_init);
init(exit) -> exit(from_init);
init(X) -> case persistent_term:get({?MODULE, mode}) of statem -> {ok, st, X}; _ -> {ok, X} end.
callback_mode() -> handle_event_function.
handle_call({crash, F}, _, _) -> F();
handle_call(X, _, S) -> {reply, X, S}.
handle_cast({crash, F}, _) -> F().
handle_info(_, S) -> {noreply, S}.
handle_event({crash, F}, _) -> F();
handle_event(_, S) -> {ok, S}.
handle_event({call, From}, {crash, F}, _, _) -> F(From);
handle_event(cast, {crash, F}, _, _) -> F().
terminate(_, _) -> ok.

start() ->
    process_flag(trap_exit, true),
    ok = logger:set_primary_config(level, all), logger:remove_handler(default),
    ok = logger:add_handler(here, ?MODULE, #{config => self(), filters => [{progress, {fun logger_filters:progress/2, stop}}]}),
    [run(What, F) || {What, F} <- crashes()],
    ok = logger:remove_handler(here).

run(What, F) ->
    io:format("== ~tp~n", [What]),
    try F() catch C:R -> io:format("~w ~tp~n", [C, strip(R)]) end,
    gather(case What of {two, _} -> 2; {none, _} -> 0; {three, _} -> 3; _ -> 1 end),
    receive {'EXIT', _, R1} -> io:format("exit ~0tp~n", [strip(R1)]) after 0 -> ok end.

gather(0) -> ok;
gather(N) ->
    receive
        {event, Level, Msg, Meta, E} ->
            io:format("~w ~0tp~n  ~0tp~n", [Level, message(Msg), maps:without([report_cb, mfa], Meta)]),
            case Msg of
                {report, R} -> [io:format("  [~ts]~n", [text(E#{msg := {report, strip(R)}}, O)]) || O <- [#{}, #{single_line => true}, #{depth => 6}, #{chars_limit => 120}]];
                _ -> ok
            end,
            gather(N - 1)
    after 5000 -> io:format("no report~n")
    end.

text(E, Options) ->
    T = lists:flatten(logger_formatter:format(E#{meta := maps:with([report_cb], maps:get(meta, E))}, maps:merge(#{template => [msg], single_line => false}, Options))),
    case maps:is_key(chars_limit, Options) of true -> length(T) =< 200; false -> clean(T) end.

%% addresses of processes differ in their length
clean(T) -> re:replace(T, "<\\d+\\.\\d+\\.\\d+>", "<PID>", [global, unicode, {return, binary}]).

message({report, R}) -> strip(R);
message({string, S}) -> S;
message({F, As}) -> {F, [strip(A) || A <- As]}.

%% sizes, stacks below the first frame and references away
strip(R) when is_reference(R) -> ref;
strip(F) when is_function(F) -> 'fun';
strip(P) when is_pid(P) -> pid;
strip(P) when is_port(P) -> port;
strip(M) when is_map(M) -> maps:map(fun(_, V) -> strip(V) end, M);
strip({K, _}) when K =:= heap_size; K =:= stack_size; K =:= reductions; K =:= message_queue_len; K =:= total_heap_size; K =:= neighbour; K =:= neighbours -> {K, left_out};
strip({_, [{M, F, A, _} | _]} = T) when is_atom(M), is_atom(F) -> {strip(element(1, T)), [{M, F, if is_list(A) -> strip(A); true -> A end, []}]};
strip([{M, F, A, L} | _]) when is_atom(M), is_atom(F), is_list(L), (is_integer(A) orelse is_list(A)) -> [{M, F, if is_list(A) -> strip(A); true -> A end, []}];
strip(T) when is_tuple(T) -> list_to_tuple([strip(X) || X <- tuple_to_list(T)]);
strip([H | T]) -> [strip(H) | strip(T)];
strip(X) -> X.

server(F) -> mode(server), {ok, P} = gen_server:start(?MODULE, {state, [1, 2, 3]}, []), catch gen_server:call(P, {crash, F}).
statem(F) -> mode(statem), {ok, P} = gen_statem:start(?MODULE, data, []), catch gen_statem:call(P, {crash, F}).
event(F) -> mode(server), {ok, P} = gen_event:start(), ok = gen_event:add_handler(P, ?MODULE, hstate), gen_event:notify(P, {crash, F}), gen_event:sync_notify(P, x), gen_event:stop(P).

crashes() ->
    [{plain_error, fun() -> spawn(fun() -> error(plain) end) end}, {plain_badmatch, fun() -> spawn(fun() -> {a, _} = id(b) end) end}, {plain_throw, fun() -> spawn(fun() -> throw(t) end) end},
     {{none, plain_exit}, fun() -> spawn(fun() -> exit(e) end) end}, {plain_undef, fun() -> spawn(nosuch, f, [1, "two"]) end},
     {crash_error, fun() -> proc_lib:spawn(fun() -> error(lib) end) end}, {crash_exit, fun() -> proc_lib:spawn(fun() -> exit(odd) end) end}, {{none, crash_normal}, fun() -> proc_lib:spawn(fun() -> exit(normal) end) end},
     {{none, crash_shutdown}, fun() -> proc_lib:spawn(fun() -> exit({shutdown, x}) end) end}, {crash_throw, fun() -> proc_lib:spawn(fun() -> throw(t) end) end}, {crash_info, fun() -> proc_lib:spawn(fun() -> put(key, "value"), element(5, id({a})) end) end},
     {crash_linked, fun() -> proc_lib:spawn_link(fun() -> proc_lib:spawn_link(fun() -> receive after infinity -> ok end end), error(linked) end) end},
     {crash_unicode, fun() -> proc_lib:spawn(fun() -> error({"å\x{263a}", <<"ö"/utf8>>}) end) end}, {crash_long, fun() -> proc_lib:spawn(fun() -> error(lists:seq(1, 60)) end) end}, {crash_named, fun() -> proc_lib:spawn(fun() -> register(a_name, self()), exit(bye) end) end},
     {{two, server_error}, fun() -> server(fun() -> error(boom) end) end}, {{two, server_stop}, fun() -> server(fun() -> {stop, reason, new_state} end) end}, {{two, server_bad}, fun() -> server(fun() -> nonsense end) end}, {{none, server_normal}, fun() -> server(fun() -> {stop, normal, ok, s} end) end},
     {{two, server_cast}, fun() -> mode(server), {ok, P} = gen_server:start({local, srv}, ?MODULE, s, []), gen_server:cast(P, {crash, fun() -> exit(gone) end}) end},
     {{none, server_init_stop}, fun() -> p(strip(gen_server:start(?MODULE, stop, []))) end}, {server_init_error, fun() -> p(strip(gen_server:start(?MODULE, error, []))) end}, {server_init_exit, fun() -> p(strip(gen_server:start(?MODULE, exit, []))) end},
     {{two, statem_error}, fun() -> statem(fun(_) -> error(boom) end) end}, {{two, statem_stop}, fun() -> statem(fun(_) -> {stop, why} end) end}, {{two, statem_bad}, fun() -> statem(fun(_) -> nonsense end) end},
     {event_error, fun() -> event(fun() -> error(boom) end) end}, {event_bad, fun() -> event(fun() -> nonsense end) end}, {{none, event_remove}, fun() -> event(fun() -> remove_handler end) end},
     {sup_start, fun() -> supervisor:start_link(?MODULE, {supervisor, {ok, {#{}, [#{id => c, start => {erlang, apply, [fun() -> {error, cannot} end, []]}}]}}}) end},
     {sup_spec, fun() -> supervisor:start_link(?MODULE, {supervisor, {ok, {#{strategy => odd}, []}}}) end},
     {{three, sup_child}, fun() -> {ok, S} = supervisor:start_link(?MODULE, {supervisor, {ok, {#{intensity => 0}, [#{id => c, start => {erlang, apply, [fun() -> {ok, proc_lib:spawn_link(fun() -> receive die -> exit(killed_it) end end)} end, []]}}]}}}), [{_, C, _, _}] = supervisor:which_children(S), C ! die, receive {'EXIT', S, _} -> ok end end},
     {unhandled, fun() -> mode(server), {ok, P} = gen_server:start(sup_srv, 1, []), P ! nobody_knows, gen_server:call(P, get), logger:warning("end of this one") end}].
