%% SPDX-License-Identifier: Apache-2.0
%%
%% Servers that answer HTTP requests, for bench/serve.py: OTP's own (files, and a page made by a module), a small one on gen_tcp with
%% {active, once}, one on `socket`. Each listens on a free port of the loopback and prints `port N`; the program ends with its
%% standard input.
-module(bench_http).
-export([main/1, page/3]).

-define(ADDRESS, {127, 0, 0, 1}).
-define(BACKLOG, 4096).
-define(CLIENTS_MAX, 20000).
-define(ACCEPTORS, 4).

main([Kind]) ->
    io:format("port ~w~n", [serve(list_to_atom(Kind))]),
    eof = io:get_line(""),
    halt().

serve(httpd) ->
    Root = filename:join(os:getenv("TMPDIR", "/tmp"), "mica-bench-" ++ os:getpid()),
    ok = file:make_dir(Root),
    ok = file:write_file(filename:join(Root, "index.html"), "<html>index</html>\n"),
    {ok, _} = application:ensure_all_started(inets),
    {ok, Server} = inets:start(httpd, [{port, 0}, {server_name, "bench"}, {server_root, Root}, {document_root, Root},
                                       {bind_address, ?ADDRESS}, {max_clients, ?CLIENTS_MAX},
                                       {modules, [mod_esi, mod_get, mod_head]}, {erl_script_alias, {"/esi", [?MODULE]}}]),
    [{port, Port}] = httpd:info(Server, [port]),
    Port;
serve(gen_tcp) ->
    {ok, Listener} = gen_tcp:listen(0, [binary, {ip, ?ADDRESS}, {active, false}, {packet, http_bin}, {backlog, ?BACKLOG},
                                        {nodelay, true}]),
    [spawn_link(fun() -> tcp_accept(Listener) end) || _ <- lists:seq(1, ?ACCEPTORS)],
    {ok, Port} = inet:port(Listener),
    Port;
serve(socket) ->
    {ok, Listener} = socket:open(inet, stream, tcp),
    ok = socket:bind(Listener, #{family => inet, addr => ?ADDRESS, port => 0}),
    ok = socket:listen(Listener, ?BACKLOG),
    [spawn_link(fun() -> socket_accept(Listener) end) || _ <- lists:seq(1, ?ACCEPTORS)],
    {ok, #{port := Port}} = socket:sockname(Listener),
    Port.

%% A page of mod_esi.
page(Id, _Env, Input) ->
    mod_esi:deliver(Id, ["Content-Type: text/plain\r\n\r\n", "page ", Input]).

response() -> <<"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nhello\n">>.

tcp_accept(Listener) ->
    {ok, Socket} = gen_tcp:accept(Listener),
    Pid = spawn(fun() -> receive go -> tcp_serve(Socket) end end),
    ok = gen_tcp:controlling_process(Socket, Pid),
    Pid ! go,
    tcp_accept(Listener).

tcp_serve(Socket) ->
    ok = inet:setopts(Socket, [{active, once}]),
    receive
        {http, Socket, http_eoh} ->
            ok = gen_tcp:send(Socket, response()),
            tcp_serve(Socket);
        {http, Socket, _} ->
            tcp_serve(Socket);
        {tcp_closed, Socket} ->
            ok
    end.

socket_accept(Listener) ->
    {ok, Socket} = socket:accept(Listener),
    Pid = spawn(fun() -> receive go -> socket_serve(Socket, <<>>) end end),
    ok = socket:setopt(Socket, {otp, controlling_process}, Pid),
    Pid ! go,
    socket_accept(Listener).

%% Requests have no body; what is behind an empty line begins the next one.
socket_serve(Socket, Before) ->
    case binary:split(Before, <<"\r\n\r\n">>) of
        [_, Rest] ->
            ok = socket:send(Socket, response()),
            socket_serve(Socket, Rest);
        [_] ->
            case socket:recv(Socket, 0) of
                {ok, Data} -> socket_serve(Socket, <<Before/binary, Data/binary>>);
                {error, _} -> socket:close(Socket)
            end
    end.
