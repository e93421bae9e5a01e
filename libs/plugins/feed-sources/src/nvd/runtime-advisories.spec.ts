import type { Advisory } from '@clarion/model';
import { runtimeAdvisories, runtimeNamespaces } from './runtime-advisories';

const id = 'CVE-2099-0001';

interface Match {
  readonly criteria: unknown;
  readonly vulnerable?: boolean;
  readonly [bound: string]: unknown;
}

function names(criteria: unknown, bounds: object = {}): Match {
  return { vulnerable: true, criteria, ...bounds };
}

function node(...cpeMatch: readonly Match[]): object {
  return { operator: 'OR', negate: false, cpeMatch };
}

/** The advisories about each runtime. */
function advisoriesOf(configurations: unknown): Readonly<Record<string, Omit<Advisory, 'id'>>> {
  const found = [...runtimeAdvisories(id, { configurations }, 'nvdcve-2.0-2099.json')].map((record) => {
    if (record.kind !== 'group') throw new Error('Not a group');
    const { namespace, package: name, feed, nameKind, document, advisories } = record.group;
    expect([namespace, feed, nameKind, document]).toEqual([`generic:${name}`, 'nvd', 'binary', 'nvdcve-2.0-2099.json']);
    const [{ id: ofCve, ...advisory }] = advisories as readonly [Advisory];
    expect([ofCve, advisories]).toEqual([id, [expect.anything()]]);
    return [name, advisory] as const;
  });
  return Object.fromEntries(found);
}

const nginx = 'cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:*';
const oldNginx = 'cpe:2.3:a:nginx:nginx:*:*:*:*:*:*:*:*';
const windows: Match = { vulnerable: false, criteria: 'cpe:2.3:o:microsoft:windows:-:*:*:*:*:*:*:*' };
const debian: Match = { vulnerable: false, criteria: 'cpe:2.3:o:debian:debian_linux:11:*:*:*:*:*:*:*' };
const switchOf: Match = { vulnerable: false, criteria: 'cpe:2.3:h:cisco:switch:-:*:*:*:*:*:*:*' };
const fixed = names(nginx, { versionStartIncluding: '1.23.0', versionEndExcluding: '1.23.2' });
const affected = { nginx: { state: 'fixed', ranges: [{ introduced: '1.23.0', fixed: '1.23.2' }] } };

test.each<[what: string, configurations: unknown, advisories: object]>([
  ['a range with a fix', [{ nodes: [node(fixed)] }], affected],
  [
    'a range up to its end',
    [{ nodes: [node(names(nginx, { versionEndIncluding: '1.22.0' }))] }],
    { nginx: { state: 'affected', ranges: [{ lastAffected: '1.22.0' }] } },
  ],
  [
    'a range after an excluded start',
    [{ nodes: [node(names(nginx, { versionStartExcluding: '1.0.0', versionEndExcluding: '1.2.0' }))] }],
    { nginx: { state: 'fixed', ranges: [{ introduced: '1.0.0', fixed: '1.2.0' }] } },
  ],
  [
    'both names of a product',
    [{ nodes: [node(fixed, names(oldNginx, { versionEndExcluding: '1.0.9' }))] }],
    { nginx: { state: 'fixed', ranges: [{ introduced: '1.23.0', fixed: '1.23.2' }, { fixed: '1.0.9' }] } },
  ],
  [
    'a library and the tool',
    [{ nodes: [node(names('cpe:2.3:a:haxx:curl:7.88.1:*:*:*:*:*:*:*'))] }],
    { curl: { state: 'affected', versions: ['7.88.1'] }, libcurl: { state: 'affected', versions: ['7.88.1'] } },
  ],
  [
    'single versions with updates',
    [
      {
        nodes: [
          node(
            names('cpe:2.3:a:python:python:3.11.0:alpha2:*:*:*:*:*:*'),
            names('cpe:2.3:a:openssl:openssl:1.0.2:beta1:*:*:*:*:*:*'),
            names('cpe:2.3:a:oracle:openjdk:8:update345:*:*:*:*:*:*'),
            names('cpe:2.3:a:oracle:openjdk:8:-:*:*:*:*:*:*'),
            names('cpe:2.3:a:oracle:jdk:1.8.0:update_331:*:*:*:*:*:*'),
            names('cpe:2.3:a:oracle:openjdk:17.0.4:*:*:*:*:*:*:*'),
          ),
        ],
      },
    ],
    {
      python: { state: 'affected', versions: ['3.11.0alpha2'] },
      openssl: { state: 'affected', versions: ['1.0.2-beta1'] },
      openjdk: { state: 'affected', versions: ['1.8.0_345', '1.8.0', '17.0.4'] },
      jdk: { state: 'affected', versions: ['1.8.0_331'] },
    },
  ],
  [
    'no version at all',
    [{ nodes: [node(names(nginx), names('cpe:2.3:a:php:php:-:*:*:*:*:*:*:*'))] }],
    {
      nginx: { state: 'under_investigation', reason: 'NVD names no versions' },
      php: { state: 'under_investigation', reason: 'NVD names no versions' },
    },
  ],
  ['a distribution that it runs on', [{ operator: 'AND', nodes: [node(fixed), node(debian)] }], affected],
  ['Windows or Linux', [{ operator: 'AND', nodes: [node(fixed), node(windows, debian)] }], affected],
  ['Windows alone', [{ operator: 'AND', nodes: [node(fixed), node(windows)] }], {}],
  ['hardware', [{ operator: 'AND', nodes: [node(fixed), node(switchOf)] }], {}],
  ['a condition that must not hold', [{ nodes: [{ ...node(fixed), negate: true }] }], {}],
  ['a program that is only the condition', [{ nodes: [node({ ...fixed, vulnerable: false })] }], {}],
  ['another product', [{ nodes: [node(names('cpe:2.3:a:f5:nginx_plus:*:*:*:*:*:*:*:*'))] }], {}],
  ['an operating system of that name', [{ nodes: [node(names('cpe:2.3:o:php:php:1:*:*:*:*:*:*:*'))] }], {}],
  ['an extension for a language', [{ nodes: [node(names('cpe:2.3:a:sqlite:sqlite:1.0:*:*:*:*:ruby:*:*'))] }], {}],
  [
    'names of other forms',
    [{ nodes: [node(names('cpe:/a:php:php:1'), names(7), names('cpe:2.3:a:php:php'), names(nginx.repeat(90)))] }],
    {},
  ],
  ['other shapes', [null, 7, { nodes: {} }, { nodes: [null, { cpeMatch: 'x' }] }], {}],
  ['nothing', undefined, {}],
])('configurations about %s', (_, configurations, advisories) => {
  expect(advisoriesOf(configurations)).toEqual(advisories);
});

test('runtimes with a feed of their own are left to it', () => {
  expect(runtimeNamespaces).toContain('generic:python');
  expect(runtimeNamespaces).not.toContain('generic:node');
  expect(advisoriesOf([{ nodes: [node(names('cpe:2.3:a:nodejs:node.js:18.0.0:*:*:*:lts:*:*:*'))] }])).toEqual({});
});
