import { createPublicKey, verify as verifySignature } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { HTTP, type CloudEvent } from 'cloudevents';
import { jwtVerify } from 'jose';
import { Webhook } from 'standardwebhooks';
import type { NotificationEndpoint, WebhookMessage } from '@clarion/model';
import { parseSigningKey } from '@clarion/sealing';
import { startReceiver, type TestReceiver } from '../testing/receiver';
import { endpointAt, id, messageOf, olderSecret, sealer, secret } from '../testing/messages';
import { createWebhookSender, type WebhookSender, type WebhookSenderOptions } from './webhook-sender';

const schemaFile = path.join(__dirname, '../../../../docs/schemas/notification-event-v1.json');
const ajv = addFormats(new Ajv2020({ strict: true, strictRequired: false }));
const isEventData = ajv.compile(JSON.parse(readFileSync(schemaFile, 'utf8')) as object);

let receiver: TestReceiver;
let sender: WebhookSender | undefined;

afterEach(async () => {
  await sender?.close();
  await receiver.close();
});

async function send(
  message: WebhookMessage,
  endpoint: Partial<NotificationEndpoint> = {},
  options: Partial<WebhookSenderOptions> = {},
): ReturnType<WebhookSender['send']> {
  await sender?.close();
  sender = createWebhookSender({
    sealer,
    publicUrl: 'https://clarion.example/',
    policy: { allowedNetworks: ['127.0.0.0/8'], ports: [receiver.port] },
    ...options,
  });
  return sender.send(endpointAt(receiver.url, endpoint), message, AbortSignal.timeout(5000));
}

function lastEvent(): CloudEvent<Record<string, unknown>> {
  const { headers, body } = receiver.received.at(-1)!;
  return HTTP.toEvent<Record<string, unknown>>({ headers, body }) as CloudEvent<Record<string, unknown>>;
}

describe('CloudEvents', () => {
  beforeEach(async () => {
    receiver = await startReceiver();
  });

  test('a thin event, as the reference library and the schema see it', async () => {
    expect(await send(messageOf(2))).toEqual({ status: 204, error: null, answer: '' });
    const event = lastEvent();
    expect(event.validate()).toBe(true);
    expect(event).toMatchObject({
      id,
      source: 'https://clarion.example',
      type: 'dev.clarion.vulnerability.changed.v1',
      subject: 'CVE-2024-0001',
      time: '2026-03-01T12:00:00.000Z',
      dataschema: 'urn:clarion:schema:notification-event-v1',
      partitionkey: 'CVE-2024-0001',
      data: { counts: { affected: 2 }, callback: `https://clarion.example/api/v1/notifications/${id}` },
    });
    expect(event.data).not.toHaveProperty('images');
    expect(isEventData(event.data) || isEventData.errors).toBe(true);
    expect(receiver.received[0]).toMatchObject({ method: 'POST', path: '/hook' });
    expect(receiver.received[0]?.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
  });

  test.each([
    [2, 2],
    [400, undefined],
    [401, undefined],
  ])('a full event with %d images contains them while they fit', async (count, expected) => {
    await send(messageOf(count), { fullBody: true });
    const { data } = lastEvent();
    expect((data?.['images'] as unknown[] | undefined)?.length).toBe(expected);
    expect(isEventData(data) || isEventData.errors).toBe(true);
    expect(receiver.received[0]?.body.length).toBeLessThanOrEqual(64 * 1024);
  });

  test('binary: attributes are headers, percent-encoded', async () => {
    await send(messageOf(2, { vulnerability: 'Ä "50 %"' }), {}, { binary: true });
    const { headers } = receiver.received[0]!;
    expect(headers['ce-subject']).toBe('%C3%84%20%2250%20%25%22');
    expect(headers['content-type']).toBe('application/json');
    expect(headers).not.toHaveProperty('ce-datacontenttype');
    const event = lastEvent();
    expect([event.id, event.type, event.specversion]).toEqual([id, 'dev.clarion.vulnerability.changed.v1', '1.0']);
    expect(isEventData(event.data) || isEventData.errors).toBe(true);
  });

  test.each(['due', 'overdue'] as const)('a deadline is an event of its own: %s', async (kind) => {
    await send(messageOf(2, { counts: { affected: 0, cleared: 0, changed: 0, [kind]: 2 } }));
    expect(lastEvent()).toMatchObject({ type: `dev.clarion.finding.${kind}.v1`, data: { counts: { [kind]: 2 } } });
    expect(isEventData(lastEvent().data) || isEventData.errors).toBe(true);
  });

  test.each([
    [undefined, false, null],
    ['no-data', null, 'no-data'],
    ['switched-off', null, 'switched-off'],
  ] as const)(
    'without data, nothing is reported about exploitation: %s',
    async (missing, knownExploited, expectedMissing) => {
      await send(messageOf(2, missing === undefined ? {} : { knownExploitedMissing: missing }));
      const { data } = lastEvent();
      expect(data).toMatchObject({ knownExploited, knownExploitedMissing: expectedMissing });
      expect(isEventData(data) || isEventData.errors).toBe(true);
    },
  );

  test.each([true, false])('of work that was traced carries its trace: binary %s', async (binary) => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await send(messageOf(2, { traceparent }), {}, { binary });
    expect(lastEvent()).toMatchObject({ traceparent });
    expect(lastEvent().validate()).toBe(true);
  });

  test.each([
    ['structured', true, 'application/cloudevents+json; charset=utf-8'],
    ['binary', false, 'application/json'],
  ] as const)(
    '%s is the setting of the endpoint, which overrides that of the installation',
    async (contentMode, binary, type) => {
      await send(messageOf(2), { contentMode }, { binary });
      expect(receiver.received[0]?.headers['content-type']).toBe(type);
      expect(lastEvent().validate()).toBe(true);
    },
  );

  test('a test event', async () => {
    await send({ kind: 'test', id: 'some-id' });
    const event = lastEvent();
    expect(event.validate()).toBe(true);
    expect([event.id, event.type]).toEqual(['some-id', 'dev.clarion.endpoint.test.v1']);
  });
});

describe('Standard Webhooks', () => {
  beforeEach(async () => {
    receiver = await startReceiver();
  });
  const verify = (withSecret: string): unknown => {
    const { headers, body } = receiver.received.at(-1)!;
    return new Webhook(withSecret).verify(body, headers as Record<string, string>);
  };

  test.each(['cloudevents', 'clair-v4', 'clair-v1'] as const)('%s is signed', async (mode) => {
    await send(messageOf(1), { mode });
    expect(verify(secret)).toBeDefined();
    expect(receiver.received[0]?.headers['webhook-id']).toBe(id);
    expect(() => verify(olderSecret)).toThrow();
  });

  test('a key pair signs v1a, in addition to the secret that it replaces', async () => {
    const pair = `whsk_${Buffer.alloc(32, 3).toString('base64')}`;
    await send(messageOf(1), { secrets: [pair, secret].map((one) => ({ secret: sealer.seal(one) })) });
    expect(verify(secret)).toBeDefined();
    const { headers, body } = receiver.received.at(-1)!;
    const given = String(headers['webhook-signature']).split(' ');
    expect(given.map((one) => one.split(',')[0])).toEqual(['v1a', 'v1']);
    const open = Buffer.from(parseSigningKey(pair).publicKey.slice('whpk_'.length), 'base64');
    const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), open]);
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    const signature = Buffer.from(given[0]!.slice('v1a,'.length), 'base64');
    const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.`;
    expect(verifySignature(null, Buffer.from(signed + body), key, signature)).toBe(true);
    expect(verifySignature(null, Buffer.from(`${signed}${body} `), key, signature)).toBe(false);
  });

  test('while secrets overlap, both verify; after that only the new one', async () => {
    const until = (expiresAt: string): Partial<NotificationEndpoint> => ({
      secrets: [{ secret: sealer.seal(secret) }, { secret: sealer.seal(olderSecret), expiresAt }],
    });
    await send(messageOf(1), until('2999-01-01T00:00:00.000Z'));
    expect([verify(secret), verify(olderSecret)]).not.toContain(undefined);
    await send(messageOf(1), until('2020-01-01T00:00:00.000Z'));
    expect(verify(secret)).toBeDefined();
    expect(() => verify(olderSecret)).toThrow();
  });
});

describe('Clair', () => {
  beforeEach(async () => {
    receiver = await startReceiver();
  });

  test('version 1', async () => {
    await send(messageOf(1), { mode: 'clair-v1' });
    expect(receiver.received[0]?.body).toBe(`{"Notification":{"Name":"${id}"}}`);
    expect(receiver.received[0]?.headers['content-type']).toBe('application/json');
  });

  test('version 4, with a token for the authorities that require one', async () => {
    const key = Buffer.alloc(32, 1);
    const clairV4 = { key: key.toString('base64'), authorities: [`127.0.0.1:${receiver.port}`] };
    await send(messageOf(1), { mode: 'clair-v4' }, { clairV4 });
    const { body, headers } = receiver.received[0]!;
    expect(JSON.parse(body)).toEqual({
      notification_id: id,
      callback: `https://clarion.example/notifier/api/v1/notification/${id}`,
    });
    const { payload } = await jwtVerify((headers.authorization ?? '').replace('Bearer ', ''), key, {
      issuer: 'clair-notifier',
      algorithms: ['HS256'],
    });
    expect([(payload.exp ?? 0) - (payload.iat ?? 0), (payload.iat ?? 0) - (payload.nbf ?? 0)]).toEqual([60, 60]);
    await send(messageOf(1), { mode: 'clair-v4' }, { clairV4: { ...clairV4, authorities: ['other.example'] } });
    expect(receiver.received[1]?.headers.authorization).toBeUndefined();
  });
});

describe('egress', () => {
  test('own headers are sent, and no secret is kept of what the receiver echoes', async () => {
    receiver = await startReceiver((response, { headers }) => {
      const { authorization, 'x-key': key, 'webhook-signature': signature } = headers;
      response
        .writeHead(503, { 'retry-after': '7' })
        .end(`\u001b[31m${authorization} ${String(key)} ${String(signature)} done`);
    });
    const headers = sealer.seal(JSON.stringify({ Authorization: 'Bearer abc.def.ghi', 'X-Key': 'key-0123456789' }));
    const answer = await send(messageOf(1), { headers });
    expect(receiver.received[0]?.headers).toMatchObject({
      authorization: 'Bearer abc.def.ghi',
      'x-key': 'key-0123456789',
    });
    expect(answer).toMatchObject({ status: 503, retryAfter: '7' });
    expect(answer.answer).toMatch(/done$/);
    expect(answer.answer).not.toMatch(/abc|key-|v1,|\u001b/);
  });

  test.each([
    ['colours', '\u001b[31mred', '\\u{1b}[31mred'],
    ['zero-width characters', 'a\u200bb\u2060c', 'a\\u{200b}b\\u{2060}c'],
    ['text that runs the other way', 'a\u202eb', 'a\\u{202e}b'],
    ['tags', 'a\u{e0041}b', 'a\\u{e0041}b'],
    ['several lines', 'a\r\n b\tc\n', 'a b c'],
  ])('%s of a response are shown as text', async (_what, text, expected) => {
    receiver = await startReceiver((response) => response.writeHead(200).end(text));
    expect(await send(messageOf(1))).toEqual({ status: 200, error: null, answer: expected });
  });

  test('an endless response is truncated', async () => {
    receiver = await startReceiver((response) => {
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(16 * 1024)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    expect(await send(messageOf(1))).toEqual({ status: 200, error: null, answer: 'x'.repeat(1024) });
  });

  test('redirects are not followed', async () => {
    receiver = await startReceiver((response) => response.writeHead(307, { location: '/elsewhere' }).end());
    expect(await send(messageOf(1))).toMatchObject({ status: null, error: 'redirect' });
    expect(receiver.received).toHaveLength(1);
  });

  test.each([
    ['plain http that the endpoint does not allow', { allowInsecure: false }, {}],
    ['a private address that the policy does not list', {}, { policy: {} }],
    ['a port that the policy does not list', {}, { policy: { allowedNetworks: ['127.0.0.0/8'] } }],
    ['metadata addresses', { url: 'http://169.254.169.254/latest' }, {}],
  ])('%s is rejected', async (_what, endpoint, options) => {
    receiver = await startReceiver();
    expect(await send(messageOf(1), endpoint, options)).toMatchObject({ status: null, error: 'egress-denied' });
    expect(receiver.received).toHaveLength(0);
  });

  test('no server', async () => {
    receiver = await startReceiver();
    await receiver.close();
    expect(await send(messageOf(1))).toMatchObject({ status: null, error: 'upstream-unavailable' });
  });

  test('a pending request ends with the signal', async () => {
    receiver = await startReceiver(() => undefined);
    sender = createWebhookSender({
      sealer,
      publicUrl: 'https://clarion.example',
      policy: { allowedNetworks: ['127.0.0.0/8'], ports: [receiver.port] },
    });
    const sent = sender.send(endpointAt(receiver.url), messageOf(1), AbortSignal.timeout(200));
    await expect(sent).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  test.each([
    ['*', true],
    ['clarion.example', true],
    ['other.example', false],
    [undefined, false],
  ])('consent by %s', async (allowedOrigin, consents) => {
    receiver = await startReceiver((response, { headers }) => {
      const isAsked = headers['webhook-request-origin'] === 'clarion.example';
      response
        .writeHead(isAsked ? 200 : 400, allowedOrigin === undefined ? {} : { 'webhook-allowed-origin': allowedOrigin })
        .end();
    });
    sender = createWebhookSender({
      sealer,
      publicUrl: 'https://clarion.example',
      policy: { allowedNetworks: ['127.0.0.0/8'], ports: [receiver.port] },
    });
    const asked = sender.requestConsent({ url: receiver.url, allowInsecure: true }).then(
      () => true,
      (error: unknown) => (error as { code: string }).code,
    );
    expect(await asked).toBe(consents || 'unauthorized');
    expect(receiver.received[0]?.method).toBe('OPTIONS');
  });

  it.each([
    ['a port where nobody listens', true],
    ['a receiver that does not answer', false],
  ])('no consent by %s', async (_, closed) => {
    receiver = await startReceiver(() => undefined);
    if (closed) await receiver.close();
    sender = createWebhookSender({
      sealer,
      publicUrl: 'https://clarion.example',
      policy: { allowedNetworks: ['127.0.0.0/8'], ports: [receiver.port] },
      egress: { limits: { firstByteMillis: 50 } },
    });
    const asked = sender.requestConsent({ url: receiver.url, allowInsecure: true });
    await expect(asked).rejects.toMatchObject({ code: 'unauthorized' });
  });
});
