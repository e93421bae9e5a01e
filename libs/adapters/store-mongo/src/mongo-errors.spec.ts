import { ClarionError } from '@clarion/model';
import { MongoNetworkError, MongoParseError, MongoServerError } from 'mongodb';

import { explain, explained, explainedEach, isDuplicateKey } from './mongo-errors';

const serverError = (code: number, message = 'no') => new MongoServerError({ message, code });

describe('errors of the driver', () => {
  it.each<[string, Error, code: string, retryable: boolean]>([
    ['a connection that is refused', new MongoNetworkError('connect ECONNREFUSED'), 'upstream-unavailable', true],
    ['an election', serverError(10_107, 'not primary'), 'upstream-unavailable', true],
    ['a shutdown', serverError(91), 'upstream-unavailable', true],
    ['a majority that takes too long', serverError(64), 'upstream-unavailable', true],
    ['a wrong password', serverError(18), 'unauthorized', false],
    ['a missing role', serverError(13), 'unauthorized', false],
    ['a full disk', serverError(14_031, 'not enough space'), 'storage-unavailable', true],
    ['a shard key that is missing', serverError(61), 'unsupported', false],
    ['a command that is missing', serverError(59), 'unsupported', false],
    ['an invalid URI', new MongoParseError('Invalid scheme'), 'invalid-input', false],
  ])('%s', (_, error, code, retryable) => {
    const found = explain(error);
    expect(found).toMatchObject({ name: 'ClarionError', code, retryable, cause: error });
    expect((found as Error).message).toContain(error.message);
  });

  it('does not change other errors', () => {
    for (const error of [new RangeError('mine'), new ClarionError('no-data', 'x'), 'text', undefined]) {
      expect(explain(error)).toBe(error);
    }
  });

  it('detects duplicate keys', () => {
    expect([serverError(11_000), serverError(1), undefined, 'x'].map(isDuplicateKey)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it('explains the errors of a promise or a stream', async () => {
    const lost = new MongoNetworkError('lost');
    await expect(explained(() => Promise.reject(lost))).rejects.toMatchObject({ code: 'upstream-unavailable' });
    const seen: number[] = [];
    const read = async () => {
      for await (const item of explainedEach(failing)) seen.push(item);
    };
    async function* failing(): AsyncGenerator<number> {
      yield await Promise.resolve(1);
      throw lost;
    }
    await expect(read()).rejects.toMatchObject({ code: 'upstream-unavailable' });
    expect(seen).toEqual([1]);
  });
});
