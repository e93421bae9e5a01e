import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

import type { Store } from '@clarion/model';

import { openEmbeddedStore } from './open-embedded-store';
import { bundleStore, kill, type KillableProcess, start } from '../testing/killable-process';

// Two processes: within one process nothing else can happen during a commit.

const until = '2026-01-01T01:00:00Z';
const now = '2026-01-01T00:00:00Z';
const groups = 400;

let scratch: string;
let bundle: string;
let directory: string;
let store: Store;
let committer: KillableProcess;
let lines: AsyncIterator<string>;

beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'clarion-store-'));
  bundle = bundleStore(scratch);
});

afterAll(() => {
  rmSync(scratch, { recursive: true });
});

beforeEach(async () => {
  directory = mkdtempSync(path.join(scratch, 'db-'));
  store = await openEmbeddedStore({ directory });
  committer = start('slow-committer.cjs', bundle, directory, String(groups));
  lines = createInterface({ input: committer.stdout })[Symbol.asyncIterator]();
  expect(await nextLine()).toBe('within');
});

afterEach(async () => {
  await kill(committer);
  await store.close();
});

const nextLine = async (): Promise<unknown> => (await lines.next()).value as unknown;

const packages = async (): Promise<number> => {
  const names = Array.from({ length: groups }, (_, n) => ['debian:12', `p${n}`] as const);
  return (await store.advisories(names)).length;
};

/** Many reads of the store while the other process commits; nothing may be written in the meantime. */
async function answersDuring(written: () => boolean): Promise<void> {
  for (let round = 0; round < 50; round += 1) {
    expect(await store.feedStates()).toEqual([]);
    expect(await store.ready()).toBe(true);
    await new Promise(setImmediate);
  }
  expect(await packages()).toBe(0);
  expect(written()).toBe(false);
}

describe('while another process commits a feed', () => {
  it('the store answers, and its writes wait without blocking anything', async () => {
    let written = 0;
    const note = (): void => {
      written += 1;
    };
    const writes = [
      store.lease('work', 'me', { now, until }).then(note),
      store.putDeadLetter({ id: '1', kind: 'work.layer', event: {}, reason: 'x', failedAt: now } as never).then(note),
      store.putEndpoint({ id: 'team' } as never).then(note),
    ];
    await answersDuring(() => written > 0);
    writeFileSync(path.join(directory, 'go'), '');
    expect(await nextLine()).toBe('continued');
    await Promise.all(writes);
    expect(await nextLine()).toBe('committed');
    expect(await packages()).toBe(groups);
  });

  it('and is killed, writes continue and nothing of it is stored', async () => {
    const writing = store.lease('work', 'me', { now, until });
    await answersDuring(() => false);
    await kill(committer);
    expect(await writing).toBe(true);
    expect(await packages()).toBe(0);
    const writer = await store.writeFeed('feed');
    await writer.abort();
  });
});
