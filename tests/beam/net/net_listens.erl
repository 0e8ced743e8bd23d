%% SPDX-License-Identifier: Apache-2.0
%% Nothing listens unless asked: the sockets of this process of the operating system that take connections or datagrams.
-module(net_listens).
-include("../t.hrl").

start() ->
    ?T(kinds()),
    {ok, _} = application:ensure_all_started(inets),
    {ok, _} = inet:gethostbyname("localhost"), _ = inet:getifaddrs(), _ = os:cmd("true"),
    ?T(kinds()),
    {ok, L} = gen_tcp:listen(0, [{ip, {127, 0, 0, 1}}]),
    ?T(kinds()),
    {ok, U} = gen_udp:open(0, [{ip, {127, 0, 0, 1}}]),
    ?T(kinds()),
    Path = "listens" ++ os:getpid(),
    {ok, X} = gen_tcp:listen(0, [{ifaddr, {local, Path}}]),
    ?T(kinds()),
    ok = gen_tcp:close(L), ok = gen_udp:close(U), ok = gen_tcp:close(X), file:delete(Path),
    ?T(kinds()).

kinds() ->
    Pid = os:getpid(),
    Folder = "/proc/" ++ Pid ++ "/fd/",
    {ok, Names} = file:list_dir(Folder),
    Links = [file:read_link(Folder ++ N) || N <- Names],
    Own = [I || {ok, "socket:[" ++ R} <- Links, I <- string:lexemes(R, "]")],
    lists:sort([Kind || Kind <- ["tcp", "tcp6", "udp", "udp6", "unix", "raw", "raw6"], Line <- lines("/proc/" ++ Pid ++ "/net/" ++ Kind),
                        lists:member(inode(Kind, Line), Own), is_open(Kind, Line)]).

lines(File) ->
    case file:read_file(File) of {ok, B} -> tl(string:split(binary_to_list(B), "\n", all)); {error, enoent} -> [] end.

inode(Kind, Line) ->
    Words = string:lexemes(Line, " "),
    At = case Kind of "unix" -> 7; _ -> 10 end,
    case length(Words) >= At of true -> lists:nth(At, Words); false -> none end.

%% State 0A is LISTEN, flag 00010000 the same of a local one.
is_open("tcp" ++ _, Line) -> lists:nth(4, string:lexemes(Line, " ")) =:= "0A";
is_open("unix", Line) -> lists:nth(4, string:lexemes(Line, " ")) =:= "00010000";
is_open(_, _) -> true.
