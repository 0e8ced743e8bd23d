%% SPDX-License-Identifier: Apache-2.0
-module(io_raw).
-include("../t.hrl").
start() ->
    F = "/tmp/mica_io_raw_" ++ os:getpid(),
    {ok, W} = file:open(F, [write, read, raw, binary]),
    ?T(file:write(W, "0123456789")), ?T(file:position(W, 0)), ?T(file:read(W, 4)), ?T(file:read(W, 100)), ?T(file:read(W, 1)), ?T(file:position(W, {eof, -3})), ?T(file:read(W, 2)), ?T(file:position(W, {cur, -1})), ?T(file:position(W, {bof, -1})), ?T(file:position(W, foo)),
    ?T(file:pread(W, 2, 3)), ?T(file:pread(W, [{0, 1}, {5, 2}, {50, 2}])), ?T(file:pwrite(W, 3, <<"abc">>)), ?T(file:pwrite(W, [{0, "X"}, {9, "Y"}])), ?T(file:pread(W, 0, 20)), ?T(file:pread(W, -1, 2)), ?T(file:pread(W, 0, -2)), ?T(file:pread(W, a, 2)), ?T(file:pread(W, 1 bsl 70, 2)),
    ?T(file:position(W, 5)), ?T(file:truncate(W)), ?T(file:pread(W, 0, 20)), ?T(file:sync(W)), ?T(file:datasync(W)), ?T(file:advise(W, 0, 0, normal)), ?T(file:advise(W, 0, 0, unknown)), ?T(file:advise(W, -1, 0, normal)), ?T(file:allocate(W, 0, 10)), ?T(file:write(W, foo)), ?T(file:write(W, [])),
    Self = self(), spawn(fun() -> Self ! {other, catch file:read(W, 1), catch file:close(W)} end), receive {other, A, B} -> ?T({A, B}) end,
    ?T(file:close(W)), ?T(file:close(W)), ?T(file:read(W, 1)), ?T(file:write(W, "x")),
    {ok, R} = file:open(F, [read, raw, read_ahead]), ?T(file:read_line(R)), ?T(file:read_line(R)), ?T(file:write(R, "x")), file:close(R),
    ok = file:write_file(F, lists:duplicate(3000, "a line of text\r\nand one more\n")),
    {ok, R2} = file:open(F, [read, raw, binary, {read_ahead, 100}]), ?T(lines(R2, 0, 0)), ?T(file:position(R2, 7)), ?T(file:read(R2, 9)), ?T(file:read_line(R2)), ?T(file:position(R2, cur)), file:close(R2),
    {ok, R3} = file:open(F, [read]), ?T(file:read_line(R3)), ?T(io:get_line(R3, "")), ?T(io:get_chars(R3, "", 3)), ?T(file:position(R3, eof)), ?T(file:read(R3, 1)), ?T(file:close(R3)),
    {ok, C} = file:open(F, [write, compressed]), ?T(file:write(C, lists:duplicate(1000, "compressed "))), ?T(file:close(C)), ?T(filelib:file_size(F) < 200), {ok, C2} = file:open(F, [read, compressed, binary]), ?T(file:read(C2, 22)), ?T(file:close(C2)),
    {ok, DW} = file:open(F, [write, raw, delayed_write]), ?T(file:write(DW, "de")), ?T(file:write(DW, "layed")), ?T(file:close(DW)), ?T(file:read_file(F)),
    {ok, AP} = file:open(F, [append, raw]), ?T(file:write(AP, "+")), ?T(file:close(AP)), ?T(file:read_file(F)),
    ok = file:write_file(F, <<0:32, 3:32, 20:32, 0:64, "abcdefgh">>), {ok, P} = file:open(F, [read, raw, binary]), ?T(file:ipread_s32bu_p32bu(P, 4, 100)), ?T(file:ipread_s32bu_p32bu(P, 4, 2)), ?T(file:ipread_s32bu_p32bu(P, 100, 2)), file:close(P),
    big(F), ?T(file:delete(F)).
lines(R, N, B) ->
    case file:read_line(R) of
        {ok, L} -> lines(R, N + 1, B + byte_size(L));
        eof -> {N, B}
    end.
big(F) ->
    L = [list_to_binary(integer_to_list(I)) || I <- lists:seq(1, 5000)],
    {ok, W} = file:open(F, [write, raw]), ?T(file:write(W, L)), ?T(file:pwrite(W, 3, L)), ?T(file:close(W)), {ok, B} = file:read_file(F), ?T({byte_size(B), erlang:md5(B)}).
