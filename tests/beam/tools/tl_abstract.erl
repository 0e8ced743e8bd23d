%% SPDX-License-Identifier: Apache-2.0
%% OTP's own modules as trees: what their debug information holds, printed by erl_pp and erl_prettypr, read again, annotated, walked, checked
%% by erl_lint, expanded and compiled: the same text and the same code on every virtual machine.
%% timeout: 300
%% slow
-module(tl_abstract).
-include("../t.hrl").

start() ->
    [?T({M, turn(forms(M))}) || M <- [orddict, queue, proplists]],
    ?T(pretty(forms(orddict))), ?T(syntax(forms(queue))), ?T(compiled(orddict)), [?T(transform(M)) || M <- [orddict, proplists]], ?T(chunks(orddict)), ?T(comments()), ?T(records()).

%% this module's own forms when OTP's have none
forms(M) ->
    case beam_lib:chunks(code:which(M), [abstract_code]) of
        {ok, {M, [{abstract_code, {raw_abstract_v1, Fs}}]}} -> Fs;
        _ -> {ok, {_, [{abstract_code, {raw_abstract_v1, Fs}}]}} = beam_lib:chunks(code:which(?MODULE), [abstract_code]), Fs
    end.

md5(X) -> binary:encode_hex(erlang:md5(unicode:characters_to_binary(X))).

turn(Fs) ->
    Text = [erl_pp:form(F) || F <- Fs], S = lists:flatten(Text), {ok, Ts, _} = erl_scan:string(S), Again = parse(split(Ts)),
    {length(Fs), length(S), md5(S), [bare(F) || F <- Again] =:= [bare(F) || F <- Fs, element(1, F) =/= eof], erlang:phash2([bare(F) || F <- Fs])}.

split([]) -> [];
split(Ts) -> {A, [D | B]} = lists:splitwith(fun(T) -> element(1, T) =/= dot end, Ts), [A ++ [D] | split(B)].
parse(L) -> [begin {ok, F} = erl_parse:parse_form(Ts), F end || Ts <- L].
bare(F) -> erl_parse:map_anno(fun(_) -> 0 end, F).

pretty(Fs) -> S = erl_prettypr:format(erl_syntax:form_list(Fs), [{paper, 70}, {ribbon, 50}]), {length(S), md5(S), lists:max([length(L) || L <- string:split(S, "\n", all)]) < 200}.

syntax(Fs) ->
    Types = lists:sort(maps:to_list(erl_syntax_lib:fold(fun(T, A) -> maps:update_with(erl_syntax:type(T), fun(N) -> N + 1 end, 1, A) end, #{}, erl_syntax:form_list(Fs)))),
    Vars = [sets:size(erl_syntax_lib:variables(F)) || F <- Fs, element(1, F) =:= function], Back = erl_syntax:revert_forms(erl_syntax:form_list(Fs)),
    {Types, lists:sum(Vars), length(Back), erlang:phash2([bare(F) || F <- Back, element(1, F) =:= function]), [K || {K, _} <- erl_syntax_lib:analyze_forms([F || F <- Fs, element(1, F) =/= eof])]}.

compiled(M) ->
    Fs = forms(M), {ok, N, B} = compile:forms(Fs, [deterministic, binary]), {ok, N, B2} = compile:forms(Fs, [deterministic, binary, no_copt, inline]),
    {ok, _, Core} = compile:forms(Fs, [to_core, binary]), {ok, _, Asm} = compile:forms(Fs, ['S', binary]), {ok, {_, Md5}} = beam_lib:md5(B), {ok, {_, Md5b}} = beam_lib:md5(B2),
    {N, erlang:phash2(Md5), erlang:phash2(Md5b), md5(core_pp:format(Core)), erlang:phash2([{F, A} || {function, F, A, _, _} <- element(4, Asm)]), erl_lint:module(Fs), length(element(2, {x, erl_expand_records:module(Fs, [])}))}.

%% every integer grows by one, every atom of a set is another
transform(M) -> Fs = forms(M), New = [erl_syntax:revert(erl_syntax_lib:map(fun(T) -> case erl_syntax:type(T) of integer -> erl_syntax:integer(erl_syntax:integer_value(T) + 1); _ -> T end end, F)) || F <- Fs, element(1, F) =:= function], {length(New), md5([erl_pp:form(F) || F <- New])}.

chunks(M) -> {ok, N, B} = compile:forms(forms(M), [deterministic, binary, debug_info]), {ok, N, Cs} = beam_lib:all_chunks(B), {ok, B2} = beam_lib:build_module(Cs), {ok, {N, S}} = beam_lib:strip(B), {[{K, erlang:phash2(C)} || {K, C} <- Cs, K =/= "CInf"], B =:= B2, [element(1, C) || C <- element(3, beam_lib:all_chunks(S))], beam_lib:cmp(B, B2), element(1, beam_lib:cmp(B, S))}.

comments() -> T = erl_syntax:add_precomments([erl_syntax:comment(["% before"])], erl_syntax:function(erl_syntax:atom(f), [erl_syntax:clause([erl_syntax:variable('X')], none, [erl_syntax:add_postcomments([erl_syntax:comment(2, ["% after"])], erl_syntax:infix_expr(erl_syntax:variable('X'), erl_syntax:operator('+'), erl_syntax:integer(1)))])])), {erl_prettypr:format(T), erl_syntax:revert(T), erl_syntax:abstract({a, [1, "x"], #{k => <<"v">>}}), catch erl_syntax:concrete(erl_syntax:abstract({a, [1, 2.5], #{k => <<1>>}}))}.

records() -> {ok, Ts, _} = erl_scan:string("-record(r, {a = 1, b, c = [x]}). f(#r{a = A} = R) -> R#r{b = A}; f(X) when is_record(X, r) -> #r.b. g() -> [X#r.c || X <- h(#r{})]. h(X) -> try X of #r{} -> X catch C:R:S -> {C, R, S} after ok end."), Fs = [{attribute, 1, module, rr} | parse(split(Ts))] ++ [{eof, 2}], [lists:flatten(erl_pp:form(F)) || F <- erl_expand_records:module(Fs, [])].
