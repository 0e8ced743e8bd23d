# SPDX-License-Identifier: Apache-2.0
# What an extension must not do (lib/misused.c): a build with checks says which one did what; other builds, as OTP, go on.
set -u
cd "$NIF_OUT" || exit
checked=$(python3 -c 'import json, sys; print(*[o["value"] for o in json.load(open(sys.argv[1])) if o["name"] == "checks"])' \
  "$NIF_OUT/../../meson-info/intro-buildoptions.json")
bad=0
# expect CASE STATUS TEXT: what is printed (errors behind output) has the line TEXT, and ends with STATUS
expect() {
  printed=$("$MICA_BIN/erl" -noshell -pa "$NIF_OUT" -run misused main "$1" 2>&1)
  status=$?
  if [ "$status" != "$2" ] || ! grep -qxE -- "$3" <<<"$printed"; then
    echo "$1: exit status $status, not $2, or no line \"$3\":"
    head -c 2000 <<<"$printed"
    bad=1
  fi
}
never() { if grep -qE -- "$1" <<<"$printed"; then echo "there is a line \"$1\":" && head -c 2000 <<<"$printed" && bad=1; fi; }
leak="mica: the native library of 'misused' never released"
export ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" # the leak is meant
expect leak 0 leaked
[ "$checked" = True ] || never "$leak"
expect hold 0 true
never "$leak"
expect copy 0 '{a,"list",true}'
if [ "$checked" = True ]; then
  expect leak 0 "$leak 3 objects of its resource type 'thing'"
  expect leak 0 "$leak 1 object of its resource type 'other'"
  broken='mica: broken invariant: misused:'
  past='a term that does not live in its environment \(kept past its own\?\) .*'
  # a call's end belongs to the interpreter, the rest to the function that was called
  expect give 134 "${broken}give/0 of a native library gives its caller $past"
  expect cleared 134 "${broken}give/0 of a native library gives its caller $past"
  expect put 134 "${broken}put/0 of a native library gives enif_make_list_cell $past"
  expect tell 134 "${broken}tell/0 of a native library gives enif_send $past"
  expect raise 134 "${broken}raise/0 of a native library gives enif_raise_exception $past"
fi
[ $bad = 0 ] && echo ok
