%% SPDX-License-Identifier: Apache-2.0
%% A regular-expression engine of its own (parser, Thompson's machine, derivatives, Brzozowski's minimal automaton) beside re.
-module(prog_regex).
-include("../t.hrl").
start() ->
    Res = ["abc", "a*b", "(a|b)*abb", "a+b?c", "[a-c]+x", "[^a-c]*", "(ab|a)(bc|c)", "((a*)*)*b", "x(yz)*", "", "a.c", "(a|b|c|d)(e|f)?", "[0-9]+\\.[0-9]+", "(foo|foobar)(bar)?", "a(b(c(d)?)?)?"],
    Ins = ["", "abc", "ab", "aaab", "abb", "aababb", "bc", "abbc", "aacx", "xyzyz", "xyz y", "adc", "de", "12.50", "12.", "foobar", "foobarbar", "abcd", "zzz", "aaaaaaaaaaaaaaaaaaaaaaab"],
    [io:format("~s: ~s ~s ~s~n", [R, [t(nfa(R, S)) || S <- Ins], [t(deriv(R, S)) || S <- Ins], [t(full(R, S)) || S <- Ins]]) || R <- Res],
    ?T([{R, S} || R <- Res, S <- Ins, nfa(R, S) =/= full(R, S) orelse deriv(R, S) =/= full(R, S)]), ?T([parse(R) || R <- Res]), ?T([element(1, dfa(R)) || R <- Res]), ?T(table(element(2, dfa("(a|b)*abb")))), ?T([catch parse(R) || R <- ["(", "a)", "*", "[a", "a\\"]]), ?T([enumerate(R, 6) || R <- ["a*b", "(a|b)(c|d)?", "x(yz)*", "[ab][cd]"]]), ?T(equiv("(a|b)*", "(a*b*)*")), ?T(equiv("a*", "aa*")), ?T(equiv("(ab)*a", "a(ba)*")),
    ?T(nfa("(a|aa)*c", lists:duplicate(300, $a))), ?T(deriv("(a*)*b", lists:duplicate(100, $a))), ?T(replace_all("[0-9]+", "a12b345c", "#")), ?T(longest("(foo|foobar)(bar)?", "foobarbarx")), ?T(tokens("x1 = 42 + y*(z-7)")).
t(true) -> $1; t(false) -> $0.
full(R, S) -> re:run(S, ["^(?:", R, ")$"], [dotall, {capture, none}]) =:= match.
parse(S) -> case alt(S) of {E, []} -> E; {_, R} -> throw({rest, R}) end.
alt(S) -> {A, R} = seq(S, eps), case R of [$| | R2] -> {B, R3} = alt(R2), {{alt, A, B}, R3}; _ -> {A, R} end.
seq([C | _] = S, A) when C =:= $); C =:= $| -> {A, S}; seq([], A) -> {A, []}; seq(S, A) -> {X, R} = atom(S), {Y, R2} = post(X, R), seq(R2, cat(A, Y)).
post(X, [$* | R]) -> post(star(X), R); post(X, [$+ | R]) -> post(cat(X, star(X)), R); post(X, [$? | R]) -> post({alt, X, eps}, R); post(X, R) -> {X, R}.
atom([$( | R]) -> case alt(R) of {E, [$) | R2]} -> {E, R2}; {_, _} -> throw(unclosed) end; atom([$[, $^ | R]) -> set(R, true, []); atom([$[ | R]) -> set(R, false, []); atom([$. | R]) -> {{set, true, []}, R}; atom([$\\, C | R]) -> {{set, false, [{C, C}]}, R}; atom([$*]) -> throw(nothing); atom([$\\]) -> throw(escape); atom([C | R]) -> {{set, false, [{C, C}]}, R}.
set([$] | R], N, A) -> {{set, N, lists:reverse(A)}, R}; set([X, $-, Y | R], N, A) -> set(R, N, [{X, Y} | A]); set([X | R], N, A) -> set(R, N, [{X, X} | A]); set([], _, _) -> throw(open_set).
cat(eps, X) -> X; cat(X, eps) -> X; cat(none, _) -> none; cat(_, none) -> none; cat(A, B) -> {cat, A, B}.
star(eps) -> eps; star(none) -> eps; star({star, _} = X) -> X; star(X) -> {star, X}.
in(C, {set, N, Rs}) -> lists:any(fun({A, B}) -> C >= A andalso C =< B end, Rs) xor N.
nfa(R, S) -> {M, St, End, _} = build(parse(R), #{}, 0), run(close([St], M, []), S, M, End).
run(States, [], _, End) -> lists:member(End, States);
run(States, [C | S], M, End) -> run(close(lists:usort([To || Q <- States, {X, To} <- maps:get(Q, M, []), X =/= eps, in(C, X)]), M, []), S, M, End).
close([], _, Seen) -> lists:usort(Seen); close([Q | Qs], M, Seen) -> case lists:member(Q, Seen) of true -> close(Qs, M, Seen); false -> close([T || {eps, T} <- maps:get(Q, M, [])] ++ Qs, M, [Q | Seen]) end.
edge(M, A, X, B) -> maps:update_with(A, fun(L) -> [{X, B} | L] end, [{X, B}], M).
build(eps, M, N) -> {edge(M, N, eps, N + 1), N, N + 1, N + 2}; build({set, _, _} = X, M, N) -> {edge(M, N, X, N + 1), N, N + 1, N + 2};
build({cat, A, B}, M, N) -> {M1, S1, E1, N1} = build(A, M, N), {M2, S2, E2, N2} = build(B, M1, N1), {edge(M2, E1, eps, S2), S1, E2, N2};
build({alt, A, B}, M, N) -> {M1, S1, E1, N1} = build(A, M, N + 2), {M2, S2, E2, N2} = build(B, M1, N1), {lists:foldl(fun({X, Y}, Q) -> edge(Q, X, eps, Y) end, M2, [{N, S1}, {N, S2}, {E1, N + 1}, {E2, N + 1}]), N, N + 1, N2};
build({star, A}, M, N) -> {M1, S, E, N1} = build(A, M, N + 2), {lists:foldl(fun({X, Y}, Q) -> edge(Q, X, eps, Y) end, M1, [{N, S}, {N, N + 1}, {E, S}, {E, N + 1}]), N, N + 1, N1}.
deriv(R, S) -> nullable(lists:foldl(fun(C, E) -> d(C, E) end, parse(R), S)).
nullable(eps) -> true; nullable(none) -> false; nullable({set, _, _}) -> false; nullable({star, _}) -> true; nullable({alt, A, B}) -> nullable(A) orelse nullable(B); nullable({cat, A, B}) -> nullable(A) andalso nullable(B).
d(_, eps) -> none; d(_, none) -> none; d(C, {set, _, _} = X) -> case in(C, X) of true -> eps; false -> none end; d(C, {alt, A, B}) -> or_(d(C, A), d(C, B)); d(C, {star, A} = S) -> cat(d(C, A), S); d(C, {cat, A, B}) -> X = cat(d(C, A), B), case nullable(A) of true -> or_(X, d(C, B)); false -> X end.
or_(A, B) -> case lists:usort(flat(A) ++ flat(B)) of [] -> none; L -> lists:foldr(fun(X, none) -> X; (X, Acc) -> {alt, X, Acc} end, none, L) end.
flat(none) -> []; flat({alt, A, B}) -> flat(A) ++ flat(B); flat(X) -> [X].
alphabet() -> "abcdefxyz01.# ".
dfa(R) -> E = parse(R), explore([E], #{E => 0}, #{}).
explore([], Ids, T) -> {map_size(Ids), {Ids, T}};
explore([E | Q], Ids, T) -> {Q2, Ids2, Row} = lists:foldl(fun(C, {A, I, Rw}) -> D = d(C, E), case I of #{D := N} -> {A, I, [{C, N} | Rw]}; _ -> N = map_size(I), {A ++ [D], I#{D => N}, [{C, N} | Rw]} end end, {Q, Ids, []}, alphabet()), explore(Q2, Ids2, T#{map_get(E, Ids2) => {nullable(E), lists:reverse(Row)}}).
table({_, T}) -> [{Q, N, [To || {C, To} <- Row, C < $c, C >= $a]} || {Q, {N, Row}} <- lists:sort(maps:to_list(T))].
enumerate(R, Max) -> {_, {_, T}} = dfa(R), lists:usort([W || {W, Q} <- words([{"", 0}], T, Max), element(1, map_get(Q, T))]).
words(L, _, 0) -> L; words(L, T, N) -> L ++ words([{W ++ [C], To} || {W, Q} <- L, {C, To} <- element(2, map_get(Q, T)), length(W) < 5, live(To, T)], T, N - 1).
live(Q, T) -> {N, Row} = map_get(Q, T), N orelse lists:any(fun({_, To}) -> To =/= Q end, Row).
equiv(A, B) -> eq([{parse(A), parse(B)}], #{}).
eq([], _) -> true; eq([P | Q], Seen) when is_map_key(P, Seen) -> eq(Q, Seen); eq([{A, B} = P | Q], Seen) -> nullable(A) =:= nullable(B) andalso eq([{d(C, A), d(C, B)} || C <- "ab"] ++ Q, Seen#{P => y}).
longest(R, S) -> longest(parse(R), S, 0, -1).
longest(none, _, _, B) -> B; longest(E, S, N, B) -> B2 = case nullable(E) of true -> N; false -> B end, case S of [] -> B2; [C | T] -> longest(d(C, E), T, N + 1, B2) end.
replace_all(_, [], _) -> []; replace_all(R, [C | T] = S, New) -> case longest(R, S) of N when N > 0 -> New ++ replace_all(R, lists:nthtail(N, S), New); _ -> [C | replace_all(R, T, New)] end.
tokens([]) -> []; tokens(S) -> {N, K} = lists:max([{longest(R, S), P} || {R, P} <- [{"[a-z][a-z0-9]*", id}, {"[0-9]+", int}, {" +", ws}, {"[^a-z0-9 ]", op}]]), {W, R} = lists:split(N, S), [{K, W} || K =/= ws] ++ tokens(R).
