# SPDX-License-Identifier: Apache-2.0
IO.puts("a"
x = = 1
