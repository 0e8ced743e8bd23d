%% SPDX-License-Identifier: Apache-2.0
%% erl_eval on every kind of expression, with its own reasons for what fails; records expanded first; partial evaluation.
-module(sl_eval_forms).
-include("../t.hrl").

start() ->
    [show(S, []) || S <- values() ++ failures()],
    [show(S, [{'X', 1}, {'F', fun(A) -> {called, A} end}]) || S <- ["X + 1.", "F(X).", "F(X, X).", "Y = X, {X, Y} = {1, 2}.", "fun(X) -> X end(5).",
                                                                "[X || X <- [7, 8]] ++ [X].", "case 2 of X -> same; Z -> {other, Z} end."]],
    [show(expand(S), S, []) || S <- ["#r{a = 1}.", "#r{}.", "(#r{a = 3})#r.a.", "R = #r{a = 1}, R#r{b = x}.", "#r.b.", "is_record(#r{}, r).",
                                     "case #r{a = 5} of #r{a = A, _ = _} -> A end.", "(x)#r.a.", "(x)#r{a = 1}.", "[E#r.a || E <- [#r{a = N} || N <- [1, 2]]]."]],
    [io:format("~ts ~ts~n", [S, partial(S)]) || S <- ["1 + 2 * 3.", "X + (1 + 2).", "[1 + 1 | [2 + 2]].", "{a, 1 bsl 4, X}.", "\"a\" ++ \"b\".", "1 div 0.",
                                                      "<<(1 + 1):8>>.", "-(-3).", "#{1 + 1 => 2 * 2}.", "not true."]],
    [io:format("~w: ~tp~n", [N, arity(N)]) || N <- lists:seq(0, 21)],
    handlers(),
    ?T(bindings()).

values() ->
    ["fun Loop([H | T], A) -> Loop(T, A + H); Loop([], A) -> A end([1, 2, 3], 0).", "F = fun G(0) -> done; G(N) -> G(N - 1) end, F(100).",
     "try 1 of 1 -> one; 2 -> two catch _:_ -> no after self() ! after_ran end.", "receive after_ran -> got after 0 -> nothing end.",
     "try error(a) catch throw:_ -> t; error:a:St -> is_list(St) end.", "catch throw(x).", "catch exit(x).", "element(1, element(2, catch error(x))).",
     "[{A, B} || A <- [1, 2, 3], B <- [x, y], A =/= 2].", "[A || {ok, A} <- [{ok, 1}, no, {ok, 2}]].", "<< <<A:4>> || <<A>> <= <<1, 2, 3, 4>>, A > 1 >>.",
     "[A || <<A:3>> <= <<1:3, 2:3, 3:3>>].", "<< <<(A + 1)>> || A <- [1, 2] >>.", "<<A:16/little, B/binary>> = <<1, 2, 3, 4>>, {A, B}.",
     "<<S:8, D:S/binary, _/bitstring>> = <<2, \"abcd\">>, D.", "<<F:32/float>> = <<1.5:32/float>>, F.", "<<C/utf8, _/binary>> = <<\"å\"/utf8>>, C.",
     "#{a := X, b := #{c := Y}} = #{a => 1, b => #{c => 2}, d => 3}, X + Y.", "K = k, #{K := V} = #{k => v}, V.", "M = #{a => 1}, M#{a => 2}#{b => 3}.",
     "if false -> 1; 1 > 2 -> 2; true -> 3 end.", "case {1, 2} of {A, A} -> same; {A, B} when A < B, B < 3; A == 9 -> {A, B} end.",
     "case x of Y when is_atom(Y), not is_pid(Y) -> ok end.", "case 1 of Y when Y + a > 0 -> never; _ -> guard_failed end.", "lists:map(fun(X) -> X * X end, [1, 2]).",
     "F = fun erlang:abs/1, F(-3).", "M = lists, M:reverse([1, 2]).", "apply(lists, sum, [[1, 2]]).", "(fun lists:max/1)([3, 1]).", "begin X = 1, Y = 2 end, X + Y.",
     "X = Y = 3, X * Y.", "{X, [Y | _]} = {1, [2, 3]}, X + Y.", "\"ab\" ++ R = \"abc\", R.", "[1, 2] ++ [3] -- [2].", "1 =:= 1.0 orelse 1 == 1.0.", "false andalso foo.",
     "2#1010 band 16#ff bor 1 bxor 3 bsl 2 bsr 1.", "bnot 5.", "- 3 rem 2.", "$a.", "\"a\" \"b\".", "1.5e3.", "a < 1.", "[] < {}.",
     "try throw(t) catch t -> caught end.", "try exit(e) catch exit:e -> caught after ok end.", "try try error(in) after put(k, v) end catch error:in -> erase(k) end.",
     "receive X -> X after 1 -> timeout end.", "self() ! {m, 1}, self() ! {m, 2}, receive {m, 2} -> two end, receive {m, X} -> X end.",
     "(fun(A, B) when A > B -> gt; (A, A) -> eq; (_, _) -> lt end)(1, 1).", "F = fun(X) -> fun(Y) -> X + Y end end, (F(1))(2).",
     "{_, _} = {1, 2}.", "[A, B] = [B, A] = [1, 1], A.", "spawn(fun() -> ok end), ok."].

failures() ->
    ["1 = 2.", "case 1 of 2 -> x end.", "if false -> x end.", "X.", "foo(1).", "foo:bar(1).", "(fun(1) -> ok end)(2).", "(fun(X) -> X end)(1, 2).", "not_a_fun = 1, x:y().",
     "(a)(1).", "try 1 of 2 -> x catch _:_ -> no end.", "[X || X <- foo].", "[X || X <- [1 | 2]].", "[X || <<X>> <= foo].", "<< <<X>> || X <- [a] >>.",
     "[x || 1].", "[X || X <- [1], X].", "#{a := 1} = #{}.", "M = #{}, M#{a := 1}.", "(foo)#{a => 1}.", "<<1:(-1)>>.", "<<a>>.", "<<1/binary>>.",
     "1 / 0.", "1 + a.", "hd([]).", "element(3, {a}).", "x andalso y.", "true andalso y.", "not 1.", "#undefined_record{}.", "receive after foo -> x end.",
     "throw(away).", "exit(out).", "error({my, reason}).", "error(badarg, [1]).", "list_to_atom(1).", "fun foo/1.", "fun no:such/3, ok.", "(fun no:such/1)(1).", "{a, B} = {b, 1}."].

forms(S) ->
    {ok, Ts, _} = erl_scan:string(S),
    {ok, Es} = erl_parse:parse_exprs(Ts),
    Es.

show(S, Bindings) -> show(forms(S), S, Bindings).
show(Es, S, Bindings) ->
    io:format("~ts => ~tp~n", [S, try {value, V, Bs} = erl_eval:exprs(Es, erl_eval:bindings(maps:from_list(Bindings))), {plain(V), [{K, plain(B)} || {K, B} <- lists:sort(to_list(Bs))]}
                                  catch C:R:St -> {C, plain(R), [{M, F, if is_list(A) -> length(A); true -> A end} || {M, F, A, _} <- lists:sublist(St, 1)]} end]).

to_list(Bs) when is_map(Bs) -> maps:to_list(Bs);
to_list(Bs) -> Bs.

plain(F) when is_function(F) -> {a_fun, element(2, erlang:fun_info(F, arity))};
plain(P) when is_pid(P) -> pid;
plain([H | T]) -> [plain(H) | plain(T)];
plain(T) when is_tuple(T) -> list_to_tuple(plain(tuple_to_list(T)));
plain(X) -> X.

expand(S) ->
    {ok, Ts, _} = erl_scan:string("-record(r, {a, b = 2})."),
    {ok, Record} = erl_parse:parse_form(Ts),
    Forms = [{attribute, 1, module, m}, Record, {function, 1, f, 0, [{clause, 1, [], [], forms(S)}]}],
    {function, _, f, 0, [{clause, _, [], [], Body}]} = lists:keyfind(function, 1, erl_expand_records:module(Forms, [strict_record_tests])),
    Body.

partial(S) ->
    [E] = forms(S),
    erl_pp:expr(erl_eval:partial_eval(E)).

arity(N) ->
    Names = lists:join(", ", ["A" ++ integer_to_list(I) || I <- lists:seq(1, N)]),
    try
        {value, F, _} = erl_eval:exprs(forms(lists:flatten(["fun(", Names, ") -> [", Names, "] end."])), []),
        {element(2, erlang:fun_info(F, arity)), apply(F, lists:seq(1, N))}
    catch
        C:R -> {C, R}
    end.

handlers() ->
    Local = {eval, fun(N, As, Bs) -> {Vs, Bs1} = erl_eval:expr_list(As, Bs), {value, {N, Vs}, Bs1} end},
    Remote = {value, fun(F, As) when is_function(F) -> {fun_called, apply(F, As)}; ({M, F}, As) -> {M, F, As} end},
    [?T(begin {value, V, Bs} = erl_eval:exprs(forms(S), [], Local, Remote), {V, lists:sort(Bs)} end)
     || S <- ["foo(1, bar(2)).", "X = foo(Y = 3), {X, Y}.", "lists:reverse(foo()).", "F = fun(A) -> A + 1 end, F(1).", "1 + 2.", "a ! b.", "length([1]).", "[foo(N) || N <- [1, 2]]."]],
    ?T(erl_eval:expr_list(forms("1, X = 2, X + 1."), [])),
    ?T(erl_eval:expr_list(forms("X = 1, X = 2."), [])),
    ?T(erl_eval:expr(hd(forms("lists:sum([1, 2]).")), [], none, none, value)),
    ?T(erl_eval:exprs(forms("X = 1, Y = X + 1."), [])).

bindings() ->
    B0 = erl_eval:new_bindings(),
    B1 = erl_eval:add_binding('A', 1, erl_eval:add_binding('B', 2, B0)),
    {erl_eval:binding('A', B1), erl_eval:binding('C', B1), lists:sort(erl_eval:bindings(erl_eval:del_binding('A', B1))),
     erl_eval:is_constant_expr(hd(forms("{1, [a, \"s\"]}."))), erl_eval:is_constant_expr(hd(forms("f(1)."))), erl_internal:bif(abs, 1), erl_internal:guard_bif(self, 0), erl_internal:op_type('+', 2)}.
