# SPDX-License-Identifier: Apache-2.0
ExUnit.start(seed: 0, colors: [enabled: false], autorun: false)
defmodule ATest do
  use ExUnit.Case
  setup do
    {:ok, v: 1}
  end
  test "passes", %{v: v} do
    assert v == 1
    assert {:ok, _} = {:ok, 2}
    refute false
    assert_raise ArithmeticError, fn -> 1 / Process.get(:zero, 0) end
    assert_receive_self()
  end
  defp assert_receive_self do
    send(self(), :m)
    assert_receive :m
    refute_received :n
  end
  test "fails with diff" do
    assert %{a: 1, b: [1, 2]} == %{a: 1, b: [1, 3]}
  end
  test "raises" do
    raise "in test"
  end
  @tag :skip
  test "skipped" do
    flunk()
  end
  describe "group" do
    test "in group" do
      assert "abc" =~ "b"
    end
    test "match error" do
      assert {:ok, x} = {:error, :nope}
      x
    end
  end
  import ExUnit.CaptureIO
  test "capture" do
    assert capture_io(fn -> IO.puts("captured") end) == "captured\n"
  end
end
IO.inspect ExUnit.run()
