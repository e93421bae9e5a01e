import {
  archiveOf,
  debianImage,
  type TestInstallation,
  openssl,
  startInstallation,
  stateDebian,
  reportText,
} from '../testing/installation';

const key = { namespace: 'debian:12', id: 'CVE-2023-5678' };
const record = (changes: object = {}): object => ({
  summary: 'Own words',
  affected: [
    {
      package: { name: 'openssl' },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '3.0.12-1' }] }],
      ...changes,
    },
  ],
});

describe('own vulnerabilities', () => {
  let here: TestInstallation;
  const published: string[] = [];
  beforeAll(async () => {
    here = await startInstallation();
    await stateDebian(here.store, { openssl: [openssl('3.0.13-1')] });
    const publish = here.bus.publish.bind(here.bus);
    here.bus.publish = (messages) => {
      published.push(...messages.map(({ event }) => JSON.stringify(event)));
      return publish(messages);
    };
  });
  afterAll(() => here.close());
  beforeEach(() => published.splice(0));

  it('are created, published, found and listed', async () => {
    expect(await here.useCases.vulnerabilities.putOwn(key, record())).toEqual({ created: true });
    expect(published).toEqual([expect.stringContaining('"vulnerability":"CVE-2023-5678"')]);
    expect(await here.useCases.vulnerabilities.getOwn(key)).toMatchObject({
      ...key,
      groups: [{ namespace: 'debian:12', package: 'openssl', advisories: [{ id: key.id, state: 'fixed' }] }],
      record: { feed: 'own-vulnerabilities', description: 'Own words' },
    });
    expect(await here.useCases.vulnerabilities.listOwn({ limit: 5 })).toEqual({ items: [key] });
    const all = await here.useCases.vulnerabilities.get(key.id, {}, { limit: 10 });
    expect(all.advisories.map(({ feed }) => feed).sort()).toEqual(['debian-security-tracker', 'own-vulnerabilities']);
  });

  it('beat the feeds in reports and survive their updates', async () => {
    const image = debianImage(['openssl=3.0.12-1'], 'own');
    await stateDebian(here.store, { openssl: [openssl('3.0.14-1')] });
    const submitted = await here.useCases.images.upload(archiveOf(image), { reference: 'ours/app:1' });
    const report = await here.useCases.images.report(submitted.digest);
    expect(JSON.parse(await reportText(report))).toMatchObject({ findings: [] });
    await here.useCases.vulnerabilities.removeOwn(key);
    const later = await here.useCases.images.report(submitted.digest, { notTag: [report.tag] });
    expect(JSON.parse(await reportText(later))).toMatchObject({ findings: [{ id: key.id, fixedIn: '3.0.14-1' }] });
    await here.useCases.vulnerabilities.putOwn(key, record());
  });

  it.each([
    ['other words only', record(), []],
    [
      'another version',
      record({ ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '9' }] }] }),
      ['CVE-2023-5678'],
    ],
    ['a state', record({ ranges: [], database_specific: { state: 'not_affected' } }), ['CVE-2023-5678']],
    ['a severity', { ...record(), database_specific: { severity: 'LOW' } }, ['CVE-2023-5678']],
  ])('replaced by %s publish what changed', async (_what, changed, expected) => {
    expect(await here.useCases.vulnerabilities.putOwn(key, { ...changed, summary: 'Other words' })).toEqual({
      created: false,
    });
    const vulnerabilities = published.map((text) => (JSON.parse(text) as { vulnerability: string }).vulnerability);
    expect(vulnerabilities).toEqual(expected);
    expect((await here.useCases.vulnerabilities.getOwn(key)).record?.description).toBe('Other words');
  });

  it.each([
    ['no object', key, 7],
    ['no package', key, { affected: [] }],
    ['no affected', key, {}],
    ['another id', key, { ...record(), id: 'CVE-1' }],
    ['another namespace', key, record({ package: { ecosystem: 'Debian:11', name: 'openssl' } })],
    ['an unknown ecosystem', { ...key, namespace: 'no-such:1' }, record()],
    ['a release that there is none of', { ...key, namespace: 'debian:99' }, record()],
    ['a namespace with a slash', { ...key, namespace: 'a/b' }, record()],
    ['an id with a slash', { ...key, id: '../x' }, record()],
    ['an invalid range', key, record({ ranges: [{ type: 'ECOSYSTEM', events: 'x' }] })],
  ])('that are invalid are rejected: %s', async (_what, at, body) => {
    await expect(here.useCases.vulnerabilities.putOwn(at, body)).rejects.toMatchObject({ code: 'invalid-input' });
  });

  it('keep who wrote what, and when', async () => {
    const own = { namespace: 'debian:12', id: 'ACME-7' };
    const { store } = here;
    const before = (await store.revisions('own-vulnerabilities', { limit: 1 })).items[0]?.update ?? '';
    await here.useCases.vulnerabilities.putOwn(own, { ...record(), id: own.id }, { by: 'security-team' });
    await here.useCases.vulnerabilities.putOwn(own, { ...record(), id: own.id, summary: 'Other words' }, { by: 'ci' });
    await here.useCases.vulnerabilities.removeOwn(own);
    const { items } = await store.revisions('own-vulnerabilities', { limit: 100 });
    const revisions = items.filter(({ update }) => update > before).toReversed();
    expect(revisions.map(({ by, first }) => [by, first])).toEqual([
      ['security-team', undefined],
      ['ci', undefined],
      [undefined, undefined],
    ]);
    const changes = [];
    for await (const change of store.vulnerabilityChanges(own.id)) changes.push(change);
    const rows = changes.map((change) => [
      revisions.findIndex(({ update }) => update === change.update),
      'package' in change ? 'advisories' : 'record',
      change.silent ?? false,
    ]);
    expect(rows.sort()).toEqual([
      [0, 'advisories', false],
      [0, 'record', true],
      [1, 'record', true],
      [2, 'advisories', false],
      [2, 'record', true],
    ]);
  });

  it('about an unknown release are accepted, and reported with the feed as long as they exist', async () => {
    const [next, after] = ['ACME-1', 'ACME-2'].map((id) => ({ namespace: 'debian:15', id }));
    const problems = async (): Promise<readonly [number | null, readonly string[]]> => {
      const feeds = await here.useCases.feeds.list();
      const { problems: count, problemSamples } = feeds.find(({ id }) => id === 'own-vulnerabilities') ?? {
        problems: -1,
        problemSamples: [],
      };
      return [count, problemSamples.map((sample) => sample.slice(0, sample.indexOf(' (')))];
    };
    if (next === undefined || after === undefined) throw new Error('unreachable');
    const problem = (id: string): string => `${id}: No known release is called "debian:15"`;
    await here.useCases.vulnerabilities.putOwn(next, record());
    await here.useCases.vulnerabilities.putOwn(after, record());
    expect(await problems()).toEqual([2, [problem('ACME-2'), problem('ACME-1')]]);
    await here.useCases.vulnerabilities.removeOwn(after);
    expect(await problems()).toEqual([1, [problem('ACME-1')]]);
    await here.useCases.vulnerabilities.removeOwn(next);
    expect(await problems()).toEqual([0, []]);
  });

  it('written concurrently are all stored', async () => {
    const ids = Array.from({ length: 8 }, (_, number) => ({ namespace: 'debian:12', id: `ACME-${number}` }));
    await Promise.all(ids.map((one) => here.useCases.vulnerabilities.putOwn(one, record())));
    const { items } = await here.useCases.vulnerabilities.listOwn({ limit: 100 });
    expect(items.map(({ id }) => id)).toEqual(expect.arrayContaining(ids.map(({ id }) => id)));
    const [state] = (await here.store.feedStates()).filter(({ feed }) => feed === 'own-vulnerabilities');
    expect(state).toMatchObject({ groups: 9, statements: 9 });
    await Promise.all(ids.map((one) => here.useCases.vulnerabilities.removeOwn(one)));
    await expect(here.useCases.vulnerabilities.removeOwn(ids[0] ?? key)).rejects.toMatchObject({ code: 'not-found' });
    await expect(here.useCases.vulnerabilities.getOwn(ids[0] ?? key)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('are bounded in number', async () => {
    const small = await startInstallation({ limits: { ownVulnerabilities: 1 } });
    await small.useCases.vulnerabilities.putOwn(key, record());
    await small.useCases.vulnerabilities.putOwn(key, record());
    await expect(small.useCases.vulnerabilities.putOwn({ ...key, id: 'B' }, record())).rejects.toMatchObject({
      code: 'limit-exceeded',
    });
    await small.close();
  });
});
