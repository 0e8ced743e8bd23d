%% SPDX-License-Identifier: Apache-2.0
%% What the options of concurrency come to for each type of table.
-module(ets_counters_settled).
-export([start/0]).
start() -> [io:format("~p ~p ~p~n", [O, ets:info(ets:new(t,[public|O]), decentralized_counters), ets:info(ets:new(t,[public|O]), write_concurrency)]) || T <- [set,bag,duplicate_bag,ordered_set], O <- [[T], [T,{write_concurrency,true}],[T,{write_concurrency,auto}],[T,{write_concurrency,auto},{decentralized_counters,false}],[T,{write_concurrency,false},{decentralized_counters,true}],[T,{write_concurrency,true},{decentralized_counters,true}],[T,{decentralized_counters,true}],[T,{write_concurrency,true},{write_concurrency,{debug_hash_fixed_number_of_locks,1024}}],[T,{write_concurrency,{debug_hash_fixed_number_of_locks,1024}},{write_concurrency,true}],[T,{read_concurrency,true},{decentralized_counters,true}], [T,{decentralized_counters,true},{write_concurrency,auto},private], [T, private, {write_concurrency,auto}]]].
