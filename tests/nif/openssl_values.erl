%% SPDX-License-Identifier: Apache-2.0
%% OTP's crypto and public_key against openssl's command line: each makes, the other one checks.
%% needs: /usr/bin/openssl
%% timeout: 120
-module(openssl_values).
-export([start/1]).
-include_lib("public_key/include/public_key.hrl").

-define(TEXT, "the quick brown fox jumps over the lazy dog, again and again and again").

start([Out]) ->
    Dir = filename:join(Out, "openssl_values." ++ os:getpid()),
    ok = filelib:ensure_path(Dir),
    put(dir, Dir),
    write("text", ?TEXT),
    try
        say("hashes", [H || {H, Name} <- [{md5, "md5"}, {sha, "sha1"}, {sha224, "sha224"}, {sha256, "sha256"}, {sha384, "sha384"},
                                          {sha512, "sha512"}, {sha3_256, "sha3-256"}, {sha3_512, "sha3-512"},
                                          {blake2b, "blake2b512"}, {blake2s, "blake2s256"}],
                            openssl("dgst -binary -" ++ Name ++ " text") =:= {0, crypto:hash(H, ?TEXT)}]),
        macs(),
        ciphers(),
        gcm(),
        rsa(),
        ecdsa(),
        agreement()
    after
        ok = file:del_dir_r(Dir)
    end.

say(What, Result) -> io:format("~s: ~0p~n", [What, Result]).
path(Name) -> filename:join(get(dir), Name).
write(Name, Data) -> ok = file:write_file(path(Name), Data).
read(Name) -> {ok, B} = file:read_file(path(Name)), B.
hex(B) -> binary_to_list(binary:encode_hex(B)).
pem(Name) -> [Entry | _] = public_key:pem_decode(read(Name)), public_key:pem_entry_decode(Entry).

%% exit code and standard output of openssl in the folder
openssl(Arguments) ->
    program:rest(open_port({spawn, "/usr/bin/openssl " ++ Arguments ++ " 2>/dev/null"},
                           [binary, exit_status, {cd, get(dir)}, in]), <<>>).
made(Arguments) -> {0, _} = openssl(Arguments), ok.

macs() ->
    Key = <<"0123456789abcdef0123456789abcdef">>,
    say("hmac", [H || {H, Name} <- [{md5, "MD5"}, {sha, "SHA1"}, {sha256, "SHA256"}, {sha384, "SHA384"}, {sha512, "SHA512"}],
                      openssl("mac -binary -in text -digest " ++ Name ++ " -macopt hexkey:" ++ hex(Key) ++ " HMAC")
                      =:= {0, crypto:mac(hmac, H, Key, ?TEXT)}]),
    say("cmac", [C || {C, Name, N} <- [{aes_128_cbc, "AES-128-CBC", 16}, {aes_256_cbc, "AES-256-CBC", 32}],
                      openssl("mac -binary -in text -cipher " ++ Name ++ " -macopt hexkey:" ++ hex(binary:part(Key, 0, N)) ++ " CMAC")
                      =:= {0, crypto:mac(cmac, C, binary:part(Key, 0, N), ?TEXT)}]),
    say("poly1305", openssl("mac -binary -in text -macopt hexkey:" ++ hex(Key) ++ " POLY1305") =:= {0, crypto:mac(poly1305, Key, ?TEXT)}).

ciphers() ->
    Iv = <<9:128>>,
    say("ciphers",
        [C || {C, Name, Bits} <- [{aes_128_cbc, "aes-128-cbc", 128}, {aes_256_cbc, "aes-256-cbc", 256}, {aes_192_ctr, "aes-192-ctr", 192},
                                  {aes_256_ctr, "aes-256-ctr", 256}, {chacha20, "chacha20", 256}],
              begin
                  Key = crypto:strong_rand_bytes(Bits div 8),
                  Options = " -K " ++ hex(Key) ++ " -iv " ++ hex(Iv),
                  Padding = case C of aes_128_cbc -> [{padding, pkcs_padding}]; aes_256_cbc -> [{padding, pkcs_padding}]; _ -> [] end,
                  Secret = crypto:crypto_one_time(C, Key, Iv, ?TEXT, [{encrypt, true} | Padding]),
                  {0, Secret} =:= openssl("enc -" ++ Name ++ Options ++ " -in text")
              end]).

%% the command line makes GCM's tag (GMAC) and its cipher (CTR from 2 on) each by itself
gcm() ->
    say("gcm",
        [Bits || {C, Bits} <- [{aes_128_gcm, 128}, {aes_192_gcm, 192}, {aes_256_gcm, 256}],
                 begin
                     Key = crypto:strong_rand_bytes(Bits div 8),
                     Iv = crypto:strong_rand_bytes(12),
                     {<<>>, Tag} = crypto:crypto_one_time_aead(C, Key, Iv, <<>>, ?TEXT, 16, true),
                     {Secret, SecretTag} = crypto:crypto_one_time_aead(C, Key, Iv, ?TEXT, <<"aad">>, 16, true),
                     <<Head, Rest/binary>> = SecretTag,
                     {0, Tag} =:= openssl("mac -binary -in text -cipher AES-" ++ integer_to_list(Bits) ++ "-GCM -macopt hexkey:" ++
                                          hex(Key) ++ " -macopt hexiv:" ++ hex(Iv) ++ " GMAC")
                     andalso {0, Secret} =:= openssl("enc -aes-" ++ integer_to_list(Bits) ++ "-ctr -in text -K " ++ hex(Key) ++
                                                     " -iv " ++ hex(<<Iv/binary, 2:32>>))
                     andalso crypto:crypto_one_time_aead(C, Key, Iv, Secret, <<"aad">>, SecretTag, false) =:= <<?TEXT>>
                     andalso crypto:crypto_one_time_aead(C, Key, Iv, Secret, <<"aad">>, <<(Head bxor 1), Rest/binary>>, false) =:= error
                 end]).

rsa() ->
    made("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.pem"),
    made("pkey -in rsa.pem -pubout -out rsa.pub"),
    Private = pem("rsa.pem"),
    Public = pem("rsa.pub"),
    write("ours", public_key:sign(<<?TEXT>>, sha256, Private)),
    made("dgst -sha256 -sign rsa.pem -out theirs text"),
    say("rsa signature", {read("ours") =:= read("theirs"), element(1, openssl("dgst -sha256 -verify rsa.pub -signature ours text")),
                          public_key:verify(<<?TEXT>>, sha256, read("theirs"), Public),
                          public_key:verify(<<"other">>, sha256, read("theirs"), Public)}),
    Pss = [{rsa_padding, rsa_pkcs1_pss_padding}, {rsa_pss_saltlen, 32}],
    write("ours", public_key:sign(<<?TEXT>>, sha384, Private, Pss)),
    Openssl = " -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 ",
    made("dgst -sha384 -sign rsa.pem" ++ Openssl ++ "-out theirs text"),
    say("rsa pss", {element(1, openssl("dgst -sha384 -verify rsa.pub" ++ Openssl ++ "-signature ours text")),
                    public_key:verify(<<?TEXT>>, sha384, read("theirs"), Public, Pss)}),
    Oaep = [{rsa_padding, rsa_pkcs1_oaep_padding}],
    write("ours", public_key:encrypt_public(<<?TEXT>>, Public, Oaep)),
    made("pkeyutl -encrypt -pubin -inkey rsa.pub -pkeyopt rsa_padding_mode:oaep -in text -out theirs"),
    say("rsa oaep", {openssl("pkeyutl -decrypt -inkey rsa.pem -pkeyopt rsa_padding_mode:oaep -in ours") =:= {0, <<?TEXT>>},
                     public_key:decrypt_private(read("theirs"), Private, Oaep)}),
    %% a key that is made here
    New = public_key:generate_key({rsa, 2048, 65537}),
    write("new.pem", public_key:pem_encode([public_key:pem_entry_encode('RSAPrivateKey', New)])),
    write("ours", public_key:sign(<<?TEXT>>, sha512, New)),
    made("pkey -in new.pem -pubout -out new.pub"),
    say("rsa key", {element(1, openssl("pkey -in new.pem -check -noout")),
                    element(1, openssl("dgst -sha512 -verify new.pub -signature ours text"))}).

ecdsa() ->
    say("ecdsa",
        [begin
             made("ecparam -name " ++ Name ++ " -genkey -noout -out ec.pem"),
             made("pkey -in ec.pem -pubout -out ec.pub"),
             Private = pem("ec.pem"),
             {Point, Parameters} = pem("ec.pub"),
             write("ours", public_key:sign(<<?TEXT>>, sha256, Private)),
             made("dgst -sha256 -sign ec.pem -out theirs text"),
             {Name, element(1, openssl("dgst -sha256 -verify ec.pub -signature ours text")),
              public_key:verify(<<?TEXT>>, sha256, read("theirs"), {Point, Parameters}),
              public_key:verify(<<"other">>, sha256, read("theirs"), {Point, Parameters})}
         end || Name <- ["prime256v1", "secp384r1", "secp521r1", "secp256k1"]]),
    made("genpkey -algorithm ED25519 -out ed.pem"),
    made("pkey -in ed.pem -pubout -outform DER -out ed.pub"),
    made("pkeyutl -sign -rawin -inkey ed.pem -in text -out theirs"),
    <<_:12/binary, Key:32/binary>> = read("ed.pub"),
    say("ed25519", {crypto:verify(eddsa, none, ?TEXT, read("theirs"), [Key, ed25519]),
                    crypto:verify(eddsa, none, "other", read("theirs"), [Key, ed25519])}).

%% a secret that both sides find: the raw keys stand at the end of the DER files
agreement() ->
    say("agreement",
        [begin
             made("genpkey -algorithm " ++ Name ++ " -outform DER -out theirs.key"),
             made("pkey -inform DER -in theirs.key -pubout -outform DER -out theirs.pub"),
             Whole = read("theirs.pub"),
             Prefix = binary:part(Whole, 0, byte_size(Whole) - Bytes),
             Theirs = binary:part(Whole, byte_size(Whole), -Bytes),
             {Public, Private} = crypto:generate_key(ecdh, Curve),
             write("ours.pub", [Prefix, Public]),
             Secret = crypto:compute_key(ecdh, Theirs, Private, Curve),
             {Curve, byte_size(Secret),
              openssl("pkeyutl -derive -keyform DER -inkey theirs.key -peerform DER -peerkey ours.pub") =:= {0, Secret}}
         end || {Curve, Name, Bytes} <- [{x25519, "X25519", 32}, {x448, "X448", 56}]]).
