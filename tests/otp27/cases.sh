# What runs on the OTP 27 root; see run.

### noshell
erl -noshell -eval 'io:format("~p ~ts~n", [erlang:system_info(otp_release), [228, 8364, 128512]]), halt(3).'

### stdin
printf 'one\ntwö\n' | erl -noshell -eval 'io:format("~p~n", [[io:get_line("") || _ <- [1,2,3]]]), halt().'

### erlc
printf -- '-module(a).\n-export([m/0]).\nm() -> [X || {ok, X} <- [{ok, 1}, no, {ok, 2}]].\n' > a.erl
erlc -v a.erl && erl -noshell -eval 'io:format("~p~n", [a:m()]), halt().'

### erlc-error
printf -- '-module(a).\n-export([m/0]).\nm() -> X.\n' > a.erl
erlc a.erl

### escript
printf '#!/usr/bin/env escript\nmain(A) -> io:format("~%sp~%sn", [A]), halt(2).\n' '' '' > e
escript e one two

### nif-2.17
# a library of the interface 2.17, against the release's own header where that is unpacked
options=$(dirname "$SUITE"/usr/lib/erlang/erts-*/include/erl_nif.h)
[ -f "$options/erl_nif.h" ] && options="-I $options" || options="-I /usr/lib/erlang/usr/include -DDECLARE_2_17"
clang-19 -shared -fPIC -O1 $options "$ROOT/tests/nif/lib/every.c" -o every.so || exit
cat > every_test.erl <<'END'
-module(every_test).
-nifs([names/0, locks/0, command/2, command_own/1, texts/1, library/1, keep/0, release/0, gone_count/0, of_2_17/1]).
-compile([export_all, nowarn_export_all]).
names() -> x. locks() -> x. command(_, _) -> x. command_own(_) -> x. texts(_) -> x. library(_) -> x. keep() -> x.
release() -> x. gone_count() -> x. of_2_17(_) -> x.
main() ->
    ok = erlang:load_nif("./every", 0),
    io:format("~p ~p~n", [erlang:system_info(nif_version), locks()]),
    [io:format("~0tp~n", [of_2_17(T)]) || T <- ["", "text", "å", "€", [a], [1 | 2], <<"x">>, lists:seq(1, 300), [16#110000], [-1]]],
    erlang:halt(0).
END
erlc every_test.erl && erl -noshell -run every_test main

### elixir
elixir -e 'IO.inspect({System.version(), System.otp_release(), Enum.map(1..3, & &1 * 2), "é" <> "€"})'

### elixir-script
cat > s.exs <<'END'
defmodule Shape do
  defstruct [:name, sides: 4]
  def area(%__MODULE__{sides: n}) when is_integer(n), do: n * n
end
IO.inspect(Shape.area(%Shape{name: "x"}))
IO.inspect(JSON.decode!(~s({"a": [1, 2.5, null]})))
IO.puts(JSON.encode!(%{k: "v"}))
try do
  raise ArgumentError, "no"
rescue
  e -> IO.puts(Exception.format(:error, e, []))
end
Task.async_stream(1..5, &(&1 * &1)) |> Enum.to_list() |> IO.inspect()
END
elixir s.exs

### elixir-error
elixir -e 'raise "so"'

### mix
mix new demo >new.log 2>&1; echo $?; tail -n +2 new.log | head -12; cd demo && mix test
