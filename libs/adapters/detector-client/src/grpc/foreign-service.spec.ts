import { distributionTypeRule, packageTypeRule } from '@clarion/ecosystems';
import { type ListeningGrpcServer, startGrpcServer } from '@clarion/grpc-server';
import { detectorV1, fileDescriptorSet } from '@clarion/proto';
import { grpcDetectorClient, type GrpcDetectorClient } from './grpc-detector-client';

const { DETECTOR_KIND_FEATURE, DETECTOR_KIND_UNSPECIFIED } = detectorV1.DetectorKind;
const files: detectorV1.FileFilter = {
  paths: ['opt/**'],
  maxBytes: 1000n,
  byPath: false,
  except: [],
  executable: false,
  magic: [],
  excerpt: undefined,
  references: undefined,
};
const zip = {
  members: ['META-INF/*'],
  nested: ['**/*.jar'],
  depth: 2,
  maxMemberBytes: 100n,
  maxMembers: 10,
  wholeOtherwise: false,
};
const sections = { sections: ['.dep-v0'], notes: [], maxSectionBytes: 10n };
const nowhere = { sections: [], withoutSections: [], wholeOtherwise: false };
const patterns = { patterns: [Buffer.from('abcd')], before: 0, after: 10, maxMatches: 1, ...nowhere };
const asking = (part: NonNullable<detectorV1.Excerpt['part']>): Partial<detectorV1.Detector> => {
  return { files: { ...files, excerpt: { part } } };
};
const good: detectorV1.Detector = {
  id: 'foreign',
  kind: DETECTOR_KIND_FEATURE,
  version: 1,
  title: 'Of somebody else',
  files,
  lockFiles: false,
};
const nothing: detectorV1.DetectorResult = {
  detector: 'foreign',
  version: 1,
  features: [],
  namespaces: [],
  evidence: [],
  problems: [],
};
const rule = `: ${packageTypeRule}`;
const feature = {
  type: 'dpkg',
  name: 'n',
  version: '1',
  path: 'opt/a',
  architecture: undefined,
  source: undefined,
  module: undefined,
  license: undefined,
  vendor: undefined,
  within: undefined,
};

describe('a third-party detector service', () => {
  let server: ListeningGrpcServer;
  let client: GrpcDetectorClient;
  let detectors: detectorV1.Detector[];
  let results: detectorV1.DetectorResult[];
  beforeAll(async () => {
    const implementation: detectorV1.DetectorServiceServer = {
      listDetectors(_, callback) {
        callback(null, { detectors });
      },
      detect(stream, callback) {
        stream.resume().on('end', () => {
          callback(null, { results });
        });
      },
    };
    const name = 'clarion.detector.v1.DetectorService';
    server = await startGrpcServer({
      host: '127.0.0.1',
      port: 0,
      services: [{ name, definition: detectorV1.DetectorServiceService, implementation }],
      descriptors: fileDescriptorSet(),
    });
  });
  beforeEach(() => {
    detectors = [good];
    results = [nothing];
    client = grpcDetectorClient({ address: `127.0.0.1:${server.port}` });
  });
  afterEach(() => {
    client.close();
  });
  afterAll(() => server.stop(AbortSignal.abort()));
  const detect = () => client.detect([{ detector: 'foreign', files: [{ path: 'opt/a', content: Buffer.from('a') }] }]);

  it('is used as any other', async () => {
    results = [{ ...nothing, features: [feature] }];
    expect(await client.list()).toEqual([
      { id: 'foreign', kind: 'feature', version: 1, title: good.title, files: { paths: ['opt/**'], maxBytes: 1000 } },
    ]);
    expect(await detect()).toEqual([
      { detector: 'foreign', features: [{ type: 'dpkg', name: 'n', version: '1', path: 'opt/a' }] },
    ]);
  });

  it.each(['x-acme', 'x-1', 'x--', `x-${'a'.repeat(38)}`])('returns packages of its own type %s', async (type) => {
    results = [{ ...nothing, features: [{ ...feature, type }] }];
    expect(await detect()).toEqual([
      { detector: 'foreign', features: [{ type, name: 'n', version: '1', path: 'opt/a' }] },
    ]);
  });

  it.each<[string, Partial<detectorV1.Detector>, RegExp]>([
    ['an id that is a path', { id: '../etc' }, /"..\/etc" cannot be used: its id/],
    ['an endless id', { id: 'x'.repeat(10_000) }, /its id/],
    ['no kind', { kind: DETECTOR_KIND_UNSPECIFIED }, /its kind/],
    ['a kind of the future', { kind: 7 as never }, /its kind/],
    ['version 0', { version: 0 }, /its version/],
    ['no file filter', { files: undefined }, /its file filter names no paths/],
    ['too many globs', { files: { ...files, paths: Array<string>(5000).fill('a') } }, /names no paths, or more than/],
    ['an empty glob', { files: { ...files, paths: ['a', ''] } }, /names empty paths/],
    ['a glob with a leading slash', { files: { ...files, paths: ['/opt/*'] } }, /its paths have "\/opt\/\*"/],
    ['no size', { files: { ...files, maxBytes: 0n } }, /its max_bytes is not/],
    ['a monstrous size', { files: { ...files, maxBytes: 2n ** 63n } }, /its max_bytes is above/],
    ['a format of the future', { files: { ...files, magic: [99 as never] } }, /does not know/],
    ['an excerpt of the future', { files: { ...files, excerpt: { part: undefined } } }, /does not know/],
    ['no members', asking({ $case: 'zipMembers', value: { ...zip, members: [] } }), /names no members/],
    ['archives too deep', asking({ $case: 'zipMembers', value: { ...zip, depth: 6 } }), /its depth is above 5/],
    ['a depth for nothing', asking({ $case: 'zipMembers', value: { ...zip, nested: [] } }), /nested or depth/],
    [
      'too many members',
      asking({ $case: 'zipMembers', value: { ...zip, maxMembers: 20_000 } }),
      /its max_members is above/,
    ],
    [
      'members of no size',
      asking({ $case: 'zipMembers', value: { ...zip, maxMemberBytes: 0n } }),
      /its max_member_bytes is not/,
    ],
    ['no sections', asking({ $case: 'sections', value: { ...sections, sections: [] } }), /no sections and no notes/],
    [
      'empty sections',
      asking({ $case: 'sections', value: { ...sections, maxSectionBytes: 0n } }),
      /its max_section_bytes is not/,
    ],
    ['no patterns', asking({ $case: 'patterns', value: { ...patterns, patterns: [] } }), /names no patterns/],
    [
      'a short pattern',
      asking({ $case: 'patterns', value: { ...patterns, patterns: [Buffer.from('a')] } }),
      /4 to 256/,
    ],
    [
      'long surroundings',
      asking({ $case: 'patterns', value: { ...patterns, after: 1e6 } }),
      /its after is above 65536/,
    ],
    [
      'no matches',
      asking({ $case: 'patterns', value: { ...patterns, maxMatches: 0 } }),
      /its max_matches is not a whole number of at least 1/,
    ],
  ])('is rejected with %s', async (_, change, message) => {
    detectors = [{ ...good, ...change }];
    await expect(client.list()).rejects.toMatchObject({
      code: 'corrupt-data',
      message: expect.stringMatching(message) as string,
      remedy: expect.stringContaining('ListDetectors') as string,
    });
  });

  it.each<[string, Partial<detectorV1.DetectorResult>, object]>([
    [
      'a package of an unknown kind',
      { features: [{ ...feature, type: '__proto__' }] },
      { path: 'opt/a', message: `The detector foreign gave a package of the kind "__proto__"${rule}` },
    ],
    ...['NPM', 'x-', 'X-acme', 'x-Acme', 'x-acme:1', 'x-a/b', 'x-a\n', `x-${'a'.repeat(39)}`].map(
      (type): [string, Partial<detectorV1.DetectorResult>, object] => [
        `a package of the kind ${JSON.stringify(type)}`,
        { features: [{ ...feature, type }] },
        { path: 'opt/a', message: expect.stringContaining(rule) as string },
      ],
    ),
    [
      'a package without a name',
      { features: [{ ...feature, name: '' }] },
      { path: 'opt/a', message: 'The detector foreign gave a package without a name of the kind "dpkg"' },
    ],
    [
      'a package of a file that it was not sent',
      { features: [{ ...feature, path: 'var/lib/dpkg/status' }] },
      { message: 'The detector foreign gave a package of the kind "dpkg" of a file that it was not sent' },
    ],
    [
      'a namespace of an unknown package system',
      {
        namespaces: [
          {
            id: 'x:1',
            packageType: 'npm',
            rank: 1,
            path: 'opt/a',
            refines: undefined,
            versionText: undefined,
            channel: undefined,
          },
        ],
      },
      {
        path: 'opt/a',
        message: `The detector foreign gave a namespace with packages of the kind "npm": ${distributionTypeRule}`,
      },
    ],
    [
      'evidence of an unknown kind',
      { evidence: [{ kind: 'rumour', value: 'v', path: 'opt/a', package: undefined, version: undefined }] },
      { path: 'opt/a', message: 'The detector foreign gave evidence of the kind "rumour"' },
    ],
    ['a problem of an unknown code', { problems: [{ code: 'odd', message: 'm', path: undefined }] }, { message: 'm' }],
  ])('that returns %s loses that fact, and a problem is reported', async (_, change, problem) => {
    results = [{ ...nothing, ...change }];
    expect(await detect()).toEqual([{ detector: 'foreign', problems: [{ code: 'bad-record', ...problem }] }]);
  });

  it.each<[string, detectorV1.DetectorResult[], string, RegExp]>([
    ['nothing', [], 'corrupt-data', /did not answer what it was asked/],
    ['too much', [nothing, nothing], 'corrupt-data', /did not answer what it was asked/],
    ['for another detector', [{ ...nothing, detector: 'other' }], 'corrupt-data', /did not answer what it was asked/],
    [
      'with another version',
      [{ ...nothing, version: 2 }],
      'upstream-unavailable',
      /version 2 of foreign, not 1 any more/,
    ],
    ['that it has it no more', [{ ...nothing, version: 0 }], 'upstream-unavailable', /version 0 of foreign/],
  ])('that answers %s loses all of its facts', async (_, given, code, message) => {
    results = given;
    await expect(detect()).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
  });
});
