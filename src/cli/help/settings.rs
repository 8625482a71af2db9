//! The settings: where they come from, and what the config file may have.

use serde_json::{Value, json};

use crate::settings::{SETTINGS, SettingKind};

/// The text.
pub(super) fn text() -> String {
    let rows: Vec<String> = SETTINGS
        .iter()
        .map(|setting| format!("| {} | {} |", setting.name, setting.about))
        .collect();
    format!(
        "{BEFORE}\n| setting | meaning |\n| --- | --- |\n{}\n{BEHIND}",
        rows.join("\n")
    )
}

/// The settings for programs.
pub(super) fn json() -> Value {
    let settings = SETTINGS.iter().map(|setting| {
        json!({
            "name": setting.name,
            "meaning": setting.about,
            "isList": setting.kind == SettingKind::List,
            "isSecret": setting.is_secret,
        })
    });
    settings.collect()
}

const BEFORE: &str = "\
A setting comes from the most specific source that has it: an option, the environment, the profile in use, the rest of the
config file, a default. chatctl config show prints each value with its origin; chatctl help environment lists the variables.

## The config file

~/.config/chatctl/config.toml, or chatctl/config.toml in XDG_CONFIG_HOME, or the file that CHATCTL_CONFIG names. No file of
the working directory is read, and none within chatctl exec.

```toml
timeout = \"20s\"
profile = \"staging\"     # unless --profile or CHATCTL_PROFILE names another

[profiles.staging]
endpoint = \"nonprod:sandbox\"
key-command = \"pass show ably/staging\"
client-id = \"ann\"
```

What it may have, outside all profiles and in each profile:
";

const BEHIND: &str = "
## Credentials

- A section has one of key, key-file, key-command, token, token-file, auth-url and auth-command, and auth-method,
  auth-headers and auth-params beside auth-url. A profile with credentials takes none of the rest of the file.
- The environment comes before a profile, also before one of --profile: an exported ABLY_API_KEY or ABLY_TOKEN signs in its
  place, with a warning. Unset it, or use --key-file for once.
- With credentials or an endpoint the local server is not used; a profile with neither leaves it in use.
- key-command is run by a shell, only when a command needs the key. The first line that it prints is the key. It has a
  minute, or the time of --timeout.
- Paths are relative to the folder of the config file; ~/ is your home.

## Who may read and change it

With a secret in it, the config file must be yours, and nobody else may read or change it (chmod 600); with a key-command or
an auth-command, nobody else may change it. A key-file or token-file of yours that it names must be readable for you alone.
For --key-file and --token-file, which may name files that a container is given, it is a warning.

## How to change it

| command | what it does |
| --- | --- |
| chatctl config set NAME VALUE | set a value; with --profile NAME or CHATCTL_PROFILE in a profile, which it creates |
| chatctl config unset NAME | remove a value |
| chatctl config get NAME | print a value of the file |
| chatctl config list | list the profiles |
| chatctl config use PROFILE | use a profile from now on |
| chatctl config edit | open the file in an editor, and check it |
";
