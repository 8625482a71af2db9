// An endpoint for a before-publish rule: it refuses insults, and covers what is nearly one.
//
// PORT=9082 node check.js
import { createServer } from 'node:http';

/** Decides about a message: {clientId, text, metadata, headers, userClaim}. */
export function decide({ text, metadata, headers }) {
  if (text.trim() === '') {
    return { action: 'reject', rejectionDetail: { reason: 'empty' } };
  }
  if (/\bidiot\b/i.test(text)) {
    return { action: 'reject', rejectionDetail: { reason: 'insult' } };
  }
  const covered = text.replace(/\bdamn\b/gi, 'd*mn');
  if (covered !== text) {
    // The whole content is replaced: metadata and headers are kept by copying them.
    return { action: 'accept', message: { text: covered, metadata, headers } };
  }
  return { action: 'accept' };
}

const server = createServer(async (request, response) => {
  try {
    const chunks = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    const { message } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    // With Express it is: app.post('/', express.json(), (req, res) => res.json(decide(req.body.message)))
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(decide(message)));
  } catch {
    response.statusCode = 400;
    response.end();
  }
});

server.listen(Number(process.env.PORT ?? 9082), '127.0.0.1');
