import { cpSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { startFeedServer, type FeedServer, randomMoment, until } from '@clarion/test-kit';
import { clarion, startClarion, temporaryFolder } from '../../testing/run-clarion';

// An update is killed in each of its phases, in a separate process and without warning: the facts are then either the
// old ones or all those of the update, and the next update works at once.

const packages = 5000;
/** Of the large document: its last part arrives after a pause. */
const firstPart = packages * 58;
const index = 'alpine-secdb/last-update';
const large = 'alpine-secdb/v3.20/main.json';
const small = 'alpine-secdb/v3.19/main.json';

function secdb(count: number, version: string): string {
  const one = (at: number) => ({ pkg: { name: `p${at}`, secfixes: { [version]: [`CVE-1-${at}`, `CVE-2-${at}`] } } });
  return JSON.stringify({ packages: Array.from({ length: count }, (_, at) => one(at)) });
}

const folder = temporaryFolder();
const before = join(folder.path, 'before');
let server: FeedServer;
let copies = 0;

function putEdition(version: string): void {
  server.put(index, version);
  server.put(large, secdb(packages, version));
}

function updateArgs(db: string): readonly string[] {
  return ['update', 'alpine-secdb', '--from', server.url, '--db', db];
}

beforeAll(async () => {
  server = await startFeedServer();
  server.put(small, secdb(50, '1.0-r0'));
  putEdition('1.0-r0');
  expect(await clarion(updateArgs(before))).toMatchObject({ code: 0 });
}, 300_000);

afterAll(async () => {
  await server.close();
  folder.remove();
});

/** A copy of the facts of the first edition, while the server has the second one. */
function prepare(): string {
  const db = join(folder.path, `copy-${(copies += 1)}`);
  cpSync(before, db, { recursive: true });
  putEdition('2.0-r0');
  server.arrived.length = 0;
  server.paused.length = 0;
  return db;
}

/** The version in all facts of the large document; throws when versions are mixed or facts are missing. */
async function editionIn(db: string): Promise<string> {
  const store = await openEmbeddedStore({ directory: db });
  try {
    const versions = new Map<string, number>();
    for await (const { advisories } of store.groups('alpine-secdb', large.slice('alpine-secdb/'.length))) {
      for (const { ranges } of advisories) {
        const version = ranges?.[0]?.fixed ?? 'none';
        versions.set(version, (versions.get(version) ?? 0) + 1);
      }
    }
    const [edition, ...others] = versions;
    if (edition === undefined || others.length > 0 || edition[1] !== 2 * packages) {
      throw new Error(`not whole: ${JSON.stringify([...versions])}`);
    }
    const state = (await store.feedStates()).find(({ feed }) => feed === 'alpine-secdb');
    expect(state).toMatchObject({ groups: packages + 50, statements: 2 * (packages + 50) });
    return edition[0];
  } finally {
    await store.close();
  }
}

/** Phases of an update are short, so this polls often. */
const at = (what: string, isSo: () => boolean): Promise<void> => until(what, isSo, { every: 2 });

/** Waits until the update waits for the rest of the document, with all earlier facts staged. */
async function halfWay(db: string): Promise<void> {
  await at('sent the first part', () => server.paused.includes(large));
  let staged = -1;
  await until(
    'staged the first part',
    () => {
      const before = staged;
      staged = stagedBytes(db);
      return staged >= 0 && staged === before;
    },
    { every: 50 },
  );
}

/** Runs an update and kills it once `moment` has come. Returns whether it was still running then. */
async function killAt(db: string, moment: (ended: () => boolean) => Promise<void>): Promise<boolean> {
  const child = startClarion(updateArgs(db));
  let over = false;
  const signal = new Promise<NodeJS.Signals | null>((resolve) => {
    child.on('close', (_, by) => {
      over = true;
      resolve(by);
    });
  });
  child.stderr.resume();
  await moment(() => over);
  child.kill('SIGKILL');
  return (await signal) === 'SIGKILL';
}

async function expectNextUpdateToWork(db: string): Promise<void> {
  server.fault(index, undefined);
  server.fault(large, undefined);
  server.requests.length = 0;
  expect(await clarion(updateArgs(db))).toMatchObject({
    code: 0,
    // The mirror has the main packages of two branches, and nothing else.
    stderr: expect.not.stringMatching(/warning(?!: alpine-secdb is partial)/) as string,
  });
  expect(await editionIn(db)).toBe('2.0-r0');
  // Unchanged documents get only a conditional request.
  expect(server.requests.find(({ path }) => path === small)?.status ?? 304).toBe(304);
  expect(readdirSync(db).filter((name) => /staging|scratch/.test(name))).toEqual([]);
}

function stagedBytes(db: string): number {
  const name = readdirSync(db).find((file) => file.startsWith('staging-'));
  return name === undefined ? -1 : (statSync(join(db, name), { throwIfNoEntry: false })?.size ?? -1);
}

describe('clarion update that is killed', () => {
  it('while it lists documents leaves the old facts', async () => {
    const db = prepare();
    server.fault(index, { kind: 'slow', millis: 60_000 });
    expect(await killAt(db, () => at('asked for the index', () => server.arrived.includes(index)))).toBe(true);
    expect(await editionIn(db)).toBe('1.0-r0');
    await expectNextUpdateToWork(db);
  }, 300_000);

  it.each([
    ['fetches', 100, () => at('sent the first bytes', () => server.paused.includes(large))],
    ['parses', firstPart, halfWay],
  ])(
    'while it %s leaves the old facts',
    async (_, bytes, moment) => {
      const db = prepare();
      server.fault(large, { kind: 'pause', bytes, millis: 60_000 });
      expect(await killAt(db, () => moment(db))).toBe(true);
      expect(await editionIn(db)).toBe('1.0-r0');
      await expectNextUpdateToWork(db);
    },
    120_000,
  );

  it('while it compares leaves the old facts', async () => {
    const db = prepare();
    expect(await killAt(db, () => at('staged something', () => stagedBytes(db) > 0))).toBe(true);
    expect(await editionIn(db)).toBe('1.0-r0');
    await expectNextUpdateToWork(db);
  }, 300_000);

  it.each([0, 60, 250])(
    'within %d ms after it staged most, about when it commits, leaves the old facts or the new ones',
    async (wait) => {
      const db = prepare();
      await killAt(db, async () => {
        // Two thirds of the final staged data: the rest, and the commit, follow within moments.
        await at('staged most', () => stagedBytes(db) > packages * 167 || server.requests.length > 1e6);
        await randomMoment(wait);
      });
      expect(['1.0-r0', '2.0-r0']).toContain(await editionIn(db));
      await expectNextUpdateToWork(db);
    },
    120_000,
  );

  it('by Ctrl-C ends with 130 and leaves the old facts', async () => {
    const db = prepare();
    server.fault(large, { kind: 'pause', bytes: firstPart, millis: 60_000 });
    const child = startClarion(updateArgs(db));
    child.stderr.resume();
    const code = new Promise<number | null>((resolve) => {
      child.on('close', resolve);
    });
    await halfWay(db);
    child.kill('SIGINT');
    expect(await code).toBe(130);
    expect(await editionIn(db)).toBe('1.0-r0');
    await expectNextUpdateToWork(db);
  }, 300_000);
});
