import { openSync, writeSync } from 'node:fs';

import { ClarionError } from './errors';
import { storageFailure } from './storage-failure';

const coded = (code: string | number, message = 'x'): Error => Object.assign(new Error(message), { code });

function failureOf(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

describe('storageFailure', () => {
  it.each([
    ['a write to a full disk', failureOf(() => writeSync(openSync('/dev/full', 'w'), 'x')), 'is full'],
    ['a quota', coded('EDQUOT'), 'is full'],
    ['a full map of LMDB', coded(-30_792), 'is full'],
    ['a write that was cut short', coded(5, 'Input/output error'), 'is full or fails'],
    ['a disk that fails', coded('EIO'), 'is full or fails'],
    ['a mount that is read-only', coded('EROFS'), 'can only be read'],
    ['a limit of file sizes', coded('EFBIG'), 'takes no file of that size'],
    ['a message alone', new Error('No space left on device'), 'is full'],
  ])('%s', (_, error, state) => {
    const found = storageFailure(error, '/data');
    expect(found).toMatchObject({ code: 'storage-unavailable', retryable: true, cause: error });
    expect(found?.message).toBe(`The disk that holds /data ${state}`);
    expect(found?.remedy).toMatch(/try again$/);
  });

  it.each([
    coded('ENOENT'),
    coded(-30_796, 'MDB_CORRUPTED: a page says EIO'),
    new Error('x'),
    new ClarionError('corrupt-data', 'No space left'),
    'ENOSPC',
    undefined,
  ])('ignores %p', (error) => {
    expect(storageFailure(error, '/data')).toBeUndefined();
  });
});
