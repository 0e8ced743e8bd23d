%% SPDX-License-Identifier: Apache-2.0
%% XML by Debian's fast_xml: whole documents, streams in pieces, what is refused.
%% needs: /usr/lib/erlang/lib/p1_xml-*/ebin/fxml.beam
-module(xml_values).
-export([start/1]).

guard(F) -> try F() catch C:R -> {C, R} end.

start(_) ->
    _ = rand:seed(exsss, {4, 5, 6}),
    {ok, _} = application:ensure_all_started(fast_xml),
    [io:format("parse ~0p ~0p~n", [T, guard(fun() -> fxml_stream:parse_element(T) end)]) || T <- texts()],
    [begin
         E = element(4),
         B = fxml:element_to_binary(E),
         io:format("~b ~p ~0p~n", [N, fxml_stream:parse_element(B), B])
     end || N <- lists:seq(1, 70)],
    [io:format("escape ~0p ~0p~n", [T, guard(fun() -> fxml:crypt(T) end)])
     || T <- [<<>>, <<"abc">>, <<"<&>'\"">>, <<"å<"/utf8>>, binary:copy(<<"a&">>, 200), "li<st", x]],
    [stream(Size) || Size <- [1, 2, 3, 7, 20, 1000]].

texts() ->
    [<<"<a/>">>, <<"<a></a>">>, <<"<a b='c'/>">>, <<"<a b=\"c\" d='e'>text</a>">>, <<"<a><b/><c>x</c></a>">>, <<"<a>&lt;&amp;&#65;&#x42;</a>">>,
     <<"<a><![CDATA[<raw>]]></a>">>, <<"<a xmlns='urn:x'/>">>, <<"<p:a xmlns:p='urn:x'/>">>, <<"<p:a/>">>, <<"<a><!-- comment --></a>">>,
     <<"<?xml version='1.0'?><a/>">>, <<"<a>">>, <<"</a>">>, <<"<a></b>">>, <<"text">>, <<>>, <<"<a b='1' b='2'/>">>, <<"<a>&unknown;</a>">>,
     <<"<a>", 255, "</a>">>, <<"<a>å</a>"/utf8>>, <<"<å/>"/utf8>>, <<"<a/><b/>">>, <<"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>">>,
     <<"<a b=c/>">>, x, "<a/>"].

element(N) ->
    {xmlel, name(), [{<<(integer_to_binary(K))/binary, "x">>, text()} || K <- lists:seq(1, rand:uniform(3) - 1)] ++ [{<<"a">>, text()}],
     [case rand:uniform(3) of 1 when N > 0 -> element(N - 1); _ -> {xmlcdata, text()} end || _ <- lists:seq(1, rand:uniform(4))]}.
name() -> list_to_binary([$a + rand:uniform(26) - 1 || _ <- lists:seq(1, rand:uniform(8))]).
text() -> << <<(31 + rand:uniform(300))/utf8>> || _ <- lists:seq(1, rand:uniform(30)) >>.

stream(Size) ->
    Document = iolist_to_binary(["<stream:stream xmlns:stream='urn:s' xmlns='urn:c' to='x'>",
                                 [["<message id='", integer_to_list(N), "'><body>text &amp; more ", lists:duplicate(N, "å"), "</body></message>"]
                                  || N <- lists:seq(1, 10)],
                                 "</stream:stream>"]),
    State = pieces(fxml_stream:new(self()), unicode:characters_to_binary(Document, latin1), Size),
    fxml_stream:close(State),
    got(Size),
    %% one element is longer than may be, and one stream is damaged
    Short = fxml_stream:new(self(), 100),
    _ = fxml_stream:parse(Short, iolist_to_binary([<<"<a><b>">>, binary:copy(<<"x">>, 200), <<"</b></a>">>])),
    _ = fxml_stream:parse(fxml_stream:new(self()), <<"<a><b></c></a>">>),
    got(Size).

pieces(State, <<>>, _) -> State;
pieces(State, Document, Size) when byte_size(Document) =< Size -> fxml_stream:parse(State, Document);
pieces(State, Document, Size) ->
    <<Piece:Size/binary, Rest/binary>> = Document,
    pieces(fxml_stream:parse(State, Piece), Rest, Size).

got(Size) -> receive M -> io:format("~b ~0p~n", [Size, M]), got(Size) after 0 -> ok end.
