%% SPDX-License-Identifier: Apache-2.0
%% The module binary against a plain model made of lists: random subjects, patterns, scopes and options; what differs is printed.
-module(bin_model).
-include("../t.hrl").

start() ->
    rand:seed(exsss, {7, 7, 7}),
    ?T([X || N <- lists:seq(1, 1500), X <- turn(N), X =/= ok]),
    [?T(catch element(1, element(2, catch apply(binary, F, A)))) || {F, A} <- refused()],
    ?T(erlang:phash2([numbers(N) || N <- lists:seq(1, 400)])).

subject() -> bin(rand:uniform(40) - 1).
bin(N) -> << <<($a + rand:uniform(3) - 1)>> || _ <- lists:seq(1, N) >>.
%% the same bytes in another shape: part of a bigger one, at odd bits, appended to
shape(B) ->
    case rand:uniform(4) of
        1 -> B;
        2 -> N = byte_size(B), <<_:3, C:N/binary, _:5>> = <<5:3, B/binary, 0:5>>, C;
        3 -> binary:part(<<"xyz", B/binary, "zyx">>, 3, byte_size(B));
        4 -> lists:foldl(fun(C, A) -> <<A/binary, C>> end, <<>>, binary_to_list(B))
    end.

turn(N) ->
    S0 = subject(), S = shape(S0), Ps = lists:usort([bin(rand:uniform(4)) || _ <- lists:seq(1, rand:uniform(3))]),
    Pattern = case {Ps, rand:uniform(3)} of {[P], 1} -> P; {_, 2} -> binary:compile_pattern([shape(P) || P <- Ps]); _ -> [shape(P) || P <- Ps] end,
    {Start, Length} = scope(byte_size(S)),
    Scope = [{scope, case rand:uniform(2) of 1 -> {Start, Length}; 2 -> {Start + Length, -Length} end}],
    All = all(binary_to_list(S0), Ps, Start, Start + Length),
    First = case All of [] -> nomatch; [F | _] -> F end,
    R = bin(rand:uniform(3) - 1),
    [same({N, match}, First, binary:match(S, Pattern, Scope)),
     same({N, matches}, All, binary:matches(S, Pattern, Scope)),
     same({N, split}, cut(S0, lists:sublist(All, 1)), binary:split(S, Pattern, Scope)),
     same({N, split_all}, cut(S0, All), binary:split(S, Pattern, [global | Scope])),
     same({N, split_trim}, trim(cut(S0, All)), binary:split(S, Pattern, [global, trim | Scope])),
     same({N, split_trim_all}, [X || X <- cut(S0, All), X =/= <<>>], binary:split(S, Pattern, [trim_all, global | Scope])),
     same({N, replace}, join(cut(S0, All), R), binary:replace(S, Pattern, R, [global | Scope])),
     same({N, replace_first}, join(cut(S0, lists:sublist(All, 1)), R), binary:replace(S, Pattern, shape(R), Scope)),
     same({N, replace_fun}, join(cut(S0, All), <<"<>">>), binary:replace(S, Pattern, fun(M) -> true = lists:member(M, Ps), <<"<>">> end, [global | Scope])),
     same({N, insert}, inserted(S0, All, R, 0), binary:replace(S, Pattern, R, [global, {insert_replaced, 0} | Scope])),
     same({N, prefix}, prefix([binary_to_list(X) || X <- [S0 | Ps]]), binary:longest_common_prefix([S | Ps])),
     same({N, suffix}, prefix([lists:reverse(binary_to_list(X)) || X <- [S0 | Ps]]), binary:longest_common_suffix([S | Ps])),
     same({N, list}, lists:sublist(binary_to_list(S0), Start + 1, Length), binary:bin_to_list(S, {Start, Length})),
     same({N, part}, list_to_binary(lists:sublist(binary_to_list(S0), Start + 1, Length)), binary:part(S, Start + Length, -Length)),
     same({N, copy}, iolist_to_binary([S0, S0, S0]), binary:copy(S, 3)),
     same({N, equal}, true, S =:= S0 andalso erlang:phash2(S) =:= erlang:phash2(S0) andalso term_to_binary(S) =:= term_to_binary(S0))].

scope(Size) -> Start = rand:uniform(Size + 1) - 1, {Start, rand:uniform(Size - Start + 1) - 1}.
same(_, X, X) -> ok;
same(What, Model, Seen) -> {What, {model, Model}, {seen, Seen}}.

%% at each place the longest pattern; then go on behind it
all(S, Ps, At, End) when At < End ->
    case [length(P) || P <- lists:map(fun binary_to_list/1, Ps), At + length(P) =< End, lists:sublist(S, At + 1, length(P)) =:= P] of
        [] -> all(S, Ps, At + 1, End);
        Ls -> L = lists:max(Ls), [{At, L} | all(S, Ps, At + L, End)]
    end;
all(_, _, _, _) -> [].

cut(S, Places) -> cut(S, Places, 0).
cut(S, [], At) -> [binary_part(S, At, byte_size(S) - At)];
cut(S, [{Start, Length} | Ps], At) -> [binary_part(S, At, Start - At) | cut(S, Ps, Start + Length)].
trim(L) -> lists:reverse(lists:dropwhile(fun(X) -> X =:= <<>> end, lists:reverse(L))).
join(L, R) -> iolist_to_binary(lists:join(R, L)).
inserted(S, All, R, 0) -> iolist_to_binary(weave(cut(S, All), [[binary_part(S, P), R] || P <- All], R)).
weave([A], [], _) -> [A];
weave([A | As], [[M, R] | Ms], R) -> [A, M, R | weave(As, Ms, R)].
prefix([[C | _] | _] = L) -> case lists:all(fun([D | _]) -> C =:= D; ([]) -> false end, L) of true -> 1 + prefix([tl(X) || X <- L]); false -> 0 end;
prefix(_) -> 0.

numbers(N) ->
    B = << <<(rand:uniform(256) - 1)>> || _ <- lists:seq(1, N rem 40 + 1) >>, Big = binary:decode_unsigned(B), Little = binary:decode_unsigned(shape(B), little), Big = binary:decode_unsigned(shape(B), big),
    Bits = bit_size(B), <<Big:Bits>> = B, <<Little:Bits/little>> = B, Big = binary:decode_unsigned(binary:encode_unsigned(Big)), Little = binary:decode_unsigned(binary:encode_unsigned(Little, little), little),
    H = binary:encode_hex(B), B = binary:decode_hex(H), B = binary:decode_hex(string:lowercase(H)), {Big, binary:at(B, 0), binary:first(B), binary:last(B), H, binary:encode_unsigned(Big), binary:list_to_bin([Big rem 256 | B])}.

refused() ->
    [{match, [<<"a">>, <<>>]}, {match, [<<"a">>, []]}, {match, [<<"a">>, [<<>>]]}, {match, [<<"a">>, [a]]}, {match, [<<"a">>, <<"a">>, [{scope, {0, 2}}]]}, {match, [<<"a">>, <<"a">>, [{scope, {2, 0}}]]}, {match, [<<"a">>, <<"a">>, [foo]]}, {match, [<<1:3>>, <<"a">>]},
     {match, [a, <<"a">>]}, {matches, [<<"a">>, {bm, make_ref()}]}, {split, [<<"a">>, <<"a">>, [nosuch]]}, {split, [<<"a">>, <<1:7>>]}, {replace, [<<"a">>, <<"a">>, a]}, {replace, [<<"a">>, <<"a">>, <<"b">>, [{insert_replaced, 2}]]}, {at, [<<"a">>, 1]}, {at, [<<"a">>, -1]},
     {first, [<<>>]}, {last, [<<>>]}, {part, [<<"abc">>, 2, 2]}, {part, [<<"abc">>, {1, -2}]}, {copy, [<<"a">>, -1]}, {copy, [a]}, {copy, [<<"a">>, 1 bsl 70]}, {decode_unsigned, [<<1:9>>]}, {decode_unsigned, [<<1>>, middle]}, {encode_unsigned, [-1]}, {encode_unsigned, [a]}, {longest_common_prefix, [[]]},
     {longest_common_suffix, [[a]]}, {compile_pattern, [[]]}, {compile_pattern, [<<>>]}, {bin_to_list, [<<"abc">>, {2, 5}]}, {referenced_byte_size, [<<1:1>>]}, {decode_hex, [<<"abc">>]}, {decode_hex, [<<"xx">>]}, {encode_hex, [a]}, {list_to_bin, [a]}].
