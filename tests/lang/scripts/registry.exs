# SPDX-License-Identifier: Apache-2.0
{:ok, _} = Registry.start_link(keys: :unique, name: R)
{:ok, _} = Registry.start_link(keys: :duplicate, name: D, partitions: 2)
IO.inspect Registry.register(R, "a", :v) |> elem(0)
IO.inspect Registry.register(R, "a", :v) |> elem(0)
IO.inspect Registry.lookup(R, "a") == [{self(), :v}]
IO.inspect Registry.count(R)
IO.inspect Registry.keys(R, self())
IO.inspect Registry.update_value(R, "a", fn v -> {v, 2} end)
{:ok, _} = Agent.start_link(fn -> 42 end, name: {:via, Registry, {R, :agent}})
IO.inspect Agent.get({:via, Registry, {R, :agent}}, & &1)
parent = self()
for i <- 1..5 do
  spawn_link(fn -> Registry.register(D, :topic, i); send(parent, :ready); receive do {:msg, m} -> send(parent, {:got, i, m}) end end)
end
for _ <- 1..5, do: (receive do :ready -> :ok end)
Registry.dispatch(D, :topic, fn entries -> for {pid, _} <- entries, do: send(pid, {:msg, :hi}) end)
IO.inspect(for i <- 1..5, do: (receive do {:got, ^i, m} -> {i, m} end))
IO.inspect Registry.select(R, [{{:"$1", :_, :_}, [], [:"$1"]}]) |> Enum.sort()
IO.inspect Registry.match(R, "a", :_) |> length()
IO.inspect Registry.unregister(R, "a")
IO.inspect Registry.lookup(R, "a")
IO.inspect Registry.put_meta(R, :k, 1)
IO.inspect Registry.meta(R, :k)
