import { feedSources } from '@clarion/feed-sources';
import { parseDeadlines } from '@clarion/policy';
import { archiveOf, debianImage, openssl, startInstallation, type TestInstallation } from '../../testing/installation';
import { recordDebian } from '../../testing/recorded-debian';

const image = debianImage(['openssl=3.0.11-1'], 'one');
const day = 24 * 3_600_000;

describe('deadlines in the time line of an image', () => {
  let here: TestInstallation;
  afterEach(() => here.close());

  async function timelineWith(rules: string, noticeMillis = 7 * day) {
    const feeds = feedSources.filter(({ id }) => id === 'debian-security-tracker');
    here = await startInstallation({ feeds, deadlines: { rules: parseDeadlines(rules), noticeMillis } });
    const at = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
    const open = { id: 'CVE-2024-0002', state: 'affected', severity: 'High' } as const;
    await recordDebian(here.store, at(60), { openssl: [openssl('3.0.13-1'), open] });
    await here.useCases.images.upload(archiveOf(image), {});
    return here.useCases.history.imageTimeline(image.manifestDigest, {}, { limit: 1 });
  }

  test('each finding has the one that the first rule gives it; all are counted, whatever the page', async () => {
    const { items, deadlines } = await timelineWith('High=0d,any=30d');
    const [first] = items;
    expect(items).toHaveLength(1);
    expect(first?.deadline).toMatchObject(
      first?.id === 'CVE-2024-0002' ? { state: 'overdue', rule: 'High=0d' } : { state: 'met', rule: 'any=30d' },
    );
    expect(deadlines).toEqual({ met: 1, due: 0, overdue: 1 });
  });

  test('the time runs from indexing on', async () => {
    const { items, deadlines, indexedAt } = await timelineWith('any=7d');
    expect(deadlines).toEqual({ met: 0, due: 2, overdue: 0 });
    expect(Date.parse(items[0]!.deadline!.deadline) - Date.parse(indexedAt!)).toBe(7 * day);
  });

  test('there are none without rules, and none for findings that no rule is about', async () => {
    const without = await timelineWith('');
    expect([without.deadlines, without.items[0]?.deadline]).toEqual([undefined, undefined]);
    await here.close();
    const { items, deadlines } = await timelineWith('Low=1d');
    expect([deadlines, items[0]?.deadline]).toEqual([{ met: 0, due: 0, overdue: 0 }, undefined]);
  });
});
