import { setMaxListeners } from 'node:events';
import type { Digest } from '@clarion/model';
import { until } from '@clarion/test-kit';
import { createUseCases } from './create-use-cases';
import { type TestInstallation, startInstallation } from '../testing/installation';
import type { ImageUseCases } from './use-cases';

const digestOf = (mark: string): Digest => `sha256:${mark.repeat(64)}`;
const image = digestOf('a');

let here: TestInstallation;
let images: ImageUseCases;
/** How often the store was queried for an image. */
let looks = 0;
/** Aborts many waiting calls. */
function ending(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}
const stop = ending();

beforeEach(async () => {
  here = await startInstallation();
  looks = 0;
  const store = new Proxy(here.store, {
    get(target, name) {
      if (name === 'image') looks++;
      const value = Reflect.get(target, name) as unknown;
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  ({ images } = createUseCases({ ...here.dependencies, store, limits: { waiting: { ofCaller: 60, inAll: 150 } } }));
  // Nothing listens at that address: the image waits until a worker runs, and then fails.
  const layers = [{ digest: digestOf('b'), url: 'http://127.0.0.1:1/b' }];
  await images.submit({ kind: 'layers', digest: image, layers });
});
afterEach(() => here.close());

const waitAs = (callers: readonly string[], waitMillis: number, signal = stop.signal) =>
  callers.map((caller) => images.get(image, { waitMillis, signal, caller }));
const times = (count: number, caller: string): readonly string[] => Array.from({ length: count }, () => caller);

describe('callers who wait for one image', () => {
  it('share one poll of the store', async () => {
    looks = 0;
    await Promise.all(waitAs([...times(50, 'a'), ...times(50, 'b')], 400));
    // One look for each before it waits, and those of one waiting caller.
    expect(looks).toBeLessThan(150);
    expect(looks).toBeGreaterThan(100);
  });

  it('are all notified how it ended, including late callers and those who watch it', async () => {
    const states: string[] = [];
    const follow = async (): Promise<void> => {
      for await (const { state } of images.watch(image, stop.signal)) states.push(state);
    };
    const following = follow();
    const waiting = waitAs(times(20, 'a'), 60_000);
    await until('one is reported', () => states.length > 0);
    waiting.push(...waitAs(times(20, 'b'), 60_000));
    here.work();
    expect(new Set((await Promise.all(waiting)).map(({ state }) => state))).toEqual(new Set(['failed']));
    await following;
    expect([states[0], states.at(-1)]).toEqual(['queued', 'failed']);
    // No caller waits any more: the next one has to query.
    looks = 0;
    expect(await images.get(image, { waitMillis: 60_000 })).toMatchObject({ state: 'failed' });
    expect(looks).toBe(1);
  });

  it('are notified when it is deleted, and that it was never known', async () => {
    const waiting = waitAs(times(3, 'a'), 60_000);
    await until('they wait', () => looks > 4);
    await images.remove(image);
    expect((await Promise.all(waiting)).map(({ state }) => state)).toEqual(['queued', 'queued', 'queued']);
    const unknown = images.watch(digestOf('c'), stop.signal)[Symbol.asyncIterator]();
    await expect(unknown.next()).rejects.toMatchObject({ code: 'not-found' });
  });

  it('leave nothing behind when they go', async () => {
    const gone = ending();
    const waiting = waitAs(times(20, 'a'), 60_000, gone.signal);
    await until('they wait', () => looks > 21);
    gone.abort();
    await Promise.all(waiting);
    // The slot of each is free again.
    await Promise.all(waitAs(times(60, 'a'), 1));
    looks = 0;
    await expect(images.get(digestOf('c'))).rejects.toMatchObject({ code: 'not-found' });
    expect(looks).toBe(1);
  });
});

it('each waiting caller has a share, and no caller takes all', async () => {
  const gone = ending();
  const callers = [...times(60, 'a'), ...times(60, 'b'), ...times(30, 'c')];
  const waiting = waitAs(callers, 60_000, gone.signal);
  const expected = { name: 'PreconditionError', code: 'too-many-requests', retryAfterSeconds: 10 };
  const refused = (message: string) => ({ ...expected, message: `${message} for too many images at the same time` });
  await expect(Promise.all(waitAs(['a'], 60_000, gone.signal))).rejects.toMatchObject(refused('This caller waits'));
  await expect(Promise.all(waitAs(['c'], 60_000, gone.signal))).rejects.toMatchObject(refused('Callers wait'));
  // A call without waiting gets its answer.
  expect(await images.get(image, { waitMillis: 0, caller: 'a' })).toMatchObject({ state: 'queued' });
  gone.abort();
  await Promise.all(waiting);
  await Promise.all(waitAs(['a', 'c'], 1));
});
