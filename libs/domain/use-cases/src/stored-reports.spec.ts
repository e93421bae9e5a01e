import { codings, type ContentCoding } from '@clarion/content-codings';
import { until } from '@clarion/test-kit';
import { createReportCache } from './report-cache';
import { createStoredReports } from './stored-reports';

const text = Buffer.from('{"findings":"a"}\n'.repeat(20_000));
const megabyte = 1024 ** 2;

/** A store, and processes that use it one after the other. */
function installation(changes: { readonly fails?: boolean; readonly aSecond?: number } = {}) {
  const results = new Map<string, Uint8Array>();
  const warnings: string[] = [];
  let made = 0;
  const quiet = () => undefined;
  const log = { debug: quiet, info: quiet, error: quiet, warn: (message: string) => void warnings.push(message) };
  const store = {
    result: (name: string) => Promise.resolve(results.get(name)),
    putResult: (name: string, bytes: Uint8Array) => {
      if (changes.fails === true) return Promise.reject(new Error('full'));
      results.set(name, bytes);
      return Promise.resolve();
    },
  };
  const start = () => {
    const cache = createReportCache(megabyte, createStoredReports({ store, log, aSecond: changes.aSecond ?? 1e9 }));
    return {
      async ask(tag: string, coding?: ContentCoding): Promise<string> {
        const { body } = await cache.report(tag, () => {
          made += 1;
          return Promise.resolve({ content: text, lasting: true });
        });
        await body!.in(coding);
        const plain = Buffer.from(await body!.in(undefined)).toString();
        // What is written behind an answer.
        for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
        return plain;
      },
    };
  };
  return { start, results, warnings, made: () => made };
}

/** What is coded in another thread is not there at once. */
const written = (results: ReadonlyMap<string, unknown>) => until('No report is written', () => results.size > 0);

describe('reports in the store', () => {
  it.each([undefined, ...codings])(
    'are those that were requested again, as %s, and serve the next process',
    async (coding) => {
      const { start, results, made } = installation();
      const first = start();
      await first.ask('a', coding);
      expect(results.size).toBe(0);
      await first.ask('a', coding);
      await written(results);
      expect(await start().ask('a', coding)).toBe(text.toString());
      expect([made(), await start().ask('b')]).toEqual([1, text.toString()]);
      expect(made()).toBe(2);
    },
  );

  it('are only so many a second', async () => {
    const { start, results } = installation({ aSecond: 1 / 3600 });
    const cache = start();
    for (const tag of ['a', 'b', 'a', 'b', 'a', 'b']) await cache.ask(tag, 'gzip');
    await written(results);
    expect([...results.keys()]).toEqual(['report a']);
  });

  it('are not tried again for a while when the store fails, and reports are as without it', async () => {
    const { start, warnings } = installation({ fails: true });
    const cache = start();
    for (const tag of ['a', 'b', 'a', 'b', 'a', 'b']) expect(await cache.ask(tag, 'gzip')).toBe(text.toString());
    expect(warnings).toHaveLength(1);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a part of a head', Buffer.from([0, 0])],
    ['a coding of the future', Buffer.from([9, 0, 0, 0, 1, 1])],
    ['too large', Buffer.from([1, 255, 255, 255, 255, 1])],
  ])('are made again when they are %s', async (_, bytes) => {
    const { start, results, made } = installation();
    results.set('report a', bytes);
    expect(await start().ask('a', 'gzip')).toBe(text.toString());
    expect(made()).toBe(1);
  });
});
