import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { type ImageQuery, isTextChange, type Store } from '@clarion/model';
import { randomMoment } from '@clarion/test-kit';

import { openEmbeddedStore } from './open-embedded-store';
import { bundleStore, firstLine, kill, start } from '../testing/killable-process';

// A process that is killed while it changes images, reports changes and puts notifications leaves all or nothing of
// each.

const images = 30;
const pages = 25;
const kills = 20;

let scratch: string;
let bundle: string;

beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'clarion-store-'));
  bundle = bundleStore(scratch);
});

afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

const hex = (n: number) => n.toString(16).padStart(64, '0');
const uuid = (n: number) => `0190163d-8694-839b-aea5-${String(n).padStart(12, '0')}`;

/** Every image is indexed by exactly the rows of its round; returns the rounds. */
async function roundsOfImages(store: Store): Promise<readonly number[]> {
  const { items } = await store.images({ by: 'all' }, { limit: 1000 });
  expect(items).toHaveLength(images);
  const rounds = [...new Set(items.map(({ composition }) => Number.parseInt(composition ?? '', 16)))];
  const last = Math.max(...rounds);
  for (let round = last - 2; round <= last + 2; round += 1) {
    const expected = items.filter(({ composition }) => composition === hex(round)).length;
    const queries: readonly ImageQuery[] = [
      { by: 'composition', composition: hex(round) },
      { by: 'repository', repository: `r/${round}` },
      { by: 'layer', layer: `sha256:${hex(1000 + round)}` },
    ];
    const found = await Promise.all(queries.map((query) => store.images(query, { limit: 1000 })));
    expect({ round, counts: found.map((page) => page.items.length) }).toEqual({
      round,
      counts: [expected, expected, expected],
    });
  }
  expect((await store.images({ by: 'state', state: 'failed' }, { limit: 1000 })).items).toHaveLength(images);
  return rounds;
}

/** Facts, changes and the index of mentions are of the same commit; returns its round. */
async function roundOfFacts(store: Store): Promise<number> {
  const groups = await store.advisories(['a', 'b', 'c'].map((name) => ['debian:12', name] as const));
  const ids = new Set(groups.flatMap(({ advisories }) => advisories.map(({ id }) => id)));
  expect(ids.size).toBe(1);
  const round = Number([...ids][0]?.slice('CVE-'.length));
  const changed = { update: uuid(round), vulnerability: `CVE-${round}` };
  const pending = await store.pendingChanges(10_000);
  expect(pending.at(-1)).toEqual(changed);
  const names: string[] = [];
  for await (const change of store.changes(changed)) names.push(isTextChange(change) ? '' : change.package);
  expect(names).toEqual(['a', 'b', 'c']);
  expect(await store.packagesOf(`CVE-${round}`)).toEqual(['a', 'b', 'c'].map((name) => ['debian:12', name]));
  expect(await store.packagesOf(`CVE-${round - 1}`)).toEqual([]);
  return round;
}

/** Each notification has all of its images, of one round; returns the last round. */
async function lastNotification(store: Store): Promise<number> {
  const { items } = await store.notifications({}, { limit: 10_000 });
  for (const { id, update } of items.slice(0, 3)) {
    const { items: affected } = await store.affectedImages(id, {}, { limit: 1000 });
    expect(affected).toHaveLength(pages);
    expect(new Set(affected.flatMap(({ references }) => references))).toEqual(
      new Set([`round ${Number(update.slice(-12))}`]),
    );
  }
  return Number(items[0]?.update.slice(-12));
}

describe('a killed service process', () => {
  it(`leaves all or nothing of what it was doing, ${kills} times`, async () => {
    const directory = path.join(scratch, 'killed');
    const store = await openEmbeddedStore({ directory, mentions: true });
    let seen = 0;
    const states = new Set<string>();
    for (let round = 0; round < kills; round += 1) {
      const notifier = start('endless-notifier.cjs', bundle, directory, String(images), String(pages));
      let errors = '';
      notifier.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
      await firstLine(notifier, () => errors);
      await randomMoment(150);
      await kill(notifier);
      const ofImages = await roundsOfImages(store);
      const ofFacts = await roundOfFacts(store);
      const ofNotifications = await lastNotification(store);
      // Later steps of a round are never ahead of earlier ones, and nothing goes backwards.
      const first = Math.min(...ofImages);
      expect([ofFacts, ofFacts + 1]).toContain(first);
      expect([ofNotifications, ofNotifications + 1]).toContain(ofFacts);
      expect({ errors, forward: ofNotifications > seen }).toEqual({ errors: '', forward: true });
      seen = ofNotifications;
      states.add(`${first - ofFacts} ${ofFacts - ofNotifications}`);
      // A half-written notification does not block the next attempt, and none of its images remains.
      await store.forgetNotifications(uuid(ofNotifications));
    }
    // The kills have met more than one point of a round.
    expect(states.size).toBeGreaterThan(1);
    await store.close();
  }, 300_000);
});
