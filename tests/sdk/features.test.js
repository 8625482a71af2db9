// The ten features of Chat and what they need: the server, `capability check`, `matrix` and `explain` say the same.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { asPrinted, chatctl, FORMATS, KEY, Queue, Server, tokens, unique, within } from './helper.js';

/** What a whole-room key may do, for tokens that lack one thing only. */
const ALL = [
  'publish', 'subscribe', 'presence', 'history', 'channel-metadata', 'annotation-publish', 'annotation-subscribe',
  'message-update-own', 'message-update-any', 'message-delete-own', 'message-delete-any',
];

const attach = (room) => within(room.attach(), 'the attach');

/** What an own event of a feature looks like to its sender, who hears himself. */
async function echo(subscribe, send) {
  const heard = new Queue();
  subscribe(heard.put);
  await within(send(), 'the acknowledgement');
  return heard.take('the echo');
}

// `needs` is the whole capability. `use` does what the feature is for and asserts that it worked; it comes after the
// attach where `attaches` is set. `refused` says for each thing that is needed where its lack shows: at the attach, at
// the use, or, since a feature's `subscribe` is looked at when a client attaches, in that the client stays `deaf`.
const FEATURES = [
  {
    feature: 'send-messages',
    needs: ['publish'],
    refused: { publish: 'use' },
    async use({ room }) {
      assert.equal((await room.messages.send({ text: 'sent' })).clientId, 'ann');
    },
  },
  {
    feature: 'receive-messages',
    needs: ['subscribe'],
    attaches: true,
    refused: { subscribe: 'attach' },
    async use({ room, other }) {
      const heard = new Queue();
      room.messages.subscribe(heard.put);
      const sent = await other.messages.send({ text: 'for ann' });
      assert.deepEqual(asPrinted((await heard.take('the message')).message), asPrinted(sent));
    },
  },
  ...['own', 'any'].flatMap((whose) => [
    {
      feature: 'update-messages',
      needs: [`message-update-${whose}`],
      alternatives: ['message-update-own', 'message-update-any'],
      refused: { [`message-update-${whose}`]: 'use' },
      async use({ room, seeded }) {
        const message = seeded[whose];
        const updated = await room.messages.update(message.serial, message.copy({ text: 'edited' }));
        assert.deepEqual([updated.text, updated.clientId, updated.version.clientId], ['edited', message.clientId, 'ann']);
      },
    },
    {
      feature: 'delete-messages',
      needs: [`message-delete-${whose}`],
      alternatives: ['message-delete-own', 'message-delete-any'],
      refused: { [`message-delete-${whose}`]: 'use' },
      async use({ room, seeded }) {
        const deleted = await room.messages.delete(seeded[whose].serial);
        assert.deepEqual([deleted.action, deleted.version.clientId], ['message.delete', 'ann']);
      },
    },
  ]),
  {
    feature: 'message-history',
    needs: ['subscribe', 'history'],
    attaches: true,
    refused: { subscribe: 'attach', history: 'use' },
    async use({ room, seeded }) {
      const { historyBeforeSubscribe } = room.messages.subscribe(() => {});
      const page = await within(historyBeforeSubscribe({ limit: 10 }), 'the history');
      assert.deepEqual(page.items.map(({ serial }) => serial), [seeded.any.serial, seeded.own.serial]);
    },
  },
  {
    feature: 'message-reactions',
    needs: ['annotation-publish'],
    refused: { 'annotation-publish': 'use' },
    async use({ room, seeded, admin }) {
      const { serial } = seeded.any;
      const reaction = { type: 'distinct', name: '👍' };
      await room.messages.reactions.send(serial, reaction);
      const added = await admin.messages.get(serial);
      assert.deepEqual(added.reactions.distinct['👍'].clientIds, ['ann']);
      await room.messages.reactions.delete(serial, reaction);
      assert.deepEqual((await admin.messages.get(serial)).reactions.distinct, {});
      await room.messages.reactions.send(serial, reaction);
    },
  },
  {
    feature: 'presence',
    needs: ['subscribe', 'presence'],
    attaches: true,
    refused: { subscribe: 'deaf', presence: 'use' },
    async use({ room }) {
      const { type, member } = await echo(room.presence.subscribe.bind(room.presence), () => room.presence.enter({ mood: 'good' }));
      assert.deepEqual([type, member.clientId, member.data], ['enter', 'ann', { mood: 'good' }]);
      assert.equal(await room.presence.isUserPresent('ann'), true);
    },
    listen: (room, put) => room.presence.subscribe(put),
    speak: (other) => other.presence.enter({ mood: 'other' }),
  },
  {
    feature: 'occupancy',
    needs: ['subscribe', 'channel-metadata'],
    attaches: true,
    refused: { subscribe: 'attach', 'channel-metadata': 'use' },
    async use({ room }) {
      assert.deepEqual(await room.occupancy.get(), { connections: 2, presenceMembers: 0 });
    },
  },
  {
    feature: 'typing',
    needs: ['publish', 'subscribe'],
    attaches: true,
    refused: { publish: 'use', subscribe: 'deaf' },
    async use({ room }) {
      const { change } = await echo(room.typing.subscribe.bind(room.typing), () => room.typing.keystroke());
      assert.deepEqual([change.type, change.clientId], ['typing.started', 'ann']);
    },
    listen: (room, put) => room.typing.subscribe(put),
    speak: (other) => other.typing.keystroke(),
  },
  {
    feature: 'room-reactions',
    needs: ['publish', 'subscribe'],
    attaches: true,
    refused: { publish: 'use', subscribe: 'deaf' },
    async use({ room }) {
      const { reaction } = await echo(room.reactions.subscribe.bind(room.reactions), () => room.reactions.send({ name: 'like' }));
      assert.deepEqual([reaction.name, reaction.clientId, reaction.isSelf], ['like', 'ann', true]);
    },
    listen: (room, put) => room.reactions.subscribe(put),
    speak: (other) => other.reactions.send({ name: 'like' }),
  },
];

/** A token of `chatctl token mint`. */
async function mint(...args) {
  const { status, stdout, stderr } = await chatctl(['token', 'mint', '--client-id', 'ann', ...args], { ABLY_API_KEY: KEY });
  assert.equal(status, 0, stderr);
  return stdout.trimEnd();
}

/** `check`, `matrix` and `explain` all say of this token what is expected. */
async function agrees(feature, room, token, allowed) {
  const env = { ABLY_TOKEN: token };
  const check = await chatctl(['capability', 'check', room, '--feature', feature, '--json'], env);
  assert.equal(check.status, allowed ? 0 : 1, `check ${feature}: ${check.stdout}${check.stderr}`);
  assert.equal(JSON.parse(check.stdout)[0].allowed, allowed);
  const explain = await chatctl(['capability', 'explain', room, '--feature', feature, '--json'], env);
  assert.equal(explain.status, allowed ? 0 : 1, `explain ${feature}: ${explain.stdout}${explain.stderr}`);
  const matrix = await chatctl(['capability', 'matrix', room, '--json'], env);
  assert.equal(JSON.parse(matrix.stdout)[0].features[feature], allowed);
}

for (const { name: format, binary } of FORMATS) {
  describe(`features in ${format}`, () => {
    let server;
    let rest;
    let others;
    before(async () => {
      server = await Server.start();
      rest = server.rest({ useBinaryProtocol: binary });
      const as = (clientId) => server.chat({ useBinaryProtocol: binary, clientId });
      others = { ann: as('ann'), bob: as('bob') };
    });
    after(() => server.stop());

    /** A room with a message of Ann's and one of Bob's, in which Bob is attached; and Ann's client with this token. */
    async function scene(token, name = unique('room')) {
      const byKey = { ann: await others.ann.rooms.get(name), bob: await others.bob.rooms.get(name) };
      const seeded = {
        own: await byKey.ann.messages.send({ text: 'of Ann', metadata: { kept: 1 } }),
        any: await byKey.bob.messages.send({ text: 'of Bob' }),
      };
      await attach(byKey.bob);
      const client = server.chat({ useBinaryProtocol: binary, authCallback: tokens(() => token(name)) });
      return {
        name,
        client,
        token: token(name),
        room: await client.rooms.get(name),
        other: byKey.bob,
        admin: byKey.ann,
        seeded,
        async state() {
          const history = await byKey.ann.messages.history({ limit: 100 });
          const versions = await Promise.all(Object.values(seeded).map(async ({ serial }) => {
            const page = await rest.channels.get(`${name}::$chat`).getMessageVersions(serial);
            return page.items.map(({ version, data }) => [version.serial, data]);
          }));
          const presence = await rest.channels.get(`${name}::$chat`).presence.get();
          return {
            history: history.items.map((message) => [asPrinted(message), message.reactions]),
            versions,
            presence: presence.items.map(({ clientId, data }) => [clientId, data]),
            occupancy: await byKey.ann.occupancy.get(),
          };
        },
      };
    }

    const signed = (capability) => (name) => server.token({ clientId: 'ann', capability: capability(name) });

    for (const row of FEATURES) {
      const { feature, needs, refused } = row;

      it(`${feature} works with ${needs.join(', ')} and nothing else`, async () => {
        const stage = await scene(signed((name) => ({ [name]: needs })));
        await agrees(feature, stage.name, stage.token, true);
        if (row.attaches) await attach(stage.room);
        await row.use(stage);
      });

      it(`${feature} works with the token of token mint --grant`, async () => {
        const name = unique('room');
        // The preset holds the right for own messages; for those of others it is named.
        const args = needs[0].endsWith('-any') ? ['--allow', `${name}=${needs}`] : ['--grant', `${name}=${feature}`];
        const token = await mint(...args);
        const stage = await scene(() => token, name);
        await agrees(feature, name, token, true);
        if (row.attaches) await attach(stage.room);
        await row.use(stage);
      });

      for (const [operation, where] of Object.entries(refused)) {
        const rest = needs.filter((one) => one !== operation);
        const lacking = [['only the others', (name) => (rest.length ? { [name]: rest } : { [`not-${name}`]: needs })]];
        // What a client may do besides does not help.
        if (operation !== 'subscribe') {
          const without = row.alternatives ?? [operation];
          lacking.push(['everything else', (name) => ({ [name]: ALL.filter((one) => !without.includes(one)), elsewhere: needs })]);
        }
        for (const [what, capability] of lacking) {
          it(`${feature} without ${operation} but with ${what} is 40160 and leaves no trace`, async () => {
            const stage = await scene(signed(capability));
            await agrees(feature, stage.name, stage.token, false);
            if (where === 'attach') {
              const before = await stage.state();
              await assert.rejects(attach(stage.room), { code: 40160, statusCode: 401 });
              assert.equal(stage.room.status, 'failed');
              assert.equal(stage.room.error.code, 40160);
              assert.equal(stage.client.connection.status, 'connected');
              assert.deepEqual(await stage.state(), before);
              return;
            }
            if (row.attaches) await attach(stage.room);
            const heard = new Queue();
            if (where === 'deaf') {
              row.listen(stage.room, heard.put);
              assert.equal(stage.room.channel.modes.some((mode) => /subscribe/i.test(mode)), false, `${stage.room.channel.modes}`);
              const witness = new Queue();
              row.listen(stage.other, witness.put);
              await within(row.speak(stage.other), 'the acknowledgement');
              await witness.take('the event, at somebody who may hear it');
              // What was sent to this client before the answer to its ping has come before it.
              await within(stage.client.realtime.connection.ping(), 'the answer to the ping');
              assert.deepEqual(heard.left, []);
              await assert.rejects(
                server.rest({ useBinaryProtocol: binary, authCallback: tokens(() => stage.token) })
                  .channels.get(`${stage.name}::$chat`).presence.get(),
                { code: 40160, statusCode: 401 },
              );
              return;
            }
            const witness = new Queue();
            const { other } = stage;
            other.messages.subscribe(witness.put);
            other.messages.reactions.subscribe(witness.put);
            other.reactions.subscribe(witness.put);
            other.typing.subscribe(witness.put);
            other.presence.subscribe(witness.put);
            const before = await stage.state();
            await assert.rejects(within(row.use(stage), 'the refusal'), { code: 40160, statusCode: 401 });
            assert.deepEqual(await stage.state(), before);
            // Nor did anybody see anything of it.
            await other.messages.send({ text: 'afterwards' });
            assert.equal((await witness.take()).message?.text, 'afterwards');
          });
        }
      }
    }

    for (const act of ['update', 'delete']) {
      it(`message-${act}-own is for own messages: another's is 40160 and stays as it is`, async () => {
        const stage = await scene(signed((name) => ({ [name]: [`message-${act}-own`] })));
        const before = await stage.state();
        const { any } = stage.seeded;
        await assert.rejects(
          act === 'update'
            ? stage.room.messages.update(any.serial, any.copy({ text: 'edited' }))
            : stage.room.messages.delete(any.serial),
          { code: 40160, statusCode: 401 },
        );
        assert.deepEqual(await stage.state(), before);
      });
    }

    it('raw reactions come with annotation-subscribe, the summary without it', async () => {
      for (const [operations, raw] of [[['subscribe'], []], [['subscribe', 'annotation-subscribe'], ['🎉']]]) {
        const stage = await scene(signed((name) => ({ [name]: operations })));
        await stage.client.rooms.release(stage.name);
        const again = await stage.client.rooms.get(stage.name, { messages: { rawMessageReactions: true } });
        const heard = new Queue();
        const summaries = new Queue();
        again.messages.reactions.subscribeRaw(({ reaction }) => heard.put(reaction.name));
        again.messages.reactions.subscribe(summaries.put);
        await attach(again);
        await stage.other.messages.reactions.send(stage.seeded.own.serial, { name: '🎉' });
        const { reactions } = await summaries.take('the summary');
        assert.equal(reactions.distinct['🎉'].total, 1);
        await within(stage.client.realtime.connection.ping(), 'the answer to the ping');
        assert.deepEqual(heard.left, raw);
      }
    });
  });
}
