// Tokens that `chatctl token mint` made, in the hands of the SDKs.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import jwt from 'jsonwebtoken';

import { chatctl, enter, FORMATS, KEY, Server, state, tokens, unique } from './helper.js';

/** A token of `chatctl token mint`. */
async function mint(...args) {
  const { status, stdout, stderr } = await chatctl(['token', 'mint', ...args], { ABLY_API_KEY: KEY });
  assert.equal(status, 0, stderr);
  return stdout.trimEnd();
}

describe('a minted token', () => {
  it('is one that jsonwebtoken verifies', async () => {
    const token = await mint('--client-id', 'ann', '--ttl', '90s', '--claim', 'dms:*={"role":"member"}');
    const [name, secret] = KEY.split(':');
    const { header, payload } = jwt.verify(token, secret, { algorithms: ['HS256'], complete: true });
    assert.equal(header.kid, name);
    assert.equal(payload.exp - payload.iat, 90);
    assert.equal(payload['x-ably-clientId'], 'ann');
    assert.equal(payload['ably.room.dms:*'], '{"role":"member"}');
  });
});

for (const { name, binary } of FORMATS) {
  describe(`minted tokens in ${name}`, () => {
    let server;
    before(async () => { server = await Server.start(); });
    after(() => server.stop());

    const withToken = (token) => ({ useBinaryProtocol: binary, authCallback: tokens(() => token) });

    it('connect as the client that they name, with the claim of their room', async () => {
      const room = `support:${unique('room')}`;
      const token = await mint('--client-id', 'ann', '--claim', 'support:*={"role":"agent"}', '--claim', '*=anyone');
      const chat = server.chat(withToken(token));
      const entered = await enter(chat, room);
      assert.equal(chat.clientId, 'ann');
      const sent = await entered.room.messages.send({ text: 'hi' });
      const { message } = await entered.messages.take();
      assert.deepEqual([message.serial, message.clientId, message.userClaim], [sent.serial, 'ann', '{"role":"agent"}']);
      const printed = await server.chatctl(['room', 'history', room, '--jq', '.[] | .userClaim | fromjson | .role']);
      assert.equal(printed.stdout, 'agent\n');
    });

    it('may do what they were granted and nothing else', async () => {
      const room = unique('room');
      const token = await mint('--client-id', 'reader', '--grant', `${room}=receive-messages,message-history`);
      const reader = await enter(server.chat(withToken(token)), room);
      await assert.rejects(reader.room.messages.send({ text: 'no' }), { code: 40160, statusCode: 401 });
      const writer = await enter(
        server.chat(withToken(await mint('--client-id', 'writer', '--grant', `${room}=send-messages,receive-messages`))),
        room,
      );
      const sent = await writer.room.messages.send({ text: 'yes' });
      assert.equal((await reader.messages.take()).message.serial, sent.serial);
      assert.deepEqual((await reader.room.messages.history({ limit: 5 })).items.map(({ text }) => text), ['yes']);
      await assert.rejects(writer.room.messages.history({ limit: 5 }), { code: 40160, statusCode: 401 });
    });

    for (const [kind, code] of [
      ['expired', 40142],
      ['not-yet-valid', 40144],
      ['bad-signature', 40144],
      ['wrong-key', 40144],
      ['unknown-key', 40400],
      ['alg-none', 40144],
      ['no-expiry', 40144],
      ['no-kid', 40144],
      ['capability-garbage', 40144],
      ['milliseconds', 40003],
      ['ttl-too-long', 40003],
      ['truncated', 40144],
    ]) {
      it(`${kind}: the SDK reports ${code}`, async () => {
        const token = await mint('--client-id', 'ann', '--invalid', kind);
        const realtime = server.realtime(withToken(token));
        // The SDK goes on trying after some of the refusals, and gives up after others.
        const { reason } = await state(realtime, 'failed', 'disconnected');
        assert.equal(reason.code, code);
        realtime.close();
      });
    }
  });
}
