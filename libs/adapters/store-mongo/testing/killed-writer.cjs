// Updates a feed once and kills itself just before it sends the Nth command of that update.
// Usage: node killed-writer.cjs BUNDLE URI LEASE_MILLIS GENERATION N AHEAD. Its clock is AHEAD milliseconds ahead. If
// it survives, it prints the number of commands and exits with 0.
const { createHash } = require('node:crypto');
const [, , bundle, uri, leaseMillis, generation, fatal, ahead] = process.argv;
const { openMongoStore } = require(bundle);

/** Text that does not compress: values of more than one page. */
function noise(length) {
  let text = '';
  for (let n = 0; text.length < length; n += 1)
    text += createHash('sha512').update(`${generation} ${n}`).digest('base64');
  return text;
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
  const key = { namespace: 'debian:12', feed: 'feed', document: 'd', nameKind: 'source', scheme: 'dpkg' };
  for (const name of ['a', 'b', 'large', `only-${generation}`]) {
    const ids =
      name === 'large' ? Array.from({ length: 2500 }, (_, n) => `CVE-${generation}-${n}`) : [`CVE-${generation}-0`];
    const reason = name === 'large' ? noise(900_000) : generation;
    const advisories = ids.map((id, n) => ({ id, state: 'affected', ...(n === 0 ? { reason } : {}) }));
    await writer.put({ ...key, package: name, advisories }, generation);
  }
  await writer.remove({ ...key, package: `only-${generation - 1}` });
  await writer.putText({ feed: 'feed', id: 'CVE-1', description: generation });
  await writer.putText({ feed: 'feed', id: 'CVE-2024-1234', epss: { score: Number(generation) } });
  await writer.putRepository({ feed: 'feed', repository: 'r', cpes: [generation] });
  const change = {
    ...key,
    package: 'a',
    update: generation.padStart(6, '0'),
    vulnerability: 'CVE-1',
    before: [],
    after: [],
  };
  await writer.putChange(change);
  const counts = { groups: 4, statements: Number(generation), problems: 0, problemSamples: [] };
  await writer.commit({ feed: 'feed', parserVersion: 1, documents: {}, ...counts });
  process.stdout.write(String(commands));
  await store.close();
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  // Its connections would keep it alive.
  process.exit(1);
});
