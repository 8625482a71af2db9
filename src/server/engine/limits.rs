//! The bounds of what a channel keeps and makes of commands.

use std::time::Duration;

/// The largest publish, in bytes: the messages or the annotations of one together, a change with its description and its
/// metadata, each presence message; also the message that a change makes. Beyond it 40009 / 413.
pub(crate) const MAX_MESSAGE_SIZE: usize = 65_536;

/// The most bytes of the members of one channel together. Beyond it 91006 / 400.
pub(crate) const MAX_MEMBERS_SIZE: usize = 1024 * 1024;

/// The most members of one channel. Beyond it 91003 / 400. Apps that are provisioned may ask for another number.
pub(crate) const MAX_MEMBERS: usize = 200;

/// How long members stay after their connection has dropped, unless the client asks for another time
/// (`remainPresentFor`).
pub(crate) const REMAIN_PRESENT: Duration = Duration::from_secs(15);

/// How long the repeats of a command are known.
pub(crate) const REPEAT_WINDOW: Duration = Duration::from_secs(5 * 60);

/// The longest name of an annotation, and the longest type, in bytes. Beyond it 40003 / 400.
pub(crate) const MAX_ANNOTATION_NAME_SIZE: usize = 256;

/// The most names of one annotation type of a message, such as the emoji of its reactions. A further one is refused:
/// 40003 / 400.
pub(crate) const MAX_ANNOTATION_NAMES: usize = 100;

/// The most clients that a summary lists for one name, as the hosted service does; totals stay exact beyond it, and
/// `clipped` is true.
pub(crate) const MAX_LISTED_CLIENTS: usize = 500;

/// The largest summary of a message's annotations, in bytes, encoded. One half is for its types, names and totals: what
/// goes beyond is refused with 40003 / 400. The other half is for the clients that it lists: beyond it `clipped` is true,
/// and totals stay exact.
pub(crate) const MAX_SUMMARY_SIZE: usize = 64 * 1024;

/// The most messages that one publish of annotations is about. Beyond it 40000 / 400.
pub(crate) const MAX_ANNOTATED_MESSAGES: usize = 100;

/// The most bytes of the summaries that one publish of annotations changes, together. Beyond it 40009 / 413.
pub(crate) const MAX_SUMMARIES_SIZE: usize = 1024 * 1024;

/// The greatest count of an annotation, and the greatest total, which does not grow beyond it: the greatest whole number
/// that every client can read. A greater count is refused: 40003 / 400.
pub(crate) const MAX_ANNOTATION_COUNT: u64 = (1 << 53) - 1;

/// The memory that the channels of all apps in memory take together, in bytes, about. Beyond it the oldest entries go, of
/// all channels; who resumes from before them is told of a gap: 90003. The config key `limits.retention-size`.
pub(crate) const MAX_MEMORY: usize = 1024 * 1024 * 1024;

/// The bounds of a summary.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SummaryLimits {
    /// The most names of one type.
    pub(crate) names: usize,
    /// The most clients that are listed for one name.
    pub(crate) listed: usize,
    /// The most bytes of types, names and totals.
    pub(crate) totals_size: usize,
    /// The most bytes of listed clients.
    pub(crate) lists_size: usize,
    /// The greatest total.
    pub(crate) total: u64,
}

impl Default for SummaryLimits {
    fn default() -> Self {
        Self {
            names: MAX_ANNOTATION_NAMES,
            listed: MAX_LISTED_CLIENTS,
            totals_size: MAX_SUMMARY_SIZE / 2,
            lists_size: MAX_SUMMARY_SIZE / 2,
            total: MAX_ANNOTATION_COUNT,
        }
    }
}

/// The limits of an app's channels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChannelRules {
    /// The most members of one channel.
    pub(crate) max_members: usize,
    /// The most bytes of the members of one channel together.
    pub(crate) members_size: usize,
    /// The most bytes of the message that a change makes.
    pub(crate) message_size: usize,
    /// The bounds of the summary of each message.
    pub(crate) summary: SummaryLimits,
    /// The most bytes of the summaries that one command changes.
    pub(crate) summaries_size: usize,
}

impl Default for ChannelRules {
    fn default() -> Self {
        Self {
            max_members: MAX_MEMBERS,
            members_size: MAX_MEMBERS_SIZE,
            message_size: MAX_MESSAGE_SIZE,
            summary: SummaryLimits::default(),
            summaries_size: MAX_SUMMARIES_SIZE,
        }
    }
}
