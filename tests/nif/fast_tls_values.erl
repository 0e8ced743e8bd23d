%% SPDX-License-Identifier: Apache-2.0
%% Debian's fast_tls (its own OpenSSL context, calls that go on) between two processes, and its hashes.
%% needs: /usr/lib/erlang/lib/p1_tls-*/ebin/fast_tls.beam
-module(fast_tls_values).
-export([start/1]).

guard(F) -> try F() catch C:R -> {C, R} end.

start([Out]) ->
    _ = rand:seed(exsss, {13, 14, 15}),
    {ok, _} = application:ensure_all_started(fast_tls),
    [begin
         T = rand:bytes(N * N),
         io:format("~b ~0p~n", [N, [guard(fun() -> F(T) end) || F <- [fun p1_sha:sha/1, fun p1_sha:sha1/1, fun p1_sha:sha224/1, fun p1_sha:sha256/1,
                                                                 fun p1_sha:sha384/1, fun p1_sha:sha512/1]]])
     end || N <- lists:seq(0, 49)],
    Dir = filename:join(Out, "fast_tls." ++ os:getpid()),
    ok = filelib:ensure_path(Dir),
    Pem = filename:join(Dir, "both.pem"),
    certificate(Pem),
    try
        [session(Pem, O) || O <- [[], [{protocol_options, <<"no_sslv3">>}], [{ciphers, <<"ECDHE+AESGCM">>}]]],
        nonsense(Pem)
    after
        file:del_dir_r(Dir)
    end.

certificate(Pem) ->
    Link = [{digest, sha256}, {key, {rsa, 2048, 65537}}],
    Chain = #{root => Link, intermediates => [], peer => Link},
    #{server_config := Config} = public_key:pkix_test_data(#{server_chain => Chain, client_chain => Chain}),
    {KeyType, Key} = proplists:get_value(key, Config),
    ok = file:write_file(Pem, public_key:pem_encode([{'Certificate', proplists:get_value(cert, Config), not_encrypted}, {KeyType, Key, not_encrypted}])).

pair() ->
    {ok, L} = gen_tcp:listen(0, [binary, {active, false}, {ip, {127, 0, 0, 1}}]),
    {ok, Port} = inet:port(L),
    {ok, C} = gen_tcp:connect({127, 0, 0, 1}, Port, [binary, {active, false}]),
    {ok, S} = gen_tcp:accept(L),
    gen_tcp:close(L),
    {C, S}.

session(Pem, Options) ->
    {C, S} = pair(),
    Me = self(),
    Server = spawn_link(fun() ->
        receive go -> ok end,
        {ok, T} = fast_tls:tcp_to_tls(S, [{certfile, list_to_binary(Pem)} | Options]),
        serve(T),
        Me ! served
    end),
    ok = gen_tcp:controlling_process(S, Server),
    Server ! go,
    {ok, T} = fast_tls:tcp_to_tls(C, [connect, verify_none | Options]),
    [begin
         Data = rand:bytes(Size),
         ok = fast_tls:send(T, [<<Size:32>>, Data]),
         io:format("~b ~p~n", [Size, read(T, Size) =:= Data])
     end || Size <- [1, 2, 100, 16383, 16384, 16385, 100000 | [rand:uniform(3000) || _ <- lists:seq(1, 20)]]],
    io:format("~p ~p ~p~n", [element(1, fast_tls:get_peer_certificate(T, otp)), fast_tls:get_verify_result(T) =/= 0,
                             element(1, fast_tls:get_negotiated_cipher(T))]),
    ok = fast_tls:send(T, <<0:32>>),
    receive served -> ok end,
    fast_tls:close(T).

serve(T) ->
    case read(T, 4) of
        <<0:32>> -> fast_tls:close(T);
        <<Size:32>> ->
            ok = fast_tls:send(T, read(T, Size)),
            serve(T)
    end.

read(T, N) -> read(T, N, <<>>).
read(_, N, Got) when byte_size(Got) =:= N -> Got;
read(T, N, Got) ->
    case fast_tls:recv(T, N - byte_size(Got), 20000) of
        {ok, More} -> read(T, N, <<Got/binary, More/binary>>)
    end.

%% who speaks no TLS is refused
nonsense(Pem) ->
    {C, S} = pair(),
    {ok, T} = fast_tls:tcp_to_tls(S, [{certfile, list_to_binary(Pem)}]),
    ok = gen_tcp:send(C, "GET / HTTP/1.0\r\n\r\n"),
    io:format("~p~n", [case fast_tls:recv(T, 0, 20000) of {error, R} when is_binary(R) -> refused; Other -> Other end]),
    {C2, S2} = pair(),
    io:format("~p~n", [guard(fun() -> element(1, fast_tls:tcp_to_tls(S2, [{certfile, <<"/no/such/file">>}])) end)]),
    [gen_tcp:close(X) || X <- [C, C2, S2]].
