%% SPDX-License-Identifier: Apache-2.0
%% OTP's own crypto library: values that do not depend on chance.
%% needs: /usr/lib/erlang/lib/crypto-*/priv/lib/crypto.so
-module(crypto_values).
-export([start/1]).

guard(F) -> try F() catch C:R -> {C, R} end.

start(_) ->
    Text = lists:duplicate(100, "the quick brown fox"),
    [io:format("~p ~0p~n", [H, guard(fun() -> crypto:hash(H, Text) end)])
     || H <- [md5, sha, sha224, sha256, sha384, sha512, sha3_224, sha3_512, blake2b, blake2s, md4, ripemd160, nosuch]],
    [io:format("~p ~0p~n", [H, guard(fun() -> crypto:mac(hmac, H, <<"key">>, Text) end)]) || H <- [md5, sha, sha256, sha512]],
    io:format("~0p~n", [guard(fun() -> crypto:mac(cmac, aes_128_cbc, <<1:128>>, Text) end)]),
    io:format("~0p~n", [guard(fun() -> crypto:mac(poly1305, <<1:256>>, Text) end)]),
    [begin
         C = guard(fun() -> crypto:crypto_one_time(Cipher, <<7:Key>>, <<9:Iv>>, Text, [{encrypt, true}, {padding, pkcs_padding}]) end),
         io:format("~p ~0p~n", [Cipher, C])
     end || {Cipher, Key, Iv} <- [{aes_128_cbc, 128, 128}, {aes_256_cbc, 256, 128}, {aes_128_ctr, 128, 128}, {aes_256_ctr, 256, 128},
                                  {chacha20, 256, 128}, {des_ede3_cbc, 192, 64}, {aes_128_cbc, 64, 128}]],
    [begin
         {C, T} = crypto:crypto_one_time_aead(Cipher, <<7:Key>>, <<9:96>>, Text, <<"aad">>, true),
         io:format("~p ~0p ~0p ~p~n", [Cipher, erlang:md5(C), T, crypto:crypto_one_time_aead(Cipher, <<7:Key>>, <<9:96>>, C, <<"aad">>, <<0:128>>, false)])
     end || {Cipher, Key} <- [{aes_128_gcm, 128}, {aes_256_gcm, 256}, {chacha20_poly1305, 256}]],
    io:format("~0p~n", [crypto:hash_final(lists:foldl(fun(D, S) -> crypto:hash_update(S, D) end, crypto:hash_init(sha256), ["a", <<"b">>, "c"]))]),
    {Pub, _} = crypto:generate_key(ecdh, x25519, <<5:256>>),
    io:format("~0p ~0p~n", [Pub, crypto:compute_key(ecdh, Pub, <<77:256>>, x25519)]),
    io:format("~0p~n", [crypto:sign(eddsa, none, <<"message">>, [<<3:256>>, ed25519])]),
    io:format("~0p~n", [lists:sort(crypto:supports(hashs))]),
    io:format("~0p~n", [[crypto:hash_info(sha256), crypto:cipher_info(aes_128_cbc)]]),
    io:format("~0p~n", [crypto:mod_pow(123456789, 1 bsl 200, (1 bsl 255) - 19)]),
    State = crypto:crypto_init(aes_128_ctr, <<1:128>>, <<2:128>>, true),
    io:format("~0p~n", [[crypto:crypto_update(State, D) || D <- ["one", "two", Text]]]).
