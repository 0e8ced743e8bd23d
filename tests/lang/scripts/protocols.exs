# SPDX-License-Identifier: Apache-2.0
defprotocol Area do
  @fallback_to_any true
  def area(x)
  def name(x)
end
defmodule Sq do
  defstruct side: 1
end
defmodule Ci do
  @enforce_keys [:r]
  defstruct [:r, unit: :cm]
end
defimpl Area, for: Sq do
  def area(%{side: s}), do: s * s
  def name(_), do: "square"
end
defimpl Area, for: Ci do
  def area(c), do: Float.round(3.14159 * c.r * c.r, 3)
  def name(_), do: "circle"
end
defimpl Area, for: [Integer, Float] do
  def area(n), do: n
  def name(n), do: "number #{n}"
end
defimpl Area, for: Any do
  def area(_), do: :unknown
  def name(x), do: inspect(x)
end
defimpl String.Chars, for: Sq do
  def to_string(s), do: "Sq(#{s.side})"
end
defimpl Inspect, for: Ci do
  import Inspect.Algebra
  def inspect(c, opts), do: concat(["#Ci<", to_doc(c.r, opts), ">"])
end
defimpl Enumerable, for: Sq do
  def count(s), do: {:ok, s.side}
  def member?(_, _), do: {:error, __MODULE__}
  def slice(_), do: {:error, __MODULE__}
  def reduce(s, acc, f), do: Enumerable.List.reduce(Enum.to_list(1..s.side), acc, f)
end
defmodule Main do
  def run do
    for x <- [%Sq{side: 3}, %Ci{r: 2}, 5, 1.5, "str", {:t}], do: IO.inspect({Area.area(x), Area.name(x)})
    IO.puts "#{%Sq{side: 4}}"
    IO.inspect %Ci{r: 1}
    IO.inspect [%Sq{}, %Ci{r: [1]}]
    IO.inspect Enum.map(%Sq{side: 4}, & &1)
    IO.inspect Enum.count(%Sq{side: 9})
    IO.inspect Area.impl_for(%Sq{})
    IO.inspect Area.__protocol__(:functions)
    s = %Sq{side: 2}
    IO.inspect %{s | side: 5}
    IO.inspect Map.from_struct(s)
    IO.inspect is_struct(s, Sq)
    IO.inspect(try do struct!(Ci, unit: :m) rescue e -> {e.__struct__, Exception.message(e)} end)
    IO.inspect(try do Map.fetch!(s, :nope) rescue e -> Exception.message(e) end)
    IO.inspect(try do to_string({1}) rescue e -> Exception.message(e) |> String.split("\n") |> hd() |> String.slice(0, 70) end)
    %Sq{side: q} = s
    IO.inspect q
    IO.inspect get_in(%{a: %{b: [1, 2]}}, [:a, :b])
    IO.inspect put_in(%{a: %{b: 1}}, [:a, :b], 9)
    IO.inspect update_in(%{a: [1, 2]}, [:a, Access.at(0)], &(&1 * 10))
    IO.inspect inspect(%{1 => [a: 1], "k" => %{x: {1, 2.5}}, nil => ~D[2026-11-23]}, pretty: true, width: 20)
  end
end
Main.run()
