# SPDX-License-Identifier: Apache-2.0
# Distribution by TLS (-proto_dist inet_tls) between Mica's node and the installed erl's (each way round with --full), with certificates of
# both sides; a node with a certificate of another authority gets no connection. One name server of its own on a port of its own.
set -u
[ -x /usr/bin/openssl ] || { echo "skipped: no openssl"; exit; }
ls /usr/lib/erlang/lib/ssl-*/ebin >/dev/null 2>&1 || { echo "skipped: no OTP ssl"; exit; }
dir=$(mktemp -d)
ends=()
finish() { { for p in "${ends[@]}"; do kill -9 "$p"; done; wait; } 2>/dev/null; rm -rf "$dir"; }
trap finish EXIT
cd "$dir"
export HOME="$dir" ERL_CRASH_DUMP_SECONDS=0
export ERL_EPMD_PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
printf 'tlstest' >.erlang.cookie && chmod 400 .erlang.cookie
host=$(hostname -s)
for ca in ca other; do
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=$ca -keyout $ca.key -out $ca.pem 2>/dev/null
done
signed() { # AUTHORITY NAME: certificate, key and options of a node
  printf 'subjectAltName=DNS:%s\n' "$host" >ext
  openssl req -newkey rsa:2048 -nodes -subj "/CN=$host" -keyout $2.key -out $2.csr 2>/dev/null
  openssl x509 -req -days 2 -in $2.csr -CA $1.pem -CAkey $1.key -CAcreateserial -extfile ext -out $2.pem 2>/dev/null
  cat >$2.conf <<EOF
[{server, [{certfile, "$dir/$2.pem"}, {keyfile, "$dir/$2.key"}, {cacertfile, "$dir/ca.pem"}, {verify, verify_peer}, {fail_if_no_peer_cert, true}]},
 {client, [{certfile, "$dir/$2.pem"}, {keyfile, "$dir/$2.key"}, {cacertfile, "$dir/ca.pem"}, {verify, verify_peer}]}].
EOF
}
signed ca node
signed other stranger
/usr/bin/epmd -address 127.0.0.1 -port "$ERL_EPMD_PORT" & ends+=($!)
node() { # PROGRAM NAME OPTIONS MORE...
  local program=$1 name=$2 options=$3
  shift 3
  exec "$program" -noinput -sname "$name" -start_epmd false -proto_dist inet_tls -ssl_dist_optfile "$dir/$options.conf" -pa "$NIF_OUT" \
    -kernel logger_level none prevent_overlapping_partitions false "$@"
}
pair() { # A B: A talks to B
  node "$2" "b$3" node >"b$3.log" 2>&1 & ends+=($!)
  (node "$1" "a$3" node -run tls_distribution main "b$3@$host") >"a$3.log" 2>&1 & local a=$!
  ends+=($a)
  wait "$a"
}
pair /usr/bin/erl /usr/bin/erl 0
bad=0
pair "$MICA_BIN/erl" /usr/bin/erl 1
pairs=1
if [ -n "${MICA_TEST_FULL:-}" ]; then
  pairs="1 2 3"
  pair /usr/bin/erl "$MICA_BIN/erl" 2
  pair "$MICA_BIN/erl" "$MICA_BIN/erl" 3
fi
grep -q '^down$' a0.log || { echo "two of the installed erl do not talk:"; head -c 2000 a0.log b0.log; bad=1; }
for n in $pairs; do
  cmp -s a0.log a$n.log || { echo "pair $n:"; diff a0.log a$n.log | head -20; head -c 1000 b$n.log; bad=1; }
done
# who is refused
node "$MICA_BIN/erl" b4 node >b4.log 2>&1 & ends+=($!)
(node /usr/bin/erl a4 node -run tls_distribution main "b4@$host") >a4.log 2>&1 & waiting=$!
(node /usr/bin/erl s4 stranger -run tls_distribution stranger "b4@$host") >s4.log 2>&1
[ "$(cat s4.log)" = false ] || { echo "a stranger gets in:"; head -c 500 s4.log; bad=1; }
wait "$waiting"
cmp -s a0.log a4.log || { echo "the refused stranger did harm:"; diff a0.log a4.log | head; bad=1; }
[ $bad = 0 ] && echo ok
