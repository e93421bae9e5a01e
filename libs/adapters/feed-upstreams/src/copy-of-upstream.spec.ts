import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createEgress } from '@clarion/egress';
import type { Upstream, DocumentValidators } from '@clarion/model';
import { startFeedServer } from '@clarion/test-kit';
import { mirrorUpstream } from './mirror-upstream';
import { feedsFromNetwork } from './upstream-choice';

const egress = createEgress({ privateNetworks: true });
let from: string;

beforeEach(() => {
  from = mkdtempSync(path.join(tmpdir(), 'clarion-mirror-'));
  mkdirSync(path.join(from, 'a-feed'));
});

afterEach(() => {
  rmSync(from, { recursive: true, force: true });
});

afterAll(() => egress.close());

function put(name: string, content: string, modified = '2026-01-01T00:00:00Z'): void {
  const file = path.join(from, name);
  writeFileSync(file, content);
  utimesSync(file, new Date(modified), new Date(modified));
}

const mirror = (): Upstream => mirrorUpstream({ from, feed: 'a-feed', egress });

/** Reads the given documents and returns the age of the copy. */
async function ageAfter(
  upstream: Upstream,
  names: readonly string[],
  validators?: DocumentValidators,
): Promise<unknown> {
  for (const name of names) {
    const answer = await upstream.get(name, validators);
    if (answer.kind === 'content') for await (const chunk of answer.body) expect(chunk.length).toBeGreaterThan(0);
  }
  return upstream.mirroredAt?.();
}

describe('the age of a mirror', () => {
  it('is that of the newest document that was read', async () => {
    put('a-feed/a', 'a', '2024-01-01T00:00:00Z');
    put('a-feed/b', 'b', '2024-02-01T00:00:00Z');
    put('a-feed/other', 'c', '2025-01-01T00:00:00Z');
    expect(await ageAfter(mirror(), ['b', 'a', 'nowhere'])).toBe('2024-02-01T00:00:00.000Z');
  });

  it('is known of documents that are unchanged', async () => {
    put('a-feed/a', 'a', '2024-01-01T00:00:00Z');
    const answer = await mirror().get('a');
    const validators = answer.kind === 'content' ? answer.validators : {};
    expect(await ageAfter(mirror(), ['a'], validators)).toBe('2024-01-01T00:00:00.000Z');
  });

  it.each([
    ['the folder of the feed', 'a-feed/mirrored-at'],
    ['the mirror', 'mirrored-at'],
  ])('is the content of mirrored-at in %s, whatever the times of the files', async (_, name) => {
    put('a-feed/a', 'a', '2024-01-01T00:00:00Z');
    put(name, '2024-03-01T10:00:00+02:00\n');
    expect(await ageAfter(mirror(), ['a'])).toBe('2024-03-01T08:00:00.000Z');
  });

  it('is read from the folder of the feed first', async () => {
    put('mirrored-at', '2024-03-01');
    put('a-feed/mirrored-at', '2024-04-01');
    expect(await mirror().mirroredAt?.()).toBe('2024-04-01T00:00:00.000Z');
  });

  it.each(['yesterday', '', '2024', `2024-01-01T00:00:00Z ${'x'.repeat(100_000)}`, '2024-13-01'])(
    'is unknown if mirrored-at contains %.30j',
    async (text) => {
      put('mirrored-at', text);
      await expect(mirror().mirroredAt?.()).rejects.toMatchObject({ code: 'corrupt-data' });
    },
  );

  it('is taken from the responses of a web server', async () => {
    const server = await startFeedServer();
    try {
      server.put('a-feed/a', 'a');
      const upstream = mirrorUpstream({ from: server.url, feed: 'a-feed', egress });
      expect(await ageAfter(upstream, ['a'])).toBe('2026-01-01T00:00:00.000Z');
      server.put('mirrored-at', '2024-03-01');
      expect(await upstream.mirroredAt?.()).toBe('2024-03-01T00:00:00.000Z');
    } finally {
      await server.close();
    }
  });

  it('is undefined for the upstream itself and for own data, but not for a folder that replaces the upstream', () => {
    const upstreamFor = feedsFromNetwork({ egressTo: () => egress });
    const feed = { id: 'x', version: 1, namespaces: [], refreshMinutes: 1, layout: [] } as never as { id: string };
    const of = (more: object): Upstream => upstreamFor({ ...feed, ...more } as never);
    expect('mirroredAt' in of({ baseUrl: 'https://upstream.example/' })).toBe(false);
    expect('mirroredAt' in of({ baseUrl: 'file:///own/', own: true })).toBe(false);
    expect('mirroredAt' in of({ baseUrl: 'file:///copy/' })).toBe(true);
  });
});
