import { feedSources } from '@clarion/feed-sources';
import type { Advisory } from '@clarion/model';
import {
  archiveOf,
  debianImage,
  openssl,
  reportText,
  startInstallation,
  type TestInstallation,
} from '../../testing/installation';
import { recordDebian } from '../../testing/recorded-debian';

const image = debianImage(['openssl=3.0.11-1'], 'one');
const digest = image.manifestDigest;
const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
const [t0, t1, t2] = [ago(30), ago(20), ago(10)];
const tag = { repository: 'registry.example/team/app', tag: '1' };
const page = { limit: 10 };
const invalid: Advisory = { id: 'CVE-2024-0003', state: 'fixed', ranges: [{ fixed: 'no version at all' }] };

describe('a time line never looks as if nothing was wrong where that is not known', () => {
  let here: TestInstallation;
  /** Milliseconds that the clock is ahead. */
  let later = 0;
  beforeEach(async () => {
    later = 0;
    const feeds = feedSources.filter(({ id }) => id === 'debian-security-tracker');
    here = await startInstallation({ feeds, now: () => new Date(Date.now() + later) });
    await here.useCases.images.upload(archiveOf(image), { reference: `${tag.repository}:${tag.tag}` });
  });
  afterEach(() => here.close());
  const timeline = (period = {}) => here.useCases.history.imageTimeline(digest, period, page);

  test('while feeds were never loaded: waiting may help', async () => {
    await expect(timeline()).rejects.toMatchObject({ code: 'no-data', isPermanent: false });
    const { items } = await here.useCases.history.tagTimeline(tag, page);
    expect(items).toMatchObject([{ steps: null, missing: 'no-data', incomplete: null }]);
  });

  test('of a period before the feeds were loaded, and of one that begins before', async () => {
    await recordDebian(here.store, t1, { openssl: [openssl('3.0.13-1')] });
    await expect(timeline({ from: t0, to: t0 })).rejects.toMatchObject({
      ...{ code: 'no-data', isPermanent: true, remedy: `ask for a time from ${t1} on` },
    });
    expect(await timeline({ from: t0, to: t2 })).toMatchObject({ from: t0, completeFrom: t1, incomplete: [] });
    expect(await timeline({ from: t2 })).toMatchObject({ from: t2, completeFrom: t2, incomplete: [] });
  });

  test('where a report of the end is not complete', async () => {
    await recordDebian(here.store, t1, { openssl: [openssl('3.0.13-1')] });
    await recordDebian(here.store, t2, { openssl: [invalid] });
    expect(await timeline({ to: t1 })).toMatchObject({ incomplete: [] });
    expect(await timeline()).toMatchObject({ incomplete: ['undetermined'] });
    const { items } = await here.useCases.history.tagTimeline(tag, page);
    expect(items).toMatchObject([{ missing: null, incomplete: ['undetermined'] }]);
    const empty = debianImage([], 'none');
    await here.useCases.images.upload(archiveOf(empty), {});
    const { incomplete } = await here.useCases.history.imageTimeline(empty.manifestDigest, {}, page);
    expect(incomplete).toContain('no-packages');
  });

  test('of a tag whose image was deleted', async () => {
    await recordDebian(here.store, t1, { openssl: [openssl('3.0.13-1')] });
    await here.useCases.images.remove(digest);
    const { items } = await here.useCases.history.tagTimeline(tag, page);
    expect(items).toMatchObject([{ steps: null, missing: 'not-found' }]);
  });

  test('a report of the past has the name that the image had then', async () => {
    await recordDebian(here.store, t1, { openssl: [openssl('3.0.13-1')] });
    const report = async (at?: string): Promise<string> =>
      reportText(await here.useCases.images.report(digest, at === undefined ? {} : { at }));
    const [before, at] = [await report(), new Date(Date.now() + 1).toISOString()];
    later = 1000;
    await here.useCases.images.upload(archiveOf(image), { reference: 'registry.example/team/app:2' });
    expect(await report()).not.toBe(before);
    expect(await report(at)).toBe(before);
  });

  test('pages of one time line are made once, and are of one period', async () => {
    await recordDebian(here.store, t1, { openssl: [openssl('3.0.13-1'), { id: 'CVE-2024-0001', state: 'affected' }] });
    const { history } = here.useCases;
    const first = await history.imageTimeline(digest, {}, { limit: 1 });
    const read = jest.spyOn(here.store, 'packageChanges');
    const second = await history.imageTimeline(digest, {}, { limit: 1, after: first.next ?? '' });
    expect([read.mock.calls.length, second.to, second.items.length, second.next]).toEqual([0, first.to, 1, undefined]);
    read.mockRestore();
  });
});
