# SPDX-License-Identifier: Apache-2.0
IO.puts "puts"
IO.write "write"
IO.puts ""
IO.puts :stderr, "to stderr"
IO.inspect %{a: 1, b: [1, 2, {3}]}, label: "label"
IO.inspect Enum.to_list(1..200), limit: 10
IO.inspect "x", syntax_colors: []
IO.inspect String.duplicate("long ", 40)
IO.inspect [a: 1, b: "two", c: [d: %{e: 'f'}]], pretty: true, width: 30
IO.inspect {self() |> is_pid(), make_ref() |> is_reference()}
IO.inspect fn x -> x end |> is_function(1)
IO.inspect &Enum.map/2
IO.inspect 1.0e10
IO.inspect 123456789012345678901234567890
IO.inspect nil
IO.inspect :"quoted atom"
IO.inspect %{"k" => :v, 1 => 2}
IO.inspect ~T[10:00:00]
IO.inspect ~U[2026-11-23 10:00:00Z]
IO.inspect ~N[2026-11-23 10:00:00.123]
IO.inspect Date.add(~D[2026-02-28], 1)
IO.inspect Date.diff(~D[2026-11-23], ~D[2026-01-01])
IO.inspect DateTime.to_unix(~U[2026-11-23 10:00:00Z])
IO.inspect Date.day_of_week(~D[2026-11-23])
IO.inspect NaiveDateTime.add(~N[2026-11-23 10:00:00], 3600)
IO.inspect Calendar.strftime(~U[2026-11-23 10:00:00Z], "%Y/%m/%d %H:%M %A")
IO.inspect Date.range(~D[2026-01-30], ~D[2026-02-02]) |> Enum.to_list()
File.write!("t.txt", "a\nb\n")
File.write!("t.txt", "c\n", [:append])
IO.inspect File.read("t.txt")
IO.inspect File.read("nope")
IO.inspect File.exists?("t.txt")
IO.inspect File.stat!("t.txt").size
IO.inspect File.ls!(".") |> Enum.sort()
File.mkdir_p!("d/e/f")
File.cp!("t.txt", "d/e/f/t2.txt")
IO.inspect Path.wildcard("d/**/*.txt")
IO.inspect File.rm_rf!("d") |> length()
IO.inspect Path.join("a", "b") <> Path.extname("x.ex") <> Path.basename("/p/q.r") <> Path.rootname("z.y")
IO.inspect Path.relative_to("/a/b/c", "/a")
{:ok, f} = File.open("u.txt", [:write, :utf8])
IO.write(f, "åäö日\n")
File.close(f)
IO.inspect File.read!("u.txt")
File.open!("u.txt", [:read, :utf8], fn f -> IO.inspect(IO.read(f, :line)); IO.inspect(IO.read(f, :line)) end)
{:ok, s} = StringIO.open("in 1\nin 2\n")
IO.inspect IO.gets(s, "> ")
IO.write(s, "out")
IO.inspect StringIO.contents(s)
IO.inspect IO.gets("prompt ")
IO.inspect IO.read(:line)
IO.inspect IO.read(:eof)
IO.inspect System.argv()
System.put_env("LANG_T", "v")
IO.inspect System.get_env("LANG_T")
IO.inspect System.cmd("echo", ["hi", "there"])
IO.inspect System.cmd("sh", ["-c", "exit 3"])
IO.inspect System.otp_release()
IO.inspect System.version()
IO.inspect System.schedulers_online() > 0
IO.inspect :os.type()
IO.puts IO.ANSI.format([:red, "x"], false)
IO.inspect is_integer(System.monotonic_time())
IO.inspect Process.info(self(), :message_queue_len)
