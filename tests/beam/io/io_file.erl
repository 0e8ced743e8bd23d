%% SPDX-License-Identifier: Apache-2.0
-module(io_file).
-include("../t.hrl").
-include_lib("kernel/include/file.hrl").
start() ->
    Dir = "/tmp/mica_io_file_" ++ os:getpid(),
    ok = file:make_dir(Dir),
    ok = file:set_cwd(Dir),
    ?T(file:make_dir("sub")), ?T(file:make_dir("sub")), ?T(file:make_dir("no/such")),
    ?T(file:write_file("a", "hello\nworld\n")), ?T(file:read_file("a")), ?T(file:read_file("none")),
    ?T(file:read_file(<<"a">>)), ?T(file:read_file([])), ?T(file:read_file("a\0b")), ?T(file:read_file(foo)), ?T(file:read_file({a})),
    ?T(file:write_file("a", ["more", <<"!">>, $\n], [append])), ?T(file:read_file("a")),
    ?T(file:copy("a", "b")), ?T(file:read_file("b")), ?T(file:rename("b", "sub/c")), ?T(file:list_dir("sub")), ?T(file:list_dir("none")), ?T(file:list_dir("a")),
    ?T(lists:sort(element(2, file:list_dir(".")))),
    ?T(file:make_symlink("a", "link")), ?T(file:read_link("link")), ?T(file:read_link("a")), ?T(file:read_link("none")), ?T(file:make_link("a", "hard")),
    {ok, I} = file:read_file_info("a"),
    ?T({I#file_info.size, I#file_info.type, I#file_info.access, I#file_info.mode band 8#777, I#file_info.links}),
    {ok, L} = file:read_link_info("link"), ?T({L#file_info.size, L#file_info.type}),
    {ok, D} = file:read_file_info("sub"), ?T(D#file_info.type), {ok, N} = file:read_file_info("/dev/null"), ?T({N#file_info.type, N#file_info.access}),
    ?T(file:read_file_info("none")), ?T(file:read_file_info("a/b")),
    ?T(file:change_mode("a", 8#400)), {ok, I2} = file:read_file_info("a"), ?T(I2#file_info.mode band 8#777), ?T(file:change_mode("none", 8#400)),
    ?T(file:change_time("a", {{2001, 2, 3}, {4, 5, 6}}, {{2002, 3, 4}, {5, 6, 7}})), {ok, I3} = file:read_file_info("a"), ?T({I3#file_info.atime, I3#file_info.mtime}),
    {ok, I4} = file:read_file_info("a", [{time, posix}]), ?T({I4#file_info.atime, I4#file_info.mtime}), {ok, I5} = file:read_file_info("a", [{time, universal}]), ?T(I5#file_info.mtime),
    ?T(file:write_file_info("a", #file_info{mode = 8#600})), ?T(file:delete("none")), ?T(file:delete("sub")), ?T(file:del_dir("sub")), ?T(file:del_dir("none")), ?T(file:del_dir("a")),
    ?T(file:delete("sub/c")), ?T(file:del_dir("sub")), ?T(file:rename("none", "x")), ?T(file:rename("a", "no/such")),
    ?T(file:open("none", [read])), ?T(file:open(".", [read])), ?T(file:open("a", [write, exclusive])), ?T(file:open("a", [foo])), ?T(file:open("/", [write])),
    ?T(filelib:is_file("a")), ?T(filelib:is_dir("a")), ?T(filelib:is_regular("a")), ?T(filelib:file_size("a")), ?T(filelib:wildcard("*")), ?T(filelib:ensure_dir("x/y/z")), ?T(filelib:is_dir("x/y")),
    ?T(file:write_file("smörgås", <<"u">>)), ?T(file:read_file("smörgås")), ?T(lists:member("smörgås", element(2, file:list_dir(".")))), ?T(file:read_file(unicode:characters_to_binary("smörgås"))),
    ?T(file:del_dir_r(Dir)), ?T(file:get_cwd()), ?T(file:set_cwd("/")), ?T(file:get_cwd()), ?T(file:set_cwd("/none")), ?T(file:set_cwd(foo)), ?T(file:get_cwd("c:")), ?T(file:native_name_encoding()),
    ?T(prim_file:read_file(foo)), ?T(prim_file:altname("a")), ?T(prim_file:internal_name2native("ab")), ?T(prim_file:internal_native2name(<<"ab">>)), ?T(prim_file:internal_native2name(<<255, 254>>)), ?T(prim_file:is_translatable(<<255>>)), ?T(prim_file:internal_name2native([$a, [$b, [], $c]])),
    ?T(file:consult("/none")), ?T(file:eval("/none")).
