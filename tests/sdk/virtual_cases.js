// What virtual_time.test.js runs under `chatctl exec --virtual-time`: one case a process, which prints what happens and
// when, in seconds of virtual time.

import { connect, createServer } from 'node:net';

import { ChatClient } from '@ably/chat';
import Ably from 'ably';

const { ABLY_API_KEY: key, ABLY_PORT } = process.env;
const began = process.hrtime.bigint();
const start = Date.now();

function say(...words) {
  console.log(((Date.now() - start) / 1000).toFixed(3), ...words);
}

function sleep(seconds) {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

function realtime(options, port = ABLY_PORT) {
  return new Ably.Realtime({ key, endpoint: '127.0.0.1', port: Number(port), tls: false, logLevel: 0, ...options });
}

async function room(client) {
  const opened = await client.rooms.get('lobby');
  await opened.attach();
  return opened;
}

/** A link to the server that can be cut. */
async function cuttable() {
  const sockets = new Set();
  const link = { isUp: true };
  const server = createServer((client) => {
    if (!link.isUp) return client.destroy();
    const upstream = connect(Number(ABLY_PORT), '127.0.0.1');
    for (const [from, to] of [[client, upstream], [upstream, client]]) {
      sockets.add(from);
      from.setNoDelay(true);
      from.pipe(to);
      from.on('error', () => {});
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  link.port = server.address().port;
  link.cut = () => {
    link.isUp = false;
    for (const socket of sockets) socket.destroy();
  };
  link.heal = () => {
    link.isUp = true;
  };
  link.close = () => server.close();
  return link;
}

const CASES = {
  /** A token of an hour is renewed before it ends, on the same connection. */
  async token() {
    const rest = new Ably.Rest({ key, endpoint: '127.0.0.1', port: Number(ABLY_PORT), tls: false });
    const client = realtime({
      key: undefined,
      clientId: 'ann',
      authCallback: (_, done) => {
        say('token');
        rest.auth.requestToken({ clientId: 'ann' }, null).then((token) => done(null, token), done);
      },
    });
    client.connection.on((change) => say(change.current));
    await client.connection.once('connected');
    const { id } = client.connection;
    await sleep(2.5 * 3600);
    say(client.connection.id === id ? 'the same connection' : 'another connection');
    client.connection.off();
    client.close();
  },

  /** Typing stops by itself: 10 s and 2 s after the last key. */
  async typing() {
    const [ann, bob] = ['ann', 'bob'].map((clientId) => new ChatClient(realtime({ clientId })));
    const [typing, watching] = [await room(ann), await room(bob)];
    watching.typing.subscribe(({ change }) => say(change.type, change.clientId));
    await sleep(1 - (Date.now() - start) / 1000);
    await typing.typing.keystroke();
    await sleep(20);
    ann.realtime.close();
    bob.realtime.close();
  },

  /** Somebody whose link breaks leaves after 15 s, and is told of the discontinuity after more than two minutes. */
  async away() {
    const link = await cuttable();
    const ann = new ChatClient(realtime({ clientId: 'ann' }, link.port));
    const bob = new ChatClient(realtime({ clientId: 'bob' }));
    const [away, watching] = [await room(ann), await room(bob)];
    watching.presence.subscribe(({ type, member }) => say('presence', type, member.clientId));
    away.onDiscontinuity((error) => say('discontinuity', error.code));
    ann.connection.onStatusChange(({ current }) => say(current));
    away.messages.subscribe(({ message }) => say('message', message.text));
    await away.presence.enter();
    await watching.messages.send({ text: 'before' });
    await sleep(30 - (Date.now() - start) / 1000);
    link.cut();
    await sleep(60);
    await watching.messages.send({ text: 'missed' });
    await sleep(70);
    say('healed');
    link.heal();
    await sleep(60);
    say((await watching.presence.get()).map((member) => member.clientId).join());
    ann.realtime.close();
    bob.realtime.close();
    link.close();
  },
};

await CASES[process.argv[2]]();
console.log('real', Number((process.hrtime.bigint() - began) / 1_000_000n));
