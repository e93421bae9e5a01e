import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { directoryUpstream } from '@clarion/feed-upstreams';
import { feedSources } from '@clarion/feed-sources';
import type { FetchResult, FeedSource, FeedState, Store, Upstream } from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import type { FeedFinished } from './events';
import { updateFeed } from './update-feed';

// A mirror serves something other than the upstream publishes. Every feed then reports an error and keeps the last good
// facts; it never reports "unchanged", and never becomes empty.

const folder = mkdtempSync(path.join(tmpdir(), 'clarion-bad-documents-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

type Spoil = (good: Buffer) => Buffer;
const half = 'half of the document';
const forms: readonly (readonly [string, Spoil])[] = [
  ['{}', () => Buffer.from('{}')],
  ['[]', () => Buffer.from('[]')],
  ['null', () => Buffer.from('null')],
  ['an empty file', () => Buffer.alloc(0)],
  [
    'a page of HTML',
    () => Buffer.from('<!DOCTYPE html>\n<html><body>\n<p>Service unavailable, 503, try later\n</body></html>\n'),
  ],
  ['an XML document of something else', () => Buffer.from('<?xml version="1.0"?>\n<feed><title>x</title></feed>\n')],
  [half, (good) => good.subarray(0, Math.floor(good.length / 2))],
];

const none = ['', (good: Buffer) => good] as const;

/** Line-based documents: only the transport can detect that their end is missing. */
const lined = /^(?:epss\/|alpine-secdb\/rejections\/|redhat-vex\/csaf\/v2\/vex\/(?:changes|deletions)\.csv$)/;

/** Documents whose content decides nothing by itself, or whose patch has a separate test. */
const without = [
  // An unchanged one only saves requests for documents.
  /^alpine-secdb\/last-update$/,
  // A repository without updateinfo, which is normal.
  /^amazon-linux\/2\/extras\/emacs\//,
  // Single records on top of a whole document (update-plan.spec.ts).
  /^redhat-(?:vex\/csaf\/v2\/vex\/\d{4}|security-data\/cve)\//,
];

/** The good documents, except for those of `spoilt` paths (all when undefined); records what was requested. */
function mirrorOf(
  source: FeedSource,
  [form, spoil]: (typeof forms)[number] = none,
  spoilt?: string,
): Upstream & { readonly asked: Set<string> } {
  const good = directoryUpstream(
    path.join(__dirname, '../../../plugins/feed-sources/src', source.id, 'testdata/input'),
  );
  const asked = new Set<string>();
  return {
    asked,
    list: (name) => good.list(name),
    async get(name): Promise<FetchResult> {
      const answer = await good.get(name);
      if (answer.kind !== 'content') return answer;
      asked.add(name);
      const isSpoilt = form !== '' && (spoilt ?? name) === name && !isBeside(`${source.id}/${name}`, form);
      if (!isSpoilt) return answer;
      const pieces: Uint8Array[] = [];
      for await (const piece of answer.body) pieces.push(piece);
      return { kind: 'content', validators: {}, body: once(spoil(Buffer.concat(pieces))) };
    },
  };
}

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield bytes;
}

let minutes = 0;

async function update(source: FeedSource, upstream: Upstream, store: Store): Promise<FeedFinished> {
  const now = (): Date => new Date(Date.UTC(2026, 0, 1) + (minutes += 1) * 60_000);
  for await (const event of updateFeed(source, { upstream, store, now })) if (event.kind === 'finished') return event;
  throw new Error('The update did not finish');
}

/** All stored facts of a feed. */
async function factsOf(source: FeedSource, store: Store): Promise<unknown> {
  const state = await stateOf(source, store);
  const groups: unknown[] = [];
  for (const document of Object.keys(state?.documents ?? {}).sort()) {
    for await (const group of store.groups(source.id, document)) groups.push(group);
  }
  const texts: unknown[] = [];
  for await (const text of store.texts(source.id)) texts.push(text);
  const repositories: unknown[] = [];
  for await (const one of store.allRepositories()) if (one.feed === source.id) repositories.push(one);
  return { groups, texts, repositories, success: state?.lastSuccess, change: state?.lastChange };
}

async function stateOf(source: FeedSource, store: Store): Promise<FeedState | undefined> {
  return (await store.feedStates()).find(({ feed }) => feed === source.id);
}

describe.each(feedSources.map((source) => [source.id, source] as const))('%s', (id, source) => {
  let store: Store;
  beforeEach(async () => {
    store = await openEmbeddedStore({ directory: mkdtempSync(path.join(folder, `${id}-`)) });
  });
  afterEach(() => store.close());

  const rejected = forms.filter(([form]) => !isBeside(`${id}/`, form));

  it.each(rejected)('a first load of nothing but %s is a failure', async (form, spoil) => {
    const finished = await update(source, mirrorOf(source, [form, spoil]), store);
    expect(finished.result).toBe('failed');
    expect(finished.state.lastError).toBeTruthy();
    expect(finished.state).toMatchObject({ groups: 0, statements: 0 });
    expect(finished.state.lastSuccess).toBeUndefined();
  });

  it.each(forms)(
    '%s instead of all documents, or of one, keeps the last good facts',
    async (form, spoil) => {
      const good = mirrorOf(source);
      expect((await update(source, good, store)).result).toBe('changed');
      const before = await factsOf(source, store);
      let { version } = source;
      for (const spoilt of [undefined, ...good.asked]) {
        if (isBeside(`${id}/${spoilt ?? ''}`, form)) continue;
        // Another version of the source reads everything again, even if unchanged; lists are always requested.
        const isList = /\/(?:mirror\.list|repomd\.xml)$/.test(spoilt ?? '');
        const again = isList
          ? { ...source, version: (await stateOf(source, store))?.parserVersion ?? 0 }
          : { ...source, version: (version += 1) };
        const { result, state } = await update(again, mirrorOf(source, [form, spoil], spoilt), store);
        expect({ spoilt, result: ['failed', 'held'].includes(result) ? 'not applied' : result }).toEqual({
          spoilt,
          result: 'not applied',
        });
        expect(state.lastError).toBeTruthy();
        expect(state.failingSince).toBeTruthy();
        expect(await factsOf(source, store)).toEqual(before);
      }
      const healed = await update({ ...source, version: version + 1 }, good, store);
      expect(['changed', 'unchanged']).toContain(healed.result);
      expect(healed.state).not.toHaveProperty('lastError');
      expect(healed.state).not.toHaveProperty('failingSince');
    },
    120_000,
  );
});

function isBeside(document: string, form: string): boolean {
  const nothingDeleted = form === 'an empty file' && document.endsWith('/deletions.csv');
  return nothingDeleted || (form === half && lined.test(document)) || without.some((pattern) => pattern.test(document));
}
