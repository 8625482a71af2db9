//! Virtual time, for users whose tests wait for minutes.

/// The text.
pub(super) fn text() -> String {
    TEXT.to_owned()
}

const TEXT: &str = "\
chatctl exec --virtual-time gives its server and the Node processes of its command one virtual clock. It stands still while
anything runs, and goes on to the next deadline whenever all of them are quiet: a test that waits for an hour takes about a
second. Nothing has to be installed or changed in the app.

    chatctl exec --virtual-time -- npm test
    chatctl exec --virtual-time --clock-start 2030-01-01T00:00:00Z --random-seed 1 -- node app.js

## What is virtual

- The server: heartbeats (15 s after the last frame, for all idle clients at once), expiry, leaves, timestamps, serials,
  dates of tokens. Its limits for sockets (the time of a head, a body, an answer) stay real.
- Node: setTimeout, setInterval, node:timers, Date, performance.now, and Math.random with --random-seed. setImmediate,
  process.nextTick, process.hrtime, fetch's own limits and the time limits of test runners stay real.
- chatctl in the command: dates, such as those of token mint. Its waits stay real.

Node's timers become virtual when ably or @ably/chat is first loaded. Order is part of it: when several deadlines come
at one moment the server acts first, then one timer of one process, in the order in which they were started.

## Test runners

| runner | what to do |
| --- | --- |
| node --test, mocha, vitest | nothing |
| jest | put the line below into a file of setupFilesAfterEnv |
| vitest with the pool vmThreads | use the pool forks or threads |
| a bundle that contains ably | run the line below before the bundle |

    require('timers')[Symbol.for('chatctl.clock')]?.install(globalThis)

The time limits of a runner stay real. Fake timers of a test (jest.useFakeTimers, vi.useFakeTimers) take the place of the
virtual ones: leave them out.

## By hand

chatctl serve --clock virtual starts a server whose time is frozen until it is moved, for browsers and other languages,
whose own timers are theirs to move (as Playwright's page.clock does). Until then nothing that takes time happens:
nobody leaves, nothing expires, no heartbeat is sent. Messages, presence and reactions work as always. Clients whose own
time stands meanwhile stay connected, however long an advance is.

| command | what it does |
| --- | --- |
| chatctl clock now | show the time, whether it is frozen, and who keeps it from going on |
| chatctl clock advance 2m | let it go on |
| chatctl clock freeze | stop it |
| chatctl clock run | let it go on by itself |

The same over HTTP, with `Authorization: Bearer` and the admin token (CHATCTL_ADMIN_TOKEN within exec, adminToken of the
ready file):

    GET  /chatctl/clock
    POST /chatctl/clock/advance  {\"ms\": 120000}
    POST /chatctl/clock/freeze
    POST /chatctl/clock/run

An advance takes {\"for\": \"2m\"}, {\"to\": MILLISECONDS} or {\"next\": true} too.

Within exec --virtual-time the same commands stop and move the time of all. In tests, start({ args: ['--clock',
'virtual'] }) of the packages for Node and Python gives a server with clock.now(), clock.advance('2m'), clock.freeze() and
clock.run().

## When it stands still

A warning on standard error says who keeps the time after 3 seconds, and why: a process that runs a loop, work of the
system, a request to another server, a child that is starting, a client that does not take part. Time also stands while no
process that has loaded `ably` has a timer that keeps it alive.

Programs in other languages, browsers and chatctl's own streams do not take part: time stands while one is connected.

## Limits

- Not with --tls: the bytes of each socket are counted at both ends, which TLS hides.
- Two runs do the same with --random-seed as far as Node and the server decide it: ids of messages come from the
  system's randomness, and the order in which processes start is real.
- Code that measures CPU time, animates, or waits in a loop for Date.now() can't be sped up.
";
