//! The cache of the channels of one app: their positions, members and newest entries. Everything in
//! it can be read from the file again.

use parking_lot::Mutex;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use crate::chat_core::protocol::PresenceMessage;
use crate::server::engine::channel::ChannelState;
use crate::server::engine::entry::Entry;
use crate::server::engine::ephemeral::Ephemeral;
use crate::server::engine::fold::ChannelRules;
use crate::server::engine::fold::presence::PresenceSet;
use crate::server::engine::query::Snapshot;
use crate::server::engine::serial::{self, Series};
use crate::server::engine::traits::EngineEvents;

/// The most newest entries that are kept of one channel, and the most bytes of them as they stand in the file.
pub(super) const MAX_RECENT: usize = 256;
const MAX_RECENT_SIZE: usize = 64 * 1024;

/// The channels of one app, as far as they are in memory.
pub(super) struct ChannelCache {
    /// The app's row.
    pub(super) app: i64,
    /// The key that the series of channels without a row are derived with.
    salt: Vec<u8>,
    pub(super) rules: ChannelRules,
    /// The events of the app, once it is started.
    pub(super) events: OnceLock<Arc<dyn EngineEvents>>,
    channels: Mutex<HashMap<String, Arc<CachedChannel>>>,
    /// Counts uses, to find the channels that were not used for long.
    use_counter: AtomicU64,
    /// Whether the app was removed: its rows are gone, and none of them must be written again.
    is_removed: AtomicBool,
}

/// One channel.
pub(super) struct CachedChannel {
    pub(super) name: String,
    used: AtomicU64,
    /// The channel as it was told: what is committed.
    committed: Mutex<CommittedView>,
    /// The channel as the writer has it, with what it is about to commit; `None` if it must be read from the file.
    pub(super) pending: Mutex<Option<PendingState>>,
}

/// The state of a channel with what the writer is about to commit.
pub(super) struct PendingState {
    /// Its row, once it has one.
    pub(super) row: Option<i64>,
    pub(super) channel: ChannelState,
    /// Whether its row has an older head.
    pub(super) is_ahead: bool,
}

/// The state of a channel as it was told.
pub(super) struct CommittedView {
    series: Series,
    head: String,
    members: PresenceSet,
    recent: VecDeque<(Arc<Entry>, usize)>,
    recent_size: usize,
    /// The position that `recent` begins after.
    recent_from: String,
}

/// The entries after a position, as far as they are in memory.
pub(super) enum Missed {
    /// These entries.
    Entries(Vec<Arc<Entry>>),
    /// The position is not one of this channel.
    Unknown,
    /// They are in the file.
    Older,
}

impl ChannelCache {
    /// Returns the channels of the app with this row, none of them in memory yet.
    pub(super) fn new(app: i64, salt: Vec<u8>, rules: ChannelRules) -> Self {
        Self {
            app,
            salt,
            rules,
            events: OnceLock::new(),
            channels: Mutex::default(),
            use_counter: AtomicU64::new(0),
            is_removed: AtomicBool::new(false),
        }
    }

    /// Marks the app as removed: nothing is written for it from now on.
    pub(super) fn mark_removed(&self) {
        self.is_removed.store(true, Ordering::Release);
    }

    /// Returns whether the app was removed.
    pub(super) fn is_removed(&self) -> bool {
        self.is_removed.load(Ordering::Acquire)
    }

    /// Returns a channel, if it is in memory.
    pub(super) fn find(&self, name: &str) -> Option<Arc<CachedChannel>> {
        let found = self.channels.lock().get(name).map(Arc::clone)?;
        let now = self.use_counter.fetch_add(1, Ordering::Relaxed);
        found.used.store(now, Ordering::Relaxed);
        Some(found)
    }

    /// Adds a channel.
    pub(super) fn put(&self, cached: CachedChannel) -> Arc<CachedChannel> {
        let cached = Arc::new(cached);
        let now = self.use_counter.fetch_add(1, Ordering::Relaxed);
        cached.used.store(now, Ordering::Relaxed);
        self.channels
            .lock()
            .insert(cached.name.clone(), Arc::clone(&cached));
        cached
    }

    /// Drops half of the channels, those that were not used longest, if there are more than `most`.
    pub(super) fn thin_out(&self, most: usize) {
        let mut channels = self.channels.lock();
        if channels.len() <= most {
            return;
        }
        let mut ages: Vec<u64> = channels
            .values()
            .map(|cached| cached.used.load(Ordering::Relaxed))
            .collect();
        let middle = ages.len() / 2;
        let (_, middle, _) = ages.select_nth_unstable(middle);
        let middle = *middle;
        channels.retain(|_, cached| cached.used.load(Ordering::Relaxed) >= middle);
    }

    /// Returns the series of a channel that nothing was kept of: always the same, so that a position in an empty channel
    /// outlives a restart.
    pub(super) fn first_series(&self, channel: &str) -> Series {
        Series::derived(&self.salt, channel, "")
    }

    /// Returns the series of a channel that is reset after the position `head`.
    pub(super) fn series_after(&self, channel: &str, head: &str) -> Series {
        Series::derived(&self.salt, channel, head)
    }
}

impl CachedChannel {
    /// Returns a channel as the file has it.
    pub(super) fn new(
        name: &str,
        series: &Series,
        members: &PresenceSet,
        pending: PendingState,
    ) -> Self {
        Self {
            name: name.to_owned(),
            used: AtomicU64::new(0),
            committed: Mutex::new(CommittedView::new(series, members)),
            pending: Mutex::new(Some(pending)),
        }
    }

    /// Returns the channel as it was told last.
    pub(super) fn snapshot(&self) -> Snapshot {
        let committed = self.committed.lock();
        Snapshot {
            head: committed.head.clone(),
            members: committed.members.present(),
        }
    }

    /// Returns the position of the newest entry that was told.
    pub(super) fn head(&self) -> String {
        self.committed.lock().head.clone()
    }

    /// Returns the number of members, as they were told last.
    pub(super) fn member_count(&self) -> usize {
        self.committed.lock().members.count()
    }

    /// Returns the members, as they were told last.
    pub(super) fn members(&self) -> Vec<PresenceMessage> {
        self.committed.lock().members.present()
    }

    /// Takes over the channel as it was reset, and tells of it.
    pub(super) fn begin_anew(
        &self,
        channel: &ChannelState,
        events: Option<&Arc<dyn EngineEvents>>,
    ) {
        let mut committed = self.committed.lock();
        *committed = CommittedView::new(&channel.series, &channel.members);
        if let Some(events) = events {
            events.reset(&self.name, channel.snapshot());
        }
    }

    /// Tells what was committed. A snapshot is of the time before it was told, or after.
    pub(super) fn tell(
        &self,
        entry: &Arc<Entry>,
        size: usize,
        events: Option<&Arc<dyn EngineEvents>>,
    ) {
        let mut committed = self.committed.lock();
        // What was not kept has the position of the entry before it.
        if entry.channel_serial > committed.head {
            committed.take(entry, size);
        }
        if let Some(events) = events {
            events.committed(&self.name, entry);
        }
    }

    /// Tells of messages that are not kept, in order with what is committed.
    pub(super) fn tell_ephemeral(
        &self,
        message: Ephemeral,
        events: Option<&Arc<dyn EngineEvents>>,
    ) {
        let _committed = self.committed.lock();
        if let Some(events) = events {
            events.ephemeral(&self.name, message);
        }
    }

    /// Returns the entries after `position`.
    pub(super) fn missed(&self, position: &str) -> Missed {
        let committed = self.committed.lock();
        if !serial::is_serial(position) || !committed.series.owns(position) {
            return Missed::Unknown;
        }
        let position = serial::channel_part(position);
        if position > committed.head.as_str() {
            // It was given by a later state of the file than the one that is here.
            return Missed::Unknown;
        }
        if position < committed.recent_from.as_str() {
            return Missed::Older;
        }
        let from = committed
            .recent
            .partition_point(|(entry, _)| entry.channel_serial.as_str() <= position);
        let entries = committed.recent.iter().skip(from);
        Missed::Entries(entries.map(|(entry, _)| Arc::clone(entry)).collect())
    }
}

impl CommittedView {
    fn new(series: &Series, members: &PresenceSet) -> Self {
        Self {
            series: series.clone(),
            head: series.last(),
            members: members.clone(),
            recent: VecDeque::new(),
            recent_size: 0,
            recent_from: series.last(),
        }
    }

    fn take(&mut self, entry: &Entry, size: usize) {
        self.head.clone_from(&entry.channel_serial);
        let frames = entry.frames.iter();
        for told in frames.filter_map(|frame| frame.presence.as_ref()).flatten() {
            self.members.follow(told);
        }
        self.recent.push_back((Arc::new(entry.kept()), size));
        self.recent_size += size;
        while self.recent.len() > MAX_RECENT || self.recent_size > MAX_RECENT_SIZE {
            let Some((oldest, size)) = self.recent.pop_front() else {
                break;
            };
            self.recent_size -= size;
            self.recent_from.clone_from(&oldest.channel_serial);
        }
    }
}
