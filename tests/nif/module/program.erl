%% SPDX-License-Identifier: Apache-2.0
%% What a program that runs behind a port says, to its end.
-module(program).
-export([rest/2]).

%% {exit code, Got and all that it says from now on}
rest(Port, Got) ->
    receive
        {Port, {data, D}} -> rest(Port, <<Got/binary, D/binary>>);
        {Port, {exit_status, S}} -> {S, Got}
    end.
