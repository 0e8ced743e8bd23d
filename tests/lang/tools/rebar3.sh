# SPDX-License-Identifier: Apache-2.0
# An OTP application with rebar3: compile, eunit, ct, escript, release-less tree; nothing is fetched.
export REBAR_COLOR=none TERM=dumb
mkdir -p app/src app/test && cd app || exit 1
sed 's/some_SUITE/app_SUITE/' "$(dirname "$PROJECT")/tools/suite.erl" > test/app_SUITE.erl
cat > rebar.config <<'X'
{erl_opts, [debug_info]}.
{eunit_opts, [verbose]}.
{eunit_tests, [{application, app}]}.
{escript_main_app, app}.
X
cat > src/app.app.src <<'X'
{application, app, [{description, "an application"}, {vsn, "1.2.3"}, {registered, [app_counter]},
                    {applications, [kernel, stdlib]}, {env, []}, {modules, []}]}.
X
cat > src/app.erl <<'X'
-module(app).
-behaviour(gen_server).
-export([start_link/1, add/1, main/1, init/1, handle_call/3, handle_cast/2]).
start_link(N) -> gen_server:start_link({local, app_counter}, ?MODULE, N, []).
add(N) -> gen_server:call(app_counter, {add, N}).
init(N) -> {ok, N}.
handle_call({add, N}, _, S) -> {reply, S + N, S + N}.
handle_cast(_, S) -> {noreply, S}.
main(Args) -> io:format("main ~p~n", [Args]), halt(3).
-ifdef(TEST).
-include_lib("eunit/include/eunit.hrl").
add_test() -> {ok, P} = start_link(1), ?assertEqual(3, add(2)), gen_server:stop(P).
gen_test_() -> [?_assert(X * 2 > X) || X <- [1, 2, 3]].
fail_test() -> ?assertMatch({ok, _}, add(1)).
-endif.
X
rebar3 compile; echo "compile $?"
rebar3 eunit 2>&1 | grep -v '^in call\|^ *in '; echo "eunit ${PIPESTATUS[0]}"
rebar3 ct; echo "ct $?"
rebar3 escriptize; ./_build/default/bin/app a 'b c'; echo "escript $?"
rebar3 tree; rebar3 nosuch; echo "nosuch $?"
ls _build/*/lib/app/ebin
