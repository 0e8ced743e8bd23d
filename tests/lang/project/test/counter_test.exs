# SPDX-License-Identifier: Apache-2.0
defmodule Demo.CounterTest do
  use ExUnit.Case, async: true
  doctest Demo.Counter

  setup do
    name = "counter#{System.unique_integer([:positive])}"
    {:ok, pid} = Demo.Counter.open(name)
    %{name: name, pid: pid}
  end

  test "counts", %{name: name} do
    assert Demo.Counter.add(name, 2) == 2
    assert Demo.Counter.add(name, 3) == 5
  end

  @tag :capture_log
  test "keeps its state over a crash", %{name: name, pid: pid} do
    Demo.Counter.add(name, 7)
    ref = Process.monitor(pid)
    Demo.Counter.crash(name)
    assert_receive {:DOWN, ^ref, :process, ^pid, :asked_to}, 1000
    wait(fn -> is_pid(Demo.Counter.pid(name)) and Demo.Counter.pid(name) != pid end)
    assert Demo.Counter.add(name, 1) == 8
  end

  test "many at once", %{name: name} do
    1..100 |> Task.async_stream(fn _ -> Demo.Counter.add(name, 1) end, max_concurrency: 10) |> Stream.run()
    assert Demo.Counter.add(name, 0) == 100
  end

  test "an agent", %{} do
    {:ok, agent} = start_supervised({Agent, fn -> [] end})
    for i <- 1..5, do: Agent.update(agent, &[i | &1])
    assert Agent.get(agent, &Enum.sum/1) == 15
  end

  test "registry", %{name: name, pid: pid} do
    assert [{^pid, _}] = Registry.lookup(Demo.Registry, name)
    assert Registry.lookup(Demo.Registry, "nobody") == []
  end

  test "a failing one", %{name: name} do
    assert Demo.Counter.add(name, 1) == 2
  end

  defp wait(f), do: unless(f.(), do: (Process.sleep(2); wait(f)))
end
