# SPDX-License-Identifier: Apache-2.0
defmodule M do
  defmacro unless2(c, do: b), do: quote(do: if(!unquote(c), do: unquote(b)))
  defmacro log(e) do
    s = Macro.to_string(e)
    quote do
      r = unquote(e)
      IO.puts(unquote(s) <> " = " <> inspect(r))
      r
    end
  end
  defmacro defgetters(kv) do
    for {k, v} <- kv, do: quote(do: def(unquote(k)(), do: unquote(v)))
  end
  defmacro __using__(opts) do
    quote do
      import M
      @opts unquote(opts)
      @before_compile M
      def opts, do: @opts
    end
  end
  defmacro __before_compile__(_env), do: quote(do: def(injected, do: :yes))
end
defmodule U do
  use M, level: 3
  defgetters(a: 1, b: 2)
  Module.register_attribute(__MODULE__, :acc, accumulate: true)
  @acc 1
  @acc 2
  def acc, do: @acc
  def f(x), do: unless2(x, do: :falsy)
end
defmodule G do
  defguard is_even(x) when is_integer(x) and rem(x, 2) == 0
  def f(x) when is_even(x), do: :even
  def f(_), do: :other
  def d(a, b \\ 2, c \\ 3), do: {a, b, c}
  @doc false
  defdelegate len(x), to: Kernel, as: :length
end
defmodule Main do
  def run do
    require M
    M.log(1 + 2 * 3)
    M.log(Enum.map([1], &(&1 + 1)))
    IO.inspect {U.opts(), U.a(), U.b(), U.injected(), U.acc(), U.f(nil), U.f(1)}
    IO.inspect quote(do: a + b * 2)
    IO.puts Macro.to_string(quote(do: fn x when x > 1 -> x |> foo(1) end))
    IO.inspect Macro.expand(quote(do: unless(x, do: y)), __ENV__) |> elem(0)
    IO.inspect Code.eval_string("x = 5; x * y", y: 3)
    IO.inspect Code.eval_quoted(quote(do: 1 + 1))
    IO.inspect Code.string_to_quoted("foo(1, 2)")
    IO.inspect Code.string_to_quoted("foo(")
    IO.inspect(try do Code.eval_string("1 + ") rescue e -> {e.__struct__, Exception.message(e)} end)
    IO.puts Code.format_string!("x=1+2;foo( 1,2 )")
    Code.compile_string("defmodule Dyn do\n def v, do: :dynamic\nend") |> Enum.map(&elem(&1, 0)) |> IO.inspect()
    IO.inspect apply(Dyn, :v, [])
    IO.inspect Macro.prewalk(quote(do: 1 + 2), fn n when is_integer(n) -> n * 10; x -> x end)
    IO.inspect Macro.camelize("foo_bar") <> Macro.underscore("FooBar")
    IO.inspect U.__info__(:functions)
    IO.inspect [G.f(2), G.f(3), G.f("x"), G.d(1), G.d(1, 9), G.len([1, 2])]
  end
end
Main.run()
