//! The meaning of a typed line: a message, or a command of the chat.

/// The commands, with what stands behind them and what they do.
pub(super) const COMMANDS: [(&str, &str, &str); 6] = [
    ("/who", "", "show who is here"),
    (
        "/react",
        "[^N] EMOJI",
        "react to the newest message, or to the Nth newest",
    ),
    (
        "/edit",
        "[^N] TEXT",
        "change your newest message, or your Nth newest",
    ),
    (
        "/delete",
        "[^N]",
        "delete your newest message, or your Nth newest",
    ),
    ("/help", "", "show this; //TEXT sends /TEXT"),
    ("/quit", "", "leave, as Ctrl-D does"),
];

/// The reactions that are offered.
const EMOJI: [&str; 6] = ["👍", "❤️", "😂", "🎉", "🚀", "👀"];

/// The meaning of a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum TypedLine {
    /// A message.
    Message(String),
    /// Show who is here.
    Who,
    /// Show the commands.
    Help,
    /// Leave.
    Quit,
    /// React to the `nth` newest message, from 1.
    React { nth: usize, name: String },
    /// Change the `nth` newest message of this client.
    Edit { nth: usize, text: String },
    /// Delete the `nth` newest message of this client.
    Delete { nth: usize },
    /// Nothing that can be done, for this reason.
    Refused(String),
}

impl TypedLine {
    /// Reads a line.
    pub(super) fn parse(line: &str) -> Self {
        let Some(command) = line.strip_prefix('/') else {
            return Self::Message(line.to_owned());
        };
        if command.starts_with('/') {
            return Self::Message(command.to_owned());
        }
        let (name, rest) = command
            .split_once(char::is_whitespace)
            .unwrap_or((command, ""));
        let rest = rest.trim();
        let (nth, argument) = match numbered(rest) {
            Ok(read) => read,
            Err(fault) => return Self::Refused(fault),
        };
        let argument = argument.to_owned();
        match name {
            "who" => Self::Who,
            "help" => Self::Help,
            "quit" => Self::Quit,
            "delete" if argument.is_empty() => Self::Delete { nth },
            "react" if !argument.is_empty() => Self::React {
                nth,
                name: argument,
            },
            "edit" if !argument.is_empty() => Self::Edit {
                nth,
                text: argument,
            },
            _ => Self::refused(name, line),
        }
    }

    fn refused(name: &str, line: &str) -> Self {
        let known = COMMANDS.iter().find(|(command, ..)| command[1..] == *name);
        Self::Refused(match known {
            Some((command, arguments, _)) => format!("not sent; use {command} {arguments}"),
            None => {
                format!(
                    "not sent: unknown command /{name}; /help lists the commands, and /{line} sends the line as it is"
                )
            }
        })
    }
}

/// Reads `^N` at the beginning of the arguments: N and what follows, 1 where there is none.
fn numbered(text: &str) -> Result<(usize, &str), String> {
    let Some(rest) = text.strip_prefix('^') else {
        return Ok((1, text));
    };
    let (number, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    match number.parse() {
        Ok(nth) if nth > 0 => Ok((nth, rest.trim_start())),
        _ => Err(format!("not sent: ^{number} must be ^1, ^2 and so on")),
    }
}

/// The words that may stand at the end of `text`: the place where the word begins, and what completes it.
pub(super) fn candidates(text: &str, names: &[String]) -> (usize, Vec<String>) {
    let start = text.rfind(char::is_whitespace).map_or(0, |space| {
        space + text[space..].chars().next().map_or(0, char::len_utf8)
    });
    let word = &text[start..];
    if start == 0 && word.starts_with('/') {
        let commands = COMMANDS
            .iter()
            .filter(|(command, ..)| command.starts_with(word));
        let completed = |(command, arguments, _): &(&str, &str, &str)| {
            let space = if arguments.is_empty() { "" } else { " " };
            format!("{command}{space}")
        };
        return (start, commands.map(completed).collect());
    }
    if word.is_empty() {
        let offered = text.starts_with("/react ");
        let emoji = EMOJI.iter().filter(|_| offered);
        return (start, emoji.map(|name| (*name).to_owned()).collect());
    }
    let typed = word.to_lowercase();
    let (mark, typed) = match typed.strip_prefix('@') {
        Some(typed) => ("@", typed.to_owned()),
        None => ("", typed),
    };
    let fitting = names
        .iter()
        .filter(|name| name.to_lowercase().starts_with(&typed));
    (
        start,
        fitting.map(|name| format!("{mark}{name} ")).collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_told_from_messages() {
        let parse = TypedLine::parse;
        assert_eq!(
            parse("hi /there"),
            TypedLine::Message("hi /there".to_owned())
        );
        assert_eq!(parse("//x"), TypedLine::Message("/x".to_owned()));
        assert_eq!(parse("/who"), TypedLine::Who);
        let (nth, name) = (3, "👍".to_owned());
        assert_eq!(parse("/react ^3 👍"), TypedLine::React { nth, name });
        let text = "new  text".to_owned();
        assert_eq!(parse("/edit new  text"), TypedLine::Edit { nth: 1, text });
        for line in ["/dance", "/react", "/edit", "/delete x", "/react ^0 a", "/"] {
            assert!(matches!(parse(line), TypedLine::Refused(_)), "{line}");
        }
    }

    #[test]
    fn commands_names_and_emoji_are_completed() {
        let names = ["alice".to_owned(), "Albert".to_owned(), "bob".to_owned()];
        let completed = |text: &str| candidates(text, &names).1;
        assert_eq!(completed("/re"), ["/react "]);
        assert_eq!(completed("hello al"), ["alice ", "Albert "]);
        assert_eq!(completed("@b"), ["@bob "]);
        assert_eq!(completed("/react ").len(), EMOJI.len());
        assert!(completed("hello ").is_empty());
    }
}
