# SPDX-License-Identifier: Apache-2.0
parent = self()
pid = spawn(fn -> receive do {:ping, from} -> send(from, :pong) end end)
send(pid, {:ping, self()})
receive do :pong -> IO.puts("pong") after 1000 -> IO.puts("timeout") end
defmodule Mon do
  def run do
    {p, r} = spawn_monitor(fn -> exit(:bye) end)
    receive do {:DOWN, ^r, :process, ^p, reason} -> reason end
  end
end
IO.inspect(Mon.run())
Process.flag(:trap_exit, true)
l = spawn_link(fn -> exit({:shutdown, 1}) end)
receive do {:EXIT, ^l, reason} -> IO.inspect(reason) end
for i <- 1..100, do: spawn(fn -> send(parent, {:n, i}) end)
IO.inspect Enum.sum(for _ <- 1..100, do: (receive do {:n, i} -> i end))
Process.register(self(), :me)
send(:me, :hi)
IO.inspect(receive do :hi -> Process.whereis(:me) == self() end)
Process.put(:k, 1)
IO.inspect Process.get(:k)
t = Process.send_after(self(), :later, 5)
IO.inspect is_reference(t)
IO.inspect(receive do :later -> :ok after 1000 -> :no end)
IO.inspect Process.cancel_timer(Process.send_after(self(), :x, 100_000)) > 90_000
ring = Enum.reduce(1..1000, self(), fn _, next -> spawn(fn -> receive do n -> send(next, n + 1) end end) end)
send(ring, 0)
IO.inspect(receive do n -> n end)
IO.inspect Process.alive?(self())
IO.inspect Node.self()
:ets.new(:t, [:named_table, :public, :ordered_set])
for i <- 1..10, do: :ets.insert(:t, {i, i * i})
IO.inspect :ets.tab2list(:t)
IO.inspect :ets.select(:t, [{{:"$1", :"$2"}, [{:>, :"$2", 50}], [:"$1"]}])
IO.inspect :persistent_term.put(:pt, %{a: 1})
IO.inspect :persistent_term.get(:pt)
c = :counters.new(1, [])
1..20 |> Enum.map(fn _ -> Task.async(fn -> :counters.add(c, 1, 1) end) end) |> Task.await_many()
IO.inspect :counters.get(c, 1)
receive do after 10 -> :ok end
IO.inspect :queue.to_list(:queue.from_list([1, 2]))
IO.inspect :erlang.phash2({:a, "b"})
IO.inspect :math.sqrt(2)
IO.inspect :binary.split("a-b", "-")
IO.inspect :lists.keyfind(:a, 1, [{:a, 1}])
IO.inspect Process.exit(spawn(fn -> Process.sleep(:infinity) end), :kill)
IO.inspect :timer.tc(fn -> 1 end) |> elem(1)
IO.inspect Application.started_applications() |> Enum.map(&elem(&1, 0)) |> Enum.sort()
IO.inspect Application.get_env(:elixir, :nope, :default)
