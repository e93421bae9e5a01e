import { feedSources } from '@clarion/feed-sources';
import { parseDeadlines } from '@clarion/policy';
import { archiveOf, debianImage, openssl, startInstallation } from '../../testing/installation';
import { recordDebian } from '../../testing/recorded-debian';

const image = debianImage(['openssl=3.0.11-1'], 'one');
const about = (state: string) => ({
  summary: 'x',
  affected: [{ package: { ecosystem: 'Debian:12', name: 'openssl' }, database_specific: { state } }],
});

test('own vulnerabilities are steps of the time line of an image: they add findings, and end them', async () => {
  const here = await startInstallation({ feeds: feedSources.filter(({ id }) => id === 'debian-security-tracker') });
  try {
    await recordDebian(here.store, new Date(Date.now() - 3_600_000).toISOString(), { openssl: [openssl('3.0.13-1')] });
    await here.useCases.images.upload(archiveOf(image), {});
    const { vulnerabilities, history } = here.useCases;
    await vulnerabilities.putOwn({ namespace: 'debian:12', id: 'ACME-1' }, about('affected'));
    await vulnerabilities.putOwn({ namespace: 'debian:12', id: 'CVE-2023-5678' }, about('not_affected'));
    await vulnerabilities.removeOwn({ namespace: 'debian:12', id: 'ACME-1' });
    const { items } = await history.imageTimeline(image.manifestDigest, {}, { limit: 10 });
    const causes = items.map(({ id, steps, ended }) => [id, steps[0]?.cause.kind, ended?.cause.kind]);
    expect(causes.sort()).toEqual([
      ['ACME-1', 'exception', 'exception'],
      ['CVE-2023-5678', 'start', 'exception'],
    ]);
  } finally {
    await here.close();
  }
});

test('an own exception that is withdrawn starts no new deadline', async () => {
  const here = await startInstallation({
    feeds: feedSources.filter(({ id }) => id === 'debian-security-tracker'),
    deadlines: { rules: parseDeadlines('fix=30d'), noticeMillis: 0 },
  });
  try {
    await recordDebian(here.store, new Date(Date.now() - 3_600_000).toISOString(), { openssl: [openssl('3.0.13-1')] });
    await here.useCases.images.upload(archiveOf(image), {});
    const { vulnerabilities, history } = here.useCases;
    const deadlines = async (): Promise<readonly (string | undefined)[]> => {
      const { items } = await history.imageTimeline(image.manifestDigest, {}, { limit: 10 });
      return items.map(({ deadline }) => deadline?.deadline);
    };
    const [before] = await deadlines();
    const key = { namespace: 'debian:12', id: 'CVE-2023-5678' };
    await vulnerabilities.putOwn(key, about('not_affected'));
    await vulnerabilities.removeOwn(key);
    expect(await deadlines()).toEqual([before, before]);
  } finally {
    await here.close();
  }
});

test('who wrote own vulnerabilities is shown with their revisions, only where that is asked for', async () => {
  const here = await startInstallation();
  try {
    const { vulnerabilities, history } = here.useCases;
    const key = { namespace: 'debian:12', id: 'ACME-1' };
    await vulnerabilities.putOwn(key, about('affected'), { by: 'alice' });
    await vulnerabilities.removeOwn(key, { by: 'bob' });
    const named = await history.revisions('own-vulnerabilities', { limit: 10 }, { withNames: true });
    expect(named.items.map(({ by }) => by)).toEqual(['bob', 'alice']);
    const { items } = await history.revisions('own-vulnerabilities', { limit: 10 });
    expect(items.flatMap(({ by }) => by ?? [])).toEqual([]);
  } finally {
    await here.close();
  }
});
