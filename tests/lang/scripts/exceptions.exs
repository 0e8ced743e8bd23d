# SPDX-License-Identifier: Apache-2.0
defmodule MyErr do
  defexception [:code, message: "my default"]
end
defmodule E do
  def run(f) do
    try do
      f.()
    rescue
      e in [ArithmeticError, ArgumentError] -> {:rescued, e.__struct__, Exception.message(e)}
      e in MyErr -> {:my, e.code, e.message}
      e -> {:other, e.__struct__, Exception.message(e)}
    catch
      :throw, v -> {:thrown, v}
      :exit, v -> {:exited, v}
    else
      v -> {:value, v}
    after
      IO.puts("after")
    end
  end
  def deep(0), do: raise("deep")
  def deep(n), do: [deep(n - 1)]
end
id = fn x -> x end
for f <- [fn -> 1 end, fn -> 1 / id.(0) end, fn -> raise "msg" end, fn -> raise MyErr, code: 5 end, fn -> raise MyErr end, fn -> throw(:t) end, fn -> exit(:e) end, fn -> String.to_integer("x") end, fn -> Map.fetch!(%{}, :k) end, fn -> id.(nil).foo end, fn -> id.(%{}).foo end, fn -> E.nofun(1) end, fn -> NoMod.f() end, fn -> hd(id.([])) end, fn -> {:ok, _} = id.(:error) end, fn -> case id.(1) do 2 -> :x end end, fn -> (fn 1 -> 1 end).(id.(2)) end, fn -> (fn x -> x end).(1, 2) end, fn -> id.(1).() end, fn -> Enum.fetch!([], 3) end, fn -> String.upcase(id.(1)) end, fn -> :erlang.error(:custom) end, fn -> :erlang.error({:custom, 1}) end, fn -> %{id.(%{a: 1}) | b: 2} end, fn -> struct!(URI, zork: 1) end, fn -> File.read!("nonexistent_q") end, fn -> Integer.parse(id.(1)) end, fn -> cond do id.(false) -> 1 end end, fn -> with {:ok, x} <- id.(:nope), do: x end, fn -> id.(:a) + 1 end, fn -> to_string(id.({1, 2})) end, fn -> Keyword.fetch!([a: 1], :b) end, fn -> Enum.map(id.(5), & &1) end, fn -> raise ArgumentError end, fn -> reraise("again", []) end] do
  IO.inspect E.run(f)
end
try do
  E.deep(3)
rescue
  e -> IO.puts(Exception.format(:error, e, __STACKTRACE__ |> Enum.take(4)))
end
IO.puts Exception.format(:exit, {:noproc, {GenServer, :call, [:x, :y, 5000]}}, [])
IO.puts Exception.format(:throw, :val, [])
IO.puts Exception.format_mfa(Foo, :bar, 2)
IO.inspect Exception.normalize(:error, :badarith)
IO.inspect Exception.blame(:error, :function_clause, []) |> elem(0)
x = with {:ok, a} <- {:ok, 1}, b = a + 1, {:ok, c} <- {:error, b} do c else {:error, n} -> {:err, n} end
IO.inspect x
raise "final uncaught"
