//! What is in memory of the channels of one app: where each stands, who is there, and what was told last. Everything in
//! it can be read from the file again.

use parking_lot::Mutex;
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use crate::chat_core::protocol::PresenceMessage;
use crate::server::engine::channel::Channel;
use crate::server::engine::fold::Rules;
use crate::server::engine::fold::presence::Members;
use crate::server::engine::serial::{self, Series};
use crate::server::engine::{Entry, Sink, Snapshot};

/// The most that is kept of what was told last in one channel: entries, and bytes as they stand in the file.
pub(super) const MAX_RECENT: usize = 256;
const MAX_RECENT_SIZE: usize = 64 * 1024;

/// The channels of one app, as far as they are in memory.
pub(super) struct ChannelCache {
    /// The app's row.
    pub(super) app: i64,
    /// What the series of channels without a row are made of.
    salt: Vec<u8>,
    pub(super) rules: Rules,
    /// Who is told.
    pub(super) sink: OnceLock<Arc<dyn Sink>>,
    rooms: Mutex<HashMap<String, Arc<CachedChannel>>>,
    /// Counts what was asked for, to tell which channels were not for long.
    clock: AtomicU64,
}

/// One channel.
pub(super) struct CachedChannel {
    pub(super) name: String,
    used: AtomicU64,
    /// As it is told to others: what is committed.
    shown: Mutex<CommittedView>,
    /// As the writer has it: with what it is about to commit. Nothing if it must be read from the file.
    pub(super) work: Mutex<Option<PendingState>>,
}

/// A channel under the writer's hands.
pub(super) struct PendingState {
    /// Its row, once it has one.
    pub(super) row: Option<i64>,
    pub(super) channel: Channel,
    /// Whether its row has an older head.
    pub(super) is_ahead: bool,
}

/// A channel as it is told to others.
pub(super) struct CommittedView {
    series: Series,
    head: String,
    members: Members,
    recent: VecDeque<(Arc<Entry>, usize)>,
    recent_size: usize,
    /// The position that `recent` begins after.
    recent_from: String,
}

/// What came after a position, as far as memory knows.
pub(super) enum Missed {
    /// These entries.
    Entries(Vec<Arc<Entry>>),
    /// It is no position of this channel.
    Unknown,
    /// The file knows.
    Older,
}

impl ChannelCache {
    /// The channels of the app with this row, none of them in memory yet.
    pub(super) fn new(app: i64, salt: Vec<u8>, rules: Rules) -> Self {
        Self {
            app,
            salt,
            rules,
            sink: OnceLock::new(),
            rooms: Mutex::default(),
            clock: AtomicU64::new(0),
        }
    }

    /// A channel, if it is in memory.
    pub(super) fn find(&self, name: &str) -> Option<Arc<CachedChannel>> {
        let found = self.rooms.lock().get(name).map(Arc::clone)?;
        let now = self.clock.fetch_add(1, Ordering::Relaxed);
        found.used.store(now, Ordering::Relaxed);
        Some(found)
    }

    /// Takes a channel in.
    pub(super) fn put(&self, room: CachedChannel) -> Arc<CachedChannel> {
        let room = Arc::new(room);
        let now = self.clock.fetch_add(1, Ordering::Relaxed);
        room.used.store(now, Ordering::Relaxed);
        self.rooms
            .lock()
            .insert(room.name.clone(), Arc::clone(&room));
        room
    }

    /// Lets half of the channels go, those that were not asked for longest, if there are more than `most`.
    pub(super) fn thin_out(&self, most: usize) {
        let mut rooms = self.rooms.lock();
        if rooms.len() <= most {
            return;
        }
        let mut ages: Vec<u64> = rooms
            .values()
            .map(|room| room.used.load(Ordering::Relaxed))
            .collect();
        let middle = ages.len() / 2;
        let (_, middle, _) = ages.select_nth_unstable(middle);
        let middle = *middle;
        rooms.retain(|_, room| room.used.load(Ordering::Relaxed) >= middle);
    }

    /// The series of a channel that nothing was kept of: always the same, so that a position in an empty channel
    /// outlives a restart.
    pub(super) fn first_series(&self, channel: &str) -> Series {
        self.series(channel, "")
    }

    /// The series of a channel that is put back after the position `head`.
    pub(super) fn series_after(&self, channel: &str, head: &str) -> Series {
        self.series(channel, head)
    }

    fn series(&self, channel: &str, after: &str) -> Series {
        const LETTERS: &[u8; 62] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &self.salt);
        let mut text = channel.to_owned();
        if !after.is_empty() {
            // No name has a line break in it.
            text = format!("{text}\n{after}");
        }
        let digest = ring::hmac::sign(&key, text.as_bytes());
        let letters = digest.as_ref()[..12].iter();
        let id: String = letters
            .map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]))
            .collect();
        Series::named(format!("loc{id}"))
    }
}

impl CachedChannel {
    /// A channel as the file has it.
    pub(super) fn new(name: &str, series: &Series, members: &Members, work: PendingState) -> Self {
        Self {
            name: name.to_owned(),
            used: AtomicU64::new(0),
            shown: Mutex::new(CommittedView::new(series, members)),
            work: Mutex::new(Some(work)),
        }
    }

    /// The channel as it was told last.
    pub(super) fn snapshot(&self) -> Snapshot {
        let shown = self.shown.lock();
        Snapshot {
            head: shown.head.clone(),
            members: shown.members.present(),
        }
    }

    /// The members, as they were told last.
    pub(super) fn members(&self) -> Vec<PresenceMessage> {
        self.shown.lock().members.present()
    }

    /// Shows the channel as it was put back.
    pub(super) fn begin_again(&self, channel: &Channel) {
        *self.shown.lock() = CommittedView::new(&channel.series, &channel.members);
    }

    /// Tells what was committed. Whoever takes a snapshot has it either with all that was told, or before.
    pub(super) fn tell(&self, entry: &Arc<Entry>, size: usize, sink: Option<&Arc<dyn Sink>>) {
        let mut shown = self.shown.lock();
        // What was not kept has the position of the entry before it.
        if entry.channel_serial > shown.head {
            shown.take(entry, size);
        }
        if let Some(sink) = sink {
            sink.committed(&self.name, entry);
        }
    }

    /// The entries after `position`.
    pub(super) fn missed(&self, position: &str) -> Missed {
        let shown = self.shown.lock();
        if !serial::is_serial(position) || !shown.series.owns(position) {
            return Missed::Unknown;
        }
        let position = serial::channel_part(position);
        if position > shown.head.as_str() {
            // It was given by a later state of the file than the one that is here.
            return Missed::Unknown;
        }
        if position < shown.recent_from.as_str() {
            return Missed::Older;
        }
        let from = shown
            .recent
            .partition_point(|(entry, _)| entry.channel_serial.as_str() <= position);
        let entries = shown.recent.iter().skip(from);
        Missed::Entries(entries.map(|(entry, _)| Arc::clone(entry)).collect())
    }
}

impl CommittedView {
    fn new(series: &Series, members: &Members) -> Self {
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
        self.recent.push_back((Arc::new(entry.told()), size));
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
