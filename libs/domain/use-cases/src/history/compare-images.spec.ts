import { feedSources } from '@clarion/feed-sources';
import type { Advisory, FeedSource } from '@clarion/model';
import { archiveOf, debianImage, startInstallation, type TestInstallation } from '../../testing/installation';
import { recordDebian } from '../../testing/recorded-debian';

const [one, two] = [debianImage(['openssl=3.0.11-1'], 'one'), debianImage(['openssl=3.0.14-1'], 'two')];
const tracker = feedSources.filter(({ id }) => id === 'debian-security-tracker');
const affected = (...ids: readonly string[]): readonly Advisory[] =>
  ids.map((id) => ({ id, state: 'affected', severity: 'High' }));
const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

let here: TestInstallation;
const start = async (feeds: readonly FeedSource[]): Promise<void> => {
  here = await startInstallation({ feeds });
};
afterEach(() => here.close());

test('pages are of the facts, and of the images, of the first page', async () => {
  await start(tracker);
  const [first, second] = [minutesAgo(20), minutesAgo(10)];
  await recordDebian(here.store, first, { openssl: affected('CVE-2024-0001') });
  await recordDebian(here.store, second, { openssl: affected('CVE-2024-0002', 'CVE-2024-0003') });
  const { history, images } = here.useCases;
  const request = { a: `${one.manifestDigest}@${first}`, b: 'registry.example/app:1' };
  await images.upload(archiveOf(one), { reference: request.b });
  const all = await history.compare(request, { limit: 10 });
  expect(all.items.map(({ change }) => change)).toEqual(['added', 'added', 'gone']);
  const page = await history.compare(request, { limit: 1 });
  const next = { limit: 10, after: page.next ?? '' };
  const rest = await history.compare(request, next);
  expect([[...page.items, ...rest.items], rest.next]).toEqual([all.items, undefined]);

  await images.upload(archiveOf(two), { reference: request.b });
  await recordDebian(here.store, new Date().toISOString(), { openssl: affected('CVE-2024-0001') });
  const later = await history.compare(request, next);
  expect([later.items, later.summary, later.b]).toEqual([rest.items, all.summary, all.b]);
  expect((await history.compare(request, { limit: 10 })).items.map(({ change }) => change)).toEqual(['changed']);
  await expect(history.compare({ ...request, change: 'gone' }, next)).rejects.toMatchObject({ code: 'invalid-input' });
});

test('without data, each side is the error that its report would be', async () => {
  await start(tracker);
  const { history, images } = here.useCases;
  await images.upload(archiveOf(one), {});
  const digest = one.manifestDigest;
  const { code, message } = await images.report(digest).then(
    () => ({ code: 'a report', message: '' }),
    (error: unknown) => error as { readonly code: string; readonly message: string },
  );
  expect(code).toBe('no-data');
  await expect(history.compare({ a: digest, b: digest }, { limit: 1 })).rejects.toMatchObject({ code, message });
});
