import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Egress } from '@clarion/egress';
import { feedSources } from '@clarion/feed-sources';
import type { NotificationEndpoint } from '@clarion/model';
import { createSealer } from '@clarion/sealing';
import { createMetrics, type ProcessMetrics } from '@clarion/service-runtime';
import { type FeedServer, startFeedServer } from '@clarion/test-kit';
import { countEgress, type EgressSettings, egressToFeeds, openLayerEgress, openWebhooks, upstreamsOf } from './index';

const strict = { allowedHosts: [], allowedNetworks: [], insecureHosts: [] };
const network = { ...strict, allowedNetworks: ['127.0.0.0/8'] };
const epss = feedSources.find(({ id }) => id === 'epss')!;

let server: FeedServer;
let port = 0;
let metrics: ProcessMetrics;
let closing: { close(): Promise<void> }[] = [];
beforeAll(async () => {
  server = await startFeedServer();
  port = Number(new URL(server.url).port);
  server.put('a', 'there');
  server.put('mirror/epss/a', 'mirrored');
});
beforeEach(() => {
  metrics = createMetrics({ version: '0' });
  server.requests.length = 0;
});
afterEach(async () => {
  await Promise.all(closing.map((one) => one.close()));
  closing = [];
});
afterAll(() => server.close());

/** What `read` resolves to; the code of the error that it throws instead. */
async function codeOr(read: () => Promise<unknown>): Promise<unknown> {
  try {
    return await read();
  } catch (error) {
    return (error as { readonly code?: unknown }).code ?? error;
  }
}

function get(egress: Egress): Promise<unknown> {
  closing.push(egress);
  return codeOr(async () => Buffer.from(await (await egress.request({ url: `${server.url}a` })).bytes()).toString());
}

/** The samples of a metric. */
async function samples(name: string): Promise<readonly string[]> {
  return (await metrics.scrape()).body.split('\n').filter((line) => line.startsWith(`${name}{`));
}

describe('connections to registries and to addresses of layers', () => {
  it.each<[string, EgressSettings, ports: () => readonly number[], registry: string, layer: string]>([
    ['a strict configuration', strict, () => [port], 'egress-denied', 'egress-denied'],
    ['an allowed network', network, () => [], 'there', 'egress-denied'],
    ['an allowed network and another port', network, () => [port + 1], 'there', 'egress-denied'],
    ['an allowed network and port', network, () => [port], 'there', 'there'],
  ])('with %s', async (_, settings, ports, registry, layer) => {
    const opened = openLayerEgress({ ...settings, layerPorts: ports() }, countEgress(metrics));
    expect([await get(opened.egress), await get(opened.layerEgress)]).toEqual([registry, layer]);
    const denied = [registry, layer].filter((one) => one !== 'there').length;
    const counts = (await samples('clarion_egress_denied_total')).map((line) => Number(line.split(' ').at(-1)));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(denied);
    expect(await samples('clarion_registry_requests_total')).toHaveLength(denied === 2 ? 0 : 1);
  });

  it('name the build', async () => {
    expect(await get(openLayerEgress({ ...network, layerPorts: [] }, {}).egress)).toBe('there');
    expect(server.requests.map(({ headers }) => headers['user-agent'])).toEqual(['clarion/0.0.0-source']);
  });
});

describe('connections to feeds', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'clarion-outbound-'));
    mkdirSync(join(folder, 'epss'));
    writeFileSync(join(folder, 'epss', 'a'), 'in a folder');
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each<[string, readonly string[], string]>([
    ['configured hosts may be private', ['127.0.0.1'], 'there'],
    ['others may not', ['feeds.example'], 'egress-denied'],
  ])('%s', async (_, hosts, expected) => {
    expect(await get(egressToFeeds(strict, countEgress(metrics))(hosts))).toBe(expected);
    expect(await samples('clarion_egress_denied_total')).toHaveLength(expected === 'there' ? 0 : 1);
  });

  const read = (feedsFrom: string | undefined, feed = epss): Promise<unknown> =>
    codeOr(async () => {
      const answer = await upstreamsOf({ ...strict, feedsFrom }, countEgress(metrics))(feed).get('a');
      if (answer.kind !== 'content') return answer.kind;
      const chunks: Uint8Array[] = [];
      for await (const chunk of answer.body) chunks.push(chunk);
      return Buffer.concat(chunks).toString();
    });

  it.each<[string, () => Promise<unknown>, string]>([
    ['the configured address of a feed', () => read(undefined, { ...epss, baseUrl: server.url }), 'there'],
    ['a mirror at an address', () => read(`${server.url}mirror/`), 'mirrored'],
    ['a mirror in a folder', () => read(folder), 'in a folder'],
    ['a folder that does not exist', () => read(join(folder, 'missing')), 'not-found'],
  ])('come from %s', async (_, get, expected) => {
    expect(await get()).toBe(expected);
  });
});

describe('connections to receivers of webhooks', () => {
  const sealer = createSealer(Buffer.alloc(32, 5).toString('base64'));
  const receiver = (): NotificationEndpoint => ({
    ...{ id: 'e', url: `${server.url}hook`, mode: 'clair-v4', secrets: [], filter: {} },
    ...{ allowInsecure: true, fullBody: false, createdAt: '2026-01-01T00:00:00.000Z' },
  });

  it.each<[string, EgressSettings, ports: () => readonly number[], boolean, string | undefined]>([
    ['a strict configuration', strict, () => [port], true, 'egress-denied'],
    ['an allowed network', network, () => [], true, 'egress-denied'],
    ['an allowed network and port', network, () => [port], true, undefined],
    ['an endpoint that may not use plain HTTP', network, () => [port], false, 'egress-denied'],
  ])('with %s', async (_, settings, ports, allowInsecure, expected) => {
    const all = { ...settings, webhookPorts: ports(), publicUrl: 'https://a.example' };
    const sender = openWebhooks(all, { sealer, metrics });
    closing.push(sender);
    expect(await codeOr(() => sender.checkReceiver({ ...receiver(), allowInsecure }))).toBe(expected);
  });

  it.each<[string, () => readonly string[], boolean]>([
    ['to a configured receiver', () => [`127.0.0.1:${port}`], true],
    ['to no other one', () => ['other.example'], false],
  ])('a token of Clair v4 is sent %s', async (_, clairAuthorities, sent) => {
    const clair = { clairKey: Buffer.alloc(32, 3).toString('base64'), clairAuthorities: clairAuthorities() };
    const settings = { ...network, ...clair, webhookPorts: [port], publicUrl: 'https://a.example' };
    const sender = openWebhooks(settings, { sealer, metrics });
    closing.push(sender);
    await sender.send(receiver(), { kind: 'test', id: 'x' }, new AbortController().signal);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.headers['user-agent']).toBe('clarion/0.0.0-source');
    expect(server.requests[0]?.headers['authorization'] !== undefined).toBe(sent);
  });
});
