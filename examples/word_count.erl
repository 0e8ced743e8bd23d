%% SPDX-License-Identifier: Apache-2.0
%%
%% A supervised process counts the words of a text file. Half-way it is killed; its supervisor starts it again and it
%% goes on where it stopped, while thousands of other processes work undisturbed.
%%
%%     mica run examples/word_count.erl [FILE]
%%
%% One module plays three parts: the supervisor, the keeper (a gen_server that knows how far the reader came and kills
%% it once), and the reader.
-module(word_count).
-behaviour(supervisor).
-export([main/1, init/1, start_keeper/2, start_reader/1, reader_init/1]).
-export([handle_call/3, handle_cast/2]).

-define(WORKERS, 5000).

main([]) -> main(["LICENSE"]);
main([Path]) ->
    Lines = length(read_lines(Path)),
    Workers = [begin {Pid, Ref} = spawn_monitor(fun() -> worker(Id, 0, 0) end), {Id, Pid, Ref} end
               || Id <- lists:seq(1, ?WORKERS)],
    io:format("~b workers are at work; ~s has ~b lines~n", [?WORKERS, filename:basename(Path), Lines]),
    {ok, Supervisor} = supervisor:start_link(?MODULE, {supervisor, self(), Lines div 2, Path}),
    {Line, Counts} = receive {finished, Progress} -> Progress after 60000 -> error(not_finished) end,
    io:format("line ~b: finished, ~b words, ~b different~n", [Line, lists:sum(maps:values(Counts)), map_size(Counts)]),
    Sorted = lists:sort([{-N, Word} || {Word, N} <- maps:to_list(Counts)]),
    [io:format("  ~-10ts ~b~n", [Word, -N]) || {N, Word} <- lists:sublist(Sorted, 5)],
    timer:sleep(100),
    io:format("~b of ~b workers are undisturbed~n", [ask(Workers), ?WORKERS]),
    unlink(Supervisor),
    gen_server:stop(Supervisor),
    ok.

%% each is asked; one that died would have left a 'DOWN' message instead of a report, and a wrong sum does not count
ask(Workers) ->
    [Pid ! {report, self()} || {_, Pid, _} <- Workers],
    Good = [receive
                {report, Id, Steps, Sum} -> Sum =:= Id * (Steps * (Steps - 1) div 2);
                {'DOWN', Ref, process, _, Reason} -> io:format("worker ~b died: ~p~n", [Id, Reason]), false
            end || {Id, _, Ref} <- Workers],
    length([ok || true <- Good]).

worker(Id, Step, Sum) ->
    receive
        {report, From} -> From ! {report, Id, Step, Sum}
    after 1 + Id rem 30 ->
        worker(Id, Step + 1, Sum + Id * Step)
    end.

%% supervisor and keeper

init({supervisor, Owner, Ambush, Path}) ->
    {ok, {#{strategy => one_for_one},
          [#{id => keeper, start => {?MODULE, start_keeper, [Owner, Ambush]}},
           #{id => reader, start => {?MODULE, start_reader, [Path]}}]}};
init({keeper, Owner, Ambush}) ->
    {ok, #{owner => Owner, ambush => Ambush, progress => {0, #{}}}}.

start_keeper(Owner, Ambush) -> gen_server:start_link({local, keeper}, ?MODULE, {keeper, Owner, Ambush}, []).

handle_call(progress, _From, #{progress := Progress} = State) ->
    {reply, Progress, State};
handle_call({store, {Line, _} = Progress}, {Reader, _}, #{ambush := Line} = State) ->
    io:format("line ~b: the reader is killed~n", [Line]),
    exit(Reader, kill),
    {reply, ok, State#{progress := Progress, ambush := none}};
handle_call({store, Progress}, _From, State) ->
    {reply, ok, State#{progress := Progress}}.

handle_cast({finished, Progress}, #{owner := Owner} = State) ->
    Owner ! {finished, Progress},
    {noreply, State}.

%% the reader

start_reader(Path) -> proc_lib:start_link(?MODULE, reader_init, [Path]).

reader_init(Path) ->
    proc_lib:init_ack({ok, self()}),
    {Done, Counts} = gen_server:call(keeper, progress),
    io:format("the reader starts at line ~b~n", [Done + 1]),
    read(lists:nthtail(Done, read_lines(Path)), Done, Counts),
    receive stop -> ok end.

read([], Line, Counts) -> gen_server:cast(keeper, {finished, {Line, Counts}});
read([Text | Rest], Line, Counts0) ->
    Counts = count(Text, Counts0),
    ok = gen_server:call(keeper, {store, {Line + 1, Counts}}),
    read(Rest, Line + 1, Counts).

count(Text, Counts) ->
    case re:run(string:lowercase(Text), "[[:alpha:]]+", [global, unicode, {capture, first, binary}]) of
        nomatch -> Counts;
        {match, Words} ->
            lists:foldl(fun([Word], Acc) -> maps:update_with(Word, fun(N) -> N + 1 end, 1, Acc) end, Counts, Words)
    end.

read_lines(Path) ->
    {ok, Text} = file:read_file(Path),
    binary:split(string:trim(Text, trailing, "\n"), <<"\n">>, [global]).
