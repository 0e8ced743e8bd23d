# SPDX-License-Identifier: Apache-2.0
defmodule Demo.Application do
  @moduledoc false
  use Application

  @impl true
  def start(_type, _args) do
    children = [
      {Registry, keys: :unique, name: Demo.Registry},
      {Demo.Store, []},
      {DynamicSupervisor, name: Demo.Counters, strategy: :one_for_one, max_restarts: 50}
    ]

    Supervisor.start_link(children, strategy: :one_for_one, name: Demo.Supervisor)
  end
end

defmodule Demo.Store do
  @moduledoc "Remembers each counter's value while its process is down."
  use Agent

  def start_link(_), do: Agent.start_link(fn -> %{} end, name: __MODULE__)
  def get(name), do: Agent.get(__MODULE__, &Map.get(&1, name, 0))
  def put(name, value), do: Agent.update(__MODULE__, &Map.put(&1, name, value))
end

defmodule Demo.Counter do
  @moduledoc """
  A counter under a supervisor.

      iex> {:ok, _} = Demo.Counter.open("doc")
      iex> Demo.Counter.add("doc", 5)
      5
  """
  use GenServer

  def open(name), do: DynamicSupervisor.start_child(Demo.Counters, {__MODULE__, name})
  def start_link(name), do: GenServer.start_link(__MODULE__, name, name: via(name))
  def add(name, n), do: GenServer.call(via(name), {:add, n})
  def crash(name), do: GenServer.cast(via(name), :crash)
  def pid(name), do: GenServer.whereis(via(name))
  defp via(name), do: {:via, Registry, {Demo.Registry, name}}

  @impl true
  def init(name), do: {:ok, {name, Demo.Store.get(name)}}

  @impl true
  def handle_call({:add, n}, _from, {name, value}) do
    Demo.Store.put(name, value + n)
    {:reply, value + n, {name, value + n}}
  end

  @impl true
  def handle_cast(:crash, state), do: {:stop, :asked_to, state}
end
