import type { FeedRecord, FeedState, Upstream } from '@clarion/model';
import { buildZip } from '@clarion/test-kit';
import { type OwnFeedOptions, ownFeed } from './own-feed';

const osv: OwnFeedOptions = { id: 'own', format: 'osv', baseUrl: 'file:///srv/own/' };
const secdb: OwnFeedOptions = { id: 'acme', format: 'secdb', baseUrl: 'https://acme.example/', namespace: 'wolfi' };

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield bytes;
}

async function read(options: OwnFeedOptions, name: string, content: string | Uint8Array): Promise<FeedRecord[]> {
  const records: FeedRecord[] = [];
  for await (const record of ownFeed(options).parse({ name, body: once(Buffer.from(content)) })) records.push(record);
  return records;
}

const record = (id: string, changes: object = {}): object => ({
  id,
  affected: [
    {
      package: { ecosystem: 'debian:12', name: 'acme-agent' },
      ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '2.1-1' }] }],
      ...changes,
    },
  ],
});

const affectedOf = (one: object): readonly object[] => (one as { readonly affected: readonly object[] }).affected;

describe('an own feed', () => {
  it.each([
    [{ ...osv, id: 'Own feed' }, /is not a feed id/],
    [{ ...osv, id: '' }, /is not a feed id/],
    [{ ...osv, namespace: 'debian:12' }, /name their ecosystems themselves/],
    [{ ...osv, covers: ['x-acme', 'debian:12'] }, /cannot cover "debian:12", which is not a namespace of your own/],
    [{ ...osv, covers: ['x-Acme'] }, /cannot cover "x-Acme"/],
    [{ ...osv, covers: ['conan', 'npm'] }, /cannot cover "npm"/],
    [{ ...osv, covers: ['generic'] }, /cannot cover "generic"/],
    [{ id: 'acme', format: 'secdb' as const, baseUrl: 'https://acme.example/' }, /names no namespace/],
  ])('is rejected: %p', (options, message) => {
    expect(() => ownFeed(options)).toThrow(message);
  });

  it('has the namespaces that it covers', () => {
    const covers = ['x-acme', 'x-other:3', 'conan'];
    expect(ownFeed({ ...osv, covers }).namespaces).toEqual(covers);
  });

  const folder = (pages: Readonly<Record<string, readonly string[]>>): Upstream => ({
    get: () => Promise.reject(new Error('asked')),
    list: (name) => Promise.resolve(pages[name] ?? []),
  });
  const pages = {
    '': ['a.JSON', 'readme.md', 'b.ndjson', 'c.zip', 'd.tar', 'e.jsonl', 'sub/', '.git/'],
    'sub/': ['f.json', '.a.json', 'a.json~', '#a.json#', 'LICENSE'],
  };
  const last = { documents: { 'gone.json': {} } } as unknown as FeedState;

  it.each([
    [
      'all files of a folder and of the folders in it',
      osv,
      undefined,
      ['a.JSON', 'b.ndjson', 'c.zip', 'd.tar', 'e.jsonl', 'sub/f.json'],
    ],
    ['what SecDB can be in', secdb, undefined, ['a.JSON', 'sub/f.json']],
    ['also what was there before', secdb, last, ['a.JSON', 'gone.json', 'sub/f.json']],
    ['the one file that is meant', { ...osv, file: 'all.zip' }, undefined, ['all.zip']],
  ])('reads %s', async (_, options, state, names) => {
    const { documents } = await ownFeed(options).plan(folder(pages), state);
    const read = documents.filter(({ unread }) => unread === undefined);
    expect(read.map(({ name }) => name)).toEqual(names);
    // Only a document that was read before and is no longer listed may have been deleted.
    expect(read.filter(({ required }) => required !== true).map(({ name }) => name)).toEqual(
      Object.keys(state?.documents ?? {}),
    );
  });

  it('lists existing files that are not read', async () => {
    const strange = {
      '': ['a.yaml', 'a', 'a.json.bak', 'a.txt', 'sub/'],
      'sub/': ['b.yml', 'deeper/', '.idea/'],
    };
    const { documents } = await ownFeed(osv).plan(folder(strange), undefined);
    const kind = 'files of this kind are not read; name it .json, .ndjson, .jsonl, .zip, .tar, or keep it elsewhere';
    expect(documents).toEqual([
      ...['a', 'a.json.bak', 'a.txt', 'a.yaml', 'sub/b.yml'].map((name) => ({ name, unread: kind })),
      { name: 'sub/deeper', unread: 'folders in folders are not read; move its files one folder up' },
    ]);
    const { documents: ofSecdb } = await ownFeed(secdb).plan(folder(pages), undefined);
    expect(ofSecdb.filter(({ unread }) => unread !== undefined).map(({ name }) => name)).toEqual([
      ...['b.ndjson', 'c.zip', 'd.tar', 'e.jsonl'],
    ]);
  });

  it('lists files of an archive that are not read', async () => {
    const names = [
      'ACME-1.JSON',
      'x/',
      'x/README.md',
      'x/.keep',
      'x/a.yaml',
      ...Array.from({ length: 30 }, (_, at) => `${at}`),
    ];
    const zip = buildZip(
      names.map((name) => ({ name, content: name.endsWith('/') ? '' : JSON.stringify(record('ACME-1')) })),
    );
    const found = await read(osv, 'all.ZIP', zip);
    expect(found.filter(({ kind }) => kind === 'group')).toHaveLength(1);
    const problems = found.flatMap((one) => (one.kind === 'problem' ? [`${one.record}: ${one.message}`] : []));
    expect(problems.slice(0, 2)).toEqual([
      'x/a.yaml: files of this kind are not read; name it .json, or keep it elsewhere',
      '0: files of this kind are not read; name it .json, or keep it elsewhere',
    ]);
    expect(problems.at(-1)).toBe('all.ZIP: 11 more files in it are not read');
  });
});

describe('own OSV data', () => {
  const groups = [
    ['ACME-1', 'a.json', JSON.stringify(record('ACME-1'))],
    ['ACME-1,ACME-2', 'a.json', JSON.stringify([record('ACME-1'), record('ACME-2')])],
    ['ACME-1,ACME-2', 'a.ndjson', `${JSON.stringify(record('ACME-1'))}\n\n${JSON.stringify(record('ACME-2'))}\n`],
    ['ACME-3', 'a.zip', buildZip([{ name: 'ACME-3.json', content: JSON.stringify(record('ACME-3')) }])],
  ] as const;

  it.each(groups)('is read: %s from %s', async (ids, name, content) => {
    const found = (await read(osv, name, content)).flatMap((item) => (item.kind === 'group' ? [item.group] : []));
    expect(found.flatMap(({ advisories }) => advisories.map(({ id }) => id)).join(',')).toBe(ids);
    expect(found[0]).toMatchObject({
      feed: 'own',
      document: name,
      namespace: 'debian:12',
      package: 'acme-agent',
      nameKind: 'either',
      scheme: 'dpkg',
      advisories: [{ state: 'fixed', ranges: [{ fixed: '2.1-1' }] }],
    });
  });

  it.each([
    ['not_affected', { ranges: undefined }, { state: 'not_affected' }],
    [
      'will_not_fix',
      { ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '2' }] }] },
      { state: 'will_not_fix', ranges: [{ introduced: '2' }] },
    ],
  ])('may have a state that OSV does not define: %s', async (state, changes, advisory) => {
    const text = JSON.stringify(record('CVE-2024-0001', { ...changes, database_specific: { state } }));
    expect(await read(osv, 'a.json', text)).toMatchObject([
      { kind: 'vulnerability' },
      { kind: 'group', group: { advisories: [{ id: 'CVE-2024-0001', ...advisory }] } },
    ]);
  });

  describe('with a user-defined ecosystem', () => {
    const own = (ecosystem: string, version_scheme?: unknown): object =>
      record('ACME-1', {
        package: { ecosystem, name: 'a' },
        ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '2.1.1' }] }],
        database_specific: { version_scheme },
      });

    it.each([
      ['x-acme', undefined, 'semver'],
      ['x-acme', 'pep440', 'pep440'],
      ['x-acme:3', 'rpm', 'rpm'],
      ['debian:12', 'dpkg', 'dpkg'],
    ])('%s has the version scheme of the record: %s', async (ecosystem, named, scheme) => {
      expect(await read(osv, 'a.json', JSON.stringify(own(ecosystem, named)))).toMatchObject([
        { kind: 'vulnerability' },
        { kind: 'group', group: { namespace: ecosystem, package: 'a', nameKind: 'either', scheme } },
      ]);
    });

    const there = { ...osv, baseUrl: 'https://acme.example/' };
    it.each([
      ['x-acme', 'semvre', /version_scheme of x-acme is not known \(known: alpm, apk, .*, semver\)/],
      ['x-acme', ['semver'], /version_scheme of x-acme is not known/],
      ['x-acme', '__proto__', /version_scheme of x-acme is not known/],
      ['debian:12', 'rpm', /versions of debian:12 have the order dpkg: leave version_scheme out/],
      ['x_acme', undefined, /unknown ecosystem "x_acme"/],
      ['x-Acme', undefined, /unknown ecosystem "x-Acme"; one of your own is x- and at most 38 lower-case/],
    ])(
      '%s with the version scheme %p is a problem without an advisory, and is rejected in a file',
      async (ecosystem, named, message) => {
        const text = JSON.stringify(own(ecosystem, named));
        expect(await read(there, 'a.json', text)).toEqual([
          expect.objectContaining({ kind: 'problem', message: expect.stringMatching(message) as string }),
          expect.objectContaining({ kind: 'vulnerability' }),
        ]);
        await expect(read(osv, 'a.json', text)).rejects.toThrow(message);
      },
    );

    it('is never merged across two version schemes', async () => {
      const both = { ...own('x-acme', 'rpm'), affected: [own('x-acme', 'rpm'), own('x-acme')].flatMap(affectedOf) };
      const groups = (await read(osv, 'a.json', JSON.stringify(both))).filter(({ kind }) => kind === 'group');
      expect(groups).toMatchObject([{ group: { scheme: 'rpm' } }, { group: { scheme: 'semver' } }]);
    });
  });
});

describe('own SecDB data', () => {
  it('has the namespace of its configuration', async () => {
    const document = { packages: [{ pkg: { name: 'acme', secfixes: { '1.0-r1': ['CVE-2024-0001'] } } }] };
    expect(await read(secdb, 'acme.json', JSON.stringify(document))).toMatchObject([
      { kind: 'group', group: { feed: 'acme', namespace: 'wolfi', package: 'acme', document: 'acme.json' } },
    ]);
  });
});
