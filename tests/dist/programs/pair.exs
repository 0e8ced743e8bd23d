# SPDX-License-Identifier: Apache-2.0
# Two nodes of Elixir: `pair.exs serve` is asked, `pair.exs ask NODE` asks.
defmodule Pair.Server do
  use GenServer
  def init(n), do: {:ok, n}
  def handle_call({:add, k}, _from, n), do: {:reply, n + k, n + k}
  def handle_call(:node, _from, n), do: {:reply, node(), n}
  def handle_cast({:tell, pid}, n) do
    send(pid, {:told, n})
    {:noreply, n}
  end
end

defmodule Pair do
  def wait(_node, 0), do: exit(:no_peer)
  def wait(node, n) do
    up = Node.connect(node) && :rpc.call(node, Process, :whereis, [Pair.Tasks])
    if is_pid(up), do: :ok, else: (Process.sleep(100); wait(node, n - 1))
  end

  def short(x) when x == node(), do: :here
  def short(_), do: :there

  def serve do
    {:ok, _} = Task.Supervisor.start_link(name: Pair.Tasks)
    {:ok, _} = GenServer.start_link(Pair.Server, 0, name: Pair.Server)
    {:ok, _} = Agent.start_link(fn -> %{} end, name: Pair.Agent)
    Process.sleep(:infinity)
  end

  def ask(there) do
    wait(there, 300)
    sup = {Pair.Tasks, there}
    show = fn name, x -> IO.puts("### '#{name}'\n#{inspect(x)}") end
    show.("01_connect", {there in Node.list(), Node.ping(there), Node.alive?()})
    t = Task.Supervisor.async(sup, fn -> {short(node()), Enum.sum(1..100)} end)
    show.("02_async", {short(node(t.pid)), short(Task.await(t) |> elem(0)), t.owner == self()})
    show.("03_async_mfa", Task.await(Task.Supervisor.async(sup, Enum, :map, [[1, 2, 3], &Integer.to_string/1])))
    show.("04_async_nolink", Task.yield(Task.Supervisor.async_nolink(sup, fn -> exit(:on_purpose) end)))
    show.("05_stream", Enum.to_list(Task.Supervisor.async_stream(sup, 1..20, fn x -> x * x end, max_concurrency: 4)))
    show.("06_children", length(Task.Supervisor.children(sup)))
    Process.flag(:trap_exit, true)
    bad = Task.Supervisor.async(sup, fn -> exit(:crash) end)
    pid = bad.pid
    show.("07_linked", receive do {:EXIT, ^pid, reason} -> reason after 20000 -> :timeout end)
    Process.demonitor(bad.ref, [:flush])
    show.("08_gen_server", {GenServer.call({Pair.Server, there}, {:add, 5}), GenServer.call({Pair.Server, there}, {:add, 6}),
                            GenServer.call({Pair.Server, there}, :node) == there,
                            GenServer.cast({Pair.Server, there}, {:tell, self()}), receive do {:told, n} -> n after 20000 -> :timeout end})
    show.("09_agent", {Agent.update({Pair.Agent, there}, &Map.put(&1, "key", 1.5)), Agent.get({Pair.Agent, there}, & &1)})
    show.("10_spawn", (me = self(); Node.spawn_link(there, fn -> send(me, {:from, node()}) end); receive do {:from, n} -> n == there after 20000 -> :timeout end))
    show.("11_erpc", {:erpc.call(there, fn -> String.upcase("größe") end), catch_exit(fn -> GenServer.call({:nobody, there}, :x) end)})
    Node.monitor(there, true)
    late = Task.Supervisor.async_nolink(sup, fn -> Process.sleep(:infinity) end)
    Node.spawn(there, :erlang, :halt, [0])
    show.("12_nodedown", {receive do {:nodedown, n} -> n == there after 20000 -> :timeout end,
                          (try do Task.await(late) catch :exit, {r, {Task, :await, _}} -> elem(r, 0) end)})
    System.halt(0)
  end

  def catch_exit(f) do
    f.()
  catch
    :exit, {reason, {GenServer, :call, [{name, _}, message, timeout]}} -> {reason, name, message, timeout}
  end
end

case System.argv() do
  ["serve"] -> Pair.serve()
  ["ask", node] -> Pair.ask(String.to_atom(node))
end
