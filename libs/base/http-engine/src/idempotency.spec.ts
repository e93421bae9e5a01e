import { createIdempotency } from './idempotency';

describe('an Idempotency-Key', () => {
  it('rejects a second request while the first is being answered, and does not store failures', async () => {
    let now = 0;
    const idempotency = createIdempotency({ now: () => now, millis: 10, entries: 2 });
    const asked = { callerName: 'a', call: 'x', key: 'k' };
    const body = { digest: () => Promise.resolve('same') };
    let fail: (error: Error) => void = () => undefined;
    const first = idempotency.once(asked, body, () => new Promise((_resolve, reject) => (fail = reject)));
    await expect(idempotency.once(asked, body, () => Promise.resolve({ status: 200 }))).rejects.toMatchObject({
      code: 'conflict',
    });
    fail(new Error('down'));
    await expect(first).rejects.toThrow('down');
    let calls = 0;
    const answer = () => Promise.resolve({ status: 200 + (calls += 1) });
    expect(await idempotency.once(asked, body, answer)).toEqual({ status: 201 });
    expect(await idempotency.once(asked, body, answer)).toEqual({ status: 201 });
    now = 11;
    expect(await idempotency.once(asked, body, answer)).toEqual({ status: 202 });
    await expect(idempotency.once({ ...asked, key: '' }, body, answer)).rejects.toMatchObject({
      code: 'invalid-input',
    });
  });
});
