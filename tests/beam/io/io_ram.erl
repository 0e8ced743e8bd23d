%% SPDX-License-Identifier: Apache-2.0
-module(io_ram).
-include("../t.hrl").
start() ->
    {ok, D} = file:open("ram data", [ram, read, write, binary]), ?T(file:read(D, 3)), ?T(file:write(D, "XY")), ?T(file:position(D, 0)), ?T(file:read(D, 100)), ?T(file:read(D, 1)), ?T(file:read(D, 0)), ?T(file:pread(D, 2, 3)), ?T(file:pread(D, [{0, 1}, {100, 1}])), ?T(file:pwrite(D, 20, "far")), ?T(ram_file:get_file(D)), ?T(ram_file:get_size(D)), ?T(file:position(D, {eof, -2})), ?T(file:position(D, {cur, -100})), ?T(file:position(D, 5)), ?T(file:truncate(D)), ?T(ram_file:get_file(D)), ?T(file:sync(D)), ?T(file:datasync(D)), ?T(file:advise(D, 0, 1, normal)), ?T(file:allocate(D, 0, 100)), ?T(file:pread(D, -1, 1)), ?T(file:close(D)), ?T(file:read(D, 1)),
    {ok, R} = file:open(<<"list">>, [ram, read]), ?T(file:read(R, 2)), ?T(file:write(R, "x")), ?T(file:truncate(R)), ?T(file:read(R, 0)), ?T(file:close(R)),
    {ok, W} = file:open([], [ram, write]), ?T(file:read(W, 1)), ?T(file:write(W, lists:duplicate(10000, $x))), ?T(ram_file:get_size(W)), ?T(file:close(W)), ?T(file:open("x", [ram, foo])),
    {ok, Tar} = file:open(<<>>, [ram, write, read, binary]), ?T(file:write(Tar, [<<"a">>, "b", [[$c]]])), ?T(file:copy(Tar, Tar, 0)), ?T(file:close(Tar)).
