import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Store } from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { until } from '@clarion/test-kit';
import { type LeaseOptions, withLease } from './with-lease';

let directory: string;
let store: Store;

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'clarion-leases-'));
  store = await openEmbeddedStore({ directory });
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

const lease = (more: Partial<LeaseOptions> = {}): LeaseOptions => ({
  store,
  owner: 'spec',
  now: () => new Date(),
  ...more,
});

/** Work that runs until `end` is called. */
function running(): { readonly work: () => Promise<string>; end(): void } {
  let end = (): void => undefined;
  const ended = new Promise<string>((resolve) => {
    end = () => {
      resolve('done');
    };
  });
  return {
    work: () => ended,
    end: () => {
      end();
    },
  };
}

interface Asked {
  readonly now: string;
  readonly until: string;
}

/** The store, which records when it is asked for the lease. */
const noting = (asked: Asked[]): Store => ({
  ...store,
  lease: (name, owner, times) => {
    asked.push(times);
    return store.lease(name, owner, times);
  },
});

describe('withLease', () => {
  it('returns the result of the work', async () => {
    expect(await withLease('a', lease(), () => Promise.resolve(7))).toEqual({ result: 7 });
  });

  it('leaves the work to the current owner, even in the same process', async () => {
    const first = running();
    const one = withLease('a', lease(), first.work);
    expect(await withLease('a', lease(), () => Promise.resolve('two'))).toBeUndefined();
    expect(await withLease('b', lease(), () => Promise.resolve('other'))).toEqual({ result: 'other' });
    first.end();
    expect(await one).toEqual({ result: 'done' });
    expect(await withLease('a', lease(), () => Promise.resolve('two'))).toEqual({ result: 'two' });
  });

  it('waits up to its limit', async () => {
    const first = running();
    const one = withLease('a', lease(), first.work);
    expect(await withLease('a', lease({ waitMillis: 30 }), () => Promise.resolve('early'))).toBeUndefined();
    const asked: Asked[] = [];
    const waiting = withLease('a', lease({ waitMillis: 60_000, store: noting(asked) }), () => Promise.resolve('late'));
    await until('it has asked twice', () => asked.length > 1);
    first.end();
    await one;
    expect(await waiting).toEqual({ result: 'late' });
  });

  it('stops waiting when its signal aborts', async () => {
    const first = running();
    const one = withLease('a', lease(), first.work);
    const signal = AbortSignal.timeout(20);
    const waiting = withLease('a', lease({ waitMillis: Number.POSITIVE_INFINITY, signal }), () => Promise.resolve(1));
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    first.end();
    await one;
  });

  it('ends the lease when the work fails', async () => {
    await expect(withLease('a', lease(), () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await withLease('a', lease(), () => Promise.resolve(1))).toEqual({ result: 1 });
  });

  it('prolongs the lease as long as the work runs', async () => {
    const first = running();
    const asked: Asked[] = [];
    const one = withLease('a', lease({ leaseMillis: 90, store: noting(asked) }), first.work);
    await until('it is past its first end', () => Date.now() > Date.parse(asked[0]?.until ?? '9999-01-01'));
    await until(
      'it is prolonged once more',
      () => Date.parse(asked.at(-1)?.now ?? '') > Date.parse(asked[0]?.until ?? ''),
    );
    expect(await withLease('a', lease(), () => Promise.resolve('two'))).toBeUndefined();
    first.end();
    await one;
  });

  it('notifies the work when another owner took over', async () => {
    let stale = 0;
    const current: LeaseOptions = lease({
      leaseMillis: 60,
      store: {
        ...store,
        // As if this process had been stopped for a minute: only its first request arrives in time.
        lease: (name, owner, times) => ((stale += 1) > 1 ? Promise.resolve(false) : store.lease(name, owner, times)),
      },
    });
    const lost = await withLease(
      'a',
      current,
      (signal) =>
        new Promise<string>((resolve) => {
          signal.addEventListener('abort', () => {
            resolve('lost');
          });
        }),
    );
    expect(lost).toEqual({ result: 'lost' });
  });

  it('continues when the store is unavailable for a while', async () => {
    let asked = 0;
    const flaky = lease({
      leaseMillis: 60,
      store: {
        ...store,
        lease: (name, owner, times) =>
          (asked += 1) === 2 ? Promise.reject(new Error('away')) : store.lease(name, owner, times),
      },
    });
    const work = async (lost: AbortSignal): Promise<boolean> => {
      await until('it is prolonged again', () => asked > 2);
      return lost.aborted;
    };
    expect(await withLease('a', flaky, work)).toEqual({ result: false });
    expect(asked).toBeGreaterThan(2);
  });
});
