import { once } from 'node:events';
import { until } from '@clarion/test-kit';
import {
  archiveOf,
  debianImage,
  openssl,
  reportText,
  startInstallation,
  type TestInstallation,
} from '../../testing/installation';
import { recordDebian } from '../../testing/recorded-debian';
import { createUseCases } from '../create-use-cases';
import type { RenderElsewhere } from '../isolated-reports';
import type { AskOptions } from '../use-cases';

const image = debianImage(['openssl=3.0.11-1'], 'one');
const digest = image.manifestDigest;
const tag = { repository: 'registry.example/team/app', tag: '1' };
const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
/** At each of them the data become others: reports of equal data are one. */
const times = Array.from({ length: 9 }, (_, nth) => minutesAgo(100 - nth));
const timeOf = (nth: number): string => times[nth] ?? '';
const page = { limit: 10 };

/** A store whose method `gate` waits until it is opened; `read` are the methods that were called. */
function gatedStore<Store extends object>(store: Store, gate: string) {
  const read: string[] = [];
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const gated = new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        read.push(String(name));
        const call = (): unknown => Reflect.apply(member, target, args);
        return name === gate ? opened.then(call) : call();
      };
    },
  });
  const waits = async (times: number): Promise<void> => {
    await until(`${gate} is read`, () => read.filter((name) => name === gate).length >= times);
  };
  return { store: gated, read, open, waits, count: () => read.filter((name) => name === gate).length };
}

describe('answers about the past', () => {
  let here: TestInstallation;
  beforeAll(async () => {
    here = await startInstallation();
    for (const [nth, at] of times.entries())
      await recordDebian(here.store, at, { openssl: [openssl(`3.0.${nth + 12}-1`)] });
    await here.useCases.images.upload(archiveOf(image), { reference: 'registry.example/team/app:1' });
  }, 60_000);
  afterAll(() => here.close());

  const gated = (gate: string) => {
    const gates = gatedStore(here.store, gate);
    return { ...gates, useCases: createUseCases({ ...here.dependencies, store: gates.store }) };
  };
  type Gated = ReturnType<typeof gated>['useCases'];

  /** Each with the read of the store that it is held at, once for each request. */
  const asks: Readonly<
    Record<string, readonly [string, (of: Gated, nth: number, options: AskOptions) => Promise<unknown>]>
  > = {
    'time lines of images': [
      'layer',
      ({ history }, nth, options) => history.imageTimeline(digest, { from: timeOf(nth), ...options }, page),
    ],
    'time lines of tags': ['tagPeriods', ({ history }, _, options) => history.tagTimeline(tag, page, options)],
    'time lines of vulnerabilities': [
      'packagesOf',
      ({ history }, _, options) => history.vulnerabilityTimeline('CVE-2023-5678', page, options),
    ],
    comparisons: [
      'layer',
      ({ history }, nth, options) => history.compare({ a: `${digest}@${timeOf(nth)}`, b: digest }, page, options),
    ],
    'reports of the past': [
      'advisories',
      ({ images }, nth, options) => images.report(digest, { at: timeOf(nth), ...options }).then(reportText),
    ],
  };

  it.each(Object.entries(asks))(
    '%s: two of a caller are made at once, four wait, more are refused',
    async (_, [gate, ask]) => {
      const { useCases, open, waits, count } = gated(gate);
      const gone = new AbortController();
      const answers = [0, 1, 2, 3, 4].map((nth) => ask(useCases, nth, { caller: 'a' }));
      const leaving = ask(useCases, 5, { caller: 'a', signal: gone.signal });
      await waits(2);
      await expect(ask(useCases, 6, { caller: 'a' })).rejects.toMatchObject({
        code: 'queue-full',
        retryAfterSeconds: 5,
      });
      expect(count()).toBe(2);
      // Others are not kept waiting, and what nobody waits for leaves the queue.
      answers.push(ask(useCases, 7, { caller: 'b' }));
      await waits(3);
      gone.abort(new Error('gone'));
      await expect(leaving).rejects.toThrow('gone');
      answers.push(ask(useCases, 8, { caller: 'a' }));
      open();
      await expect(Promise.all(answers)).resolves.toHaveLength(7);
    },
  );

  test('of callers who are gone end with their next read', async () => {
    const { useCases, read, open, waits } = gated('layer');
    const { history } = useCases;
    const gone = new AbortController();
    const options = { caller: 'a', signal: gone.signal };
    const leaving = [
      history.imageTimeline(digest, { from: timeOf(1), ...options }, page),
      history.compare({ a: `${digest}@${timeOf(2)}`, b: digest }, page, options),
    ].map((answer) => answer.catch((error: unknown) => (error as Error).message));
    await waits(2);
    // It has its turn when both have ended, or one of them.
    const next = ['CVE-2023-5678', 'CVE-2023-5678'].map((id) =>
      history.vulnerabilityTimeline(id, page, { caller: 'a' }),
    );
    gone.abort(new Error('gone'));
    open();
    expect(await Promise.all(leaving)).toEqual(['gone', 'gone']);
    await Promise.all(next);
    expect(read).not.toContain('packageChanges');
  });

  test('that have many findings are made in another process, until all who wait for one are gone', async () => {
    const started: AbortSignal[] = [];
    const renderElsewhere: RenderElsewhere = (_, { signal = AbortSignal.any([]) }) => {
      started.push(signal);
      return once(signal, 'abort').then(() => Promise.reject(signal.reason as Error));
    };
    const counts = jest
      .spyOn(here.store, 'counts')
      .mockImplementation((ids) => Promise.resolve(new Map(ids.map((id) => [id, null]))));
    const { history } = createUseCases({ ...here.dependencies, renderElsewhere });
    const period = { from: timeOf(1), to: timeOf(8) };
    const callers = ['a', 'b'].map(() => new AbortController());
    const answers = callers.map(({ signal }) =>
      history.imageTimeline(digest, { ...period, signal }, page).catch((error: unknown) => (error as Error).message),
    );
    await until('it is being made', () => started.length > 0);
    callers[0]?.abort(new Error('first gone'));
    expect(await answers[0]).toBe('first gone');
    expect(started.map(({ aborted }) => aborted)).toEqual([false]);
    callers[1]?.abort(new Error('both gone'));
    expect(await answers[1]).toBe('both gone');
    expect(started.map(({ aborted }) => aborted)).toEqual([true]);
    counts.mockRestore();
  });
});
