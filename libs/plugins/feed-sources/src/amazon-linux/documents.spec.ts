import { ClarionError, type FetchResult, type Upstream } from '@clarion/model';
import { planAmazon } from './documents';

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield Buffer.from(text);
}

const content = (text: string): FetchResult => ({ kind: 'content', validators: {}, body: bytes(text) });
const forbidden = new ClarionError('upstream-unavailable', 'answered with status 403');
const digest = 'a'.repeat(64);
const index = (href = 'repodata/updateinfo.xml.gz'): string =>
  `<repomd><data type="updateinfo"><open-checksum type="sha256">${digest}</open-checksum><location href="${href}"/></data></repomd>`;

const cdn = 'https://cdn.amazonlinux.com/';
const lists = {
  'al1/2018.03/updates/x86_64/mirror.list': 'http://packages.us-west-2.amazonaws.com/2018.03/updates/1/x86_64/\n',
  '2/core/latest/x86_64/mirror.list': `${cdn}2/core/2.0/x86_64/2\n`,
  '2/core/latest/aarch64/mirror.list': `${cdn}2/core/2.0/aarch64/2\n`,
  'al2023/core/mirrors/latest/x86_64/mirror.list': `${cdn}al2023/core/guids/3/x86_64/\n`,
  'al2023/core/mirrors/latest/aarch64/mirror.list': `${cdn}al2023/core/guids/3/aarch64/\n`,
};
const indexes = {
  'al1-packages/2018.03/updates/1/x86_64/repodata/repomd.xml': index(),
  '2/core/2.0/x86_64/2/repodata/repomd.xml': index(),
  '2/core/2.0/aarch64/2/repodata/repomd.xml': index(),
  'al2023/core/guids/3/x86_64/repodata/repomd.xml': index(),
  'al2023/core/guids/3/aarch64/repodata/repomd.xml': index(),
};
const coreNames = [
  '1/updates/x86_64/updateinfo.xml',
  '2/core/x86_64/updateinfo.xml',
  '2/core/aarch64/updateinfo.xml',
  '2023/core/x86_64/updateinfo.xml',
  '2023/core/aarch64/updateinfo.xml',
];

/** A site with texts, and with an error for each path that has one; all other paths are missing. */
function site(more: Readonly<Record<string, string | Error>>): Upstream {
  const pages = new Map<string, string | Error>(Object.entries({ ...lists, ...indexes, ...more }));
  return {
    get: (path) => {
      const page = pages.get(path);
      if (page instanceof Error) return Promise.reject(page);
      return Promise.resolve(page === undefined || page === '' ? { kind: 'missing' } : content(page));
    },
    list: () => Promise.resolve([]),
  };
}

async function names(more: Readonly<Record<string, string | Error>>): Promise<readonly string[]> {
  return (await planAmazon(site(more))).documents.map(({ name }) => name);
}

describe('documents of amazon-linux', () => {
  const topic = {
    '2/extras-catalog.json': '{"topics":[{"n":"nginx1"},{"n":"../etc"},{"n":7},{"n":"nginx1"}]}',
    '2/extras/nginx1/latest/x86_64/mirror.list': `${cdn}2/extras/nginx1/2.0/x86_64/4\n`,
    '2/extras/nginx1/2.0/x86_64/4/repodata/repomd.xml': index(),
  };

  const besides = Object.fromEntries(
    ['kernel-livepatch', 'nvidia'].flatMap((name) => [
      [`al2023/${name}/mirrors/latest/x86_64/mirror.list`, `${cdn}al2023/${name}/guids/5/x86_64\n`],
      [`al2023/${name}/guids/5/x86_64/repodata/repomd.xml`, '<repomd/>'],
    ]),
  );
  const whole = { ...topic, ...besides };
  const of = (name: string, packageRepository?: string): object => {
    const [release = '', ...rest] = name.split('/');
    const scope = { namespaces: [`amzn:${release}`], architecture: rest.at(-2) };
    return { name, ...scope, ...(packageRepository === undefined ? {} : { origin: packageRepository }) };
  };
  const both = (name: string, packageRepository: string): readonly object[] =>
    ['x86_64', 'aarch64'].map((architecture) => of(`${name}/${architecture}/updateinfo.xml`, packageRepository));
  const preview = {
    'al2022/core/mirrors/latest/x86_64/mirror.list': `${cdn}al2022/core/guids/7/x86_64\n`,
    'al2022/core/guids/7/x86_64/repodata/repomd.xml': index(),
  };

  it.each<[string, Readonly<Record<string, string | Error>>, readonly object[]]>([
    // There is no release 2022, and live patches and topics do not exist for the other architecture: this is the normal
    // state.
    ['nothing of a whole site', {}, []],
    [
      'the core of one architecture',
      { 'al2023/core/mirrors/latest/aarch64/mirror.list': '' },
      [of(coreNames[4] ?? '')],
    ],
    ['that of a release which is not essential', preview, [of('2022/core/aarch64/updateinfo.xml')]],
    [
      'the catalogue of topics',
      { '2/extras-catalog.json': '' },
      [{ name: '2/extras-catalog.json', namespaces: ['amzn:2'] }],
    ],
    [
      'a topic of the catalogue',
      { '2/extras/nginx1/latest/x86_64/mirror.list': '' },
      both('2/extras/nginx1', 'amzn2extra-nginx1'),
    ],
    [
      'one that is forbidden',
      { '2/extras/nginx1/latest/x86_64/mirror.list': forbidden },
      both('2/extras/nginx1', 'amzn2extra-nginx1'),
    ],
    [
      'one whose index is not there',
      { '2/extras/nginx1/2.0/x86_64/4/repodata/repomd.xml': '' },
      both('2/extras/nginx1', 'amzn2extra-nginx1'),
    ],
    ['nothing of a topic without advisories', { '2/extras/nginx1/2.0/x86_64/4/repodata/repomd.xml': '<repomd/>' }, []],
    [
      'live patches',
      { 'al2023/kernel-livepatch/mirrors/latest/x86_64/mirror.list': '' },
      both('2023/kernel-livepatch', 'kernel-livepatch'),
    ],
  ])('report as missing: %s', async (_, more, missing) => {
    expect((await planAmazon(site({ ...whole, ...more }))).missing).toEqual(missing);
  });

  it('are found through mirror lists and indexes, with path and digest', async () => {
    const [first] = (await planAmazon(site({}))).documents;
    expect(first).toEqual({
      name: '1/updates/x86_64/updateinfo.xml',
      path: 'al1-packages/2018.03/updates/1/x86_64/repodata/updateinfo.xml.gz',
      sha256: digest,
    });
    expect(await names({})).toEqual(coreNames);
  });

  it('include those of every topic', async () => {
    expect(await names(topic)).toEqual([...coreNames, '2/extras/nginx1/x86_64/updateinfo.xml']);
  });

  it.each<[string, Readonly<Record<string, string | Error>>]>([
    ['is not there for an architecture', {}],
    ['is forbidden', { '2/extras/nginx1/latest/aarch64/mirror.list': forbidden }],
    [
      'has a damaged index',
      {
        '2/extras/nginx1/latest/aarch64/mirror.list': `${cdn}2/extras/nginx1/2.0/aarch64/4`,
        '2/extras/nginx1/2.0/aarch64/4/repodata/repomd.xml': '<html>',
      },
    ],
  ])('are all others when a topic %s', async (_, more) => {
    expect(await names({ ...topic, ...more })).toEqual([...coreNames, '2/extras/nginx1/x86_64/updateinfo.xml']);
  });

  it('come from the next mirror when one fails', async () => {
    const list = `https://example.org/2/core\n${cdn}2/core/2.0/x86_64/gone\n${cdn}2/core/2.0/x86_64/2\n`;
    const failing = { '2/core/2.0/x86_64/gone/repodata/repomd.xml': forbidden };
    expect(await names({ '2/core/latest/x86_64/mirror.list': list, ...failing })).toEqual(coreNames);
  });

  it('do not include a repository without advisories', async () => {
    const none = { 'al2023/core/guids/3/aarch64/repodata/repomd.xml': '<repomd/>' };
    expect(await names(none)).toEqual(coreNames.slice(0, 4));
  });

  it.each<[string, Readonly<Record<string, string | Error>>, string]>([
    ['a core repository is forbidden', { '2/core/latest/x86_64/mirror.list': forbidden }, 'upstream-unavailable'],
    [
      'a list names other hosts only',
      { '2/core/latest/x86_64/mirror.list': 'https://example.org/' },
      'upstream-unavailable',
    ],
    [
      'the index of a core repository is gone',
      { '2/core/2.0/x86_64/2/repodata/repomd.xml': '' },
      'upstream-unavailable',
    ],
    [
      'the index of a core repository leads elsewhere',
      { '2/core/2.0/x86_64/2/repodata/repomd.xml': index('../../x') },
      'corrupt-data',
    ],
    ['the catalogue is not a catalogue', { '2/extras-catalog.json': '[]' }, 'corrupt-data'],
    ['the catalogue is damaged', { '2/extras-catalog.json': '{' }, 'corrupt-data'],
    ['nothing is there', Object.fromEntries(Object.keys(lists).map((name) => [name, ''])), 'upstream-unavailable'],
  ])('cannot be determined when %s', async (_, more, code) => {
    await expect(names(more)).rejects.toMatchObject({ code });
  });

  it('pass other errors on', async () => {
    const abort = new Error('aborted');
    await expect(names({ ...topic, '2/extras/nginx1/latest/x86_64/mirror.list': abort })).rejects.toBe(abort);
  });
});
