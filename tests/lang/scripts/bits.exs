# SPDX-License-Identifier: Apache-2.0
<<a::4, b::size(4), rest::binary>> = <<0x5A, 1, 2>>
IO.inspect {a, b, rest}
<<len::16, s::binary-size(len), _::bits>> = <<0, 3, "abcdef">>
IO.inspect s
IO.inspect <<1.5::float-32, -2::signed-little-16, "å"::utf16>>
IO.inspect for(<<x::2 <- <<228>> >>, do: x)
parse = fn parse, <<t, l, v::binary-size(l), r::binary>>, acc -> parse.(parse, r, [{t, v} | acc]); _, <<>>, acc -> Enum.reverse(acc) end
IO.inspect parse.(parse, <<1, 2, "ab", 2, 0, 3, 1, "z">>, [])
IO.inspect <<3::3>>
IO.inspect bit_size(<<1::9>>)
IO.inspect :binary.encode_unsigned(65536)
import Bitwise
IO.inspect {5 &&& 3, 5 ||| 3, bxor(5, 3), ~~~5, 1 <<< 10, -9 >>> 1}
IO.inspect <<h::utf8, _::binary>> = "éa"
IO.inspect h
IO.inspect is_binary(<<1::1>>)
IO.inspect 0xFF + 0b101 + 0o17 + ?a
IO.inspect 1_000_000 ** 3
IO.inspect div(-7, 2)
IO.inspect rem(-7, 2)
IO.inspect Integer.floor_div(-7, 2)
IO.inspect round(2.5)
IO.inspect 7 / 2
IO.inspect 10 |> Integer.pow(40)
