# SPDX-License-Identifier: Apache-2.0
IO.puts "x"
throw(:up)
