import { until } from '@clarion/test-kit';
import type { ResolvedImage } from './dependencies';
import { resolveInTurns } from './resolve-in-turns';

/** A registry that answers on command; `asked` are the references that were requested. */
function slowRegistry() {
  const asked: string[] = [];
  const answers = new Map<string, () => void>();
  const given: unknown[] = [];
  const resolve = async (reference: string, options: object): Promise<ResolvedImage> => {
    asked.push(reference);
    given.push(options);
    await new Promise<void>((answer) => answers.set(reference, answer));
    if (reference.startsWith('broken')) throw new Error('broken');
    return { name: reference } as ResolvedImage;
  };
  return { asked, given, resolve, answer: (reference: string) => answers.get(reference)?.() };
}

describe('registries', () => {
  it('get a limited number of concurrent requests, scheduled fairly between callers', async () => {
    const { asked, given, resolve, answer } = slowRegistry();
    const ask = resolveInTurns(resolve, 2);
    const all = ['a1', 'a2', 'a3', 'broken-a4'].map((reference) =>
      ask(reference, { caller: 'a' }).then(({ name }) => name, String),
    );
    await until('two are asked', () => asked.length > 0);
    expect(asked).toEqual(['a1', 'a2']);
    // Spare slots are for callers with nothing running.
    all.push(...['b1', 'b2'].map((reference) => ask(reference, { caller: 'b' }).then(({ name }) => name, String)));
    await until('another one is asked', () => asked.length > 2);
    expect(asked).toEqual(['a1', 'a2', 'b1']);
    expect(given[0]).toEqual({});
    for (const reference of ['a1', 'a2', 'b1', 'a3', 'b2', 'broken-a4']) {
      await until(`${reference} is asked`, () => asked.includes(reference));
      answer(reference);
    }
    expect(await Promise.all(all)).toEqual(['a1', 'a2', 'a3', 'Error: broken', 'b1', 'b2']);
    // The caller with nothing running comes first.
    expect(asked).toEqual(['a1', 'a2', 'b1', 'a3', 'b2', 'broken-a4']);
  });

  it('get no requests for callers who disconnected', async () => {
    const { asked, resolve, answer } = slowRegistry();
    const ask = resolveInTurns(resolve, 1);
    const gone = new AbortController();
    const first = ask('a1', {});
    const second = ask('a2', { signal: gone.signal });
    const third = ask('a3', {});
    await until('the first one is asked', () => asked.length === 1);
    gone.abort(new Error('gone'));
    await expect(second).rejects.toThrow('gone');
    await expect(ask('a4', { signal: gone.signal })).rejects.toThrow('gone');
    answer('a1');
    await until('the third one is asked', () => asked.includes('a3'));
    answer('a3');
    await Promise.all([first, third]);
    expect(asked).toEqual(['a1', 'a3']);
  });

  it('get a bounded number of requests of one caller, and of all', async () => {
    const { resolve } = slowRegistry();
    const ask = resolveInTurns(resolve, 1);
    const refused: string[] = [];
    for (const caller of ['a', 'b']) {
      for (let n = 0; n < 251; n += 1) void ask(`${caller}${n}`, { caller }).catch(() => refused.push(`${caller}${n}`));
    }
    await until('two are refused', () => refused.length === 2);
    expect(refused).toEqual(['a250', 'b250']);
    await expect(ask('a', { caller: 'a' })).rejects.toMatchObject({ name: 'PreconditionError', code: 'queue-full' });
  });
});
