import { groupsOf } from './merge-statements';
import type { VexStatement } from './statements';

const baseos = 'cpe:/o:redhat:enterprise_linux:9::baseos';
const appstream = 'cpe:/a:redhat:enterprise_linux:9::appstream';

interface Row {
  readonly namespace?: string;
  readonly package?: string;
  readonly nameKind?: VexStatement['component']['nameKind'];
  readonly cpe?: string;
  readonly architecture?: string;
  readonly module?: string;
  readonly version?: string | undefined;
  readonly facts?: Partial<VexStatement['facts']>;
}

function row(more: Row): VexStatement {
  const { namespace = 'rhel:9', package: name = 'curl', nameKind = 'binary', cpe = baseos, module } = more;
  const version = 'version' in more ? more.version : '7.76.1-26.el9';
  return {
    target: { namespace },
    component: {
      name,
      nameKind,
      architecture: more.architecture ?? 'x86_64',
      ...(version === undefined ? {} : { version }),
      ...(module === undefined ? {} : { module }),
    },
    cpe,
    facts: { state: 'fixed', advisory: 'RHSA-2023:6745', ...more.facts },
  };
}

/** `package state fix architectures products`, one line per advisory. */
function merged(...rows: readonly VexStatement[]): readonly string[] {
  return groupsOf(rows, { feed: 'f', document: 'd', id: 'CVE-2023-38545' }).flatMap(({ package: name, advisories }) =>
    advisories.map(({ state, ranges, scope, nameKind }) =>
      [
        name,
        nameKind ?? 'binary',
        state,
        ranges?.[0]?.fixed ?? '-',
        scope?.architectures?.join(',') ?? '*',
        scope?.cpes?.map((cpe) => cpe.split('::')[1]).join(','),
        scope?.module ?? '',
      ]
        .join(' ')
        .trim(),
    ),
  );
}

const unaffected = { facts: { state: 'not_affected' as const } };

describe('groupsOf', () => {
  it.each<[string, readonly VexStatement[], readonly string[]]>([
    [
      'several builds of one erratum by the lowest',
      [row({ version: '7.10-1.el9' }), row({ version: '7.9-1.el9' }), row({ version: '7.9-1.el9', cpe: appstream })],
      ['curl binary fixed 7.9-1.el9 x86_64 appstream,baseos'],
    ],
    [
      'several errata, products and architectures each by its own build',
      [
        row({ version: '7.10-1.el9' }),
        row({ version: '7.9-1.el9', facts: { advisory: 'RHSA-2023:1' } }),
        row({ version: '7.8-1.el9', cpe: appstream }),
        row({ version: '7.7-1.el9', architecture: 'i686' }),
      ],
      [
        'curl binary fixed 7.10-1.el9 x86_64 baseos',
        'curl binary fixed 7.9-1.el9 x86_64 baseos',
        'curl binary fixed 7.8-1.el9 x86_64 appstream',
        'curl binary fixed 7.7-1.el9 i686 baseos',
      ],
    ],
    [
      'architectures and products of one build',
      [
        row({}),
        row({ architecture: 'aarch64' }),
        row({ cpe: appstream }),
        row({ cpe: appstream, architecture: 'aarch64' }),
      ],
      ['curl binary fixed 7.76.1-26.el9 aarch64,x86_64 appstream,baseos'],
    ],
    [
      'products with other architectures stay apart',
      [row({}), row({ architecture: 's390x' }), row({ cpe: appstream })],
      ['curl binary fixed 7.76.1-26.el9 s390x,x86_64 baseos', 'curl binary fixed 7.76.1-26.el9 x86_64 appstream'],
    ],
    ['noarch is any architecture', [row({ architecture: 'noarch' })], ['curl binary fixed 7.76.1-26.el9 * baseos']],
    [
      'fixes of one package by two errata',
      [row({}), row({ version: '7.76.1-23.el9_2.4', facts: { advisory: 'RHSA-2023:5763' } })],
      ['curl binary fixed 7.76.1-26.el9 x86_64 baseos', 'curl binary fixed 7.76.1-23.el9_2.4 x86_64 baseos'],
    ],
    [
      'two modules',
      [row({ module: 'a:1' }), row({ module: 'a:2' })],
      ['curl binary fixed 7.76.1-26.el9 x86_64 baseos a:1', 'curl binary fixed 7.76.1-26.el9 x86_64 baseos a:2'],
    ],
    [
      'the source package of binary packages that are listed says nothing more',
      [row({ nameKind: 'source', architecture: '' }), row({ package: 'libcurl' })],
      ['libcurl binary fixed 7.76.1-26.el9 x86_64 baseos'],
    ],
    [
      'the source package alone, or of another build or product, counts',
      [
        row({ nameKind: 'source', architecture: '' }),
        row({ package: 'libcurl', version: '7.76.1-99.el9' }),
        row({ package: 'libcurl', cpe: appstream }),
      ],
      [
        'curl source fixed 7.76.1-26.el9 * baseos',
        'libcurl binary fixed 7.76.1-99.el9 x86_64 baseos',
        'libcurl binary fixed 7.76.1-26.el9 x86_64 appstream',
      ],
    ],
    [
      'not affected in several builds is said once',
      [row({ ...unaffected, version: '1-1' }), row({ ...unaffected, version: '2-1' })],
      ['curl binary not_affected - x86_64 baseos'],
    ],
    [
      'a warning about a product stands against "not affected"',
      [row({ ...unaffected, version: '9-9' }), row({}), row({ ...unaffected, cpe: appstream, version: undefined })],
      ['curl binary fixed 7.76.1-26.el9 x86_64 baseos', 'curl binary not_affected - x86_64 appstream'],
    ],
  ])('%s', (_, rows, expected) => {
    expect([...merged(...rows)].sort()).toEqual([...expected].sort());
  });

  it('makes one group a package, of one kind', () => {
    const rows = [
      row({}),
      row({ nameKind: 'either', version: undefined, facts: { state: 'affected' } }),
      row({ namespace: 'rhel:8' }),
    ];
    const groups = groupsOf(rows, { feed: 'f', document: 'd', id: 'CVE-2023-38545' });
    expect(groups.map(({ namespace, package: name, advisories }) => [namespace, name, advisories.length])).toEqual([
      ['rhel:9', 'curl', 2],
      ['rhel:8', 'curl', 1],
    ]);
    expect(groups[0]).toMatchObject({ feed: 'f', document: 'd', nameKind: 'binary', scheme: 'rpm' });
  });

  it('loses no architecture of no product', () => {
    const rows = ['a', 'b', 'c'].flatMap((cpe, product) =>
      ['x86_64', 's390x', 'i686']
        .slice(0, 1 + product)
        .map((architecture) => row({ cpe: `cpe:/o:${cpe}`, architecture })),
    );
    const [group] = groupsOf(rows, { feed: 'f', document: 'd', id: 'CVE-2023-38545' });
    const pairs = group?.advisories.flatMap(({ scope }) =>
      (scope?.cpes ?? []).flatMap((cpe) =>
        (scope?.architectures ?? []).map((architecture) => `${cpe} ${architecture}`),
      ),
    );
    expect(pairs?.sort()).toEqual(rows.map(({ cpe, component }) => `${cpe} ${component.architecture ?? ''}`).sort());
  });
});
