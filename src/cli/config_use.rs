//! The use that commands make of the config file.

/// The effect of a config file that can't be used on a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConfigUse {
    /// It ends the command before it runs.
    Needed,
    /// A warning, where its text is at fault: the command needs a network for nothing, and ends where it comes to take a
    /// credential or an endpoint from the file.
    Optional,
    /// The command sees to it itself.
    Handled,
}
