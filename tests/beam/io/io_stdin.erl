%% SPDX-License-Identifier: Apache-2.0
%% stdin: first line\nsecond {a,"b"}.\n{term, [1,2]}.\nrest of\nthe input
-module(io_stdin).
-include("../t.hrl").
start() ->
    ?T(io:get_line("prompt> ")), ?T(io:get_chars("", 7)), ?T(io:read("")), ?T(io:read("")), ?T(io:getopts()), ?T(io:get_line("")), ?T(io:get_line("")), ?T(io:get_line("")), ?T(io:get_chars("", 3)), ?T(io:setopts([binary])), ?T(io:get_line("")), ?T(io:columns()), ?T(io:rows()), ?T(io:put_chars(standard_error, "to error\n")), ?T(io:put_chars([1000, 10])), ?T(io:format("~ts~n", ["blå"])).
