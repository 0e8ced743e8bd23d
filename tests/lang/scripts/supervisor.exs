# SPDX-License-Identifier: Apache-2.0
defmodule W do
  use GenServer
  def start_link(n), do: GenServer.start_link(__MODULE__, n, name: n)
  def init(n), do: {:ok, {n, 0}}
  def handle_call(:inc, _, {n, c}), do: {:reply, c + 1, {n, c + 1}}
  def handle_cast(:crash, _), do: exit(:crashed)
end
defmodule S do
  use Supervisor
  def start_link(strategy), do: Supervisor.start_link(__MODULE__, strategy)
  def init(strategy), do: Supervisor.init(for(n <- [:w1, :w2, :w3], do: Supervisor.child_spec({W, n}, id: n)), strategy: strategy)
end
:logger.set_primary_config(:level, :none)
wait = fn wait, f -> if f.(), do: :ok, else: (Process.sleep(5); wait.(wait, f)) end
for strategy <- [:one_for_one, :one_for_all, :rest_for_one] do
  {:ok, sup} = S.start_link(strategy)
  for n <- [:w1, :w2, :w3], do: GenServer.call(n, :inc)
  old = for n <- [:w1, :w2, :w3], do: Process.whereis(n)
  GenServer.cast(:w2, :crash)
  wait.(wait, fn -> p = Process.whereis(:w2); p && p != Enum.at(old, 1) && Enum.all?([:w1, :w2, :w3], &Process.whereis/1) && Supervisor.count_children(sup).active == 3 end)
  IO.inspect {strategy, for(n <- [:w1, :w2, :w3], do: GenServer.call(n, :inc))}
  IO.inspect Supervisor.count_children(sup)
  IO.inspect(for {id, _, t, m} <- Supervisor.which_children(sup), do: {id, t, m})
  Supervisor.stop(sup)
end
{:ok, d} = DynamicSupervisor.start_link(strategy: :one_for_one, max_children: 2)
{:ok, _} = DynamicSupervisor.start_child(d, {W, :d1})
{:ok, p} = DynamicSupervisor.start_child(d, {W, :d2})
IO.inspect DynamicSupervisor.start_child(d, {W, :d3})
IO.inspect DynamicSupervisor.terminate_child(d, p)
IO.inspect DynamicSupervisor.count_children(d)
IO.inspect W.child_spec(:x)
{:ok, ps} = PartitionSupervisor.start_link(child_spec: {Agent, fn -> 0 end}, name: Parts, partitions: 2)
IO.inspect PartitionSupervisor.partitions(Parts)
IO.inspect is_pid(ps)
