%% SPDX-License-Identifier: Apache-2.0
%% Tables in files: tab2file, file2tab, tabfile_info, from and to dets, init_table.
-module(ets_files).
-include("../t.hrl").

start() ->
    D = "ets_files.tmp", file:make_dir(D),
    F = filename:join(D, "t.tab"),
    T = ets:new(tabelle, [ordered_set, public, {keypos, 2}]),
    ets:insert(T, [{X, N, [N, <<N>>, #{N => N}]} || {N, X} <- lists:zip(lists:seq(1, 50), lists:duplicate(50, x))]),
    ?T(ets:tab2file(T, F)), {ok, T2} = ets:file2tab(F), ?T(ets:tab2list(T2) =:= ets:tab2list(T)),
    ?T([ets:info(T2, I) || I <- [type, keypos, protection, name, size]]),
    ?T(ets:tab2file(T, F, [{extended_info, [md5sum, object_count]}, {sync, true}])),
    {ok, Info} = ets:tabfile_info(F), ?T([proplists:get_value(K, Info) || K <- [name, type, protection, named_table, keypos, size, extended_info, version]]),
    {ok, T3} = ets:file2tab(F, [{verify, true}]), ?T(ets:tab2list(T3) =:= ets:tab2list(T)),
    {ok, B} = file:read_file(F), file:write_file(F, binary:part(B, 0, byte_size(B) - 40)),
    ?T(element(1, ets:file2tab(F, [{verify, true}]))), ?T(ets:file2tab(filename:join(D, "nosuch")) =:= {error, {read_error, {file_error, filename:join(D, "nosuch"), enoent}}}),
    file:write_file(F, "rubbish"), ?T(element(1, ets:file2tab(F))),
    {ok, d} = dets:open_file(d, [{file, filename:join(D, "d.dets")}]),
    S = ets:new(s, []), ets:insert(S, [{N, N * N} || N <- lists:seq(1, 20)]),
    ?T(ets:to_dets(S, d) =:= d), ?T(dets:info(d, size)), S2 = ets:new(s2, []), ?T(ets:from_dets(S2, d)), ?T(lists:sort(ets:tab2list(S2)) =:= lists:sort(ets:tab2list(S))),
    ?T(dets:close(d)),
    I = ets:new(i, []), ?T(ets:init_table(I, source([[{a, 1}], [{b, 2}, {c, 3}]]))), ?T(lists:sort(ets:tab2list(I))),
    file:delete(F), file:delete(filename:join(D, "d.dets")), ?T(file:del_dir(D)).

source([]) -> fun(read) -> end_of_input; (close) -> closed end;
source([L | R]) -> fun(read) -> {L, source(R)}; (close) -> closed end.
