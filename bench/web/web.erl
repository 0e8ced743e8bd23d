%% SPDX-License-Identifier: Apache-2.0
%% The servers of bench/web/run: yaws with a file and a dynamic page, mochiweb with an answer that it computes; on loopback only.
-module(web).
-export([main/1, loop/1]).

main(["mochiweb", Port | _]) ->
    code:add_pathz("/usr/lib/erlang/lib/mochiweb/ebin"),
    {ok, _} = application:ensure_all_started(crypto),
    {ok, _} = mochiweb_http:start([{link, false}, {name, web}, {ip, "127.0.0.1"}, {port, list_to_integer(Port)}, {max, 4096},
                                   {backlog, 1024}, {loop, {?MODULE, loop}}]),
    io:format("ready~n");
main(["yaws", Port, Root]) ->
    [code:add_pathz(Ebin) || Ebin <- filelib:wildcard("/usr/lib/yaws-*/ebin")],
    ok = filelib:ensure_path(filename:join(Root, "log")),
    Pages = filename:join(Root, "pages"),
    ok = filelib:ensure_path(Pages),
    ok = file:write_file(filename:join(Pages, "file.html"), binary:copy(<<"<p>a line of a static page</p>\n">>, 100)),
    ok = file:write_file(filename:join(Pages, "dyn.yaws"),
                         "<html><erl>\nout(_) -> {html, io_lib:format(\"~p\", [lists:sum(lists:seq(1, 100))])}.\n</erl></html>\n"),
    ok = yaws:start_embedded(Pages, [{port, list_to_integer(Port)}, {listen, {127, 0, 0, 1}}, {servername, "localhost"},
                                     {flags, [{access_log, false}]}],
                             [{id, "web"}, {logdir, filename:join(Root, "log")}, {ebin_dir, []}, {flags, []}], "web"),
    io:format("ready~n").

loop(Request) ->
    case mochiweb_request:get(path, Request) of
        "/dyn" -> mochiweb_request:respond({200, [{"Content-Type", "text/plain"}], integer_to_list(lists:sum(lists:seq(1, 100)))}, Request);
        _ -> mochiweb_request:not_found(Request)
    end.
