%% SPDX-License-Identifier: Apache-2.0
%% erlang:match_spec_test/3 of trace specifications: what would be told, and that nothing is changed by trying.
-module(ms_test_actions).
-export([start/0]).

start() ->
    Bodies = [[{message, {get_tcw}}], [{message, {set_tcw, 17}}], [{message, {get_tcw}}], [{set_tcw, 0}], [{message, {self}}], [{self}],
              [{message, true}], [{message, false}], [false], [{return_trace}], [{exception_trace}], [{silent, true}],
              [{message, {silent, 3}}], [{message, {return_trace}}], [{message, {caller}}], [{message, {set_seq_token, label, 1}}],
              [{message, {set_seq_token, serial, {1, 2}}}], [{message, {set_seq_token, bad, 1}}], [{message, {set_seq_token, send, true}}],
              [{message, {get_seq_token}}], [{message, {is_seq_trace}}], [{message, {enable_trace, bad}}], [nosuch], [{nosuch}],
              [{message, {set_tcw, -1}}], [{message, {set_tcw, a}}], [{message, '$1'}], [{message, '$_'}], [{message, '$$'}], [], ['$1'],
              [{message, {process_dump}}, {message, false}]],
    [try io:format("~0p -> ~0p~n", [B, erlang:match_spec_test([1, two], [{['$1', '_'], [], B}], trace)])
     catch C:R -> io:format("~0p -> ~p:~p~n", [B, C, R]) end || B <- Bodies],
    [try io:format("~0p -> ~0p~n", [G, erlang:match_spec_test([1, two], [{['$1', '$2'], [G], []}], trace)])
     catch C:R -> io:format("~0p -> ~p:~p~n", [G, C, R]) end
     || G <- [{is_seq_trace}, {'==', {get_tcw}, 0}, {'==', '$1', 2}, {message, true}, {is_atom, '$2'}, true, false]],
    io:format("~p ~p~n", [seq_trace:get_token(), erlang:trace_info(self(), flags)]).
