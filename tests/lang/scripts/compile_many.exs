# SPDX-License-Identifier: Apache-2.0
# Twenty modules with functions of many clauses, compiled and called.
for n <- 1..20 do
  clauses = for k <- 1..30, do: "def f(#{k}, x) when is_integer(x), do: {#{n}, #{k}, x + #{k * n}}\n"
  Code.compile_string("defmodule Gen#{n} do\n@moduledoc false\ndefstruct a: #{n}, b: []\n#{clauses}\ndef f(_, x), do: x\ndef up(%__MODULE__{a: a} = s), do: %{s | a: a + 1}\nend")
end
mods = for n <- 1..20, do: Module.concat([:"Gen#{n}"])
IO.inspect Enum.map(mods, & &1.f(7, 1))
IO.inspect Enum.map(mods, &struct(&1)) |> Enum.zip(mods) |> Enum.map(fn {s, m} -> m.up(s).a end)
IO.inspect Enum.sum(for m <- mods, k <- 1..30, do: elem(m.f(k, k), 2))
defmodule Fib do
  def fib(n) when n < 2, do: n
  def fib(n), do: fib(n - 1) + fib(n - 2)
  def memo(n), do: memo(n, %{}) |> elem(0)
  defp memo(n, m) when n < 2, do: {n, m}
  defp memo(n, m) do
    case m do
      %{^n => v} -> {v, m}
      _ ->
        {a, m} = memo(n - 1, m)
        {b, m} = memo(n - 2, m)
        {a + b, Map.put(m, n, a + b)}
    end
  end
end
IO.inspect Fib.fib(20)
IO.inspect Fib.memo(150)
IO.inspect Code.ensure_loaded?(Fib)
IO.inspect function_exported?(Fib, :fib, 1)
IO.inspect Code.ensure_loaded(NoSuchModuleQ)
IO.inspect :code.is_loaded(Fib) |> elem(0)
