// Requests to a chatctl server: without the proxies of the environment, and trusting its own certificate.

import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** The time for an answer, in milliseconds. */
const TIMEOUT = 10_000;

/**
 * Sends a request to `path` of `server` and returns the JSON of the answer.
 *
 * @param {{ url: string, ca?: string }} server
 */
export function call(server, method, path, { key, token, body, timeout = TIMEOUT } = {}) {
  const url = new URL(path, server.url);
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  const headers = { 'content-type': 'application/json', connection: 'close' };
  if (token) headers.authorization = `Bearer ${token}`;
  else if (key) headers.authorization = `Basic ${Buffer.from(key).toString('base64')}`;
  return new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`${method} ${url}: ${why}`));
    const sent = request(url, { method, headers, ca: server.ca, agent: false, timeout }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('error', (error) => fail(error.message));
      response.on('end', () => {
        const text = Buffer.concat(parts).toString();
        if (response.statusCode >= 300) return fail(`${response.statusCode} ${text}`);
        try {
          resolve(text === '' ? undefined : JSON.parse(text));
        } catch {
          fail(`not a chatctl server: it answered '${text.slice(0, 100)}'`);
        }
      });
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${timeout / 1000} s`)));
    sent.on('error', (error) => fail(error.message));
    sent.end(method === 'POST' ? JSON.stringify(body ?? {}) : undefined);
  });
}

/** Sends a request to what is under `/chatctl/` of `server`, by its admin token. */
export async function callAdmin(server, method, path, { body, timeout } = {}) {
  const { adminToken: token } = server;
  if (!token) {
    throw new Error(
      'there is no admin token: faults and the clock are for a server that this process has started, and within chatctl exec',
    );
  }
  return call(server, method, `/chatctl/${path}`, { token, body, timeout });
}
