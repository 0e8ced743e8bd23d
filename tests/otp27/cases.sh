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
# later: it runs, and tells that crypto has no natives: native libraries are not loaded yet
mix new demo >new.log 2>&1; echo $?; tail -n +2 new.log | head -12; cd demo && mix test
