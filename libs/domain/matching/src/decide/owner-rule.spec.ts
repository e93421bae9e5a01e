import type { Advisory, AdvisoryGroup, FeedState, PlacedFeature } from '@clarion/model';
import {
  apk,
  base,
  deb,
  factsOf,
  fixed,
  group,
  imageOf,
  options,
  rpm,
  secdb,
  stateOf,
} from '@clarion/test-kit/match-facts';
import { decideAll, type DecidedImage } from './decide-all';
import { decidedPieces, noImage } from './decided-pieces';
import type { FeedInfo } from '../match-options';

const cve = 'CVE-2023-43804';
const ghsa = 'GHSA-v845-jxx5-vc9f';

const osv: FeedInfo = { id: 'osv', namespaces: ['pypi', 'npm'], listsUnfixed: true, refreshMinutes: 60 };
const debian: FeedInfo = {
  id: 'debian-security-tracker',
  namespaces: ['debian:*'],
  listsUnfixed: true,
  refreshMinutes: 60,
};
const alpine: FeedInfo = { id: 'alpine-secdb', namespaces: ['alpine:*'], listsUnfixed: false, refreshMinutes: 60 };
const alma: FeedInfo = { id: 'almalinux', namespaces: ['alma:*'], listsUnfixed: false, refreshMinutes: 60 };
const acme: FeedInfo = { id: 'acme', own: true, namespaces: [], refreshMinutes: 0 };
const feeds = [acme, osv, debian, alpine, alma];

const urllib3: PlacedFeature = {
  ...{ type: 'pypi', name: 'urllib3', version: '1.26.12', namespace: 'pypi', layer: base, owner: 'python3-urllib3' },
  path: 'usr/lib/python3/dist-packages/urllib3-1.26.12.egg-info/PKG-INFO',
};
const vendor = 'Debian Python Team <team+python@tracker.debian.org>';
const source = { name: 'python-urllib3', version: '1.26.12-1+deb12u1' };
const owner = deb('python3-urllib3', '1.26.12-1+deb12u1', { source, vendor });
const alpineOwner = apk('python3-urllib3', '1.26.12-r0', { source: { name: 'py3-urllib3', version: '1.26.12-r0' } });

function language(advisories: readonly Advisory[], more: Partial<AdvisoryGroup> = {}): AdvisoryGroup {
  const pypi = {
    namespace: 'pypi',
    feed: osv.id,
    document: 'PyPI/all.zip',
    nameKind: 'binary',
    scheme: 'pep440',
  } as const;
  return group('urllib3', advisories, { ...pypi, ...more });
}
const vulnerable = language([fixed(cve, '1.26.17', { aliases: [ghsa] })]);
const tracker = (advisories: readonly Advisory[]): AdvisoryGroup => group('python-urllib3', advisories);
const other = fixed('CVE-2020-1', '1');

interface Setting {
  readonly features?: readonly PlacedFeature[];
  readonly groups?: readonly AdvisoryGroup[];
  readonly states?: readonly FeedState[];
}

/** `cve owned by …: why` for what is suppressed; `cve of package [note]` for what is reported. */
function linesOf({ flaws, suppressed }: DecidedImage): readonly string[] {
  return [
    ...suppressed.map(({ flaw, suppression: { kind, id, reason } }) => `- ${flaw.cluster.id} ${kind} ${id} ${reason}`),
    ...flaws.map(({ flaw, feature, notes }) => [`+ ${flaw.cluster.id} ${feature.name}`, ...notes].join('; ')),
  ];
}

async function decided({ features = [owner, urllib3], groups = [], states }: Setting): Promise<readonly string[]> {
  const image = imageOf(features);
  const facts = factsOf([vulnerable, ...groups], states === undefined ? {} : { states });
  const whole = linesOf(await decideAll(image, facts, { ...options, feeds }));
  // The change-driven path gives the package and its owners only, a search the requested flaws only.
  const owned = features.filter((feature) => feature.owner !== undefined);
  const owners = features.filter((feature) => feature.owner === undefined);
  const subject = { ...image, features: owned, owners, image: noImage };
  const pieces: string[] = [];
  const about = new Set([ghsa, cve, 'CVE-2023-45803']);
  for await (const piece of decidedPieces(subject, facts, { ...options, feeds, about })) pieces.push(...linesOf(piece));
  expect(pieces).toEqual(whole.filter((line) => line.startsWith('- ') || line.includes(' urllib3')));
  return whole;
}

const kept = (why: string): string => `+ ${cve} urllib3; owned by python3-urllib3, ${why}`;
const left = (why: string, of = 'debian:12'): string => `- ${cve} distribution ${of} owned by python3-urllib3: ${why}`;

describe('a language package in a file of the distribution', () => {
  test.each<[string, Setting, readonly string[]]>([
    [
      'is left out where the distribution has backported the fix',
      { groups: [tracker([fixed(cve, '1.26.12-1+deb12u1')])] },
      [left('python3-urllib3 1.26.12-1+deb12u1 has the fix of 1.26.12-1+deb12u1')],
    ],
    [
      'is left out where the distribution is not affected',
      { groups: [tracker([{ id: cve, state: 'not_affected' }])] },
      [left('python3-urllib3 is not affected')],
    ],
    [
      'is left out where the distribution reports the flaw for its own package',
      { groups: [tracker([{ id: cve, state: 'affected' }])] },
      [left('reported for python3-urllib3 1.26.12-1+deb12u1'), `+ ${cve} python3-urllib3`],
    ],
    [
      'is left out where the fix of the distribution is not installed: its package has the finding',
      { groups: [tracker([fixed(cve, '1.26.12-2')])] },
      [left('reported for python3-urllib3 1.26.12-1+deb12u1'), `+ ${cve} python3-urllib3`],
    ],
    [
      'is left out where the distribution names the flaw by an alias',
      { groups: [tracker([fixed(ghsa, '1.26.12-1+deb12u1')])] },
      [left('python3-urllib3 1.26.12-1+deb12u1 has the fix of 1.26.12-1+deb12u1')],
    ],
    [
      'is left out where a comprehensive feed is silent',
      { groups: [tracker([other])] },
      [left('not among the vulnerabilities that debian:12 lists for python3-urllib3')],
    ],
    [
      'is left out where a comprehensive feed never had any advisory about the package',
      { groups: [group('bash', [other])] },
      [left('not among the vulnerabilities that debian:12 lists for python3-urllib3')],
    ],
    [
      'is decided separately for each flaw',
      {
        groups: [
          language([fixed('CVE-2023-45803', '1.26.18')], { document: 'other' }),
          tracker([fixed(cve, '1.26.12-1'), { id: 'CVE-2023-45803', state: 'affected' }]),
        ],
      },
      [
        left('python3-urllib3 1.26.12-1+deb12u1 has the fix of 1.26.12-1'),
        left('reported for python3-urllib3 1.26.12-1+deb12u1').replace(cve, 'CVE-2023-45803'),
        '+ CVE-2023-45803 python3-urllib3',
      ],
    ],
    [
      'is kept where a feed that lists fixes only is silent',
      { features: [alpineOwner, urllib3], groups: [secdb('py3-urllib3', [other])] },
      [kept('distribution silent')],
    ],
    [
      'is left out where a feed that lists fixes only has the fix',
      { features: [alpineOwner, urllib3], groups: [secdb('py3-urllib3', [fixed(cve, '1.26.12-r0')])] },
      [left('python3-urllib3 1.26.12-r0 has the fix of 1.26.12-r0', 'alpine:v3.20')],
    ],
    [
      'is left out where secfixes say 0',
      { features: [alpineOwner, urllib3], groups: [secdb('py3-urllib3', [fixed(cve, '0')])] },
      [left('python3-urllib3 is not affected', 'alpine:v3.20')],
    ],
    ['is kept without any data of the distribution', {}, [kept('no data of its distribution')]],
    [
      'is kept where only other releases have data',
      { groups: [tracker([other])].map((one) => ({ ...one, namespace: 'debian:11' })) },
      [kept('no data of its distribution')],
    ],
    [
      'is kept where the release is no longer listed',
      {
        groups: [tracker([other])],
        states: [
          {
            ...stateOf('debian-security-tracker', ['debian:12']),
            documents: {
              json: { validators: {}, groups: 1, namespaces: ['debian:12'], frozen: { 'debian:12': '2028-07-01' } },
            },
          },
        ],
      },
      [kept('distribution silent')],
    ],
    [
      'is kept where documents about the release are missing',
      {
        groups: [tracker([other])],
        states: [
          stateOf('debian-security-tracker', ['debian:12'], { missing: [{ name: 'vex', namespaces: ['debian:*'] }] }),
        ],
      },
      [kept('distribution silent')],
    ],
    [
      'is kept where the distribution is not known',
      { features: [{ ...owner, namespace: null }, urllib3] },
      [kept('distribution unknown')],
    ],
    [
      'is kept where the owner is from a third party',
      { features: [{ ...owner, vendor: 'NodeSource <a@nodesource.com>' }, urllib3], groups: [tracker([other])] },
      [kept('which is from NodeSource and not the distribution')],
    ],
    [
      "is kept where the feed is silent about a package that may be a third party's",
      { features: [{ ...owner, vendor: 'ACME <ops@acme.example>' }, urllib3], groups: [group('bash', [other])] },
      [kept('which may not be from the distribution')],
    ],
    [
      'is kept where the feed knows the name, and the distribution makes no such version',
      {
        features: [{ ...owner, version: '1.26.12-1acme1', vendor: 'ACME <ops@acme.example>' }, urllib3],
        groups: [tracker([other])],
      },
      [kept('which may not be from the distribution')],
    ],
    [
      'is kept where a package of another builder has a version above the fix',
      {
        features: [{ ...owner, version: '1.26.13', vendor: 'ACME <ops@acme.example>' }, urllib3],
        groups: [tracker([fixed(cve, '1.26.12-1')])],
      },
      [kept('which may not be from the distribution')],
    ],
    [
      'is kept where the address only looks like one of the distribution',
      {
        features: [{ ...owner, version: '1.26.12', vendor: 'ACME <ops@debian.org.acme.example>' }, urllib3],
        groups: [tracker([other])],
      },
      [kept('which may not be from the distribution')],
    ],
    [
      'is kept where the feed knows the name, and the package that it is from a company',
      {
        features: [{ ...owner, vendor: 'Jane <jane@home.example>', publisher: 'ACME' }, urllib3],
        groups: [tracker([other])],
      },
      [kept('which may not be from the distribution')],
    ],
    [
      'is kept where the feed knows the name, and the maintainer is no person',
      { features: [{ ...owner, vendor: 'ACME <packages@acme.example>' }, urllib3], groups: [tracker([other])] },
      [kept('which may not be from the distribution')],
    ],
    [
      'is kept where the publisher is known by its name alone',
      { features: [{ ...owner, publisher: 'NodeSource' }, urllib3], groups: [tracker([other])] },
      [kept('which is from NodeSource and not the distribution')],
    ],
    [
      'is left out where the feed knows the package, by any maintainer',
      { features: [{ ...owner, vendor: 'Jane <jane@home.example>' }, urllib3], groups: [tracker([other])] },
      [left('not among the vulnerabilities that debian:12 lists for python3-urllib3')],
    ],
    [
      'is kept where the advisory of the distribution cannot be compared',
      { groups: [tracker([fixed(cve, 'a,b')])] },
      [kept('advisory not comparable')],
    ],
    [
      'is kept where an erratum is about other architectures only',
      {
        features: [rpm('python3-urllib3', '1.26.5-3.el9', { namespace: 'alma:9', architecture: 'aarch64' }), urllib3],
        groups: [
          group('python3-urllib3', [fixed(cve, '1.26.5-5.el9', { scope: { architectures: ['x86_64'] } })], {
            ...{ namespace: 'alma:9', feed: 'almalinux', nameKind: 'binary', scheme: 'rpm' },
          }),
        ],
      },
      [`+ ${cve} python3-urllib3`, kept('distribution silent')],
    ],
    ['is an ordinary one where the owner is not in the image', { features: [urllib3] }, [`+ ${cve} urllib3`]],
    [
      'is kept where own data says that it is affected',
      { groups: [tracker([fixed(cve, '1')]), language([fixed(cve, '2')], { feed: 'acme' })] },
      [`+ ${cve} urllib3`],
    ],
    [
      'is left out where own data says that it is not affected',
      { groups: [language([{ id: cve, state: 'not_affected' }], { feed: 'acme' })] },
      [`- ${cve} own-data acme not affected according to acme`],
    ],
    [
      'is kept where one of two owners of a name is from a third party',
      {
        features: [owner, { ...owner, architecture: 'i386', vendor: 'Docker <a@docker.com>' }, urllib3],
        groups: [tracker([other])],
      },
      [kept('which is from Docker and not the distribution')],
    ],
  ])('%s', async (_, setting, lines) => {
    expect(await decided(setting)).toEqual(lines);
  });
});
