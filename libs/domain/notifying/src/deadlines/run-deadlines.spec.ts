import type { BusMessage, Log } from '@clarion/model';
import { parseDeadlines } from '@clarion/policy';
import { until } from '@clarion/test-kit';
import { imageWith, installed, open } from '../../testing/images';
import { stateOpenssl } from '../../testing/recorded-updates';
import { matchOptions, openTestInstallation, type TestInstallation } from '../../testing/test-installation';
import { runDeadlines, type RunDeadlinesDeps } from './run-deadlines';

const at = (day: number): string => new Date(Date.UTC(2026, 2, day)).toISOString();
let installation: TestInstallation;
let published: BusMessage[];
let warned: string[];
let clock: string;

beforeEach(async () => {
  installation = await openTestInstallation();
  [published, warned, clock] = [[], [], at(2)];
});
afterEach(() => installation.close());

function deps(more: Partial<RunDeadlinesDeps> = {}): RunDeadlinesDeps {
  const log: Log = {
    ...{ debug: () => undefined, info: () => undefined, error: () => undefined },
    warn: (message) => void warned.push(message),
  };
  return {
    ...{ store: installation.store, log, owner: 'spec', withoutReference: false, everyMillis: 1 },
    policy: { rules: parseDeadlines('any=10d'), noticeMillis: 0 },
    options: () => matchOptions,
    now: () => new Date(Date.parse(clock) + 600_000),
    bus: {
      publish: (messages) => {
        published.push(...messages);
        return Promise.resolve();
      },
    },
    ...more,
  };
}

test('publishes what becomes overdue, goes on after failures, and ends when it is stopped', async () => {
  const { store } = installation;
  await stateOpenssl(store, at(1), [open('CVE-2026-0001')]);
  await installation.addImage(imageWith(1, [installed('debian:12', 'openssl 3.0')]), ['a/b:1'], { indexedAt: at(1) });
  let failures = 0;
  const failing = {
    ...store,
    progress: (name: string) => (failures++ === 0 ? Promise.reject(new Error('gone')) : store.progress(name)),
  };
  const stop = new AbortController();
  const running = runDeadlines(deps({ store: failing }), stop.signal);
  await until('the first check was done', async () => (await store.progress('deadlines')) === at(2));
  clock = at(12);
  await until('it is published', () => published.length > 0);
  stop.abort();
  await running;
  expect(warned).toEqual(['Deadlines could not be checked']);
  expect(published).toMatchObject([
    { event: { kind: 'image.transition', transition: 'overdue', vulnerability: 'CVE-2026-0001' } },
  ]);
});

test('does nothing without rules', async () => {
  await runDeadlines(deps({ policy: { rules: [], noticeMillis: 0 } }), new AbortController().signal);
  expect(await installation.store.progress('deadlines')).toBeUndefined();
});
