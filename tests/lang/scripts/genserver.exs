# SPDX-License-Identifier: Apache-2.0
defmodule Stack do
  use GenServer
  def start_link(init, opts \\ []), do: GenServer.start_link(__MODULE__, init, opts)
  def init(s), do: {:ok, s, {:continue, :boot}}
  def handle_continue(:boot, s), do: {:noreply, [:booted | s]}
  def handle_call(:pop, _from, [h | t]), do: {:reply, h, t}
  def handle_call(:all, _from, s), do: {:reply, s, s}
  def handle_call({:sleep, n}, from, s) do
    Process.send_after(self(), {:reply, from}, n)
    {:noreply, s}
  end
  def handle_call(:bad, _from, _s), do: raise("bad call")
  def handle_cast({:push, x}, s), do: {:noreply, [x | s]}
  def handle_info({:reply, from}, s) do
    GenServer.reply(from, :late)
    {:noreply, s}
  end
  def handle_info(msg, s), do: {:noreply, [{:info, msg} | s]}
  def terminate(reason, _s), do: IO.inspect({:terminate, reason})
end
Process.flag(:trap_exit, true)
:logger.set_primary_config(:level, :none)
{:ok, pid} = Stack.start_link([1, 2], name: :stack)
IO.inspect GenServer.call(:stack, :pop)
GenServer.cast(pid, {:push, 10})
send(pid, :hello)
IO.inspect GenServer.call(pid, :all)
IO.inspect GenServer.call(pid, {:sleep, 10})
IO.inspect(try do GenServer.call(pid, {:sleep, 500}, 10) catch :exit, {r, _} -> r end)
IO.inspect GenServer.whereis(:stack) == pid
IO.inspect :sys.get_state(pid)
IO.inspect GenServer.stop(pid)
receive do {:EXIT, ^pid, r} -> IO.inspect({:exit, r}) end
{:ok, p2} = Stack.start_link([])
IO.inspect(try do GenServer.call(p2, :bad) catch :exit, {{%RuntimeError{message: m}, _}, _} -> m end)
receive do {:EXIT, ^p2, {e, _}} -> IO.inspect(e) end
IO.inspect(try do GenServer.call(:nobody, :x) catch :exit, e -> e end)
