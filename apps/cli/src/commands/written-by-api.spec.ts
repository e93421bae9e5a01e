import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { exportFacts } from '@clarion/fact-bundle';
import { ownVulnerabilities } from '@clarion/feed-sources';
import type { Store } from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { temporaryFolder } from '../../testing/run-clarion';
import { exportBundle, importBundle } from './bundle';
import { prune } from './db';

// Records that users wrote through the API exist nowhere else and belong to this installation: only DELETE removes
// them.

const folder = temporaryFolder();
afterAll(() => {
  folder.remove();
});
const at = (name: string): string => join(folder.path, name);
const settings = (db: string) => ({ db: at(db), quiet: true, unusedFor: 0, keepHistory: 576_000 });

async function within<T>(db: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openEmbeddedStore({ directory: at(db) });
  return work(store).finally(() => store.close());
}

function state(store: Store, feed: string, id: string): Promise<void> {
  return store.writeFeed(feed).then(async (writer) => {
    const subject = { namespace: 'debian:12', package: 'zlib', feed, document: 'd' };
    const advisories = [{ id, state: 'fixed' as const, ranges: [{ fixed: '1.0' }] }];
    await writer.put({ ...subject, nameKind: 'source', scheme: 'dpkg', advisories }, `hash of ${id}`);
    await writer.putText({ feed, id, description: `About ${id}` });
    const documents = { d: { validators: {}, groups: 1, namespaces: ['debian:12'] } };
    const counts = { groups: 1, statements: 1, problems: 0, problemSamples: [] };
    await writer.commit({ feed, parserVersion: 1, documents, lastSuccess: '2026-01-02T03:04:05.000Z', ...counts });
  });
}

/** An installation whose users wrote a record in addition to the feeds. */
const fill = (db: string, id: string): Promise<void> =>
  within(db, async (store) => {
    await state(store, ownVulnerabilities.id, id);
    await state(store, 'debian-security-tracker', `CVE-of-${db}`);
  });

const advisoriesIn = (db: string): Promise<readonly string[]> =>
  within(db, async (store) => {
    const groups = await store.advisories([['debian:12', 'zlib']]);
    const all = groups.flatMap(({ feed, advisories }) => advisories.map(({ id }) => `${feed} ${id}`));
    const texts = await Promise.all(all.map((one) => store.vulnerability(one.slice(one.indexOf(' ') + 1))));
    return all.map((one, index) => `${one}: ${texts[index]?.texts[0]?.description ?? 'no text'}`).sort();
  });

const said = (feed: string, id: string): string => `${feed} ${id}: About ${id}`;

it('is not a feed that db prune removes', async () => {
  await fill('pruned', 'B-1');
  await prune(settings('pruned'));
  expect(await advisoriesIn('pruned')).toContain(said(ownVulnerabilities.id, 'B-1'));
});

it.each(['exported by this version', 'exported with everything, as earlier versions did'])(
  'is neither in a bundle nor replaced by one that was %s',
  async (how) => {
    const [there, here] = [`there, ${how}`, `here, ${how}`];
    await fill(there, 'ACME-1');
    await fill(here, 'B-1');
    const bundle = at(`${how}.gz`);
    if (how === 'exported by this version') await exportBundle(bundle, settings(there));
    else await within(there, (store) => pipeline(exportFacts(store), createWriteStream(bundle)));
    await importBundle(bundle, settings(here));
    await importBundle(bundle, settings(`new, ${how}`));
    const ofThere = said('debian-security-tracker', `CVE-of-${there}`);
    expect(await advisoriesIn(here)).toEqual([ofThere, said(ownVulnerabilities.id, 'B-1')]);
    expect(await advisoriesIn(`new, ${how}`)).toEqual([ofThere]);
  },
);
