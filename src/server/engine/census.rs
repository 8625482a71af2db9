//! Counts of what an engine keeps of an app, for tests that nothing is left behind.

/// What an engine keeps of one app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct EngineCensus {
    /// Entries of channels.
    pub(crate) entries: usize,
    /// What became of messages: versions, annotations and what is summed up of them.
    pub(crate) changes: usize,
    /// Members of channels.
    pub(crate) members: usize,
    /// Answers to repeats.
    pub(crate) repeats: usize,
    /// Channels whose occupancy is reported.
    pub(crate) reports: usize,
    /// The bytes that are counted for all of it, where they are counted.
    pub(crate) size: usize,
}
