import { ClarionError, type Platform } from '@clarion/model';
import { isAttestation, mediaTypes, parseImageConfig, parseImageDocument } from './manifest';
import { choosePlatform } from './platform-choice';

const digest = `sha256:${'a'.repeat(64)}`;
const bytes = (value: unknown): Uint8Array => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return error instanceof ClarionError ? error.code : String(error);
  }
  return 'none';
}

/** Its members are in a place that is never read. */
function manyMembers(count: number): string {
  return `{"manifests":[],"x":{${Array.from({ length: count }, (_, n) => `"${n}":0`).join(',')}}}`;
}

/** All members that a descriptor may have, and more annotations than any tool writes. */
const wordy = {
  mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
  digest,
  size: 1,
  urls: ['https://layers.example/a'],
  data: '',
  artifactType: 'application/x',
  platform: { os: 'windows', architecture: 'amd64', 'os.version': '10.0', 'os.features': ['win32k'], variant: 'v1' },
  annotations: Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`org.example.${n}`, 'x'])),
};

/** 512 layers of two thousand steps, with more labels than any tool writes. */
const longConfig = {
  os: 'linux',
  architecture: 'amd64',
  config: { Labels: Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`org.example.${n}`, 'x'])) },
  rootfs: { type: 'layers', diff_ids: Array.from({ length: 512 }, () => digest) },
  history: Array.from({ length: 2000 }, (_, n) => {
    const step = { created: '2024-01-01T00:00:00Z', created_by: 'RUN make', author: 'x', comment: 'buildkit' };
    return n < 512 ? step : { ...step, empty_layer: true };
  }),
};

const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: 1 };

it.each<[name: string, document: unknown, code: string]>([
  ['a manifest', { config, layers: [{ digest }] }, 'none'],
  ['a manifest without layers', { config, layers: [] }, 'none'],
  ['an index', { manifests: [{ digest }] }, 'none'],
  ['sha512', { manifests: [{ digest: `sha512:${'a'.repeat(128)}` }] }, 'none'],
  [
    'a Docker configuration',
    { config: { ...config, mediaType: 'application/vnd.docker.container.image.v1+json' }, layers: [] },
    'none',
  ],
  ['no configuration', { layers: [] }, 'corrupt-data'],
  ['no layers', { config }, 'corrupt-data'],
  ['null', null, 'corrupt-data'],
  ['text', '{', 'corrupt-data'],
  ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]).toString('latin1'), 'corrupt-data'],
  ['a digest of another kind', { manifests: [{ digest: 'md5:1' }] }, 'corrupt-data'],
  ['a digest that is a path', { config, layers: [{ digest: 'sha256:../../etc/passwd' }] }, 'corrupt-data'],
  ['an entry that is not an object', { manifests: [7] }, 'corrupt-data'],
  ['too many entries', { manifests: Array.from({ length: 1001 }, () => ({ digest })) }, 'limit-exceeded'],
  ['too many layers', { config, layers: Array.from({ length: 513 }, () => ({ digest })) }, 'limit-exceeded'],
  ['too many values', `{"manifests":[],"x":[${'{},'.repeat(50_000)}0]}`, 'limit-exceeded'],
  ['too many members', manyMembers(50_000), 'limit-exceeded'],
  ['lists in lists', `{"manifests":[],"x":${'['.repeat(101)}${']'.repeat(101)}}`, 'limit-exceeded'],
  ['the largest index', { manifests: Array.from({ length: 1000 }, () => wordy) }, 'none'],
  ['the largest manifest', { config, layers: Array.from({ length: 512 }, () => wordy) }, 'none'],
  ['the longest media type', { config, layers: [{ digest, mediaType: 'm'.repeat(255) }] }, 'none'],
  ['an invalid one', { config, layers: [{ digest, mediaType: 'm'.repeat(256) }] }, 'corrupt-data'],
  ['a member twice', '{"manifests":[],"manifests":[]}', 'corrupt-data'],
  ['a member twice, once in escapes', String.raw`{"manifests":[],"manifest\u0073":[]}`, 'corrupt-data'],
  ['a member twice far within', `{"manifests":[],"x":[{"a":{"b":"\\"","c":1,"b":2}}]}`, 'corrupt-data'],
  ['one name in objects of their own', `{"manifests":[],"a":{"a":[{"a":":"},{"a":"{"}]}}`, 'none'],
  ['a member in another case', { config, Layers: [{ digest }], layers: [] }, 'corrupt-data'],
  ['a member in another case alone', { config, Layers: [] }, 'corrupt-data'],
  ['a member that Go takes for another', { config, layers: [], 'layer\u017f': [] }, 'corrupt-data'],
  ['a member in another case within', { manifests: [{ digest, Platform: {} }] }, 'corrupt-data'],
  [
    'annotations that differ in case',
    { manifests: [{ digest, annotations: { Os: 'a', os: 'b', Layers: 'c' } }] },
    'none',
  ],
  ['an index with layers', { manifests: [{ digest }], layers: [] }, 'corrupt-data'],
  ['an index with a configuration', { manifests: [{ digest }], config }, 'corrupt-data'],
  ['a manifest by name of an index', { mediaType: mediaTypes.ociIndex, config, layers: [] }, 'corrupt-data'],
  ['an index by name of a manifest', { mediaType: mediaTypes.dockerManifest, manifests: [] }, 'corrupt-data'],
  ['schema 1', { schemaVersion: 1 }, 'unsupported'],
  ['an artifact by type', { artifactType: 'application/spdx+json', config, layers: [] }, 'unsupported'],
  [
    'an artifact by configuration',
    { config: { ...config, mediaType: 'application/vnd.cncf.helm.config.v1+json' }, layers: [] },
    'unsupported',
  ],
  ['an attestation', { config, layers: [{ digest, mediaType: 'application/vnd.in-toto+json' }] }, 'unsupported'],
])('%s: %3$s', (_name, document, code) => {
  expect(codeOf(() => parseImageDocument(bytes(document), 'it'))).toBe(code);
});

it.each<[name: string, text: string, message: string]>([
  ['twice', '{"os":"linux","os":"windows"}', 'has the member "os" twice: programs do not agree on what it says'],
  ['in another case', '{"rootfs":{"Diff_IDs":[]}}', 'has the member "Diff_IDs", which is diff_ids but for its case'],
])('names what a configuration has %s', (_name, text, message) => {
  expect(() => parseImageConfig(bytes(text), 'it')).toThrow(message);
});

it.each([
  ['BuildKit’s', { os: 'unknown', architecture: 'unknown' }, true],
  ['an image that calls itself one', { os: 'linux', architecture: 'amd64' }, false],
  ['one without platform', undefined, false],
])('attestations go by the platform: %s', (_name, platform, expected) => {
  const annotations = new Map([['vnd.docker.reference.type', 'attestation-manifest']]);
  expect(isAttestation({ digest, annotations, ...(platform === undefined ? {} : { platform }) })).toBe(expected);
});

it('reads only the known members of a descriptor', () => {
  const entry = {
    digest,
    size: -1,
    platform: { os: 'linux' },
    annotations: { a: 'b', c: 7 },
    data: Buffer.from('hi').toString('base64'),
    mediaType: '',
  };
  expect(parseImageDocument(bytes({ manifests: [entry] }), 'it')).toEqual({
    kind: 'index',
    entries: [{ digest, annotations: new Map([['a', 'b']]), data: Buffer.from('hi') }],
  });
});

it.each<[name: string, config: unknown, code: string]>([
  ['the largest configuration', longConfig, 'none'],
  ['one of too many values', { ...longConfig, x: Array.from({ length: 50_000 }, () => ({})) }, 'limit-exceeded'],
])('configuration, %s: %3$s', (_name, value, code) => {
  expect(codeOf(() => parseImageConfig(bytes(value), 'it'))).toBe(code);
});

it.each<[name: string, config: unknown, expected: unknown]>([
  [
    'history aligned by leaving empty layers out',
    {
      os: 'linux',
      architecture: 'arm',
      variant: 'v7',
      rootfs: { diff_ids: [digest, digest] },
      history: [{ created_by: 'a' }, { created_by: 'b', empty_layer: true }, {}],
    },
    {
      platform: { os: 'linux', architecture: 'arm', variant: 'v7' },
      diffIds: [digest, digest],
      createdBy: ['a', undefined],
    },
  ],
  [
    'history that does not fit',
    { rootfs: { diff_ids: [digest] }, history: [{ created_by: 'a' }, { created_by: 'b' }] },
    { platform: undefined, diffIds: [digest], createdBy: [] },
  ],
  ['nothing', {}, { platform: undefined, diffIds: [], createdBy: [] }],
  [
    'a step without an end, cut between words',
    {
      rootfs: { diff_ids: [digest] },
      history: [{ created_by: `RUN ${'\u{1f600}'.repeat(400)} ${'x'.repeat(7_900_000)}` }],
    },
    { platform: undefined, diffIds: [digest], createdBy: [`RUN ${'\u{1f600}'.repeat(400)}…`] },
  ],
  [
    'names of a platform without an end',
    { os: 'o'.repeat(100_000), architecture: 'amd64', variant: 'v'.repeat(65) },
    {
      platform: { os: `${'o'.repeat(63)}…`, architecture: 'amd64', variant: `${'v'.repeat(63)}…` },
      diffIds: [],
      createdBy: [],
    },
  ],
])('configuration: %s', (_name, value, expected) => {
  expect(parseImageConfig(bytes(value), 'it')).toEqual(expected);
});

it.each([
  [1, 1000],
  [65, 1000],
  [127, 516],
  [512, 128],
])('configuration: long steps of %i layers have at most %i characters each', (count, longest) => {
  const value = {
    rootfs: { diff_ids: Array.from({ length: count }, () => digest) },
    history: Array.from({ length: count }, () => ({ created_by: `RUN ${'make '.repeat(2000)}` })),
  };
  const lengths = parseImageConfig(bytes(value), 'it').createdBy.map((step = '') => step.length);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(longest);
  // Cut between words: at most one of them is missing.
  expect(Math.min(...lengths)).toBeGreaterThan(longest - 'make '.length - 1);
});

const linux = (architecture: string, variant?: string): Platform =>
  variant === undefined ? { os: 'linux', architecture } : { os: 'linux', architecture, variant };

it.each<[name: string, offered: readonly (Platform | undefined)[], wanted: Platform | undefined, expected: number]>([
  ['the default', [linux('arm64', 'v8'), linux('amd64')], undefined, 1],
  ['the only one', [linux('s390x')], undefined, 0],
  ['the only one, platform unknown', [undefined], linux('arm64'), 0],
  ['another spelling', [linux('amd64'), linux('arm64')], linux('aarch64'), 1],
  ['other case', [linux('arm64'), { os: 'Linux', architecture: 'AMD64' }, linux('amd64')], undefined, 1],
  ['other case of another spelling', [linux('arm64'), linux('X86_64')], linux('amd64'), 1],
  ['variants without their v', [linux('arm', '6'), linux('arm', '7')], linux('arm'), 1],
  ['v8 stands for no variant', [linux('arm64', 'v9'), linux('arm64', 'v8')], linux('arm64'), 1],
  ['no variant stands for v8', [linux('arm64')], linux('arm64', 'v8'), 0],
  ['v7 before v6 where none is asked for', [linux('arm', 'v6'), linux('arm', 'v7')], linux('arm'), 1],
  ['v6 where there is nothing else', [linux('arm', 'v6'), linux('amd64')], linux('arm'), 0],
  ['the variant asked for', [linux('arm', 'v6'), linux('arm', 'v7')], linux('arm', 'v6'), 0],
  ['a microarchitecture level', [linux('amd64', 'v3'), linux('amd64')], linux('amd64'), 1],
  ['a variant that is not there', [linux('arm', 'v7')], linux('arm', 'v5'), -1],
  ['another system', [{ os: 'windows', architecture: 'amd64' }, linux('arm64')], linux('amd64'), -1],
  ['no platforms stated', [undefined, undefined], undefined, -1],
  ['nothing at all', [], undefined, -1],
])('platform: %s', (_name, offered, requested, expected) => {
  const entries = offered.map((platform, index) => ({
    digest: `sha256:${String(index).padStart(64, '0')}`,
    annotations: new Map<string, string>(),
    ...(platform === undefined ? {} : { platform }),
  }));
  const choose = () => choosePlatform(entries, { label: 'it', requested });
  if (expected < 0) expect(codeOf(choose)).toBe('not-found');
  else expect(choose().chosen).toBe(entries[expected]);
});
