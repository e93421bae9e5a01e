import { createHash } from 'node:crypto';
import type { DetectedFacts, Detector, DetectorClient, DetectRequest, WantedFile } from '@clarion/model';
import { testBudget } from './test-budget';

/** A client that a test owns. */
export interface DetectorClientUnderTest {
  readonly client: DetectorClient;
  readonly close: () => Promise<void>;
}

const filter = { paths: ['a/*'], maxBytes: 64 * 1024 * 1024 };
const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** Turns every file into a feature that is named after its path and has the digest of its content as version. */
export const hashingDetector: Detector = {
  id: 'hashing',
  kind: 'feature',
  version: 3,
  title: 'Hashes files',
  files: filter,
  detect: (files) => ({ features: files.map(featureOf) }),
};

function featureOf({ path, content }: WantedFile): NonNullable<DetectedFacts['features']>[number] {
  return { type: 'apk', name: path.slice(0, 200), version: sha256(content), path };
}

/** Asks for each part of files that a filter can name, and returns what it was given as facts. */
const excerpting: readonly Detector[] = [
  {
    kind: 'zip-members',
    members: ['META-INF/**', '*.xml'],
    nested: ['**/*.jar'],
    depth: 2,
    maxMemberBytes: 1000,
    maxMembers: 10,
    wholeOtherwise: true,
  } as const,
  {
    kind: 'sections',
    sections: ['.dep-v0'],
    notes: [{ owner: 'FDO', type: 0xcafe1a7e }, { owner: 'GNU' }],
    maxSectionBytes: 1,
  } as const,
  {
    kind: 'patterns',
    patterns: ['\xff Go buildinf:', 'abcd'],
    before: 0,
    after: 64,
    maxMatches: 3,
    sections: ['.rodata'],
    withoutSections: ['.dep-v0'],
    wholeOtherwise: true,
  } as const,
  { kind: 'go-build-info' } as const,
  { kind: 'go-build-info', functions: true } as const,
].map((excerpt) => ({
  id: 'functions' in excerpt ? 'go-functions' : excerpt.kind,
  kind: 'feature',
  version: 1,
  title: 'Takes a part',
  files: { paths: ['**'], executable: true, magic: ['elf', 'pe', 'mach-o', 'zip'], maxBytes: 1000, excerpt },
  detect: (files) => ({
    features: files.map((given) => {
      const described = { ...given, content: Buffer.from(given.content).toString('hex') };
      return { type: 'apk', name: 'p', version: JSON.stringify(described), path: given.path, within: 'b.war!/c.jar' };
    }),
  }),
}));

/** Returns every member that facts can have, for its one file. */
const thorough: Detector = {
  id: 'thorough',
  kind: 'namespace',
  version: 2 ** 31 - 1,
  title: 'Shows all, “in words” too',
  files: {
    ...filter,
    paths: ['etc/**/x', '*.conf'],
    except: ['**/.cache/**', '!**/.cache/!(a|b*)/**'],
    byPath: true,
    references: { paths: ['*.conf'], words: ['include', '-r'] },
  },
  lockFiles: true,
  detect: ([file]) => {
    const path = file?.path ?? '';
    const source = { name: 'openssl', version: '3.0.1' };
    return {
      features: [
        {
          type: 'dpkg',
          name: 'libssl3',
          version: '3.0.1-1',
          architecture: 'amd64',
          source,
          vendor: 'D',
          publisher: 'P',
          path,
        },
        { type: 'rpm', name: 'nginx', version: '1:1.2-3', module: 'nginx:1.20:8:c', license: '', path },
        {
          type: 'apk',
          name: '__proto__',
          version: 'ünïcode\u0000\n',
          path,
          within: 'b!/c',
          confidence: 'inferred',
          linkedFunctions: 'linux/amd64 12 1 AAA=',
        },
      ],
      namespaces: [
        { id: 'debian:12', packageType: 'dpkg', rank: -5, refines: 'debian', versionText: '12.5', channel: true, path },
        { id: 'arch', packageType: 'alpm', rank: 40, channel: false, path },
      ],
      evidence: [
        { kind: 'installed-from', value: 'baseos', package: 'a-1-2.x86_64', path },
        { kind: 'product', value: 'SLES', version: '15', path },
      ],
      problems: [
        { code: 'bad-record', path, message: 'Record 3 is odd' },
        { code: 'limit-reached', message: 'Big' },
      ],
    };
  },
};

const silent: Detector = { ...hashingDetector, id: 'silent', detect: () => ({ features: [], evidence: [] }) };
const throwing: Detector = {
  ...hashingDetector,
  id: 'throwing',
  detect: () => {
    throw new RangeError('out of it');
  },
};

const file = (path: string, content: Uint8Array | string): WantedFile => ({ path, content: Buffer.from(content) });

/** Deterministic bytes that no two places of a file have in common. */
function noise(size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  for (let at = 0, state = 1; at < size; at += 1) {
    state = (state * 48_271) % 2_147_483_647;
    bytes[at] = state;
  }
  return bytes;
}

const hostileNames = [
  'a/../../etc/passwd',
  '__proto__',
  'constructor',
  'new\nline\r\ttab',
  'nul\u0000byte',
  'Ünïcödé/日本語/😀',
  '\u202egnp.exe',
  ' blanks around ',
  '\ufffd\ufffd',
  'deep/'.repeat(800) + 'file',
  '%2e%2e/%00',
];

/** The contract of every `DetectorClient`, whatever lies between it and the detectors. */
export function describeDetectorClientContract(
  name: string,
  open: (detectors: readonly Detector[]) => Promise<DetectorClientUnderTest>,
): void {
  describe(`detector client contract: ${name}`, () => {
    let current: DetectorClientUnderTest;
    beforeAll(async () => {
      current = await open([hashingDetector, thorough, silent, throwing, ...excerpting]);
    });
    afterAll(async () => {
      await current.close();
    });
    const detect = (...requests: DetectRequest[]) => current.client.detect(requests);
    const hashing = async (files: readonly WantedFile[]) => {
      const [result] = await detect({ detector: 'hashing', files });
      return result?.features ?? [];
    };

    it('lists the properties of its detectors', async () => {
      const infos = [hashingDetector, thorough, silent, throwing, ...excerpting].map(
        ({ id, kind, version, title, files: filter, lockFiles }) => {
          return { id, kind, version, title, files: filter, ...(lockFiles === undefined ? {} : { lockFiles }) };
        },
      );
      expect(await current.client.list()).toEqual(infos);
    });

    it('returns facts exactly as the detector returned them', async () => {
      const files = [file('etc/x', 'text')];
      const [result] = await detect({ detector: 'thorough', files });
      expect(result).toEqual({ detector: 'thorough', ...(await thorough.detect(files, testBudget())) });
    });

    it('returns one result per request, in the order of the requests, and omits empty members', async () => {
      const files = [file('a/1', 'one')];
      const results = await detect(
        { detector: 'silent', files },
        { detector: 'hashing', files },
        { detector: 'hashing', files: [] },
        { detector: 'thorough', files },
      );
      expect(results.map(({ detector, features }) => [detector, features?.length])).toEqual([
        ['silent', undefined],
        ['hashing', 1],
        ['hashing', undefined],
        ['thorough', 3],
      ]);
      expect(results[0]).toEqual({ detector: 'silent' });
    });

    it('passes on what an excerpt consists of', async () => {
      const content = Buffer.from('abcd');
      const parts = [
        { name: 'META-INF/a', within: 'b.war!/c.jar', offset: 0, size: 3, fullSize: 3 },
        { name: 'FDO', within: '', offset: 2 ** 40, size: 1, fullSize: 9, address: 2 ** 50, noteType: 0xcafe1a7e },
      ];
      const executables = [
        { within: 'arm64', format: 'mach-o', bits: 64, bigEndian: true, machine: 0x0100000c },
      ] as const;
      const excerpt = {
        fileSize: 2 ** 41,
        parts,
        archives: ['b.war', 'b.war!/c.jar'],
        executables,
        leftOut: ['x is cut'],
      };
      const files = [
        { path: 'a/1', content, excerpt },
        { path: 'a/1', content },
      ];
      for (const detector of excerpting) {
        const [result] = await detect({ detector: detector.id, files });
        expect(result).toEqual({ detector: detector.id, ...(await detector.detect(files, testBudget())) });
      }
    });

    it('returns nothing for no requests', async () => {
      expect(await detect()).toEqual([]);
    });

    it('passes on empty files', async () => {
      const found = await hashing([file('a/empty', ''), file('a/full', 'x'), file('a/empty2', '')]);
      expect(found.map(({ path, version }) => [path, version])).toEqual([
        ['a/empty', sha256(Buffer.from(''))],
        ['a/full', sha256(Buffer.from('x'))],
        ['a/empty2', sha256(Buffer.from(''))],
      ]);
    });

    it.each([1, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 30_000_000])(
      'passes on %d bytes completely',
      async (size) => {
        const content = noise(size);
        const [feature] = await hashing([{ path: 'a/large', content }]);
        expect(feature?.version).toBe(sha256(content));
      },
    );

    it('passes on a view of a larger buffer as its visible part', async () => {
      const content = noise(1_000_000).subarray(333, 700_000);
      const [feature] = await hashing([{ path: 'a/view', content }]);
      expect(feature?.version).toBe(sha256(content));
    });

    it('passes on 2,000 small files, each under its own path', async () => {
      const files = Array.from({ length: 2000 }, (_, index) => file(`a/${index}`, `content ${index}`));
      expect(await hashing(files)).toEqual(files.map(featureOf));
    });

    it('passes on hostile names unchanged', async () => {
      const files = hostileNames.map((path) => file(path, path));
      expect(await hashing(files)).toEqual(files.map(featureOf));
    });

    it('keeps apart different files of one path, and calls at the same time', async () => {
      const versions = ['one', 'two', 'three', 'one'];
      const together = await detect(
        ...versions.map((text) => ({ detector: 'hashing', files: [file('a/same', text)] })),
      );
      const apart = await Promise.all(versions.map((text) => hashing([file('a/same', text)])));
      const expected = versions.map((text) => [featureOf(file('a/same', text))]);
      expect(together.map(({ features }) => features)).toEqual(expected);
      expect(apart).toEqual(expected);
    });

    it('passes a file that several detectors need to each of them', async () => {
      const shared = file('a/shared', 'shared');
      const results = await detect(
        { detector: 'hashing', files: [shared, file('a/own', 'own')] },
        { detector: 'thorough', files: [shared] },
        { detector: 'hashing', files: [shared] },
      );
      expect(results.map(({ features = [] }) => features.map(({ path }) => path))).toEqual([
        ['a/shared', 'a/own'],
        ['a/shared', 'a/shared', 'a/shared'],
        ['a/shared'],
      ]);
    });

    it.each([
      ['throws', 'throwing', 'The detector throwing failed: out of it'],
      ['is not there', 'gone', 'The detector gone is not available here'],
    ])('turns a detector that %s into problems of its files', async (_, detector, message) => {
      const files = [file('a/1', '1'), file('a/2', '2')];
      const results = await detect({ detector, files }, { detector: 'hashing', files });
      expect(results).toEqual([
        {
          detector,
          problems: files.map(({ path }) => ({ code: 'unreadable-database', path, message })),
        },
        { detector: 'hashing', features: files.map(featureOf) },
      ]);
    });
  });
}
