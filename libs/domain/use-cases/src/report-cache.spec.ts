import { buffer } from 'node:stream/consumers';
import { codings, decode } from '@clarion/content-codings';
import { createReportCache, type MadeReport } from './report-cache';

const text = (mark: string): Buffer => Buffer.from(`{"findings":"${mark}"}\n`.repeat(20_000));
const megabyte = 1024 ** 2;

function counted(content: Uint8Array | undefined, lasting = true) {
  let made = 0;
  return {
    made: () => made,
    make: async (): Promise<MadeReport> => {
      made += 1;
      await Promise.resolve();
      return { content, lasting };
    },
  };
}

describe('kept reports', () => {
  it('are made once, also for concurrent callers, and are the same in each coding', async () => {
    const cache = createReportCache(megabyte);
    const { make, made } = counted(text('a'));
    const asked = [undefined, ...codings, ...codings, undefined];
    const all = await Promise.all(asked.map(async (coding) => (await cache.report('a', make)).body!.in(coding)));
    for (const [at, coding] of asked.entries()) {
      const bytes = all[at]!;
      const plain = coding === undefined ? bytes : await decode(bytes, coding, text('a').length);
      expect(Buffer.from(plain).equals(text('a'))).toBe(true);
    }
    const { body } = await cache.report('a', make);
    expect([made(), body!.bytes]).toEqual([1, text('a').length]);
    expect(await body!.in('gzip')).toBe(all[asked.indexOf('gzip')]);
    expect((await buffer(body!.content())).equals(text('a'))).toBe(true);
  });

  it.each([undefined, 'gzip', 'br'] as const)(
    'take their compressed bytes only (first requested as %s)',
    async (coding) => {
      // Room for a few, as they are.
      const cache = createReportCache(8 * text('0').length);
      for (let tag = 0; tag < 40; tag += 1) {
        await (await cache.report(String(tag), counted(text(String(tag))).make)).body!.in(coding);
      }
      const { make, made } = counted(text('0'));
      const again = await (await cache.report('0', make)).body!.in(undefined);
      expect([made(), Buffer.from(again).equals(text('0'))]).toEqual([0, true]);
    },
  );

  it('are forgotten, least recently used first', async () => {
    const cache = createReportCache(2 * text('0').length);
    const { make, made } = counted(text('a'));
    await (await cache.report('a', make)).body!.in('gzip');
    for (let tag = 0; tag < 2000; tag += 1) await cache.report(String(tag), counted(Buffer.from('small')).make);
    const { body } = await cache.report('a', make);
    expect(made()).toBe(2);
    expect(Buffer.from(await body!.in(undefined)).equals(text('a'))).toBe(true);
  });

  it('serve those who have one that is forgotten', async () => {
    const cache = createReportCache(4);
    const { body } = await cache.report('a', counted(text('a')).make);
    await body!.in('br');
    expect(Buffer.from(await body!.in(undefined)).equals(text('a'))).toBe(true);
  });

  it('remember which ones are too large', async () => {
    const cache = createReportCache(megabyte);
    const { make, made } = counted(undefined);
    expect(await cache.report('a', make)).toEqual({ body: undefined, lasting: true });
    expect((await cache.report('a', make)).body).toBeUndefined();
    expect(made()).toBe(1);
  });

  it('are not kept under a tag that does not name them', async () => {
    const cache = createReportCache(megabyte);
    const { make, made } = counted(text('a'), false);
    const { body, lasting } = await cache.report('a', make);
    await body!.in('gzip');
    await cache.report('a', make);
    expect([made(), lasting]).toEqual([2, false]);
  });

  it('are made again after an error, which all who wait get', async () => {
    const cache = createReportCache(megabyte);
    const broken = (): Promise<MadeReport> => Promise.reject(new Error('no data'));
    const both = await Promise.allSettled([cache.report('a', broken), cache.report('a', broken)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect((await cache.report('a', counted(text('a')).make)).body).toBeDefined();
  });
});
