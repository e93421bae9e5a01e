// Receives Clarion's webhooks and verifies them; Node's own modules only. See docs/webhooks.md.
//
//   WEBHOOK_SECRET=whsec_… PORT=8090 node receiver.mjs

import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const { WEBHOOK_SECRET: secret, PORT: port = '8090', HOST: host = '127.0.0.1' } = process.env;
if (!secret?.startsWith('whsec_')) throw new Error('WEBHOOK_SECRET must be the secret that Clarion gave: whsec_…');

const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
const toleranceSeconds = 300;
const maxBytes = 1024 * 1024;
/** Ids of messages that were handled: Clarion sends one again until it has seen a 2xx. A real receiver stores them. */
const handled = new Set();

/** Standard Webhooks 1.0: one of the signatures is that of `id.timestamp.body`, and the time is about now. */
function isGenuine(headers, body) {
  const { 'webhook-id': id = '', 'webhook-timestamp': timestamp = '', 'webhook-signature': signatures = '' } = headers;
  if (!/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > toleranceSeconds) return false;
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
  return signatures.split(' ').some((one) => {
    const [version, text = ''] = one.split(',');
    const signature = Buffer.from(text, 'base64');
    return version === 'v1' && signature.length === expected.length && timingSafeEqual(signature, expected);
  });
}

async function read(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function handle(event) {
  const { type, data } = event;
  if (type === 'dev.clarion.endpoint.test.v1') return console.log('test event');
  if (type !== 'dev.clarion.vulnerability.changed.v1') return console.log(`unknown event ${type}`);
  const { affected, cleared, changed } = data.counts;
  console.log(
    `${data.vulnerability.id}: ${affected} affected, ${cleared} cleared, ${changed} changed; ${data.callback}`,
  );
  for (const { image, transition, references } of data.images ?? [])
    console.log(`  ${transition} ${references[0] ?? image}`);
}

const server = createServer(async (request, response) => {
  const answer = (status) => response.writeHead(status).end();
  if (request.method !== 'POST') return answer(405);
  const body = await read(request);
  if (body === undefined) return answer(413);
  if (!isGenuine(request.headers, body)) return answer(401);
  const id = request.headers['webhook-id'];
  if (!handled.has(id)) handle(JSON.parse(body.toString('utf8')));
  handled.add(id);
  return answer(204);
});

server.listen(Number(port), host, () => {
  const { port: listening } = /** @type {import('node:net').AddressInfo} */ (server.address());
  console.log(`listening on ${host}:${listening}`);
});
