# SPDX-License-Identifier: Apache-2.0
IO.puts String.duplicate("z", 50_000)
System.halt(9)
