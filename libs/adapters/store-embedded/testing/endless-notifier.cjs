// Changes images, reports changes and puts notifications until it is killed.
// Usage: node endless-notifier.cjs BUNDLE DIRECTORY IMAGES PAGES
// In round n every image moves to the layer, composition and reference n; then one commit writes facts and changes of
// n, and a notification of n gets PAGES pages, one image each. Prints a line at the end of each round.
const [, , bundle, directory, images, pages] = process.argv;
const { openEmbeddedStore } = require(bundle);

const hex = (n) => n.toString(16).padStart(64, '0');
const digest = (n) => `sha256:${hex(n)}`;
const uuid = (n) => `0190163d-8694-839b-aea5-${String(n).padStart(12, '0')}`;
const count = Number(images);

function moved(image, round) {
  const submission = {
    id: uuid(round),
    state: 'failed',
    origin: { kind: 'upload' },
    submittedAt: '2024-03-01T10:00:00Z',
  };
  const platform = { os: 'linux', architecture: 'amd64' };
  const about = { reference: `r/${round}:1`, manifestDigest: digest(image), platform, layers: [] };
  const layers = [digest(1000 + round)];
  const references = [`r/${round}:1`];
  return {
    manifestDigest: digest(image),
    image: about,
    layers,
    usedAt: '2024-03-01T10:00:00Z',
    submission,
    references,
    composition: hex(round),
  };
}

async function update(store, round) {
  const writer = await store.writeFeed('feed');
  const key = { namespace: 'debian:12', feed: 'feed', document: 'd', nameKind: 'source', scheme: 'dpkg' };
  for (const name of ['a', 'b', 'c']) {
    const advisories = [{ id: `CVE-${round}`, state: 'affected' }];
    await writer.put({ ...key, package: name, advisories }, String(round));
    await writer.putChange({
      ...key,
      package: name,
      update: uuid(round),
      vulnerability: `CVE-${round}`,
      before: [],
      after: advisories,
    });
  }
  const counts = { groups: 3, statements: round, problems: 0, problemSamples: [] };
  await writer.commit({ feed: 'feed', parserVersion: 1, documents: {}, ...counts });
}

async function* affected(round) {
  for (let page = 0; page < Number(pages); page += 1) {
    yield [{ image: digest(page), references: [`round ${round}`], transition: 'affected', before: [], after: [] }];
  }
}

async function main() {
  const store = await openEmbeddedStore({ directory, mentions: true });
  const { items } = await store.notifications({}, { limit: 1 });
  const last = items[0] ? Number(items[0].update.slice(-12)) : 0;
  for (let round = last + 1; ; round += 1) {
    const all = Array.from({ length: count }, (_, n) => n + 1);
    await Promise.all(all.map((image) => store.changeImage(digest(image), () => moved(image, round))));
    await update(store, round);
    const notification = {
      id: uuid(round),
      update: uuid(round),
      feed: 'feed',
      vulnerability: `CVE-${round}`,
      createdAt: '2024-03-01T10:00:00Z',
    };
    const view = {
      state: 'created',
      before: null,
      after: null,
      counts: { affected: 1, cleared: 0, changed: 0 },
      namespaces: [],
    };
    await store.putNotification({ ...notification, ...view }, affected(round));
    process.stdout.write(`${round}\n`);
  }
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
