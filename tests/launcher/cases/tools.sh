# SPDX-License-Identifier: Apache-2.0
### erlc-ok
echo '-module(a). -export([f/0]). f() -> 1.' > a.erl; erlc a.erl; echo $?; ls
### erlc-error
printf -- '-module(b).\nf( -> 1.\n' > b.erl; erlc b.erl; echo $?; ls
### erlc-warn
printf -- '-module(c).\n-export([f/1]).\nf(X) -> Y = 1.\n' > c.erl; erlc c.erl; echo $?; erlc -Werror c.erl; echo $?
### erlc-options
printf -- '-module(d).\n-export([f/0]).\nf() -> ?X.\n' > d.erl; mkdir out; erlc -o out -DX=42 +debug_info d.erl; erl -noshell -pa out -eval 'io:format("~p~n", [d:f()]), halt().'
### erlc-include
mkdir inc; echo '-define(Y, from_header).' > inc/h.hrl; printf -- '-module(e).\n-include("h.hrl").\n-export([f/0]).\nf() -> ?Y.\n' > e.erl; erlc -I inc e.erl && erl -noshell -eval 'io:format("~p~n", [e:f()]), halt().'
### erlc-missing
erlc nofile.erl; echo $?
### erlc-several
for i in 1 2 3; do echo "-module(s$i). -export([f/0]). f() -> $i." > s$i.erl; done; erlc s1.erl s2.erl s3.erl; erl -noshell -eval 'io:format("~p~n", [[s1:f(), s2:f(), s3:f()]]), halt().'
### erlc-asm
echo '-module(a). -export([f/0]). f() -> 1.' > a.erl; erlc -S a.erl; head -1 a.S; erlc a.S; echo $?
### erlc-yrl
printf 'Nonterminals e.\nTerminals n "+".\nRootsymbol e.\nLeft 100 "+".\ne -> e "+" e : {add, "$1", "$3"}.\ne -> n : value("$1").\nErlang code.\nvalue({_, _, V}) -> V.\n' | tr '"' "'" > y.yrl; erlc y.yrl && erlc y.erl && erl -noshell -eval "io:format(\"~p~n\", [y:parse([{n, 1, 5}, {'+', 1}, {n, 1, 6}])]), halt()."
### erlc-xrl
printf 'Definitions.\nD = [0-9]\nRules.\n{D}+ : {token, {int, TokenLine, list_to_integer(TokenChars)}}.\n[\\s]+ : skip_token.\nErlang code.\n' > x.xrl; erlc x.xrl && erlc x.erl && erl -noshell -eval 'io:format("~p~n", [x:string("12 34")]), halt().'
### escript-hello
cat > h <<'E'
#!/usr/bin/env escript
main(A) -> io:format("hello ~p~n", [A]).
E
escript h a 'b c'; echo $?
### escript-exit
cat > h <<'E'
#!/usr/bin/env escript
main(_) -> halt(5).
E
escript h; echo $?
### escript-crash
cat > h <<'E'
#!/usr/bin/env escript
main(_) -> error(oops).
E
escript h; echo $?
### escript-syntax
cat > h <<'E'
#!/usr/bin/env escript
main(_) -> foo bar.
E
escript h; echo $?
### escript-compiled
cat > h <<'E'
#!/usr/bin/env escript
%%! -noinput -myflag 1
-mode(compile).
main([N]) -> io:format("~p ~p ~p~n", [fac(list_to_integer(N)), init:get_argument(myflag), escript:script_name()]).
fac(0) -> 1;
fac(N) -> N * fac(N - 1).
E
escript h 20
### escript-stdin
cat > h <<'E'
#!/usr/bin/env escript
main(_) -> io:format("~p~n", [io:get_line("")]).
E
echo "from stdin" | escript h
### escript-archive
cat > ar.erl <<'E'
-module(ar).
-export([main/1]).
main(A) -> io:format("archive ~p~n", [A]).
E
erlc ar.erl; erl -noshell -eval '{ok, B} = file:read_file("ar.beam"), ok = escript:create("arc", [shebang, {emu_args, "-escript main ar"}, {archive, [{"ar.beam", B}], []}]), halt().'; escript arc x
### escript-beam
cat > eb.erl <<'E'
-module(eb).
-export([main/1]).
main(A) -> io:format("beam ~p~n", [A]).
E
erlc eb.erl; escript eb.beam x; erl -noshell -eval '{ok, B} = file:read_file("eb.beam"), ok = escript:create("ebs", [shebang, {beam, B}]), halt().'; escript ebs y
### escript-missing
escript nonexist; echo $?
### escript-nomain
printf '#!/usr/bin/env escript\nfoo() -> 1.\n' > h; escript h; echo $?
### escript-check
printf '#!/usr/bin/env escript\nmain(_) -> X.\n' > h; escript -s h; echo $?
### escript-return
printf '#!/usr/bin/env escript\nmain(_) -> not_ok.\n' > h; escript h; echo $?
