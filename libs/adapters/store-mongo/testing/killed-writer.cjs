// Updates a feed once and kills itself just before it sends the Nth command of that update.
// Usage: node killed-writer.cjs BUNDLE URI LEASE_MILLIS GENERATION N AHEAD UPDATE. Its clock is AHEAD milliseconds
// ahead. If it survives, it prints the number of commands and exits with 0.
const { createHash } = require('node:crypto');
const [, , bundle, uri, leaseMillis, generation, fatal, ahead, update] = process.argv;
const { openMongoStore } = require(bundle);

/** Text that does not compress: values of more than one page. */
function noise(length) {
  let text = '';
  for (let n = 0; text.length < length; n += 1)
    text += createHash('sha512').update(`${generation} ${n}`).digest('base64');
  return text;
}

const key = { namespace: 'debian:12', feed: 'feed', document: 'd', nameKind: 'source', scheme: 'dpkg' };

function affected(of) {
  return { id: `CVE-${of}-0`, state: 'affected', reason: String(of) };
}

/** What this generation changes in the facts of the one before it. */
function changes() {
  const before = Number(generation) - 1;
  const logged = { feed: 'feed', update };
  const silent = { ...logged, silent: true };
  const { namespace, document, nameKind, scheme } = key;
  const group = { ...silent, namespace, document };
  const advisory = (name, of, lists) => {
    return { ...silent, ...key, package: name, vulnerability: `CVE-${of}-0`, before: [], after: [], ...lists };
  };
  const epss = (of) => ({ feed: 'feed', id: 'CVE-2024-1234', epss: { score: of / 1000 } });
  const text = (of) => ({ feed: 'feed', id: 'CVE-1', description: String(of) });
  return [
    advisory('a', before, { before: [affected(before)] }),
    advisory('a', generation, { after: [affected(generation)] }),
    advisory(`only-${before}`, before, { before: [affected(before)] }),
    advisory(`only-${generation}`, generation, { after: [affected(generation)] }),
    { ...group, package: `only-${before}`, before: { nameKind, scheme }, after: null },
    { ...group, package: `only-${generation}`, before: null, after: { nameKind, scheme } },
    { ...silent, vulnerability: 'CVE-1', before: text(before), after: text(generation) },
    { ...silent, vulnerability: 'CVE-2024-1234', before: epss(before), after: epss(generation) },
    { ...silent, repository: 'r', before: [String(before)], after: [generation] },
    // To be published.
    { ...logged, ...key, package: 'a', vulnerability: 'CVE-1', before: [], after: [] },
  ];
}

async function main() {
  let commands = 0;
  let counting = false;
  const onCommand = () => {
    if (!counting) return;
    commands += 1;
    if (commands === Number(fatal)) process.kill(process.pid, 'SIGKILL');
  };
  const now = () => new Date(Date.now() + Number(ahead));
  const store = await openMongoStore({ uri, leaseMillis: Number(leaseMillis), now, onCommand });
  counting = true;
  const writer = await store.writeFeed('feed');
  for (const name of ['a', 'b', 'large', `only-${generation}`]) {
    const ids =
      name === 'large' ? Array.from({ length: 2500 }, (_, n) => `CVE-${generation}-${n}`) : [`CVE-${generation}-0`];
    const reason = name === 'large' ? noise(900_000) : generation;
    const advisories = ids.map((id, n) => ({ id, state: 'affected', ...(n === 0 ? { reason } : {}) }));
    await writer.put({ ...key, package: name, advisories }, generation);
  }
  await writer.remove({ ...key, package: `only-${generation - 1}` });
  await writer.putText({ feed: 'feed', id: 'CVE-1', description: generation });
  await writer.putText({ feed: 'feed', id: 'CVE-2024-1234', epss: { score: generation / 1000 } });
  await writer.putRepository({ feed: 'feed', repository: 'r', cpes: [generation] });
  for (const change of generation === '1' ? changes().slice(-1) : changes()) await writer.putChange(change);
  const at = new Date(Date.UTC(2026, 0, Number(generation))).toISOString();
  const revision = { update, at, ...(generation === '1' ? { first: true } : {}) };
  const counts = { groups: 4, statements: Number(generation), problems: 0, problemSamples: [] };
  await writer.commit({ feed: 'feed', parserVersion: 1, documents: {}, ...counts }, revision);
  process.stdout.write(String(commands));
  await store.close();
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  // Its connections would keep it alive.
  process.exit(1);
});
