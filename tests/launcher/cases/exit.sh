# SPDX-License-Identifier: Apache-2.0
### halt0
erl -noshell -eval 'io:format("bye~n"), halt().'; echo $?
### halt-code
erl -noshell -eval 'halt(3).'; echo $?
erl -noshell -eval 'halt(255).'; echo $?
erl -noshell -eval 'halt(256).'; echo $?
### halt-flush
erl -noshell -eval 'io:format("~s~n", [lists:duplicate(100000, $x)]), halt(0, [{flush, true}]).' | wc -c
### halt-noflush
erl -noshell -eval 'halt(4, [{flush, false}]).'; echo $?
### halt-abort
erl -noshell -eval 'halt(abort).' 2>/dev/null; echo $?
### halt-slogan
erl -noshell -eval 'halt("a slogan").'; echo $?
### halt-bad
erl -noshell -eval 'catch halt(x), catch halt(-1), io:format("alive~n"), halt().'; echo $?
### init-stop
erl -noshell -s init stop; echo $?
### init-stop-code
erl -noshell -eval 'init:stop(7).'; echo $?
erl -noshell -eval 'init:stop("text").'; echo $?
### erlang-halt
erl -noshell -s erlang halt; echo $?
### crash-eval
erl -noshell -eval 'error(boom).' -s init stop; echo $?
### crash-eval-badmatch
erl -noshell -eval '{ok, X} = {error, no}.' -s init stop; echo $?
### crash-eval-exit
erl -noshell -eval 'exit(done).' -s init stop; echo $?
### crash-eval-throw
erl -noshell -eval 'throw(x).' -s init stop; echo $?
### eval-syntax
erl -noshell -eval 'foo bar baz' -s init stop; echo $?
### eval-no-dot
erl -noshell -eval 'io:format("x~n")' -s init stop; echo $?
### eval-several
erl -noshell -eval 'io:format("1~n").' -eval 'io:format("2~n").' -s init stop
### eval-undef
erl -noshell -eval 'no_such_module:f(1).' -s init stop; echo $?
### missing-module
erl -noshell -s no_such_module -s init stop; echo $?
### missing-function
erl -noshell -s lists no_such_function -s init stop; echo $?
### run-args
cat > ra.erl <<'E'
-module(ra).
-export([f/0, f/1, start/0]).
f() -> io:format("none~n").
f(A) -> io:format("~p~n", [A]).
start() -> io:format("started~n").
E
erlc ra.erl && erl -noshell -s ra f -s ra f a b -run ra f a "b c" -s ra -s init stop
### run-missing
erl -noshell -run no_such_module_r x 1 2 -s init stop; echo $?
### s-crash
cat > sc.erl <<'E'
-module(sc).
-export([f/0, g/1]).
f() -> g(a).
g(X) -> X + 1.
E
erlc sc.erl && erl -noshell -s sc f -s init stop; echo $?
### spawn-crash
# stdout-only
erl -noshell -eval 'spawn(fun() -> timer:sleep(1), exit(kill) end), timer:sleep(50), io:format("still here~n"), halt().'
### error-report
erl -noshell -eval 'spawn(fun() -> error(in_child) end), timer:sleep(300), logger_std_h:filesync(default), io:format("still here~n"), halt().'
### error-report-genserver
cat > gs.erl <<'E'
-module(gs).
-export([init/1, handle_call/3, handle_cast/2, t/0]).
init(_) -> {ok, st}.
handle_call(_, _, S) -> {reply, ok, S}.
handle_cast(_, _) -> error(cast_failed).
t() -> {ok, P} = gen_server:start(gs, [], []), M = monitor(process, P), gen_server:cast(P, x), receive {'DOWN', M, _, _, _} -> ok end, timer:sleep(200), logger_std_h:filesync(default).
E
erlc gs.erl && erl -noshell -s gs t -s init stop
### logger-info
erl -noshell -eval 'logger:notice("a notice ~p", [1]), logger:info("not seen"), logger:error("an error"), timer:sleep(100), logger_std_h:filesync(default), halt().'
### kernel-logger-level
erl -noshell -kernel logger_level error -eval 'logger:notice("no"), logger:error("yes"), timer:sleep(100), logger_std_h:filesync(default), halt().'
### big-heap
erl -noshell -eval 'P = spawn_opt(fun() -> lists:seq(1, 10000000) end, [{max_heap_size, #{size => 100000, kill => true, error_logger => false}}]), M = monitor(process, P), receive {_, M, _, _, R} -> io:format("~p~n", [R]) end, halt().'
### sigterm
erl -noshell -eval 'io:format("up~n"), os:cmd("kill -TERM " ++ os:getpid()), timer:sleep(10000).' ; echo $?
