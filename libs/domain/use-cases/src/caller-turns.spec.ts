import { until } from '@clarion/test-kit';
import { type CallerTurns, callerTurns } from './caller-turns';

/** Calls that run until they are ended; `ran` are those that began, in their order. */
function gatedCalls(turns: CallerTurns) {
  const ran: string[] = [];
  const ends = new Map<string, () => void>();
  const call = (name: string, signal?: AbortSignal): Promise<string> =>
    turns
      .run(
        async () => {
          ran.push(name);
          await new Promise<void>((end) => ends.set(name, end));
          return name;
        },
        { caller: name.charAt(0), ...(signal && { signal }) },
      )
      .catch((error: unknown) => `${name}: ${(error as Error).message}`);
  return {
    ran,
    call,
    end: async (name: string): Promise<void> => {
      await until(`${name} runs`, () => ends.has(name));
      ends.get(name)?.();
    },
  };
}

const turnsOf = (spares = 0): CallerTurns =>
  callerTurns({ slots: 2, spares, limits: { ofCaller: 4, inAll: 6 }, refused: () => new Error('full') });

describe('turns of callers', () => {
  it('run few calls at once; the next ones wait, and what is beyond the limits is refused', async () => {
    const { ran, call, end } = gatedCalls(turnsOf());
    const calls = ['a1', 'a2', 'a3', 'a4'].map((name) => call(name));
    expect(await call('a5')).toBe('a5: full');
    calls.push(call('b1'), call('b2'));
    expect(await call('c1')).toBe('c1: full');
    expect(ran).toEqual(['a1', 'a2']);
    for (const name of ['a1', 'a2', 'b1', 'a3', 'b2', 'a4']) await end(name);
    expect(await Promise.all(calls)).toEqual(['a1', 'a2', 'a3', 'a4', 'b1', 'b2']);
    expect(ran.slice(0, 3)).toEqual(['a1', 'a2', 'b1']);
  });

  it('let another caller in while one uses all slots', async () => {
    const { ran, call, end } = gatedCalls(turnsOf(1));
    const calls = ['a1', 'a2', 'a3', 'b1', 'b2'].map((name) => call(name));
    await until('another caller runs', () => ran.length > 2);
    expect(ran).toEqual(['a1', 'a2', 'b1']);
    for (const name of ['a1', 'a2', 'b1', 'a3', 'b2']) await end(name);
    await Promise.all(calls);
  });

  it('do not run a call whose caller is gone, and free its room in the queue at once', async () => {
    const { ran, call, end } = gatedCalls(turnsOf());
    const gone = new AbortController();
    const calls = [call('a1'), call('a2'), call('a3', gone.signal), call('a4')];
    gone.abort(new Error('gone'));
    expect(await calls[2]).toBe('a3: gone');
    expect(await call('a5', gone.signal)).toBe('a5: gone');
    calls.push(call('a6'));
    expect(await call('a7')).toBe('a7: full');
    for (const name of ['a1', 'a2', 'a4', 'a6']) await end(name);
    await Promise.all(calls);
    expect(ran).toEqual(['a1', 'a2', 'a4', 'a6']);
  });
});
