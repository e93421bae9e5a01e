import { type StoreEnvironment, explain, write } from './environment';

/** An environment whose commits fail with the given errors, one after the other. */
function environment(failures: readonly (Error & { code?: number })[]): {
  env: StoreEnvironment;
  commits: () => number;
} {
  const left = [...failures];
  let commits = 0;
  const db = {
    transactionSync<T>(action: () => T): T {
      const result = action();
      commits += 1;
      const failure = left.shift();
      if (failure !== undefined) throw failure;
      return result;
    },
  };
  const lmdb = { TransactionFlags: { ABORTABLE: 1, SYNCHRONOUS_COMMIT: 2 } };
  const env = {
    directory: '/facts',
    readOnly: false,
    mapSizeLimit: undefined,
    db,
    lmdb,
  } as unknown as StoreEnvironment;
  return { env, commits: () => commits };
}

const refused = (): Error => Object.assign(new Error('MDB_BAD_TXN: Transaction must abort'), { code: -30_782 });

describe('write', () => {
  it.each([0, 1, 3])('repeats a transaction whose commit LMDB rejected %d times', (times) => {
    const { env, commits } = environment(Array.from({ length: times }, refused));
    let runs = 0;
    expect(write(env, () => (runs += 1))).toBe(times + 1);
    expect(commits()).toBe(times + 1);
  });

  it('gives up when commits are rejected repeatedly', () => {
    const { env, commits } = environment(Array.from({ length: 10 }, refused));
    const corrupt = expect.objectContaining({ code: 'corrupt-data' }) as Error;
    expect(() => {
      write(env, () => undefined);
    }).toThrow(corrupt);
    expect(commits()).toBe(4);
  });

  it('does not do again what failed for another reason', () => {
    const full = Object.assign(new Error('MDB_MAP_FULL: Environment mapsize limit reached'), { code: -30_792 });
    const { env, commits } = environment([full, full]);
    expect(() => {
      write(env, () => undefined);
    }).toThrow(expect.objectContaining({ code: 'storage-unavailable', retryable: true }) as Error);
    expect(commits()).toBe(1);
  });
});

describe('explain', () => {
  it.each([
    ["Cannot find module 'lmdb'", 'unsupported', 'npm ci'],
    ['The module was compiled against a different NODE_MODULE_VERSION', 'unsupported', 'npm ci'],
    ['MDB_READERS_FULL: Environment maxreaders limit reached', 'limit-exceeded', 'wait'],
    ['MDB_CORRUPTED: Located page was wrong type', 'corrupt-data', 'restore facts.mdb'],
  ])('says of %s what helps', (message, code, remedy) => {
    const error = explain({ directory: '/facts' }, new Error(message));
    expect(error).toMatchObject({ code, remedy: expect.stringContaining(remedy) as string });
  });
});
