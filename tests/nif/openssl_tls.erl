%% SPDX-License-Identifier: Apache-2.0
%% OTP's ssl with openssl's client and server, TLS 1.2 and 1.3: certificates of both sides, resumption, who is refused.
%% needs: /usr/bin/openssl
%% flags: -kernel logger_level none
%% timeout: 240
-module(openssl_tls).
-export([start/1]).

start([Out]) ->
    Dir = filename:join(Out, "openssl_tls." ++ os:getpid()),
    ok = filelib:ensure_path(Dir),
    put(dir, Dir),
    {ok, _} = application:ensure_all_started(ssl),
    try
        [authority(Name) || Name <- ["ca", "other"]],
        certificate("ca", "server", "localhost"),
        certificate("ca", "client", "somebody"),
        certificate("other", "stranger", "localhost"),
        [server(V, Flag) || {V, Flag} <- [{'tlsv1.2', "-tls1_2"}, {'tlsv1.3', "-tls1_3"}]],
        [client(V, Flag) || {V, Flag} <- [{'tlsv1.2', "-tls1_2"}, {'tlsv1.3', "-tls1_3"}]]
    after
        ok = file:del_dir_r(Dir)
    end.

say(What, V, Result) -> io:format("~s ~s: ~0p~n", [V, What, Result]).
path(Name) -> filename:join(get(dir), Name).

spawn_openssl(Command) ->
    open_port({spawn, "/bin/sh -c 'exec /usr/bin/openssl " ++ Command ++ " 2>&1'"}, [binary, exit_status, {cd, get(dir)}, use_stdio]).
openssl(Command) -> program:rest(spawn_openssl(Command), <<>>).
made(Command) -> {0, _} = openssl(Command), ok.

%% waits until a program says something
until(Port, Pattern, Got) ->
    case re:run(Got, Pattern) of
        {match, _} -> Got;
        nomatch ->
            receive
                {Port, {data, D}} -> until(Port, Pattern, <<Got/binary, D/binary>>);
                {Port, {exit_status, S}} -> {ended, S, Got}
            end
    end.

authority(Name) ->
    made("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=" ++ Name ++ " -keyout " ++ Name ++ ".key -out " ++ Name ++ ".pem").
certificate(Ca, Name, Subject) ->
    ok = file:write_file(path(Name ++ ".ext"), "subjectAltName=DNS:" ++ Subject ++ "\n"),
    made("req -newkey rsa:2048 -nodes -subj /CN=" ++ Subject ++ " -keyout " ++ Name ++ ".key -out " ++ Name ++ ".csr"),
    made("x509 -req -days 2 -in " ++ Name ++ ".csr -CA " ++ Ca ++ ".pem -CAkey " ++ Ca ++ ".key -CAcreateserial -extfile " ++ Name ++
         ".ext -out " ++ Name ++ ".pem").

%% a server here, openssl s_client there
server(V, Flag) ->
    Tickets = case V of 'tlsv1.3' -> [{session_tickets, stateful}]; _ -> [] end,
    {ok, L} = ssl:listen(0, [{versions, [V]}, {certfile, path("server.pem")}, {keyfile, path("server.key")},
                             {cacertfile, path("ca.pem")}, {verify, verify_peer}, {fail_if_no_peer_cert, true},
                             {active, false}, {ip, {127, 0, 0, 1}}, {reuseaddr, true} | Tickets]),
    {ok, {_, Port}} = ssl:sockname(L),
    Base = "s_client " ++ Flag ++ " -verify_return_error -connect 127.0.0.1:" ++ integer_to_list(Port),
    Own = " -cert client.pem -key client.key",
    {Served, Said} = served(L, Base ++ " -CAfile ca.pem -sess_out session" ++ Own),
    say("served", V, {Served, matches(Said, ["Verify return code: 0", "answer: hello", "\nNew, "])}),
    {Again, SaidAgain} = served(L, Base ++ " -CAfile ca.pem -sess_in session" ++ Own),
    say("resumed", V, {Again, matches(SaidAgain, ["answer: hello", "\nReused, "])}),
    {Refused, SaidRefused} = served(L, Base ++ " -CAfile other.pem" ++ Own),
    say("certificate refused by openssl", V, {Refused, matches(SaidRefused, ["verify error", "answer"])}),
    {Bad, SaidBad} = served(L, Base ++ " -CAfile ca.pem -cert stranger.pem -key stranger.key"),
    say("certificate refused", V, {Bad, matches(SaidBad, ["alert unknown ca", "answer"])}),
    {None, SaidNone} = served(L, Base ++ " -CAfile ca.pem"),
    say("no certificate", V, {None, matches(SaidNone, ["alert", "answer"])}),
    ssl:close(L).

matches(Text, Patterns) -> [re:run(Text, P, [{capture, none}]) || P <- Patterns].

served(L, Command) ->
    Port = spawn_openssl(Command ++ " -servername localhost"),
    {ok, T} = ssl:transport_accept(L),
    case ssl:handshake(T, 60000) of
        {ok, S} ->
            {ok, [{protocol, Protocol}]} = ssl:connection_information(S, [protocol]),
            Peer = element(1, ssl:peercert(S)),
            %% the session has come to the client when it has what is sent after it
            ok = ssl:send(S, "welcome\n"),
            case until(Port, "welcome", <<>>) of
                {ended, Code, Said} ->
                    ssl:close(S),
                    {{ended, Code =/= 0}, Said};
                Said ->
                    port_command(Port, "hello\n"),
                    {ok, "hello\n"} = ssl:recv(S, 6, 60000),
                    ok = ssl:send(S, "answer: hello\n"),
                    More = until(Port, "answer: hello", Said),
                    ssl:close(S),
                    {Code, Text} = program:rest(Port, More),
                    {{Protocol, Peer, Code}, Text}
            end;
        {error, Reason} ->
            {Code, Said} = program:rest(Port, <<>>),
            {{error, why(Reason), Code =/= 0}, Said}
    end.

%% the sentence names a line of OTP's state machine
why({tls_alert, {Alert, _}}) -> {tls_alert, Alert};
why(Other) -> Other.

%% openssl s_server there, a client here
client(V, Flag) ->
    Free = free_port(),
    Port = spawn_openssl("s_server " ++ Flag ++ " -accept 127.0.0.1:" ++ integer_to_list(Free) ++
                         " -cert server.pem -key server.key -CAfile ca.pem -Verify 2 -verify_return_error -rev"),
    _ = until(Port, "ACCEPT", <<>>),
    Own = [{certfile, path("client.pem")}, {keyfile, path("client.key")}],
    Check = [{verify, verify_peer}, {cacertfile, path("ca.pem")}, {server_name_indication, "localhost"}],
    Base = [{versions, [V]}, {active, false}],
    {Keep, Session} = asked(Free, Own ++ Check ++ Base ++ [case V of 'tlsv1.3' -> {session_tickets, auto}; _ -> {reuse_sessions, save} end]),
    say("connected", V, Keep),
    {Again, _} = asked(Free, Own ++ Check ++ Base ++ [case V of 'tlsv1.3' -> {session_tickets, auto}; _ -> {reuse_session, Session} end]),
    say("connected again", V, Again),
    Strict = [{reuse_sessions, false} || V =:= 'tlsv1.2'] ++ Base,
    say("unknown authority", V, asked(Free, Own ++ lists:keyreplace(cacertfile, 1, Check, {cacertfile, path("other.pem")}) ++ Strict)),
    say("wrong name", V, asked(Free, Own ++ lists:keyreplace(server_name_indication, 1, Check,
                                                           {server_name_indication, "elsewhere"}) ++ Strict)),
    {Refused, _} = asked(Free, [{certfile, path("stranger.pem")}, {keyfile, path("stranger.key")}] ++ Check ++ Strict),
    say("refused by openssl", V, verdict(Refused)),
    {os_pid, Pid} = erlang:port_info(Port, os_pid),
    _ = os:cmd("kill -9 " ++ integer_to_list(Pid)),
    _ = program:rest(Port, <<>>),
    ok.

verdict({_, _, _, Answer}) -> Answer;
verdict(Other) -> Other.

free_port() ->
    {ok, S} = gen_tcp:listen(0, [{ip, {127, 0, 0, 1}}]),
    {ok, Port} = inet:port(S),
    gen_tcp:close(S),
    Port.

asked(Port, Options) ->
    case ssl:connect({127, 0, 0, 1}, Port, Options, 60000) of
        {ok, S} -> answered(S, ssl:connection_information(S, [protocol, session_id, session_resumption, selected_cipher_suite]));
        {error, Reason} -> {error, why(Reason)}
    end.

%% With TLS 1.3 a client may have been refused before it asks.
answered(_, {error, closed}) -> {refused, none};
answered(S, {ok, Known}) ->
    Suite = ssl:suite_to_str(proplists:get_value(selected_cipher_suite, Known)),
    %% with TLS 1.3 a client learns that it is refused when it sends, when it reads, or that all is closed
    Answer = case ssl:send(S, "hello\n") =:= ok andalso ssl:recv(S, 6, 60000) of {ok, Data} -> Data; _ -> refused end,
    %% what TLS 1.3 sends as a ticket comes with the data
    timer:sleep(100),
    ssl:close(S),
    {{proplists:get_value(protocol, Known), proplists:get_value(session_resumption, Known), Suite, Answer},
     proplists:get_value(session_id, Known)}.
