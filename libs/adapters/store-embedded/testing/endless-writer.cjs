// Updates one feed again and again until it is killed. Usage: node endless-writer.cjs BUNDLE DIRECTORY PACKAGES
// Generation n gives every package one advisory `n`, and the feed's state contains n as well.
const [, , bundle, directory, packages] = process.argv;
const { openEmbeddedStore } = require(bundle);

async function main() {
  const store = await openEmbeddedStore({ directory });
  const state = (await store.feedStates()).find(({ feed }) => feed === 'feed');
  for (let generation = (state?.statements ?? 0) + 1; ; generation += 1) {
    const writer = await store.writeFeed('feed');
    for (let n = 0; n < Number(packages); n += 1) {
      const advisories = [{ id: String(generation), state: 'affected' }];
      const group = {
        namespace: 'debian:12',
        package: `p${n}`,
        feed: 'feed',
        document: 'd',
        nameKind: 'source',
        scheme: 'dpkg',
        advisories,
      };
      await writer.put(group, String(generation));
    }
    await writer.putText({ feed: 'feed', id: 'CVE-1', description: String(generation) });
    await writer.commit({
      feed: 'feed',
      parserVersion: 1,
      documents: {},
      groups: Number(packages),
      statements: generation,
      problems: 0,
      problemSamples: [],
    });
    process.stdout.write(`${generation}\n`);
  }
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
