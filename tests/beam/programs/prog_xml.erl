%% SPDX-License-Identifier: Apache-2.0
%% xmerl at work: documents scanned with entities, namespaces and wrong ends, walked by XPath, changed and written again; the event parser
%% fed in pieces; a schema-less round trip of generated trees.
-module(prog_xml).
-include_lib("xmerl/include/xmerl.hrl").
-include("../t.hrl").

doc() -> "<?xml version=\"1.0\"?>\n<!DOCTYPE shop [<!ENTITY who \"Ann &#38;#38; Bob\"><!ELEMENT shop ANY>]>\n<shop xmlns:x=\"urn:x\" name=\"a&lt;b\">\n <!-- note -->\n <item id=\"1\" x:k='v'>Tea &amp; &who;</item>\n <item id=\"2\"><price cur=\"EUR\">2.50</price><![CDATA[<raw>]]></item>\n <?pi some data?>\n <x:item id=\"3\"/>\n <deep><deep><deep>bottom</deep></deep></deep>\n</shop>".

start() ->
    {Doc, Rest} = xmerl_scan:string(doc(), [{quiet, true}]), ?T({shape(Doc), Rest}),
    [?T({P, catch answer(xmerl_xpath:string(P, Doc))}) || P <- ["//item", "/shop/item[@id='2']/price/text()", "//@id", "count(//item)", "/shop/*[last()]", "//item[position()=1]", "//price/..", "//deep[not(deep)]", "string(//price)", "//item[price > 2]", "/shop/comment()", "//processing-instruction()", "//*[@id > 1]", "//item | //price", "name(/*)", "//deep/ancestor::*", "//item[contains(., 'Tea')]", "/nothing"]],
    ?T(lists:flatten(xmerl:export_simple([Doc], xmerl_xml))), ?T(lists:flatten(xmerl:export_simple_element({a, [{k, "v\"<"}], ["t&", {b, []}, {c, ["1"]}]}, xmerl_xml))),
    [?T({S, bad(S)}) || S <- ["<a>", "<a></b>", "<a b=1/>", "<a b='1' b='2'/>", "", "text", "<a>&nosuch;</a>", "<a><![CDATA[x</a>", "<a/><b/>", "<1a/>", "<a>\x{1}</a>", "<?xml version='1.0' encoding='latin1'?><a>\x{e5}</a>"]],
    ?T(events(doc(), 1000)), ?T([N || N <- [1, 2, 3, 7, 50], events(doc(), N) =/= events(doc(), 1000)]), rand:seed(exsss, {9, 9, 9}), ?T([X || _ <- lists:seq(1, 60), X <- [round_trip(tree(4))], X =/= same]), ?T(spaces()), ?T(names()).

shape(#xmlElement{name = N, attributes = As, content = Cs}) -> {N, [{A, V} || #xmlAttribute{name = A, value = V} <- As], [shape(C) || C <- Cs]};
shape(#xmlText{value = V, type = T}) -> {T, lists:flatten(V)};
shape(#xmlComment{value = V}) -> {comment, V};
shape(#xmlPI{name = N, value = V}) -> {pi, N, V};
shape(X) -> X.

answer(L) when is_list(L) -> [case X of #xmlAttribute{name = N, value = V} -> {N, V}; _ -> shape(X) end || X <- L];
answer(#xmlObj{type = T, value = V}) -> {T, V}.

bad(S) -> try shape(element(1, xmerl_scan:string(S, [{quiet, true}]))) catch exit:{fatal, {R, _, {line, L}, {col, C}}} -> {fatal, R, L, C}; exit:R -> {exit, element(1, R)}; error:R -> {error, R} end.

events(S, N) ->
    [First | Rest] = pieces(list_to_binary(S), N),
    {ok, Es, Left} = xmerl_sax_parser:stream(First, [{continuation_fun, fun([]) -> {<<>>, []}; ([P | Ps]) -> {P, Ps} end}, {continuation_state, Rest}, {event_state, []}, {event_fun, fun(E, _, A) -> [E | A] end}]),
    {join(lists:reverse(Es)), Left}.
%% characters may come in pieces
join([{characters, A}, {characters, B} | T]) -> join([{characters, A ++ B} | T]);
join([H | T]) -> [H | join(T)];
join([]) -> [].
pieces(B, N) when byte_size(B) > N -> <<A:N/binary, R/binary>> = B, [A | pieces(R, N)];
pieces(B, _) -> [B].

tree(0) -> [lists:nth(rand:uniform(4), ["plain", "a<b", "\"q\" & 'r'", "x > y"])];
tree(N) -> {lists:nth(rand:uniform(3), [a, b, c]), [{K, lists:nth(rand:uniform(3), ["1", "<", "\"&'"])} || K <- lists:sublist([k, l], rand:uniform(3) - 1)], lists:append([case tree(N - 1) of L when is_list(L) -> []; T -> [T] end || _ <- lists:seq(1, rand:uniform(3))]) ++ tree(0)}.
round_trip(T) -> S = lists:flatten(xmerl:export_simple([T], xmerl_xml, [{prolog, ""}])), {D, []} = xmerl_scan:string(S, [{quiet, true}]), case plain(xmerl_lib:simplify_element(D)) =:= plain(T) of true -> same; false -> {T, S} end.
plain({N, As, Cs}) -> {N, As, texts([plain(C) || C <- Cs])};
plain(S) -> lists:flatten(S).
texts([[_ | _] = A, [_ | _] = B | T]) -> texts([A ++ B | T]);
texts([H | T]) -> [H | texts(T)];
texts([]) -> [].

spaces() -> [begin {D, _} = xmerl_scan:string("<a> <b>  x  y </b>\n\n<c/> </a>", [{quiet, true}, {space, M}]), shape(D) end || M <- [preserve, normalize]].
names() -> {D, _} = xmerl_scan:string("<p:a xmlns:p='u1' xmlns='u2'><b p:c='1'/></p:a>", [{quiet, true}, {namespace_conformant, true}]), #xmlElement{expanded_name = E, namespace = #xmlNamespace{default = Def, nodes = Ns}, content = [#xmlElement{expanded_name = E2}]} = D, {E, Def, Ns, E2}.
