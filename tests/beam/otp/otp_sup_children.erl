%% SPDX-License-Identifier: Apache-2.0
%% Supervisors: each strategy with each way for a child to end, intensity, significant children, all that can be asked of them
%% and refused, orders of start and shutdown, brutal and slow ends.
-module(otp_sup_children).
-behaviour(supervisor).
-export([init/1, child/2, child_init/3]).
-include("../t.hrl").

init(Spec) -> Spec.

child(Name, How) -> proc_lib:start_link(?MODULE, child_init, [self(), Name, How]).
child_init(Parent, Name, How) ->
    Log = whereis(sup_log),
    process_flag(trap_exit, How =/= plain),
    Log ! {log, {started, Name}},
    case How of
        {fail, R} -> proc_lib:init_ack(Parent, {error, R});
        ignore -> proc_lib:init_ack(Parent, ignore);
        {info, I} -> proc_lib:init_ack(Parent, {ok, self(), I}), child_loop(Parent, Log, Name, How);
        _ -> proc_lib:init_ack(Parent, {ok, self()}), child_loop(Parent, Log, Name, How)
    end.

child_loop(Parent, Log, Name, How) ->
    receive
        {'EXIT', Parent, _} when How =:= stubborn -> child_loop(Parent, Log, Name, How);
        {'EXIT', Parent, R} -> Log ! {log, {told_to_end, Name, R}}, exit(R);
        {die, R} -> exit(R)
    end.

spec(Name) -> spec(Name, #{}).
spec(Name, More) -> spec(Name, trapping, More).
spec(Name, How, More) -> maps:merge(#{id => Name, start => {?MODULE, child, [Name, How]}, shutdown => 2000}, More).

start() ->
    register(sup_log, self()),
    process_flag(trap_exit, true),
    [?T({S, refused(S)}) || S <- bad_inits()],
    [?T(supervisor:check_childspecs(S)) || S <- bad_specs()],
    [strategy(S, R, Why) || S <- [one_for_one, one_for_all, rest_for_one], R <- [permanent, transient, temporary], Why <- [normal, shutdown, {shutdown, x}, crash]],
    [simple(R, Why) || R <- [permanent, transient, temporary], Why <- [normal, crash]],
    intensity(), significant(), asked(), shutdowns(), dynamic().

gather() -> receive {log, X} -> [X | gather()] after 0 -> [] end.

refused(Spec) -> try supervisor:start_link(?MODULE, Spec) of {ok, P} -> stop(P), started; R -> R catch C:R -> {C, R} after flush_exits(), gather() end.
flush_exits() -> receive {'EXIT', _, _} -> flush_exits() after 0 -> ok end.

stop(P) ->
    exit(P, shutdown),
    receive {'EXIT', P, R} -> R end.

bad_inits() ->
    [ignore, {ok, foo}, {ok, {#{strategy => nosuch}, []}}, {ok, {#{intensity => -1}, []}}, {ok, {#{period => 0}, []}}, {ok, {#{auto_shutdown => maybe_}, []}}, {ok, {{one_for_one, 1, 5}, []}}, {ok, {{one_for_one, a, 5}, []}},
     {ok, {#{}, [spec(a), spec(a)]}}, {ok, {#{}, [#{id => x}]}}, {ok, {#{}, foo}}, {ok, {#{strategy => simple_one_for_one}, []}}, {ok, {#{strategy => simple_one_for_one}, [spec(a), spec(b)]}},
     {ok, {#{}, [spec(a), spec(b, {fail, why}, #{}), spec(c)]}}, {ok, {#{}, [spec(a, ignore, #{}), spec(b)]}}, {ok, {#{}, [spec(a, #{significant => true})]}}, {ok, {#{auto_shutdown => any_significant}, [spec(a, #{significant => true, restart => permanent})]}},
     {ok, {#{}, [spec(a, #{start => {erlang, nosuch, []}})]}}, nonsense].

bad_specs() ->
    [[], [spec(a)], [{a, {m, f, []}, permanent, 5, worker, [m]}], [{a, {m, f}, permanent, 5, worker, [m]}], [spec(a, #{restart => x})], [spec(a, #{shutdown => -1})], [spec(a, #{shutdown => infinity, type => supervisor})], [spec(a, #{type => x})],
     [spec(a, #{modules => x})], [spec(a, #{modules => dynamic})], [#{start => {m, f, []}}], [#{id => 1, start => {m, f, []}}], foo, [foo], [spec(a, #{significant => x})], [spec(a), spec(a)]].

%% children a, b and c; b ends
strategy(Strategy, Restart, Why) ->
    {ok, S} = supervisor:start_link(?MODULE, {ok, {#{strategy => Strategy, intensity => 1}, [spec(a), spec(b, #{restart => Restart}), spec(c)]}}),
    Started = gather(),
    Before = pids(S),
    end_child(S, b, Why),
    After = pids(S),
    Fates = [{Id, case {lists:keyfind(Id, 1, Before), lists:keyfind(Id, 1, After)} of {X, X} -> same; {_, false} -> gone; {_, {_, undefined}} -> down; _ -> new end} || Id <- [a, b, c]],
    Log = gather(),
    stop(S),
    io:format("~w ~w ~w: ~w~n  ~w~n  ~w~n  ~w~n", [Strategy, Restart, Why, Fates, Started, Log, gather()]).

pids(S) -> [{Id, P} || {Id, P, _, _} <- supervisor:which_children(S)].

end_child(S, Id, Why) ->
    {_, P} = lists:keyfind(Id, 1, pids(S)),
    M = monitor(process, P),
    P ! {die, Why},
    receive {'DOWN', M, _, _, _} -> ok end,
    wait_for(fun() -> catch (case lists:keyfind(Id, 1, pids(S)) of {_, P} -> false; _ -> true end) end).

simple(Restart, Why) ->
    {ok, S} = supervisor:start_link(?MODULE, {ok, {#{strategy => simple_one_for_one, intensity => 5}, [#{id => x, start => {?MODULE, child, []}, restart => Restart}]}}),
    {ok, A} = supervisor:start_child(S, [one, trapping]), {ok, _} = supervisor:start_child(S, [two, trapping]),
    Answers = [supervisor:start_child(S, [bad, {fail, no}]), supervisor:start_child(S, [ign, ignore]), element(3, supervisor:start_child(S, [inf, {info, more}])), supervisor:start_child(S, foo), supervisor:restart_child(S, x),
               supervisor:delete_child(S, x), supervisor:terminate_child(S, x), supervisor:get_childspec(S, x), supervisor:get_childspec(S, y)],
    M = monitor(process, A), A ! {die, Why}, receive {'DOWN', M, _, _, _} -> ok end,
    Count = supervisor:count_children(S),
    Children = length(supervisor:which_children(S)),
    {_, B, _, _} = hd(supervisor:which_children(S)),
    Ended = [supervisor:terminate_child(S, B), supervisor:terminate_child(S, B), supervisor:terminate_child(S, self())],
    io:format("simple ~w ~w: ~tp ~w ~w ~w~n", [Restart, Why, Answers, lists:sort(Count), Children, Ended]),
    gather(), stop(S),
    io:format("  ~w~n", [lists:sort(gather())]).

intensity() ->
    {ok, S} = supervisor:start_link(?MODULE, {ok, {#{intensity => 2, period => 1000}, [spec(a), spec(b)]}}),
    end_child(S, a, crash), end_child(S, b, crash),
    {_, P} = lists:keyfind(a, 1, pids(S)), P ! {die, last},
    ?T(receive {'EXIT', S, R} -> R end), ?T(gather()),
    {ok, S2} = supervisor:start_link(?MODULE, {ok, {#{intensity => 3}, [spec(a)]}}),
    %% a restart that fails is tried again, until the intensity is reached
    Key = {?MODULE, fails}, persistent_term:put(Key, 0),
    {ok, _} = supervisor:start_child(S2, #{id => f, start => {erlang, apply, [fun() -> N = persistent_term:get(Key), persistent_term:put(Key, N + 1), case N of 0 -> child(f, trapping); _ -> {error, N} end end, []]}}),
    {_, F} = lists:keyfind(f, 1, pids(S2)), F ! {die, once},
    ?T(receive {'EXIT', S2, R2} -> R2 end), ?T(persistent_term:erase(Key)), ?T(gather()).

significant() ->
    [begin
         {ok, S} = supervisor:start_link(?MODULE, {ok, {#{auto_shutdown => Auto}, [spec(a, #{restart => transient, significant => true}), spec(b, #{restart => temporary, significant => true}), spec(c)]}}),
         gather(),
         {_, A} = lists:keyfind(a, 1, pids(S)), {_, B} = lists:keyfind(b, 1, pids(S)),
         A ! {die, normal},
         First = receive {'EXIT', S, R1} -> R1 after case Auto of any_significant -> 20000; _ -> 30 end -> B ! {die, crash}, up end,
         Second = receive {'EXIT', S, R2} -> R2 after case First of up -> 20000; _ -> 0 end -> up end,
         io:format("~w ~w ~w ~w~n", [Auto, First, Second, gather()])
     end || Auto <- [any_significant, all_significant]],
    ?T(refused({ok, {#{auto_shutdown => never}, [spec(b, #{restart => temporary, significant => true})]}})).

asked() ->
    {ok, S} = supervisor:start_link({local, named_sup}, ?MODULE, {ok, {#{}, [spec(a), spec(b, #{type => supervisor, modules => dynamic})]}}),
    ?T([{I, T, M, is_pid(P)} || {I, P, T, M} <- supervisor:which_children(named_sup)]), ?T(lists:sort(supervisor:count_children(S))), ?T(supervisor:get_childspec(S, b)), ?T(supervisor:get_childspec(S, z)),
    ?T(supervisor:start_child(S, spec(a)) =:= {error, {already_started, element(2, lists:keyfind(a, 1, pids(S)))}}), ?T(supervisor:terminate_child(S, a)), ?T(supervisor:start_child(S, spec(a))), ?T(supervisor:restart_child(S, b)),
    ?T(supervisor:delete_child(S, b)), ?T(supervisor:restart_child(S, z)), ?T(element(1, supervisor:restart_child(S, a))), ?T(supervisor:restart_child(S, a)), ?T(supervisor:terminate_child(S, a)), ?T(supervisor:terminate_child(S, a)),
    ?T(supervisor:delete_child(S, a)), ?T(supervisor:delete_child(S, a)), ?T(supervisor:start_child(S, foo)), ?T(supervisor:start_child(S, spec(f, {fail, no}, #{}))), ?T(supervisor:start_child(S, spec(i, ignore, #{}))),
    ?T(supervisor:restart_child(S, i)), ?T(pids(S) -- [{b, P} || {b, P} <- pids(S)]), ?T(supervisor:start_link({local, named_sup}, ?MODULE, {ok, {#{}, []}}) =:= {error, {already_started, S}}), ?T(catch supervisor:which_children(nosuch)),
    ?T(gen_server:call(S, nonsense)), S ! nonsense, gen_server:cast(S, nonsense), ?T(supervisor:get_callback_module(S)), ?T(supervisor:start_child(S, spec(e, #{start => {erlang, error, [oops]}}))),
    stop(S), ?T(gather()).

shutdowns() ->
    {ok, S} = supervisor:start_link(?MODULE, {ok, {#{}, [spec(soft), spec(brutal, #{shutdown => brutal_kill}), spec(stubborn, stubborn, #{shutdown => 20}), spec(plain, plain, #{}), spec(forever, #{shutdown => infinity})]}}),
    gather(),
    Ms = [{monitor(process, P), Id} || {Id, P} <- pids(S)],
    ?T(stop(S)),
    [?T({Id, receive {'DOWN', M, _, _, R} -> R end}) || {M, Id} <- lists:reverse(Ms)], ?T(gather()),
    {ok, S2} = supervisor:start_link(?MODULE, {ok, {#{}, [spec(a)]}}), ?T(length(pids(S2))), unlink(S2), M2 = monitor(process, S2), exit(S2, kill), ?T(receive {'DOWN', M2, _, _, R2} -> R2 end),
    ?T(wait_for(fun() -> [] =/= gather() end)).

dynamic() ->
    {ok, S} = supervisor:start_link(?MODULE, {ok, {#{strategy => simple_one_for_one}, [#{id => x, start => {?MODULE, child, []}, restart => temporary, shutdown => 5000}]}}),
    Ps = [P || N <- lists:seq(1, 500), {ok, P} <- [supervisor:start_child(S, [N, case N rem 3 of 0 -> plain; _ -> trapping end])]],
    ?T(length([X || {log, X} <- lists:map(fun(_) -> receive {log, _} = L -> L end end, Ps)])), [P ! {die, normal} || P <- lists:sublist(Ps, 100)],
    ?T(wait_for(fun() -> proplists:get_value(active, supervisor:count_children(S)) =:= 400 end)), ?T(stop(S)), ?T(length([P || P <- Ps, is_process_alive(P)])), ?T(length([x || {told_to_end, _, shutdown} <- gather()]) > 200).
