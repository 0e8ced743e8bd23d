# SPDX-License-Identifier: Apache-2.0
#
# A supervised process counts the words of a text file. Half-way it is killed; its supervisor starts it again and it goes on
# where it stopped, while thousands of other processes work undisturbed.
#
#     mica run examples/word_count.exs [FILE]        or        elixir examples/word_count.exs [FILE]

defmodule Keeper do
  @moduledoc "Keeps what the reader has done so far, and kills it once, at the line it was told."
  use GenServer

  def start_link(options), do: GenServer.start_link(__MODULE__, options, name: __MODULE__)
  def progress, do: GenServer.call(__MODULE__, :progress)
  def store(progress), do: GenServer.call(__MODULE__, {:store, progress})

  @impl true
  def init(options), do: {:ok, %{progress: {0, %{}}, ambush: options[:ambush], owner: options[:owner]}}

  @impl true
  def handle_call(:progress, _from, state), do: {:reply, state.progress, state}

  def handle_call({:store, {line, _} = progress}, {reader, _}, %{ambush: line} = state) do
    IO.puts("line #{line}: the reader is killed")
    Process.exit(reader, :kill)
    {:reply, :ok, %{state | progress: progress, ambush: nil}}
  end

  def handle_call({:store, progress}, _from, state), do: {:reply, :ok, %{state | progress: progress}}

  @impl true
  def handle_cast({:finished, progress}, state) do
    send(state.owner, {:finished, progress})
    {:noreply, state}
  end
end

defmodule Reader do
  @moduledoc "Counts words line by line; after each line the keeper knows how far it came."
  use GenServer

  def start_link(path), do: GenServer.start_link(__MODULE__, path)

  @impl true
  def init(path), do: {:ok, path, {:continue, :read}}

  @impl true
  def handle_continue(:read, path) do
    {done, counts} = Keeper.progress()
    IO.puts("the reader starts at line #{done + 1}")

    finished =
      path
      |> File.stream!()
      |> Stream.drop(done)
      |> Enum.reduce({done, counts}, fn text, {line, counts} ->
        progress = {line + 1, count(text, counts)}
        Keeper.store(progress)
        progress
      end)

    GenServer.cast(Keeper, {:finished, finished})
    {:noreply, path}
  end

  defp count(text, counts) do
    ~r/[[:alpha:]]+/u
    |> Regex.scan(String.downcase(text))
    |> Enum.reduce(counts, fn [word], counts -> Map.update(counts, word, 1, &(&1 + 1)) end)
  end
end

defmodule Worker do
  @moduledoc "One of the others: adds up its own numbers, a little at a time, until it is asked for the sum."
  def start(id), do: spawn(fn -> loop(id, 0, 0) end)

  defp loop(id, step, sum) do
    receive do
      {:report, from} -> send(from, {:report, id, step, sum})
    after
      1 + rem(id, 30) -> loop(id, step + 1, sum + id * step)
    end
  end
end

defmodule Main do
  @workers 5_000

  def run(path) do
    lines = path |> File.stream!() |> Enum.count()

    workers =
      for id <- 1..@workers do
        pid = Worker.start(id)
        {id, pid, Process.monitor(pid)}
      end

    IO.puts("#{@workers} workers are at work; #{Path.basename(path)} has #{lines} lines")

    {:ok, supervisor} =
      Supervisor.start_link(
        [{Keeper, owner: self(), ambush: div(lines, 2)}, {Reader, path}],
        strategy: :one_for_one
      )

    {line, counts} =
      receive do
        {:finished, progress} -> progress
      after
        60_000 -> raise "not finished within a minute"
      end

    IO.puts("line #{line}: finished, #{counts |> Map.values() |> Enum.sum()} words, #{map_size(counts)} different")

    counts
    |> Enum.sort_by(fn {word, count} -> {-count, word} end)
    |> Enum.take(5)
    |> Enum.each(fn {word, count} -> IO.puts("  #{String.pad_trailing(word, 10)} #{count}") end)

    Process.sleep(100)
    IO.puts("#{ask(workers)} of #{@workers} workers are undisturbed")
    Supervisor.stop(supervisor)
  end

  # each is asked; one that died would have left a :DOWN message instead of a report, and a wrong sum does not count
  defp ask(workers) do
    for {_, pid, _} <- workers, do: send(pid, {:report, self()})

    Enum.count(workers, fn {id, _, ref} ->
      receive do
        {:report, ^id, steps, sum} -> sum == id * div(steps * (steps - 1), 2)
        {:DOWN, ^ref, :process, _, reason} -> IO.puts("worker #{id} died: #{inspect(reason)}") && false
      end
    end)
  end
end

Main.run(List.first(System.argv()) || Path.join(__DIR__, "../LICENSE"))
