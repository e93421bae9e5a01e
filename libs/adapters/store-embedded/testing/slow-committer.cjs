// Commits a feed and keeps that transaction open until the directory contains a file `go`, for at most ten seconds: a
// process whose thread blocks on the write lock waits long, but not forever.
// Usage: node slow-committer.cjs BUNDLE DIRECTORY GROUPS
const { existsSync, writeSync } = require('node:fs');
const path = require('node:path');

const [bundle, directory, groups] = process.argv.slice(2);
const { openEmbeddedStore } = require(bundle);
const say = (line) => writeSync(1, `${line}\n`);

/** Read inside of the transaction, with the rest of the state. */
function documents() {
  say('within');
  const pause = new Int32Array(new SharedArrayBuffer(4));
  let left = 500;
  for (; left > 0 && !existsSync(path.join(directory, 'go')); left -= 1) Atomics.wait(pause, 0, 0, 20);
  say(left > 0 ? 'continued' : 'late');
  return {};
}

async function main() {
  const store = await openEmbeddedStore({ directory });
  const writer = await store.writeFeed('feed');
  for (let n = 0; n < Number(groups); n += 1) {
    const key = { namespace: 'debian:12', package: `p${n}`, feed: 'feed', document: 'd' };
    const advisories = [{ id: 'CVE-1', state: 'affected' }];
    await writer.put({ ...key, nameKind: 'source', scheme: 'dpkg', advisories }, 'hash');
  }
  const counts = { groups: Number(groups), statements: Number(groups), problems: 0, problemSamples: [] };
  let read;
  const state = { feed: 'feed', parserVersion: 1, ...counts };
  Object.defineProperty(state, 'documents', { enumerable: true, get: () => (read ??= documents()) });
  await writer.commit(state);
  say('committed');
  setInterval(() => undefined, 1000);
}

void main();
