%% SPDX-License-Identifier: Apache-2.0
%% OTP's ssh daemon, and OpenSSH's client that logs in: by key, commands, standard input, a file copied; who is refused.
%% needs: /usr/bin/ssh
%% flags: -kernel logger_level none
%% timeout: 120
-module(ssh_login).
-export([start/1]).

start([Out]) ->
    case code:lib_dir(ssh) of
        {error, _} -> io:format("skipped: OTP's ssh is not there~n");
        _ -> logins(filename:join(Out, "ssh_login." ++ os:getpid()))
    end.

logins(Dir) ->
    ok = filelib:ensure_path(Dir),
    {ok, _} = application:ensure_all_started(ssh),
    try
        put(dir, Dir),
        [0 = element(1, run("/usr/bin/ssh-keygen -q -N '' -t " ++ Type ++ " -f " ++ path(Name)))
         || {Type, Name} <- [{"ed25519", "ssh_host_ed25519_key"}, {"rsa", "ssh_host_rsa_key"}, {"ed25519", "mine"}, {"rsa", "mine_rsa"},
                             {"ecdsa", "mine_ecdsa"}, {"ed25519", "strange"}]],
        Keys = [begin {ok, K} = file:read_file(path(N ++ ".pub")), K end || N <- ["mine", "mine_rsa", "mine_ecdsa"]],
        ok = file:write_file(path("authorized_keys"), Keys),
        {ok, Daemon} = ssh:daemon({127, 0, 0, 1}, 0, [{system_dir, Dir}, {user_dir, Dir}, {auth_methods, "publickey"},
                                                      {exec, {direct, fun command/1}},
                                                      {subsystems, [ssh_sftpd:subsystem_spec([{cwd, Dir}, {root, Dir}])]}]),
        {ok, Info} = ssh:daemon_info(Daemon),
        put(port, integer_to_list(proplists:get_value(port, Info))),
        [io:format("~s ~0p~n", [Key, ssh(Key, "", "17+4")]) || Key <- ["mine", "mine_rsa", "mine_ecdsa"]],
        [io:format("~s ~0p~n", [Cipher, ssh("mine", "-c " ++ Cipher, "large")])
         || Cipher <- ["aes128-ctr", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com"]],
        [io:format("~s ~0p~n", [Kex, ssh("mine", "-o KexAlgorithms=" ++ Kex, "17+4")])
         || Kex <- ["curve25519-sha256", "ecdh-sha2-nistp384", "diffie-hellman-group16-sha512"]],
        io:format("fails ~0p~n", [ssh("mine", "", "fails")]),
        io:format("stranger ~0p~n", [element(1, ssh("strange", "", "17+4"))]),
        ok = file:write_file(path("there"), binary:copy(<<"a line of the file\n">>, 10000)),
        io:format("sftp ~0p ~0p~n", [element(1, sftp("get there back")), file:read_file(path("back")) =:= file:read_file(path("there"))]),
        ssh:stop_daemon(Daemon)
    after
        ok = file:del_dir_r(Dir)
    end.

path(Name) -> filename:join(get(dir), Name).

command("fails") -> {error, "no such thing"};
command("large") -> {ok, erlang:md5(binary:copy(<<"large">>, 1000000))};
command(Text) -> {ok, Text ++ " done"}.

options(Key) ->
    " -F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o IdentitiesOnly=yes -o BatchMode=yes -o LogLevel=ERROR -i " ++
        path(Key) ++ " ".
ssh(Key, More, Command) ->
    run("/usr/bin/ssh" ++ options(Key) ++ More ++ " -p " ++ get(port) ++ " somebody@127.0.0.1 " ++ Command ++ " 2>/dev/null").
sftp(Command) ->
    ok = file:write_file(path("batch"), Command ++ "\n"),
    run("cd " ++ get(dir) ++ " && /usr/bin/sftp -q -b batch" ++ options("mine") ++ "-P " ++ get(port) ++ " somebody@127.0.0.1 2>/dev/null").

%% {exit code, standard output}
run(Command) ->
    program:rest(open_port({spawn_executable, "/bin/sh"}, [{args, ["-c", Command]}, binary, exit_status, in]), <<>>).
