%% SPDX-License-Identifier: Apache-2.0
%% A node without an atom cache, and one that takes no fragments either: played by a process here, packet by packet.
-module(dist_flags).
-compile([export_all, nowarn_export_all]).

-define(ATOM_CACHE, 16#2000).
-define(FRAGMENTS, 16#800000).

echo() -> receive {From, M} when is_pid(From) -> From ! {echoed, M}, echo() end.

'01_no_cache'(B) -> session(B, "nocache", ?ATOM_CACHE).
'02_no_cache_no_fragments'(B) -> session(B, "plain", ?ATOM_CACHE bor ?FRAGMENTS).

session(B, Name, Without) ->
    Echo = spawn(B, ?MODULE, echo, []),
    true = rpc:call(B, erlang, register, [flags_echo, Echo]),
    [_, Host] = string:lexemes(atom_to_list(node()), "@"),
    Mine = list_to_binary(Name ++ "@" ++ Host),
    S = handshake(B, Mine, element(2, erts_internal:get_dflags()) band bnot Without),
    Me = binary_to_term(<<131, 88, 119, (byte_size(Mine)), Mine/binary, 999:32, 0:32, 12345:32>>),
    Has = Without band ?FRAGMENTS =:= 0,
    Ask = fun(M, Cuts) ->
              send(S, Has, {6, Me, '', flags_echo}, {Me, M}, Cuts),
              {Kinds, Control, Got} = packet(S, []),
              {Kinds, element(1, Control), element(tuple_size(Control), Control) =:= Me, Got =:= {echoed, M}}
          end,
    Big = {big, binary:copy(<<"fragments">>, 20000), [atom, self()]},
    R = [Ask(M, 0) || M <- [small, [1.5, <<1:3>>, 1 bsl 70, "text", self(), make_ref(), fun lists:map/2, #{a => b}], Big]]
        ++ [Ask(Big, N) || Has, N <- [1000, 70000]],
    send(S, Has, {19, Me, flags_nobody, make_ref()}, none, 0),
    {Kinds, Down, Why} = packet(S, []),
    gen_tcp:close(S),
    exit(Echo, kill),
    {R, Kinds, element(1, Down), Why}.

handshake(B, Mine, Flags) ->
    [To, Host] = string:lexemes(atom_to_list(B), "@"),
    {port, Port, _} = erl_epmd:port_please(To, Host),
    {ok, S} = gen_tcp:connect(Host, Port, [binary, {active, false}, {packet, 2}]),
    ok = gen_tcp:send(S, <<$N, Flags:64, 12345:32, (byte_size(Mine)):16, Mine/binary>>),
    {ok, <<"sok">>} = gen_tcp:recv(S, 0, 20000),
    {ok, <<$N, _:64, Challenge:32, _/binary>>} = gen_tcp:recv(S, 0, 20000),
    ok = gen_tcp:send(S, <<$r, 4711:32, (erlang:md5([atom_to_list(erlang:get_cookie()), integer_to_list(Challenge)]))/binary>>),
    {ok, <<$a, _/binary>>} = gen_tcp:recv(S, 0, 20000),
    ok = inet:setopts(S, [{packet, 4}]),
    S.

%% Cuts: 0, or so many bytes in the first fragment of two.
send(S, false, Control, none, _) -> ok = gen_tcp:send(S, [112, term_to_binary(Control)]);
send(S, false, Control, M, _) -> ok = gen_tcp:send(S, [112, term_to_binary(Control), term_to_binary(M)]);
send(S, true, Control, M, Cut) ->
    <<131, C/binary>> = term_to_binary(Control),
    P = case M of none -> <<>>; _ -> <<131, X/binary>> = term_to_binary(M), X end,
    case <<C/binary, P/binary>> of
        All when Cut =:= 0 -> ok = gen_tcp:send(S, [131, 68, 0, All]);
        <<First:Cut/binary, Rest/binary>> ->
            ok = gen_tcp:send(S, <<131, 69, 7:64, 2:64, 0, First/binary>>),
            ok = gen_tcp:send(S, <<131, 70, 7:64, 1:64, Rest/binary>>)
    end.

%% What comes next: {kinds of its packets, control message, message}. How many fragments there are is the sender's choice.
packet(S, Parts) ->
    case gen_tcp:recv(S, 0, 20000) of
        {ok, <<>>} -> packet(S, Parts);
        {ok, <<112, 131, R/binary>>} -> {C, Rest} = term(R), {[pass], C, versioned(Rest)};
        {ok, <<131, 68, 0, R/binary>>} -> {C, Rest} = term(R), {[header], C, payload(Rest)};
        {ok, <<131, 69, _:64, N:64, 0, R/binary>>} when N > 1 -> packet(S, [R]);
        {ok, <<131, 70, _:64, N:64, R/binary>>} when N > 1 -> packet(S, [R | Parts]);
        {ok, <<131, 70, _:64, 1:64, R/binary>>} ->
            {C, Rest} = term(iolist_to_binary(lists:reverse([R | Parts]))),
            {[fragments], C, payload(Rest)}
    end.

term(B) ->
    {T, Used} = binary_to_term(<<131, B/binary>>, [used]),
    {T, binary:part(B, Used - 1, byte_size(B) - Used + 1)}.
payload(<<>>) -> none;
payload(B) -> {T, <<>>} = term(B), T.
versioned(<<>>) -> none;
versioned(<<131, B/binary>>) -> payload(B).
