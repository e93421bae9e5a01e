// Updates one feed again and again until it is killed. Usage: node endless-writer.cjs BUNDLE DIRECTORY PACKAGES
// Generation n gives every package one advisory `n`, and the feed's state contains n as well. So does each change of its
// revision, which is committed n minutes after the beginning of 2024. Every few generations the log is cut off.
const [, , bundle, directory, packages] = process.argv;
const { openEmbeddedStore } = require(bundle);

const updateId = (n) => `018cc251-f400-7000-8000-${String(n).padStart(12, '0')}`;

async function main() {
  const store = await openEmbeddedStore({ directory });
  const last = (await store.feedStates()).find(({ feed }) => feed === 'feed');
  for (let generation = (last?.statements ?? 0) + 1; ; generation += 1) {
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
      const { advisories: after, ...location } = group;
      const before = generation === 1 ? [] : [{ id: String(generation - 1), state: 'affected' }];
      await writer.putChange({
        ...location,
        vulnerability: 'CVE-1',
        update: updateId(generation),
        silent: true,
        before,
        after,
      });
      const score = (value) => ({ feed: 'feed', id: `CVE-2024-${1000 + n * 10}`, epss: { score: value / 100_000 } });
      const { id: vulnerability } = score(0);
      const scores = { before: score(generation - 1), after: score(generation) };
      await writer.putText(score(generation));
      await writer.putChange({ feed: 'feed', vulnerability, update: updateId(generation), silent: true, ...scores });
    }
    await writer.putText({ feed: 'feed', id: 'CVE-1', description: String(generation) });
    const state = {
      feed: 'feed',
      parserVersion: 1,
      documents: {},
      groups: Number(packages),
      statements: generation,
      problems: 0,
      problemSamples: [],
    };
    const at = new Date(Date.UTC(2024, 0, 1, 0, generation)).toISOString();
    await writer.commit(state, { update: updateId(generation), at, ...(generation === 1 ? { first: true } : {}) });
    if (generation % 3 === 0) await store.forgetChanges(updateId(Math.max(0, generation - 4)));
    process.stdout.write(`${generation}\n`);
  }
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
