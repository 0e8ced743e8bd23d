# SPDX-License-Identifier: Apache-2.0
# The end of the program: a descriptor that a library selected is given back by `stop`, then its object goes (lib/moments.c).
set -u
printed=$("$MICA_BIN/erl" -noshell -pa "$NIF_OUT" -eval '
  ok = moments:load(filename:join(os:getenv("NIF_OUT"), "moments_1"), {self(), 0}),
  0 = moments:choose(x),
  io:put_chars("selected\n"),
  init:stop().' 2>&1)
wanted=$'selected\nstop 1 0 its\ngone'
[ "$printed" = "$wanted" ] && echo ok && exit
echo "printed, and not what is wanted:"
printf '%s\n' "$printed" | head -c 2000
