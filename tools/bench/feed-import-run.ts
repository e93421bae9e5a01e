import { closeSync, existsSync, openSync, readdirSync, readFileSync, statSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { feedSources } from '@clarion/feed-sources';
import { directoryUpstream, openScratchFile } from '@clarion/feed-upstreams';
import { updateFeed, type FeedFinished } from '@clarion/feed-updating';
import { planOf, type FeedRecord, type FeedSource, type Upstream } from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';

// One import of feed-import.mjs in a separate process. Prints one line of JSON.
//   node run.js synthetic STORE ROWS EDITION     EDITION 0 is the base; in another one row of a hundred differs
//   node run.js FEED STORE DIR                   DIR has the layout of the upstream

const rowsAVulnerability = 5;
const namespaces = 12;
const packages = 8000;

/** Always the same numbers (mulberry32). */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One line of JSON a vulnerability: its packages are anywhere among all of them, a few far more often than others. */
async function* synthetic(rows: number, edition: number): AsyncGenerator<Uint8Array> {
  const random = pseudoRandom(4711);
  await Promise.resolve();
  let lines: string[] = [];
  for (let at = 0; at < rows / rowsAVulnerability; at += 1) {
    const affected = Array.from({ length: rowsAVulnerability }, () => {
      const release = Math.floor(random() * namespaces);
      const name = `package-${Math.floor(random() ** 2 * packages)}`;
      const patch = edition > 0 && at % 100 === 0 ? `.${edition}` : '';
      const fixed = `${Math.floor(random() * 9)}.${Math.floor(random() * 40)}.${at % 50}-${1 + (at % 7)}.el9${patch}`;
      return { namespace: `bench:${release}`, name, fixed };
    });
    const description = `Flaw ${at}: an attacker may do what should not be possible in this part of the program.`;
    lines.push(`${JSON.stringify({ id: `CVE-${1999 + (at % 27)}-${1000 + at}`, description, affected })}\n`);
    if (lines.length < 500) continue;
    yield Buffer.from(lines.join(''));
    lines = [];
  }
  yield Buffer.from(lines.join(''));
}

interface Line {
  readonly id: string;
  readonly description: string;
  readonly affected: readonly { readonly namespace: string; readonly name: string; readonly fixed: string }[];
}

async function* parse({ body }: { readonly body: AsyncIterable<Uint8Array> }): AsyncGenerator<FeedRecord> {
  for await (const chunk of body) {
    for (const text of Buffer.from(chunk).toString().split('\n')) {
      if (text === '') continue;
      const { id, description, affected } = JSON.parse(text) as Line;
      yield { kind: 'vulnerability', text: { feed: 'synthetic', id, description } };
      for (const { namespace, name, fixed } of affected) {
        const advisories = [
          { id, state: 'fixed', ranges: [{ fixed }], severity: 'Medium', scope: { architectures: ['x86_64'] } },
        ] as const;
        const group = { namespace, package: name, feed: 'synthetic', document: 'all', advisories };
        yield { kind: 'group', group: { ...group, nameKind: 'binary', scheme: 'rpm' } };
      }
    }
  }
}

const source: FeedSource = {
  id: 'synthetic',
  version: 1,
  title: 'Rows made up for this benchmark',
  homepage: 'https://example.org/',
  baseUrl: 'https://example.org/',
  namespaces: ['bench:*'],
  rates: true,
  listsUnfixed: false,
  refreshMinutes: 60,
  layout: ['all'],
  plan: () => Promise.resolve(planOf(['all'])),
  parse,
};

/**
 * Writes the document beforehand: generating rows is not part of the import. Whole lines per chunk, as `parse`
 * requires.
 */
async function syntheticUpstream(rows: number, edition: number, file: string): Promise<Upstream> {
  const lengths: number[] = [];
  const written = openSync(file, 'w');
  for await (const chunk of synthetic(rows, edition)) lengths.push(writeSync(written, chunk));
  closeSync(written);
  async function* body(): AsyncGenerator<Uint8Array> {
    const opened = await open(file);
    for (const length of lengths) yield (await opened.read(Buffer.allocUnsafe(length), 0, length)).buffer;
    await opened.close();
  }
  return {
    get: () => Promise.resolve({ kind: 'content', body: body(), validators: {} }),
    list: () => Promise.resolve([]),
  };
}

async function chosen(
  [feed = '', location = '', edition = '0']: readonly string[],
  directory: string,
): Promise<{ readonly feed: FeedSource; readonly upstream: Upstream }> {
  if (feed === 'synthetic') {
    return { feed: source, upstream: await syntheticUpstream(Number(location), Number(edition), `${directory}.rows`) };
  }
  const found = feedSources.find(({ id }) => id === feed);
  if (found === undefined) throw new Error(`no feed ${feed}`);
  return { feed: found, upstream: directoryUpstream(location) };
}

/** The process's private memory, without pages of the database that the system may reclaim at any time. */
function anonymousMb(): number {
  const found = existsSync('/proc/self/status')
    ? /RssAnon:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))
    : null;
  return Number(found?.[1] ?? 0) / 1024;
}

async function main([feedId = '', directory = '', ...rest]: readonly string[]): Promise<void> {
  const { feed, upstream } = await chosen([feedId, ...rest], directory);
  const store = await openEmbeddedStore({ directory });
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  const phases = { reading: 0, comparing: 0 };
  let anonymous = 0;
  let finished: FeedFinished | undefined;
  let committed = started;
  const openScratch = () => openScratchFile(directory);
  for await (const event of updateFeed(feed, { upstream, store, now: () => new Date(), openScratch })) {
    if (event.kind === 'progress') {
      phases[event.phase] = committed = performance.now();
      anonymous = Math.max(anonymous, anonymousMb());
    }
    if (event.kind === 'finished') finished = event;
  }
  const seconds = (performance.now() - started) / 1000;
  const used = process.cpuUsage(cpuBefore);
  await store.close();
  const bytes = readdirSync(directory).reduce((sum, name) => sum + statSync(path.join(directory, name)).size, 0);
  const { result, state, written } = finished ?? {};
  const measured = {
    result,
    error: state?.lastError,
    advisories: state?.statements,
    groups: state?.groups,
    problems: state?.problems,
    written,
    seconds,
    cpuSeconds: (used.user + used.system) / 1e6,
    anonymousMb: anonymous,
    readingSeconds: (phases.reading - started) / 1000,
    commitSeconds: seconds - (committed - started) / 1000,
    rssMb: process.resourceUsage().maxRSS / 1024,
    databaseMb: bytes / 1024 ** 2,
  };
  process.stdout.write(`${JSON.stringify(measured)}\n`);
}

void main(process.argv.slice(2));
