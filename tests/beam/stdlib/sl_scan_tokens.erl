%% SPDX-License-Identifier: Apache-2.0
%% The scanner fed a piece at a time, cut at every place, must find what it finds in one go; its options, places, texts and errors.
-module(sl_scan_tokens).
-include("../t.hrl").

texts() ->
    ["f(X) -> X + 1.\n", "\"a\\nb\\x{263a}c\" 'at\\'om' $\\s $\\\\ $'.\n", "% comment\nfoo. % rest\n", "1.5e-7 16#fF 1_000 2#1_0 $a. ", "<<\"å\"/utf8, 1:8>> = B.\n",
     "a:b:c. ", "'unended", "\"unended\n string", "1.e5. ", "#{a => 1, b := 2}#r.x. ", "fun(X)when X/=1;X=<2->{};(_)->[]end. ", "?MACRO(##). ", "[a|b]--[c]++d!e. ",
     "$", "37#1. ", "2#3. ", "1e5. ", "1.0e400. ", "a\n.\nb. ", "\"\\^A\\d\\e\\f\\101\\x41\". ", "... .. . ", "=:= =/= == /= =< >= := => <- <= || :: .. -> ! ? ", "\x{e9}\x{c9}. ", "x\x{0}y. ", "\x{3b1}. ",
     "maybe else cond let after begin. ", "_ _X X@ a@b A_1 . ", "\"multi\nline\" end.\n "].

start() ->
    [io:format("~tp~n  ~tp~n", [T, scan(erl_scan:string(T))]) || T <- texts()],
    [io:format("~tp~n  ~tp~n", [O, scan(erl_scan:string("foo(X,\t'b c') -> % why\n  \"t\" ++ $a, 1.50.", {1, 1}, O))]) || O <- options()],
    [?T({T, [N || N <- lists:seq(0, length(T)), cut(T, N) =/= cut(T, 0)]}) || T <- texts()],
    ?T([begin one_by_one(T) =:= cut(T, 0) end || T <- texts()]),
    {ok, Ts, _} = erl_scan:string("foo (X,\n  \"bar\", 'q r', $c, 1.50, 16#Ff).", {5, 3}, [text, return]),
    [?T({erl_scan:category(T), erl_scan:line(T), erl_scan:column(T), erl_scan:location(T), erl_scan:text(T), erl_scan:symbol(T)}) || T <- Ts],
    ?T([erl_scan:end_location(T) || T <- Ts, erlang:function_exported(erl_scan, end_location, 1)]),
    [?T(erl_scan:reserved_word(W)) || W <- ['case', 'if', foo, 'maybe', 'and', 'andalso', 'else']],
    [?T(catch erl_scan:string(S, L, O)) || {S, L, O} <- [{foo, 1, []}, {"a", 0, []}, {"a", {1, 0}, []}, {"a", 1, [wrong]}, {"a", 1, return}, {[a], 1, []}, {"a" ++ [-1], 1, []}, {"a", {2, 3}, [text]}]],
    [?T(lists:flatten(erl_scan:format_error(E))) || E <- [{unterminated, atom, "abc"}, {illegal, character}, char, {base, 99}, {unterminated, string, "x"}]],
    stream().

scan({ok, Ts, End}) -> {ok, Ts, End};
scan({error, {L, M, D}, End}) -> {error, L, lists:flatten(M:format_error(D)), End}.

options() ->
    [[], [return], [return_white_spaces], [return_comments], [text], [text, return], [{reserved_word_fun, fun(foo) -> true; (_) -> false end}],
     [{reserved_word_fun, fun(_) -> false end}, return_comments]].

%% all tokens of the text up to its end, fed in two pieces
cut(T, N) ->
    {A, B} = lists:split(N, T),
    feed([A, B, eof], [], {1, 1}, []).

one_by_one(T) -> feed([[C] || C <- T] ++ [eof], [], {1, 1}, []).

feed([], Cont, Loc, Acc) -> lists:reverse([{left, Cont, Loc} | Acc]);
feed([Piece | Rest], Cont, Loc, Acc) ->
    case erl_scan:tokens(Cont, Piece, Loc) of
        {more, Cont1} -> feed(Rest, Cont1, Loc, Acc);
        {done, Result, Left} ->
            Loc1 = element(tuple_size(Result), Result),
            case Result of
                {eof, _} -> lists:reverse([Result | Acc]);
                _ -> feed([Left || Left =/= eof, Left =/= []] ++ [P || P <- Rest, Left =/= eof orelse P =/= eof] ++ [eof || Left =:= eof], [], Loc1, [Result | Acc])
            end
    end.

%% the same from a device
stream() ->
    Name = "scan_tokens.txt",
    ok = file:write_file(Name, unicode:characters_to_binary("{a, \"å\"}.\n\nf(X) ->\n  X.\n-oops(.\n\"end\". 'bad\n")),
    {ok, F} = file:open(Name, [read, {encoding, utf8}]),
    ?T(io:scan_erl_exprs(F, '', 1)), ?T(io:parse_erl_form(F, '', 2)), ?T(io:parse_erl_form(F, '', {5, 1})), ?T(io:parse_erl_exprs(F, '', 6)), ?T(io:scan_erl_form(F, '', 7)),
    ?T(io:scan_erl_form(F, '', 8)),
    file:close(F),
    {ok, G} = file:open(Name, [read, {encoding, utf8}]),
    ?T(io:read(G, '', 1)), ?T(io:read(G, '', 2)), ?T(io:read(G, '', 3)), ?T(io:read(G, '')), ?T(io:read(G, '')), ?T(io:read(G, '')),
    file:close(G),
    ?T(file:delete(Name)).
