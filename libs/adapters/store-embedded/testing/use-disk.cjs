// Uses a store on a disk that was mounted for it; prints one JSON line per attempt.
// Usage: node use-disk.cjs BUNDLE DIRECTORY full|read
const { rmSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { randomBytes } = require('node:crypto');
const [, , bundle, directory, what] = process.argv;
const { openEmbeddedStore } = require(bundle);

const none = [];
const structure = {
  whiteouts: none,
  opaques: none,
  symlinks: [],
  hardlinks: [],
  files: none,
  obstacles: none,
  directories: none,
};
const digest = (seed) => `sha256:${String(seed).padStart(64, '0')}`;
const layer = (seed) => ({
  diffId: digest(seed),
  blobs: [],
  size: 1,
  entries: 1,
  structure,
  detections: [],
  problems: [],
});
const counts = { groups: 1, statements: 1, problems: 0, problemSamples: [] };
const state = { feed: 'feed', parserVersion: 1, documents: {}, ...counts };

const say = (name, result) => process.stdout.write(`${JSON.stringify({ name, ...result })}\n`);

async function attempt(name, action) {
  try {
    say(name, { value: (await action()) ?? null });
  } catch (error) {
    const { code, message, remedy, retryable } = error;
    say(name, { code, message, remedy, retryable });
  }
}

async function update(store) {
  const writer = await store.writeFeed('feed');
  try {
    for (let n = 0; n < 100_000; n += 1) {
      const advisories = [{ id: `CVE-${n}`, state: 'affected', reason: randomBytes(200).toString('hex') }];
      const key = { namespace: 'debian:12', package: `p${n}`, feed: 'feed', document: 'd' };
      await writer.put({ ...key, nameKind: 'source', scheme: 'dpkg', advisories }, 'h');
    }
    await writer.commit(state);
  } finally {
    await writer.abort().catch(() => undefined);
  }
}

async function main() {
  const store = await openEmbeddedStore({ directory, ...(what === 'read' ? { readOnly: 'where-needed' } : {}) });
  if (what === 'full') {
    await store.putFeedState(state);
    await store.putLayer(layer(1));
    await attempt('update', () => update(store));
    writeFileSync(path.join(directory, 'ballast'), '');
    try {
      for (;;) writeFileSync(path.join(directory, 'ballast'), randomBytes(65_536), { flag: 'a' });
    } catch {
      // Full.
    }
    await attempt('layers', async () => {
      for (let seed = 2; ; seed += 1) await store.putLayer(layer(seed));
    });
    await attempt('ready', () => store.ready());
    await attempt('read', async () => (await store.layer(digest(1), [])) !== undefined);
    rmSync(path.join(directory, 'ballast'));
  }
  await attempt('state', () => store.putFeedState(state));
  await attempt('put', () => store.putLayer(layer(3)));
  await attempt('layer', async () => (await store.layer(digest(3), [])) !== undefined);
  await attempt('facts', () => store.feedStates());
  await store.close();
}

main().catch((error) => say('end', { code: error.code, message: error.message, remedy: error.remedy }));
