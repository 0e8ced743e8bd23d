%% SPDX-License-Identifier: Apache-2.0
%% Real modules, damaged, loaded under a name of their own and called: each is refused, or does no harm.
%%   mutate_beam:main([Seed, First, Count]): one line per thousand; the process that runs damaged code is ended after a while.
-module(mutate_beam).
-export([main/1]).

-define(LIMIT_MS, 40).

main(Args) ->
    [Seed, First, Count] = [list_to_integer(A) || A <- Args],
    process_flag(trap_exit, true),
    error_logger:tty(false),
    logger:set_primary_config(level, none),
    Sources = list_to_tuple([S || M <- modules(), S <- source(M)]),
    [{module, fuzz} = load(build(S)) || S <- tuple_to_list(Sources)], % each is good as it is
    R = [one(Seed, N, Sources) || N <- lists:seq(First, First + Count - 1)],
    io:format("~b refused, ~b loaded~n", [length([x || refused <- R]), length([x || loaded <- R])]),
    halt(0).

modules() ->
    [lists, maps, string, dict, gb_trees, gb_sets, orddict, ordsets, queue, base64, proplists, sets, array, sofs,
     unicode_util, erl_scan, io_lib_format, io_lib_pretty, io_lib_fread, digraph_utils, lib_dialyzer, random, rand,
     calendar, binary, uri_string, erl_parse, edlin_expand, otp_internal, erl_lint, beam_dict, beam_ssa, beam_types,
     cerl, v3_core, sys_core_fold, beam_ssa_type, beam_ssa_bsm].

source(M) ->
    case code:which(M) of
        File when is_list(File) ->
            {ok, _, Chunks} = beam_lib:all_chunks(File),
            [[C || {Name, _} = C <- [rename(X) || X <- Chunks],
                   lists:member(Name, ["AtU8", "Code", "StrT", "ImpT", "ExpT", "FunT", "LitT", "Line", "Type"])]];
        _ -> []
    end.

%% its first atom is the module's name
rename({"AtU8", <<Count:32, Length, _:Length/binary, Rest/binary>>}) ->
    {"AtU8", <<Count:32, 4, "fuzz", Rest/binary>>};
rename(Other) -> Other.

one(Seed, N, Sources) ->
    rand:seed(exsss, {Seed, N, 7}),
    put(number, N),
    Chunks = element(rand:uniform(tuple_size(Sources)), Sources),
    Other = element(rand:uniform(tuple_size(Sources)), Sources),
    Damaged = case rand:uniform(10) of
                  1 when N rem 3 =:= 0 -> whole(build(Chunks));
                  2 -> build([splice(C, Other) || C <- Chunks]);
                  _ -> build([damage(C) || C <- Chunks])
              end,
    case os:getenv("MUTATE_KEEP") of
        false -> ok;
        File -> ok = file:write_file(File, Damaged)
    end,
    case load(Damaged) of
        {module, fuzz} -> call_all(), loaded;
        {error, _} -> refused
    end.

load(Bin) ->
    code:purge(fuzz),
    code:delete(fuzz),
    code:purge(fuzz),
    code:load_binary(fuzz, "fuzz", Bin).

build(Chunks) ->
    {ok, Bin} = beam_lib:build_module(Chunks),
    Bin.

whole(Bin) ->
    case rand:uniform(3) of
        1 -> binary:part(Bin, 0, rand:uniform(byte_size(Bin)) - 1);
        _ -> flips(Bin, 0, rand:uniform(4))
    end.

damage({"Code", Bin}) -> {"Code", code_damage(Bin, max(1, rand:uniform(4) - 2))};
damage({Name, Bin}) ->
    case rand:uniform(80) of
        1 when byte_size(Bin) > 0 -> {Name, flips(Bin, 0, 1)};
        _ -> {Name, Bin}
    end.

splice({Name, Bin}, Other) ->
    case lists:keyfind(Name, 1, Other) of
        {_, Bin2} when byte_size(Bin) > 40, byte_size(Bin2) > 40, Name =:= "Code" ->
            Length = min(rand:uniform(12), byte_size(Bin2) - 24),
            From = 20 + rand:uniform(byte_size(Bin2) - 20 - Length) - 1,
            At = 20 + rand:uniform(max(1, byte_size(Bin) - 20 - Length)) - 1,
            <<A:At/binary, _:Length/binary, B/binary>> = Bin,
            {Name, <<A/binary, (binary:part(Bin2, From, Length))/binary, B/binary>>};
        _ -> {Name, Bin}
    end.

flips(Bin, _, 0) -> Bin;
flips(Bin, From, N) when byte_size(Bin) > From ->
    At = From + rand:uniform(byte_size(Bin) - From) - 1,
    <<A:At/binary, Byte, B/binary>> = Bin,
    flips(<<A/binary, (Byte bxor (1 bsl (rand:uniform(8) - 1))), B/binary>>, From, N - 1);
flips(Bin, _, _) -> Bin.

%% mostly another number of the same kind of operand, which gets past the reading
code_damage(Bin, 0) -> Bin;
code_damage(Bin, N) when byte_size(Bin) > 24 ->
    At = 20 + rand:uniform(byte_size(Bin) - 20) - 1,
    <<A:At/binary, Byte, B/binary>> = Bin,
    New = case rand:uniform(12) of
              1 -> <<(rand:uniform(256) - 1)>>;
              2 -> <<(Byte band 16#f8 bor (rand:uniform(8) - 1))>>;
              3 -> <<>>;
              4 -> <<Byte, Byte>>;
              _ -> <<(Byte band 16#0f bor ((rand:uniform(5) - 1) bsl 4))>>
          end,
    code_damage(<<A/binary, New/binary, B/binary>>, N - 1);
code_damage(Bin, _) -> Bin.

%% ---- calling what was loaded
call_all() ->
    Exports = [{F, A} || {F, A} <- exports(), F =/= module_info],
    Chosen = lists:sublist([E || {_, E} <- lists:sort([{rand:uniform(), E} || E <- Exports])], 6),
    [call(F, A) || {F, A} <- Chosen].

exports() -> erlang:get_module_info(fuzz, exports).

call(F, A) ->
    Args = [argument() || _ <- lists:seq(1, A)],
    {Pid, Ref} = spawn_opt(fun() -> run(F, Args) end,
                           [monitor, {max_heap_size, #{size => 4000000, kill => true, error_logger => false}}]),
    receive
        {'DOWN', Ref, _, _, _} -> ok
    after ?LIMIT_MS ->
        exit(Pid, kill),
        receive {'DOWN', Ref, _, _, _} -> ok
        after 60000 -> io:format("HANGS ~b: ~p~p~n", [get(number), F, Args]), halt(3)
        end
    end.

run(F, Args) ->
    R = try apply(fuzz, F, Args) catch C:E:S -> {C, E, S} end,
    erlang:garbage_collect(),
    %% what came out is a term like any other
    Self = self(),
    case erts_debug:flat_size(R) < 100000 of
        true ->
            spawn_link(fun() -> Self ! R end),
            receive R2 -> _ = R2 =:= R, erlang:phash2(R2) after 20 -> ok end,
            catch io_lib:format("~P", [R, 30]);
        false -> ok
    end.

argument() ->
    case rand:uniform(22) of
        1 -> rand:uniform(10) - 3;
        2 -> 1 bsl 70;
        3 -> a;
        4 -> [];
        5 -> [1, 2, 3];
        6 -> [c, b, a, d];
        7 -> "text";
        8 -> <<"binary text">>;
        9 -> <<1:5>>;
        10 -> {a, 1};
        11 -> {a, 1, [b]};
        12 -> #{a => 1, b => 2};
        13 -> 1.5;
        14 -> fun(X) -> X end;
        15 -> fun(_, Y) -> Y end;
        16 -> fun(_, _, Z) -> Z end;
        17 -> [{a, 1}, {b, 2}];
        18 -> self();
        19 -> make_ref();
        20 -> dict:from_list([{a, 1}]);
        21 -> gb_trees:from_orddict([{a, 1}, {b, 2}]);
        22 -> binary:copy(<<"long">>, 100)
    end.
