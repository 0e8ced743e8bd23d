%% SPDX-License-Identifier: Apache-2.0
%% OTP's own web server: files, a page made by a module, what it does not have; asked by OTP's client and by hand.
%% slow
%% timeout: 60
-module(net_httpd).
-export([page/3]).
-include("../t.hrl").

start() ->
    ok = file:make_dir("root"),
    ok = file:write_file("root/index.html", "<html>index</html>"),
    ok = file:write_file("root/big.bin", binary:copy(<<"0123456789abcdef">>, 20000)),
    {ok, _} = application:ensure_all_started(inets),
    {ok, Pid} = inets:start(httpd, [{port, 0}, {server_name, "here"}, {server_root, "."}, {document_root, "root"},
                                    {bind_address, {127, 0, 0, 1}}, {modules, [mod_esi, mod_get, mod_head]},
                                    {erl_script_alias, {"/esi", [net_httpd]}}, {directory_index, ["index.html"]}]),
    [{port, P}] = httpd:info(Pid, [port]),
    U = "http://127.0.0.1:" ++ integer_to_list(P),
    ?T(fetch(U ++ "/")), ?T(size_of(U ++ "/big.bin")), ?T(fetch(U ++ "/none")), ?T(fetch(U ++ "/esi/net_httpd:page?x=1")),
    ?T(many(U ++ "/index.html", 20)), ?T(by_hand(P)), ?T(inets:stop(httpd, Pid)).

page(Id, _Env, In) -> mod_esi:deliver(Id, ["Content-Type: text/plain\r\n\r\n", "page ", In]).

fetch(U) ->
    {ok, {{_, Code, _}, _, Body}} = httpc:request(get, {U, []}, [], []),
    case Code of 200 -> {Code, Body}; _ -> Code end.

size_of(U) ->
    {ok, {{_, Code, _}, _, Body}} = httpc:request(get, {U, []}, [], [{body_format, binary}]),
    {Code, byte_size(Body), erlang:crc32(Body)}.

many(U, N) ->
    Me = self(),
    [spawn_link(fun() -> Me ! {got, fetch(U)} end) || _ <- lists:seq(1, N)],
    lists:usort([receive {got, R} -> R after 20000 -> none end || _ <- lists:seq(1, N)]).

by_hand(P) ->
    {ok, S} = gen_tcp:connect({127, 0, 0, 1}, P, [binary, {active, false}, {packet, http_bin}]),
    ok = gen_tcp:send(S, "HEAD /index.html HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
    {ok, {http_response, V, Code, Text}} = gen_tcp:recv(S, 0, 5000),
    H = headers(S),
    {V, Code, Text, lists:keyfind('Content-Length', 1, H)}.

headers(S) ->
    case gen_tcp:recv(S, 0, 5000) of
        {ok, {http_header, _, K, _, V}} -> [{K, V} | headers(S)];
        {ok, http_eoh} -> []
    end.
