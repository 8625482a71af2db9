//! Completions, in the shells themselves: what the tab key makes of a line.

use std::path::Path;
use std::process::Command;

use crate::harness::chatctl;
use crate::pty::Terminal;
use crate::running::{Process, Server, path};
use crate::tools::is_there;

/// A line, and what the tab key makes of it.
const LINES: [(&str, &str); 17] = [
    ("config get key-com", "config get key-command"),
    ("whoami --profile sta", "whoami --profile staging"),
    ("room hist", "room history"),
    ("room tail lobby --ev", "room tail lobby --events"),
    (
        "room tail lobby --events messages,typ",
        "room tail lobby --events messages,typing",
    ),
    ("room tail dms:ali", "room tail dms:alice"),
    (
        "room history lobby --client-i",
        "room history lobby --client-id",
    ),
    (
        "capability check lobby --feature send",
        "capability check lobby --feature send-messages",
    ),
    (
        "capability check lobby --op message-delete-a",
        "capability check lobby --op message-delete-any",
    ),
    (
        "token mint --grant lobby=typ",
        "token mint --grant lobby=typing",
    ),
    ("help exit", "help exit-codes"),
    ("help room hist", "help room history"),
    (
        "serve --config servers/al",
        "serve --config servers/alpha.toml",
    ),
    ("exec -- a-program-of-th", "exec -- a-program-of-the-test"),
    ("config use sta", "config use staging"),
    (
        "capability lint @servers/al",
        "capability lint @servers/alpha.toml",
    ),
    (
        "token mint --capability @servers/al",
        "token mint --capability @servers/alpha.toml",
    ),
];

/// The shells, with what makes each one ready.
const SHELLS: [(&str, &[&str], &str); 3] = [
    (
        "bash",
        &["--norc", "--noprofile", "-i"],
        "bind 'set bell-style none'; PS1='> '; source <(chatctl completions bash)",
    ),
    (
        "zsh",
        &["-f", "-i"],
        "PS1='> '; unsetopt beep prompt_sp; autoload -Uz compinit; compinit -u -D; source <(chatctl completions zsh)",
    ),
    (
        "fish",
        &["--no-config"],
        "function fish_prompt; echo '> '; end; set -g fish_autosuggestion_enabled 0; chatctl completions fish | source",
    ),
];

/// A folder to type in, with a file and a program to complete.
fn folder() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("servers")).unwrap();
    std::fs::write(folder.path().join("servers/alpha.toml"), "").unwrap();
    let config = folder.path().join("config.toml");
    std::fs::write(config, "[profiles.staging]\nclient-id = \"ann\"\n").unwrap();
    std::fs::create_dir(folder.path().join("programs")).unwrap();
    let program = folder.path().join("programs/a-program-of-the-test");
    std::fs::write(&program, "#!/bin/sh\n").unwrap();
    std::fs::set_permissions(program, std::fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

fn start(shell: &str, arguments: &[&str], server: Option<&Server>, home: &Path) -> Terminal {
    let mut command = Command::new(shell);
    if let Some(server) = server {
        let with_variables = server.command(&[]);
        let variables = with_variables.get_envs();
        command.envs(variables.filter_map(|(name, value)| Some((name, value?))));
    }
    let binaries = Path::new(env!("CARGO_BIN_EXE_chatctl")).parent().unwrap();
    let programs = home.join("programs");
    let search = format!("{}:{}:{}", binaries.display(), programs.display(), path());
    command
        .args(arguments)
        .env("PATH", search)
        .env("HOME", home)
        .env("CHATCTL_CONFIG", home.join("config.toml"))
        .env("LC_ALL", "C.UTF-8")
        .current_dir(home);
    Terminal::start(&command, 120)
}

#[test]
fn the_tab_key_completes_in_bash_zsh_and_fish() {
    let server = Server::start();
    let enter = ["presence", "enter", "dms:alice", "--client-id", "ann"];
    let _member = Process::start(server.command(&enter));
    let list = ["room", "list"];
    while !server.chatctl(&list).run().stdout.contains("dms:alice") {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    for (shell, arguments, ready) in SHELLS {
        if !is_there(shell) {
            continue;
        }
        let home = folder();
        let terminal = start(shell, arguments, Some(&server), home.path());
        terminal.types(&format!("{ready}; clear\r"));
        terminal.until("a prompt alone", |lines| {
            lines.last().is_some_and(|line| line.trim() == ">")
        });
        for (typed, completed) in LINES {
            terminal.types(&format!("chatctl {typed}\t"));
            let expected = format!("chatctl {completed}");
            terminal.until(&format!("{shell}: {completed}"), |lines| {
                lines
                    .iter()
                    .any(|line| line.trim_end().ends_with(&expected))
            });
            terminal.types("\u{15}");
        }
    }
}

#[test]
fn commands_come_before_options_and_meanings_beside_them() {
    if !is_there("fish") {
        return;
    }
    let home = folder();
    let binaries = Path::new(env!("CARGO_BIN_EXE_chatctl")).parent().unwrap();
    let complete = |line: &str| {
        let script =
            format!("chatctl completions fish | source; complete --do-complete 'chatctl {line}'");
        let output = Command::new("fish")
            .args(["--no-config", "-c", &script])
            .env_clear()
            .env("PATH", format!("{}:{}", binaries.display(), path()))
            .env("HOME", home.path())
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let commands = complete("");
    assert!(commands.starts_with("room\tSend, read"), "{commands}");
    assert!(!commands.contains("--log-format"), "{commands}");
    assert!(complete("error 4014").contains("40142\t"));
    let shells = complete("completions ");
    assert!(
        shells.contains("bash") && !shells.contains("--help"),
        "{shells}"
    );
    assert_eq!(complete("config use "), "", "there are no profiles");
    assert!(complete("config use --h").contains("--help"));
    assert!(complete("room tail lobby --js").contains("--json"));
    // No endpoint is named, and none is started to be asked.
    assert_eq!(complete("room tail lob"), "");
    assert!(!home.path().join(".local/state/chatctl").exists());
}

#[test]
fn a_script_is_a_result() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = chatctl(&["completions", shell]).run().exits(0);
        assert!(ran.stdout.contains("CHATCTL_COMPLETE"), "{ran:?}");
    }
    let ran = chatctl(&["completions", "tcsh"]).run().exits(2);
    assert!(ran.stderr.contains("powershell"), "{ran:?}");
}
