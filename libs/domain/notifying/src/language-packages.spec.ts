import { encodeLinkedFunctions } from '@clarion/ecosystems';
import type { AdvisoryGroup, AffectedImage, EffectiveImage, PlacedFeature } from '@clarion/model';
import { everyPage } from '../testing/endpoint';
import { digest, fixed, imageWith, installed, open, says } from '../testing/images';
import { openTestInstallation, type TestInstallation } from '../testing/test-installation';
import { notificationId } from './notification-id';

const cve = 'CVE-2024-0001';
const debian = 'debian:12';
let installation: TestInstallation;

beforeEach(async () => {
  installation = await openTestInstallation();
});
afterEach(async () => {
  await installation.close();
});

/** Notifies of the change of one feed to these advisories. */
async function imagesAfter(feed: string, groups: readonly AdvisoryGroup[]): Promise<readonly AffectedImage[]> {
  const [changed] = await installation.update(feed, groups);
  if (changed === undefined) throw new Error('nothing changed');
  await installation.notify(changed);
  const id = notificationId({ update: changed.update, vulnerability: cve });
  return everyPage((page) => installation.store.affectedImages(id, {}, page), 2);
}

/** The counts of the composition of an image. */
async function countsOf(image: EffectiveImage): Promise<unknown> {
  const { composition = '' } = (await installation.store.image(image.image.manifestDigest!)) ?? {};
  return (await installation.store.counts([composition])).get(composition);
}

const npm = { nameKind: 'binary', scheme: 'npm' } as const;
const left = imageWith(1, [installed('npm', 'left 1.0.0', { type: 'npm' })]);

test('a notice is no vulnerability, and is counted apart', async () => {
  await installation.addImage(left);
  expect(await imagesAfter('other', [says('npm', 'left', [open(cve, { kind: 'informational' })], npm)])).toEqual([]);
  const countedApart = { malicious: 0, informational: 1, otherArchitecture: 0 };
  expect(await countsOf(left)).toMatchObject({ Unknown: 0, uniqueVulnerabilities: 0, countedApart });
});

test('a malicious package notifies as such, always as Critical', async () => {
  await installation.addImage(left);
  const malicious = {
    name: 'left',
    severity: 'Critical',
    kind: 'malicious',
    type: 'npm',
    purl: 'pkg:npm/left@1.0.0?arch=amd64',
  };
  expect(
    await imagesAfter('other', [says('npm', 'left', [open(cve, { kind: 'malicious', severity: 'Low' })], npm)]),
  ).toMatchObject([{ image: digest(1001), transition: 'affected', after: [malicious] }]);
  const countedApart = { malicious: 1, informational: 0, otherArchitecture: 0 };
  expect(await countsOf(left)).toMatchObject({ Critical: 0, uniqueVulnerabilities: 0, countedApart });
});

test('an image that has the flaw in a package of a language and of the distribution is cleared by both only', async () => {
  const flask = installed('pypi', 'flask 0.1', { type: 'pypi' });
  await installation.addImage(imageWith(1, [installed(debian, 'python3-flask 0.1'), flask]));
  const ofDebian = says(debian, 'python3-flask', [fixed(cve, '0.2')]);
  const ofPython = says('pypi', 'flask', [fixed(cve, '0.2')], { nameKind: 'binary', scheme: 'pep440' });
  const transitionsAfter = async (feed: string, groups: readonly AdvisoryGroup[]): Promise<unknown> =>
    (await imagesAfter(feed, groups)).map(({ transition }) => transition);
  expect(await transitionsAfter('debian', [ofDebian])).toEqual(['affected']);
  expect(await transitionsAfter('other', [ofPython])).toEqual(['changed']);
  expect(await transitionsAfter('debian', [])).toEqual(['changed']);
  expect(await transitionsAfter('other', [])).toEqual(['cleared']);
});

test('packages of a language trigger notifications, by the name as their ecosystem compares it', async () => {
  const flask = installed('pypi', 'Flask_Login 0.1', { type: 'pypi' });
  await installation.addImage(imageWith(1, [installed(debian, 'bash 5'), flask]));
  await installation.addImage(imageWith(2, [installed(debian, 'flask-login 0.1')]));
  await installation.addImage(imageWith(3, [installed('npm', 'flask-login 0.1', { type: 'npm' })]));
  const said = says('pypi', 'flask-login', [fixed(cve, '0.2')], { nameKind: 'binary', scheme: 'pep440' });
  expect(await imagesAfter('other', [said])).toMatchObject([
    { image: digest(1001), transition: 'affected', after: [{ state: 'fixed', fixedIn: '0.2' }] },
  ]);
});

test('modules of Go trigger notifications where a function with the flaw is linked, and where that is unknown', async () => {
  const linking = (name: string): string =>
    encodeLinkedFunctions({ os: 'linux', architecture: 'amd64' }, [['html', [name]]]);
  const net = (more: Partial<PlacedFeature>) =>
    installed('go', 'golang.org/x/net v0.10.0', { type: 'golang', ...more });
  await installation.addImage(imageWith(1, [net({ linkedFunctions: linking('Parse') })]));
  await installation.addImage(imageWith(2, [net({ linkedFunctions: linking('Render') })]));
  await installation.addImage(imageWith(3, [net({})]));
  const flaw = (name: string): readonly AdvisoryGroup[] => {
    const imports = [{ path: 'golang.org/x/net/html', functions: [name] }];
    return [says('go', 'golang.org/x/net', [fixed(cve, '0.13.0', { imports })], { nameKind: 'binary', scheme: 'go' })];
  };
  const transitionsAfter = async (groups: readonly AdvisoryGroup[]): Promise<unknown> =>
    (await imagesAfter('other', groups)).map(({ image, transition }) => [image, transition]);
  expect(await transitionsAfter(flaw('Parse'))).toEqual([
    [digest(1001), 'affected'],
    [digest(1003), 'affected'],
  ]);
  // The database corrects which function has it.
  expect(await transitionsAfter(flaw('Render'))).toEqual([
    [digest(1001), 'cleared'],
    [digest(1002), 'affected'],
  ]);
});

test('a jar without a group leaves a report open from the first advisory about an artifact of its name on', async () => {
  const image = imageWith(1, [installed('maven', 'mapper 1.0', { type: 'maven', confidence: 'inferred' })]);
  await installation.addImage(image);
  const aboutMaven = (name: string): AdvisoryGroup =>
    says('maven', name, [fixed(cve, '2.0')], { nameKind: 'binary', scheme: 'maven' });
  const undeterminedAfter = async (name: string): Promise<unknown> => {
    expect(await imagesAfter('other', [aboutMaven(name)])).toEqual([]);
    return ((await countsOf(image)) as { readonly undetermined?: true } | undefined)?.undetermined;
  };
  expect(await undeterminedAfter('org.example:other')).toBeUndefined();
  expect(await undeterminedAfter('org.example:mapper')).toBe(true);
  expect(await undeterminedAfter('org.example:other')).toBeUndefined();
});
