//! The config file, its profiles, and the commands that show and edit them.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::harness::{KEY, Ran, Run, chatctl, token};
use crate::pty::Terminal;
use crate::running::{Server, command, path, path_with_chatctl};

/// A home with a config file.
struct Home {
    folder: TempDir,
}

impl Home {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// One whose file only its owner can read.
    fn with(text: &str) -> Self {
        let home = Self::new();
        home.write(text, 0o600);
        home
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("chatctl/config.toml")
    }

    fn write(&self, text: &str, mode: u32) {
        std::fs::create_dir_all(self.file().parent().unwrap()).unwrap();
        std::fs::write(self.file(), text).unwrap();
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(self.file(), mode).unwrap();
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.file()).unwrap()
    }

    fn mode(&self) -> u32 {
        let data = std::fs::metadata(self.file()).unwrap();
        data.permissions().mode() & 0o777
    }

    fn chatctl(&self, arguments: &[&str]) -> Run {
        let state = self.folder.path().join("state");
        chatctl(arguments)
            .env("XDG_CONFIG_HOME", self.folder.path().to_str().unwrap())
            .env("XDG_STATE_HOME", state.to_str().unwrap())
            .env("PATH", &path())
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        self.chatctl(arguments).run()
    }
}

const SEND: [&str; 4] = ["room", "send", "lobby", "hi"];

#[test]
fn profile_gives_endpoint_key_and_client() {
    let server = Server::start();
    let home = Home::with(&format!(
        "[profiles.dev]\nendpoint = '{}'\nkey-command = 'echo {KEY}'\nclient-id = 'ann'\n",
        server.url
    ));
    let jq = ["--jq", ".clientId"];
    let sent = home.run(&[&SEND[..], &["--profile", "dev"], &jq].concat());
    let sent = sent.exits(0);
    assert_eq!((sent.stdout.as_str(), sent.stderr.as_str()), ("ann\n", ""));
    let by_variable = home.chatctl(&[&SEND[..], &jq].concat());
    let by_variable = by_variable.env("CHATCTL_PROFILE", "dev").run().exits(0);
    assert_eq!(by_variable.stdout, "ann\n");
    home.run(&["config", "use", "dev"]).exits(0);
    let chosen = home.chatctl(&[&SEND[..], &jq].concat());
    let chosen = chosen.env("ABLY_CLIENT_ID", "bob").run().exits(0);
    assert_eq!(chosen.stdout, "bob\n", "the environment comes first");
    let flag = [&SEND[..], &jq, &["--client-id", "cy"]].concat();
    assert_eq!(home.run(&flag).exits(0).stdout, "cy\n");
}

#[test]
fn unknown_profile_is_an_error_that_lists_the_others() {
    let home = Home::with("[profiles.one]\n[profiles.two]\n");
    let ran = home.run(&[&SEND[..], &["--profile", "three"]].concat());
    let ran = ran.exits(2);
    for words in ["--profile", "'three'", "one, two"] {
        assert!(ran.stderr.contains(words), "{ran:?}");
    }
    let ran = home.chatctl(&SEND).env("CHATCTL_PROFILE", "").run();
    assert!(ran.exits(2).stderr.contains("set but empty"));
    let none = Home::new();
    let ran = none.run(&[&SEND[..], &["--profile", "x"]].concat());
    assert!(ran.exits(2).stderr.contains("config.toml has no profiles"));
}

#[test]
fn faulty_file_is_named_with_line_and_column() {
    let home = Home::with("timeout = '4s'\nend-point = 'main'\n");
    let ran = home.run(&SEND).exits(2);
    let place = format!("{}:2:1: unknown setting", home.file().display());
    assert!(ran.stderr.contains(&place), "{ran:?}");
    assert!(ran.stderr.contains("did you mean 'endpoint'?"), "{ran:?}");
    // What mends it and explains it still works.
    home.run(&["config", "path"]).exits(0);
    home.run(&["help", "settings"]).exits(0);
    home.run(&["config", "show"]).exits(2);
    let editor = home.chatctl(&["config", "edit"]);
    editor.env("EDITOR", "sed -i 2d").run().exits(0);
    assert_eq!(home.text(), "timeout = '4s'\n");
}

#[test]
fn offline_commands_run_beside_a_faulty_file() {
    let home = Home::with("output = 'json'\nendpoint = main\n");
    let warning = format!(
        "warning: the config file is not used: {}:2:12: a value is missing or has no quotes",
        home.file().display()
    );
    let token = token(&["--client-id", "ann"]);
    for offline in [
        &["error", "40160"][..],
        &["version"],
        &["completions", "bash"],
        &["capability", "features"],
        &["capability", "lint", r#"{"lobby":["publish"]}"#],
        &["claims", "decode", &token],
        &["claims", "lint", &token],
        &["token", "mint", "--key", KEY],
    ] {
        let ran = home.run(offline).exits(0);
        assert!(ran.stderr.contains(&warning), "{ran:?}");
    }
    home.run(&["help", "settings"]).exits(0);
    // Its key is not exchanged for that of the local server, nor its endpoint for another.
    for dependent in [
        &["token", "mint"][..],
        &["claims", "decode", &token, "--verify"],
        &["capability", "check", "lobby", "--op", "publish"],
        &["token", "issue", "--key", KEY],
        &["error", "40160", "--profile", "x"],
    ] {
        let ran = home.run(dependent).exits(2);
        assert!(ran.stderr.contains(":2:12: a value is missing"), "{ran:?}");
    }
}

#[test]
fn faulty_edit_is_refused_and_kept_elsewhere() {
    let home = Home::with("# mine\ntimeout = '4s'\n");
    let before = home.text();
    let edit = |editor: &str| {
        let folder = home.folder.path().to_str().unwrap();
        let run = home.chatctl(&["config", "edit"]);
        run.env("VISUAL", editor).env("TMPDIR", folder).run()
    };
    for (editor, fault) in [
        ("sed -i '2s/.*/x = 1/'", ":2:1: unknown setting 'x'"),
        ("sed -i '2s/$/ = /'", ":2:"),
        ("sed -i '1iprofile = \"no\"'", "there is no profile 'no'"),
    ] {
        let ran = edit(editor).exits(2);
        assert!(ran.stderr.contains(fault), "{ran:?}");
        assert!(ran.stderr.contains("is as it was"), "{ran:?}");
        assert_eq!(home.text(), before);
        let (_, rest) = ran.stderr.split_once("your text is kept in ").unwrap();
        let kept = rest.split(": mend it").next().unwrap();
        assert_ne!(std::fs::read_to_string(kept).unwrap(), before);
    }
    edit("sed -i 's/4s/5s/'").exits(0);
    assert_eq!(home.text(), "# mine\ntimeout = '5s'\n");
    assert_eq!(home.mode(), 0o600);
    edit("true").exits(0);
    // What another command set meanwhile is not lost.
    let chatctl = env!("CARGO_BIN_EXE_chatctl");
    let ran = edit(&format!(
        "f() {{ {chatctl} config set wire json; sed -i s/5s/6s/ \"$1\"; }}; f"
    ));
    let ran = ran.exits(2);
    assert!(ran.stderr.contains("changed by another program"), "{ran:?}");
    assert!(home.text().contains("wire = \"json\""), "{}", home.text());
    let fresh = Home::new();
    let editor = fresh.chatctl(&["config", "edit"]).env("EDITOR", "true");
    editor.run().exits(0);
    assert!(fresh.text().starts_with("# Settings"));
}

#[test]
fn changes_of_commands_that_run_at_once_are_all_kept() {
    let home = Home::new();
    let names: Vec<String> = (0..8).map(|n| format!("p{n}")).collect();
    std::thread::scope(|scope| {
        for name in &names {
            let home = &home;
            scope.spawn(move || {
                let set = ["config", "set", "endpoint", "main", "--profile", name];
                home.run(&set).exits(0);
            });
        }
    });
    for name in &names {
        let heading = format!("[profiles.{name}]");
        assert!(home.text().contains(&heading), "{}", home.text());
    }
}

#[test]
fn set_and_get_act_on_the_profile_that_is_named() {
    let home = Home::with("profile = 'a'\ntimeout = '4s'\n[profiles.a]\ntimeout = '5s'\n");
    let by_variable = |arguments: &[&str]| {
        let run = home.chatctl(arguments).env("CHATCTL_PROFILE", "a");
        run.run()
    };
    assert_eq!(
        by_variable(&["config", "get", "timeout"]).exits(0).word(),
        "5s"
    );
    let ran = by_variable(&["config", "set", "wire", "json"]).exits(0);
    assert!(ran.stderr.contains("wire of profile a is set"), "{ran:?}");
    // The file's own choice does not move the value, and is not silent.
    let note = "profile a is in use and has its own timeout";
    let ran = home.run(&["config", "get", "timeout"]).exits(0);
    assert_eq!(ran.word(), "4s");
    assert!(ran.stderr.contains(note), "{ran:?}");
    let ran = home.run(&["config", "set", "timeout", "6s"]).exits(0);
    assert!(ran.stderr.contains(note), "{ran:?}");
    let ran = by_variable(&["config", "unset", "timeout"]).exits(0);
    assert!(ran.stderr.contains("of profile a is removed"), "{ran:?}");
    let ran = by_variable(&["config", "unset", "timeout"]).exits(0);
    assert!(ran.stderr.contains("is not set"), "{ran:?}");
    assert!(home.text().contains("timeout = \"6s\""), "{}", home.text());
    let ran = home.run(&["config", "set", "timeout", "7s"]).exits(0);
    assert!(!ran.stderr.contains("note:"), "{ran:?}");
}

#[test]
fn terminal_does_not_show_a_secret_that_is_typed() {
    let home = Home::new();
    let folder = home.folder.path();
    let set = || {
        let mut set = command(&["config", "set", "key", "-"], folder);
        set.env("XDG_CONFIG_HOME", folder);
        Terminal::start(&set, 80)
    };
    let mut terminal = set();
    terminal.shows("key:");
    terminal.types(&format!("{KEY}\r"));
    terminal.shows("key is set in");
    terminal.ends_with(0);
    assert!(
        !terminal.written().contains("secret"),
        "{}",
        terminal.written()
    );
    assert!(home.text().contains(KEY));
    let mut terminal = set();
    terminal.shows("key:");
    terminal.types("x\x03");
    terminal.shows("nothing was set");
    terminal.ends_with(130);
}

#[test]
fn file_with_secrets_or_commands_must_be_private() {
    let home = Home::new();
    for (text, mode, is_taken) in [
        ("key = 'a.b:c'\n", 0o600, true),
        ("key = 'a.b:c'\n", 0o640, false),
        ("key-command = 'echo a.b:c'\n", 0o644, true),
        ("key-command = 'echo a.b:c'\n", 0o664, false),
        ("[profiles.x]\nauth-command = 'echo'\n", 0o646, false),
        ("timeout = '3s'\n", 0o666, true),
    ] {
        home.write(text, mode);
        let ran = home.run(&["error", "40160"]);
        let ran = ran.exits(if is_taken { 0 } else { 2 });
        if !is_taken {
            assert!(ran.stderr.contains("chmod 600"), "{ran:?}");
            assert!(!ran.stderr.contains("a.b:c"), "{ran:?}");
        }
    }
    let key = home.folder.path().join("chatctl/key");
    std::fs::write(&key, KEY).unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    home.write("key-file = 'key'\n", 0o644);
    let ran = home.run(&["token", "mint"]).exits(2);
    assert!(ran.stderr.contains("chmod 600"), "{ran:?}");
    let flag = home.run(&["token", "mint", "--key-file", key.to_str().unwrap()]);
    assert!(flag.exits(0).stderr.contains("warning: others can read"));
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    home.run(&["token", "mint"]).exits(0);
}

#[test]
fn key_command_that_fails_is_named_and_limited() {
    for (command, words) in [
        ("exit 3", "failed: exit status: 3"),
        ("true", "printed nothing"),
        ("echo nonsense-secret", "printed no key"),
        ("sleep 30", "took longer than 0.2 s"),
    ] {
        let home = Home::with(&format!("key-command = '{command}'\n"));
        let ran = home.run(&["token", "mint", "--timeout", "200ms"]).exits(2);
        assert!(ran.stderr.contains("key-command of the config file"));
        assert!(ran.stderr.contains(words), "{ran:?}");
        assert!(!ran.stderr.contains("nonsense-secret"), "{ran:?}");
        // Nothing else runs it.
        for offline in [
            &["config", "show"][..],
            &["whoami", "--offline"],
            &["error", "40160"],
        ] {
            home.run(offline).exits(0);
        }
    }
}

#[test]
fn exec_reads_no_config_file() {
    let home = Home::with("endpoint = 'http://127.0.0.1:1'\n[profiles.x]\n");
    let send = "chatctl room send lobby hi --jq .text";
    let run = |script: &str| {
        let exec = home.chatctl(&["exec", "--", "sh", "-c", script]);
        exec.env("PATH", &path_with_chatctl()).run()
    };
    assert_eq!(run(send).exits(0).stdout, "hi\n");
    let ran = run(&format!("{send} --profile x")).exits(2);
    assert!(ran.stderr.contains("within 'chatctl exec'"), "{ran:?}");
}

#[test]
fn set_keeps_comments_and_order_and_checks_first() {
    let home = Home::with(
        "# mine\ntimeout = '4s' # short\n\n# staging\n[profiles.staging]\nendpoint = 'main'\n",
    );
    home.run(&["config", "set", "timeout", "5s"]).exits(0);
    let staging = ["--profile", "staging"];
    home.run(&[&["config", "set", "client-id", "ann"], &staging[..]].concat())
        .exits(0);
    assert_eq!(
        home.text(),
        "# mine\ntimeout = \"5s\" # short\n\n# staging\n[profiles.staging]\nendpoint = 'main'\nclient-id = \"ann\"\n"
    );
    let before = home.text();
    for (arguments, words) in [
        (&["timeout", "5"][..], "timeout: '5' is not a duration"),
        (&["timeuot", "5s"], "did you mean 'timeout'?"),
        (&["timeout", "5s", "6s"], "one value"),
        (&["profile", "nowhere"], "no profile 'nowhere'"),
        (&["auth-headers", "A: b"], "set auth-url first"),
        (
            &["client-id", "x", "--profile", "a b"],
            "valid profile name",
        ),
    ] {
        let ran = home.run(&[&["config", "set"], arguments].concat()).exits(2);
        assert!(ran.stderr.contains(words), "{ran:?}");
    }
    assert_eq!(home.text(), before);
    home.run(&[&["config", "unset", "client-id"], &staging[..]].concat())
        .exits(0);
    assert!(!home.text().contains("ann"));
}

#[test]
fn new_file_is_private_and_secrets_come_from_standard_input() {
    let home = Home::new();
    let set = home.chatctl(&["config", "set", "key", "-", "--profile", "prod"]);
    let ran = set.stdin(&format!("{KEY}\n")).run().exits(0);
    assert!(!ran.stderr.contains("secret"), "{ran:?}");
    assert_eq!(home.mode(), 0o600);
    assert_eq!(home.text(), format!("[profiles.prod]\nkey = \"{KEY}\"\n"));
    let get = |name: &str| home.run(&["config", "get", name, "--profile", "prod"]);
    assert_eq!(get("key").exits(0).stdout, "appid.••••:••••\n");
    get("endpoint").exits(1);
    let ran = home.run(&["config", "set", "token", "x.y.z", "--profile", "prod"]);
    let ran = ran.exits(2);
    assert!(ran.stderr.contains("config unset key --profile prod"));
    // One that others could read is closed once a secret is in it.
    home.write("timeout = '4s'\n", 0o644);
    home.chatctl(&["config", "set", "key", "-"])
        .stdin(KEY)
        .run()
        .exits(0);
    assert_eq!(home.mode(), 0o600);
}

#[test]
fn set_follows_a_link_to_the_file() {
    let home = Home::new();
    let real = home.folder.path().join("dotfiles.toml");
    std::fs::write(&real, "").unwrap();
    std::fs::create_dir_all(home.file().parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(&real, home.file()).unwrap();
    home.run(&["config", "set", "timeout", "4s"]).exits(0);
    assert_eq!(std::fs::read_to_string(real).unwrap(), "timeout = \"4s\"\n");
    assert!(home.file().is_symlink());
}

#[test]
fn show_names_each_origin_and_masks_secrets() {
    let home = Home::with(
        "key = 'appid.keyid:hidden'\ntimeout = '4s'\noutput = 'json'\n\
         [profiles.a]\nendpoint = 'nonprod:sandbox'\n",
    );
    let show = ["config", "show", "--profile", "a"];
    let shown = home.chatctl(&show).env("CHATCTL_WIRE", "json").run();
    let shown = shown.exits(0);
    assert!(!shown.stdout.contains("hidden"), "{shown:?}");
    let json = shown.json();
    for (name, value, origin) in [
        ("profile", "a", "--profile"),
        ("endpoint", "nonprod:sandbox", "endpoint of profile a"),
        (
            "credential",
            "API key appid.••••:••••",
            "key of the config file",
        ),
        ("timeout", "4s", "timeout of the config file"),
        ("wire", "json", "CHATCTL_WIRE"),
        ("color", "auto", "default"),
    ] {
        assert_eq!(json[name]["value"], value, "{json}");
        assert_eq!(json[name]["origin"], origin, "{json}");
    }
    let table = home.run(&["config", "show", "-o", "table"]).exits(0);
    assert!(table.stdout.starts_with("SETTING"), "{table:?}");
}

#[test]
fn list_marks_the_profile_in_use() {
    let home = Home::with(
        "profile = 'b'\n[profiles.a]\nendpoint = 'main'\n[profiles.b]\nkey-command = 'x'\n",
    );
    let listed = home.run(&["config", "list", "--json"]).exits(0).json();
    assert_eq!(listed[0]["inUse"], false);
    assert_eq!(listed[1]["inUse"], true);
    assert_eq!(listed[1]["credential"], "key-command");
    assert_eq!(home.run(&["config", "get", "profile"]).word(), "b");
    home.run(&["config", "unset", "profile"]).exits(0);
    home.run(&["config", "get", "profile"]).exits(1);
    let none = Home::new().run(&["config", "list"]).exits(0);
    assert!(none.stdout.is_empty() && none.stderr.contains("no profiles"));
}

#[test]
fn named_config_file_must_exist_and_be_absolute() {
    let home = Home::with("");
    for (file, words) in [("config.toml", "absolute"), ("/no/such/file", "can't read")] {
        let ran = home
            .chatctl(&["error", "40160"])
            .env("CHATCTL_CONFIG", file);
        assert!(ran.run().exits(2).stderr.contains(words));
    }
    let file = home.folder.path().join("other.toml");
    let file = file.to_str().unwrap();
    let set = home.chatctl(&["config", "set", "timeout", "4s"]);
    set.env("CHATCTL_CONFIG", file).run().exits(0);
    let null = home.chatctl(&["config", "set", "timeout", "4s"]);
    null.env("CHATCTL_CONFIG", "/dev/null").run().exits(2);
    let null = home.chatctl(&["error", "40160"]);
    null.env("CHATCTL_CONFIG", "/dev/null").run().exits(0);
}

#[test]
fn environment_that_hides_a_profiles_key_is_named() {
    let server = Server::start();
    let home = Home::with(&format!(
        "[profiles.dev]\nendpoint = '{}'\nkey = 'other.key:x'\n",
        server.url
    ));
    let send = [&SEND[..], &["--profile", "dev"]].concat();
    let ran = home.chatctl(&send).with_key().run().exits(0);
    assert!(ran.stderr.contains("ABLY_API_KEY is used"), "{ran:?}");
}
