import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { WebhookAnswer, WebhookMessage } from '@clarion/model';
import { until } from '@clarion/test-kit';
import { endpointAt, messageOf, olderSecret, sealer, secret } from '../testing/messages';
import { createWebhookSender, type WebhookSender } from './webhook-sender';

const script = path.join(__dirname, '../../../../examples/webhook-receiver/receiver.mjs');

describe('examples/webhook-receiver', () => {
  let receiver: ChildProcess;
  let sender: WebhookSender;
  let port = 0;
  const lines: string[] = [];

  beforeAll(async () => {
    const env = { ...process.env, WEBHOOK_SECRET: secret, PORT: '0' };
    receiver = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const output = createInterface({ input: receiver.stdout! });
    const [first] = (await once(output, 'line')) as [string];
    output.on('line', (line) => lines.push(line));
    port = Number(first.split(':').at(-1));
    const policy = { allowedNetworks: ['127.0.0.0/8'], ports: [port] };
    sender = createWebhookSender({ sealer, publicUrl: 'https://clarion.example', policy });
  });
  afterAll(async () => {
    receiver.kill();
    await sender.close();
  });

  const send = (message: WebhookMessage, withSecret = secret): Promise<WebhookAnswer> => {
    const more = { fullBody: true, secrets: [{ secret: sealer.seal(withSecret) }] };
    return sender.send(endpointAt(`http://127.0.0.1:${port}/`, more), message, AbortSignal.timeout(10_000));
  };

  test('verifies, handles each message once, and rejects other secrets', async () => {
    expect((await send({ kind: 'test', id: 'test-1' })).status).toBe(204);
    expect((await send(messageOf(1))).status).toBe(204);
    expect((await send(messageOf(1))).status).toBe(204);
    expect((await send(messageOf(1), olderSecret)).status).toBe(401);
    expect((await send({ kind: 'test', id: 'test-2' })).status).toBe(204);
    await until('it has printed all', () => lines.length >= 4);
    expect(lines).toEqual([
      'test event',
      expect.stringMatching(/^CVE-2024-0001: 2 affected, 0 cleared, 0 changed; https:\/\/clarion.example\//),
      '  affected registry.example/team/app:0',
      'test event',
    ]);
  });
});
