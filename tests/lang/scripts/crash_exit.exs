# SPDX-License-Identifier: Apache-2.0
IO.puts "before"
spawn(fn -> raise "in child" end)
Process.sleep(200)
System.at_exit(fn code -> IO.puts("at exit #{code}") end)
System.stop(4)
Process.sleep(:infinity)
