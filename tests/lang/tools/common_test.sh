# SPDX-License-Identifier: Apache-2.0
# OTP's Common Test itself, in a VM without a node name: what it counts, and its log of the suite.
mkdir -p here/there/test here/there/logs && cd here/there && sed '' "$(dirname "$PROJECT")/tools/suite.erl" > test/some_SUITE.erl
erl -noshell -eval 'R = ct:run_test([{dir, "test"}, {logdir, "logs"}, {verbosity, 0}]), io:format("result ~p~n", [R]), halt().' \
  | grep -a '^result\|TEST COMPLETE\|FAILED test\|SKIPPED test'
cat logs/ct_run*/*/run*/suite.log | grep -a '^=case\|^=result' | sed 's/{[^ ]*$//' | sort
