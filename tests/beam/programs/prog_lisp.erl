%% SPDX-License-Identifier: Apache-2.0
%% A small Lisp: reader, printer, lexical closures, macros with quasiquote, tail calls, call/cc by exceptions, errors.
-module(prog_lisp).
-include("../t.hrl").
start() ->
    E = lists:foldl(fun(S, Env) -> element(2, top(S, Env)) end, base(), prelude()),
    [io:format("~ts => ~ts~n", [S, safe(S, E)]) || S <- programs()],
    ?T(read("(a (b . c) \"s\\\"x\" 'q 12 -3 #t) rest")), ?T(catch_read("(a")), ?T(catch_read(")")), ?T(catch_read("\"x")), ?T(show(element(1, read("(1 . (2 . (3 . ())))")))).
safe(S, E) -> try element(1, top(S, E)) of V -> show(V) catch throw:T -> io_lib:format("throw ~p", [T]); error:R -> io_lib:format("error ~p", [R]) end.
catch_read(S) -> try read(S) catch throw:T -> T end.
top(S, Env) -> {X, _} = read(S), case X of [define, [N | Ps] | B] -> F = {closure, Ps, [do | B], Env, N}, {N, Env#{N => F}}; [define, N, V] -> {N, Env#{N => eval(V, Env)}}; [macro, [N | Ps] | B] -> {N, Env#{N => {macro, Ps, [do | B], Env}}}; _ -> {eval(X, Env), Env} end.
prelude() ->
    ["(define (not x) (if x #f #t))", "(define (foldl f a l) (if (null? l) a (foldl f (f a (car l)) (cdr l))))", "(define (rev l) (foldl (lambda (a x) (cons x a)) () l))", "(define (map f l) (rev (foldl (lambda (a x) (cons (f x) a)) () l)))", "(define (range a b) (if (< a b) (cons a (range (+ a 1) b)) ()))", "(define (filter p l) (if (null? l) () (if (p (car l)) (cons (car l) (filter p (cdr l))) (filter p (cdr l)))))", "(define (append a b) (if (null? a) b (cons (car a) (append (cdr a) b))))", "(macro (when c . b) `(if ,c (do ,@b) #f))", "(macro (unless c . b) `(if ,c #f (do ,@b)))", "(macro (let bs . b) `((lambda ,(map car bs) ,@b) ,@(map (lambda (p) (car (cdr p))) bs)))", "(macro (and . l) (if (null? l) #t (if (null? (cdr l)) (car l) `(if ,(car l) (and ,@(cdr l)) #f))))", "(define (compose f g) (lambda (x) (f (g x))))", "(define (curry f x) (lambda (y) (f x y)))"].
programs() ->
    ["42", "(+ 1 2 3)", "(- 10)", "(* 12345678901234567890 98765432109876543210)", "(if #f 1 2)", "((lambda (x y) (* x y)) 6 7)", "(let ((x 1) (y 2)) (+ x y))", "(map (lambda (x) (* x x)) '(1 2 3 4))", "(foldl + 0 (range 0 101))", "(rev '(a b c))", "(letrec fact (lambda (n) (if (= n 0) 1 (* n (fact (- n 1))))) (fact 25))",
     "(letrec loop (lambda (n a) (if (= n 0) a (loop (- n 1) (+ a n)))) (loop 20000 0))", "(letrec fib (lambda (n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2))))) (map fib (range 0 15)))", "(filter (lambda (x) (= 0 (mod x 3))) (range 0 20))", "(append '(1 2) '(3))", "`(1 ,(+ 1 1) ,@(range 3 6) end)", "(when (< 1 2) 'a 'b)", "(unless (< 1 2) 'a 'b)", "(and 1 2 3)", "(and)", "(and 1 #f (undefined))", "((compose (curry + 1) (curry * 2)) 10)", "(cons 1 2)", "(car '())", "(foo)", "(1 2)", "((lambda (x) x))", "(let ((f (lambda (x . r) r))) (f 1 2 3))", "(apply + '(1 2 3))", "(let ((x 10)) (let ((f (lambda () x))) (let ((x 20)) (f))))",
     "(callcc (lambda (k) (+ 1 (k 42))))", "(+ 1 (callcc (lambda (k) (map (lambda (x) (if (= x 3) (k x) x)) '(1 2 3 (boom))))))", "(eq? 'a 'a)", "(equal? '(1 (2)) '(1 (2)))", "(let ((s \"str\")) (cons s s))", "'(quote a)", "''a", "(do 1 2 3)", "(letrec q (lambda (l) (if (null? l) () (let ((p (car l)) (r (cdr l))) (append (q (filter (lambda (x) (< x p)) r)) (cons p (q (filter (lambda (x) (not (< x p))) r))))))) (q '(3 1 4 1 5 9 2 6 5 3 5)))",
     "(letrec hanoi (lambda (n a b c) (if (= n 0) () (append (hanoi (- n 1) a c b) (cons (cons a b) (hanoi (- n 1) c b a))))) (hanoi 3 'x 'y 'z))", "(letrec ack (lambda (m n) (if (= m 0) (+ n 1) (if (= n 0) (ack (- m 1) 1) (ack (- m 1) (ack m (- n 1)))))) (ack 2 6))", "(((lambda (f) (lambda (n) ((f f) n))) (lambda (f) (lambda (n) (if (= n 0) 1 (* n ((f f) (- n 1))))))) 10)", "(+ 1 'a)", "(div 7 0)"].
base() -> maps:from_list([{N, {prim, F}} || {N, F} <- [{'+', fun lists:sum/1}, {'*', fun(L) -> lists:foldl(fun(X, A) -> X * A end, 1, L) end}, {'-', fun([X]) -> -X; ([X | Xs]) -> X - lists:sum(Xs) end}, {'<', fun([A, B]) -> A < B end}, {'=', fun([A, B]) -> A =:= B end}, {mod, fun([A, B]) -> A rem B end}, {'div', fun([A, B]) -> A div B end}, {car, fun([[H | _]]) -> H; ([_]) -> throw(car_of_nil) end}, {cdr, fun([[_ | T]]) -> T end}, {cons, fun([A, B]) -> [A | B] end}, {'null?', fun([X]) -> X =:= [] end}, {'eq?', fun([A, B]) -> A =:= B end}, {'equal?', fun([A, B]) -> A == B end}, {apply, fun([F, L]) -> call(F, L) end}, {callcc, fun([F]) -> R = make_ref(), try call(F, [{prim, fun([V]) -> throw({R, V}) end}]) catch throw:{R, V} -> V end end}]]).
eval(N, _) when is_integer(N); is_boolean(N); is_binary(N); N =:= [] -> N;
eval(V, E) when is_atom(V) -> case E of #{V := X} -> X; _ -> throw({unbound, V}) end;
eval([quote, X], _) -> X; eval([quasi, X], E) -> quasi(X, E); eval(['if', C, T, F], E) -> case eval(C, E) of false -> eval(F, E); _ -> eval(T, E) end; eval([lambda, Ps | B], E) -> {closure, Ps, [do | B], E, none};
eval([do, X], E) -> eval(X, E); eval([do, X | R], E) -> eval(X, E), eval([do | R], E); eval([letrec, N, L, B], E) -> {closure, Ps, Bd, CE, _} = eval(L, E), eval(B, E#{N => {closure, Ps, Bd, CE, N}});
eval([F | As], E) -> case eval(F, E) of {macro, Ps, B, ME} -> eval(eval(B, bind(Ps, As, ME)), E); Fn -> Vs = [eval(A, E) || A <- As], case Fn of {closure, Ps, B, CE, N} -> eval(B, bind(Ps, Vs, self_env(N, Fn, CE))); _ -> call(Fn, Vs) end end.
self_env(none, _, E) -> E; self_env(N, F, E) -> E#{N => F}.
call({prim, F}, As) -> F(As); call({closure, Ps, B, E, N} = F, As) -> eval(B, bind(Ps, As, self_env(N, F, E))); call(X, _) -> throw({not_a_function, X}).
bind([], [], E) -> E; bind([P | Ps], [A | As], E) when is_list(Ps) -> bind(Ps, As, E#{P => A}); bind([P | R], [A | As], E) -> E#{P => A, R => As}; bind(Ps, As, _) -> throw({arity, length_(Ps), length(As)}).
length_(L) when is_list(L) -> length(L); length_(_) -> any.
quasi([unquote, X], E) -> eval(X, E); quasi([[splice, X] | R], E) -> eval(X, E) ++ quasi(R, E); quasi([H | T], E) -> [quasi(H, E) | quasi(T, E)]; quasi(X, _) -> X.
read(S) -> r(skip(S)).
skip([C | R]) when C =< 32 -> skip(R); skip(S) -> S.
r([$( | R]) -> rl(skip(R), []); r([$' | R]) -> w(quote, R); r([$` | R]) -> w(quasi, R); r([$,, $@ | R]) -> w(splice, R); r([$, | R]) -> w(unquote, R); r([$" | R]) -> rs(R, []); r([$#, $t | R]) -> {true, R}; r([$#, $f | R]) -> {false, R}; r([$) | _]) -> throw(unexpected_paren); r([]) -> throw(eof);
r(S) -> {T, R} = lists:splitwith(fun(C) -> C > 32 andalso not lists:member(C, "()'\"") end, S), {try list_to_integer(T) catch error:badarg -> list_to_atom(T) end, R}.
w(N, R) -> {X, R2} = read(R), {[N, X], R2}.
rl([$) | R], A) -> {lists:reverse(A), R}; rl([$., C | R], A) when C =< 32 -> {X, R2} = read(R), [$) | R3] = skip(R2), {lists:reverse(A, X), R3}; rl([], _) -> throw(open_list); rl(S, A) -> {X, R} = r(S), rl(skip(R), [X | A]).
rs([$" | R], A) -> {list_to_binary(lists:reverse(A)), R}; rs([$\\, C | R], A) -> rs(R, [C | A]); rs([C | R], A) -> rs(R, [C | A]); rs([], _) -> throw(open_string).
show(true) -> "#t"; show(false) -> "#f"; show(N) when is_integer(N) -> integer_to_list(N); show(A) when is_atom(A) -> atom_to_list(A); show(B) when is_binary(B) -> [$", B, $"]; show({closure, Ps, _, _, N}) -> io_lib:format("#<~w ~w>", [N, Ps]); show(T) when is_tuple(T) -> "#<prim>"; show([]) -> "()"; show(L) -> [$(, items(L), $)].
items([X]) -> show(X); items([X | T]) when is_list(T) -> [show(X), $ , items(T)]; items([X | T]) -> [show(X), " . ", show(T)].
