# SPDX-License-Identifier: Apache-2.0
### release
erl -noshell -eval 'io:format("~s~n",[erlang:system_info(otp_release)]), halt().'
### only-roots-beams
erl -noshell -eval 'R = code:root_dir(), [io:format("~p ~p~n", [M, W]) || {M, W} <- lists:sort(code:all_loaded()), W =/= preloaded, string:prefix(W, R) =:= nomatch], halt().'
### noinput
erl -noinput -eval 'io:format("~p~n", [init:get_argument(noinput)]), halt().' <<< "some input"
### stdin-pipe
printf 'l1\nl2\nl3' | erl -noshell -eval 'F = fun G() -> case io:get_line("") of eof -> ok; L -> io:format("~p~n", [L]), G() end end, F(), halt().'
### stdin-big
seq 1 20000 | erl -noshell -eval 'F = fun G(N) -> case io:get_line("") of eof -> N; L -> G(N + list_to_integer(string:trim(L))) end end, io:format("~p~n", [F(0)]), halt().'
### stdin-empty
erl -noshell -eval 'io:format("~p~n", [io:get_chars("", 10)]), halt().' < /dev/null
### stdin-closed
erl -noshell -eval 'io:format("~p~n", [io:get_line("")]), halt().' <&-
### stdin-binary
printf '\001\377\000z' | erl -noshell -eval 'io:setopts([{encoding, latin1}]), io:format("~w~n", [io:get_chars("", 10)]), halt().'
### stdout-closed
erl -noshell -eval 'io:format("x~n"), halt().' >&-; echo $?
### stdout-broken-pipe
erl -noshell -eval 'catch [io:format("~p~n", [N]) || N <- lists:seq(1, 200000)], halt().' 2>/dev/null | head -2
### stdout-file
erl -noshell -eval 'io:format("to file~n"), halt().' > f; cat f
### stderr
erl -noshell -eval 'io:format(standard_error, "err~n", []), halt().' 2>&1 >/dev/null
### display
erl -noshell -eval 'erlang:display({a, "b"}), halt().'
### extra
erl -noshell -eval 'io:format("~p~n", [init:get_plain_arguments()]), halt().' -extra -foo bar -eval x --
### double-dash
erl -noshell -eval 'io:format("~p~n", [init:get_plain_arguments()]), halt().' -- x y -z
### arguments
erl -noshell -myflag 1 2 -other -myflag 3 -eval 'io:format("~p ~p ~p ~p~n", [init:get_argument(myflag), init:get_argument(other), init:get_argument(none), [A || {K, _} = A <- init:get_arguments(), lists:member(K, [myflag, other, noshell])]]), halt().'
### get-arguments
erl -noshell -x 1 -eval 'io:format("~p~n", [[{K, V} || {K, V} <- init:get_arguments(), K =/= root, K =/= bindir, K =/= progname, K =/= home, K =/= eval]]), halt().'
### root-args
erl -noshell -eval 'io:format("~p ~p~n", [init:get_argument(root), init:get_argument(home)]), halt().'
### pa
mkdir d e; echo '-module(mm). -export([f/0]). f() -> io:format("d~n").' > mm.erl; erlc -o d mm.erl; sed -i 's/"d/"e/' mm.erl; erlc -o e mm.erl
erl -noshell -pa d -pa e -s mm f -s init stop
erl -noshell -pa d e -s mm f -s init stop
erl -noshell -pz d -pz e -s mm f -s init stop
erl -noshell -pa nonexist -eval 'io:format("~p~n", [hd(code:get_path())]), halt().'
### path-order
mkdir x y z w; erl -noshell -pa x y -pz z w -eval 'P = code:get_path(), io:format("~p ~p~n", [lists:sublist(P, 3), lists:nthtail(length(P) - 2, P)]), halt().'
### env
erl -noshell -env AAA bbb -env CCC 'd e' -eval 'io:format("~p ~p~n", [os:getenv("AAA"), os:getenv("CCC")]), halt().'
### erl-flags
ERL_FLAGS='-fl 1' ERL_AFLAGS='-fa 2' ERL_ZFLAGS='-fz 3' erl -noshell -eval 'io:format("~p~n", [[A || {K, _} = A <- init:get_arguments(), lists:member(K, [fl, fa, fz, noshell, eval])]]), halt().'
### erl-flags-order
ERL_FLAGS='-o f' ERL_AFLAGS='-o a' ERL_ZFLAGS='-o z' erl -o c -noshell -eval 'io:format("~p~n", [init:get_argument(o)]), halt().'
### erl-aflags-noshell
ERL_AFLAGS='-noshell' erl -eval 'io:format("x~n"), halt().'
### erl-flags-eval
ERL_ZFLAGS='-eval halt(9).' erl -noshell; echo $?
### erl-libs
mkdir -p libs/app-1.0/ebin; echo '-module(lm). -export([f/0]). f() -> io:format("from libs~n").' > lm.erl; erlc -o libs/app-1.0/ebin lm.erl
ERL_LIBS=$PWD/libs erl -noshell -s lm f -s init stop
ERL_LIBS=$PWD/libs erl -noshell -eval 'io:format("~p~n", [filename:basename(code:lib_dir(app))]), halt().'
### args-file
cat > af <<'E'
# a comment
-flag1 a "b c"
-eval 'io:format("~p~n",[init:get_argument(flag1)])'
-args_file af2
E
echo "-s init stop" > af2
erl -noshell -args_file af
### args-file-missing
erl -noshell -args_file nonexistent -s init stop > out 2>&1; echo $?; head -1 out
### config
cat > sys.config <<'E'
[{my, [{a, 1}, {b, "x"}]}, {kernel, [{logger_level, error}]}].
E
erl -noshell -config sys -eval 'application:load({application, my, []}), io:format("~p ~p~n", [application:get_env(my, b), application:get_env(kernel, logger_level)]), halt().'
erl -noshell -config sys.config -eval 'io:format("~p~n", [application:get_env(kernel, logger_level)]), halt().'
### config-missing
erl -noshell -config nonexist -eval 'halt().' > out 2>&1; echo $?; grep -c "could not start kernel\|configfile\|enoent\|no such file" out | sed 's/[1-9][0-9]*/some/'
### app-env
erl -noshell -my a 1 b '"str"' c '{x,[y]}' -eval 'application:load({application, my, []}), io:format("~p~n", [lists:sort(application:get_all_env(my))]), halt().'
### bad-flag
erl -noshell +zork 2>&1 >/dev/null | head -1; erl +zork >/dev/null 2>&1; echo $?
### bad-plus-s
erl +S abc -noshell -s init stop 2>&1 | head -1
### unknown-dash
erl -noshell -unknown_flag_is_fine x -eval 'io:format("~p~n", [init:get_argument(unknown_flag_is_fine)]), halt().'
### plus-s
erl +S 1 -noshell -eval 'io:format("~p~n", [erlang:system_info(schedulers)]), halt().'
erl +S 4:2 -noshell -eval 'io:format("~p ~p~n", [erlang:system_info(schedulers), erlang:system_info(schedulers_online)]), halt().'
erl +S1 -noshell -eval 'io:format("~p~n", [erlang:system_info(schedulers)]), halt().'
### plus-p
erl +P 2000 -noshell -eval 'io:format("~p~n", [erlang:system_info(process_limit)]), halt().'
erl +Q 2000 -noshell -eval 'io:format("~p~n", [erlang:system_info(port_limit)]), halt().'
erl +t 100000 -noshell -eval 'io:format("~p~n", [erlang:system_info(atom_limit)]), halt().'
### plus-a
erl +A 5 -noshell -eval 'io:format("~p~n", [erlang:system_info(thread_pool_size)]), halt().'
### accepted
erl +K true +W w +sbwt none +swt low +hms 500 +hmbs 1000 +hpds 2 +e 2000 +MBas aobf +c true +zdbbl 1024 -noshell -eval 'io:format("ok~n"), halt().'
### emu-args
erl -noshell -emu_args_x -eval 'io:format("ok~n"), halt().'
### version
erl -version 2>&1 | sed 's/[0-9.]*$//; s/(.*)/(X)/' | cut -c1-20
### mode-embedded
erl -mode embedded -noshell -eval 'io:format("~p~n", [code:get_mode()]), halt().'
### boot-clean
erl -boot start_clean -noshell -eval 'io:format("~p~n", [init:script_id()]), halt().'
erl -boot no_dot_erlang -noshell -eval 'io:format("~p~n", [element(1, init:script_id())]), halt().'
### boot-sasl
erl -boot start_sasl -noshell -eval 'io:format("~p~n", [lists:sort([A || {A, _, _} <- application:which_applications()])]), halt().'
### boot-missing
erl -boot nonexistent_boot -noshell > out 2>&1; echo $?
### boot-var
erl -boot_var FOO /tmp -noshell -eval 'io:format("~p~n", [init:get_argument(boot_var)]), halt().'
### dot-erlang
echo 'io:format("dot erlang ran~n").' > .erlang; erl -noshell -eval 'io:format("main~n"), halt().'
### home
erl -noshell -eval 'io:format("~p~n", [element(2, init:get_argument(home)) =:= [[os:getenv("HOME")]]]), halt().'
### progname
erl -noshell -eval 'io:format("~p~n", [init:get_argument(progname)]), halt().'
### encoding
LC_ALL=C.UTF-8 erl -noshell -eval 'io:format("~p ~p~n", [file:native_name_encoding(), io:printable_range()]), halt().'
LC_ALL=C erl -noshell -eval 'io:format("~p~n", [file:native_name_encoding()]), halt().'
erl +pc unicode -noshell -eval 'io:format("~p~n", [io:printable_range()]), halt().'
erl +fnu -noshell -eval 'io:format("~p~n", [file:native_name_encoding()]), halt().'
### unicode-args
erl -noshell -eval 'io:format("~w~n", [init:get_plain_arguments()]), halt().' -extra åä 日
### connect-all
erl -noshell -connect_all false -hidden -setcookie abc -eval 'io:format("~p ~p~n", [node(), erlang:get_cookie()]), halt().'
### cookie-file
erl -noshell -eval 'halt().'; ls -a | grep -c cookie
### eval-long
erl -noshell -eval "X = [$(seq -s, 1 3000)], io:format(\"~p~n\", [lists:sum(X)]), halt()."
### nostick
erl -nostick -noshell -eval 'io:format("~p~n", [code:is_sticky(lists)]), halt().'
### code-path-choice
erl -code_path_choice strict -noshell -eval 'io:format("ok~n"), halt().'
### detached-env
erl -noshell -eval 'io:format("~p ~p~n", [os:getenv("EMU"), os:getenv("ROOTDIR") =/= false]), halt().'
### init-restart-args
erl -noshell -eval 'io:format("~p~n", [init:get_status()]), halt().'
### shell-pipe
# stdout-only
printf 'X = 1 + 2.\nX * 2.\nfoo(.\nlists:seq(1,3).\nhalt().\n' | erl 2>/dev/null | grep -v '^Eshell\|^Erlang/OTP\|^$'
### remsh-less-name-error
erl -noshell -eval 'io:format("~p~n", [net_adm:localhost() =/= ""]), halt().'
