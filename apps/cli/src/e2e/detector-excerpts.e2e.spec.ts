import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Report } from '@clarion/model';
import { buildElf, buildImage, buildZip, elfNote, file, writeDockerArchive } from '@clarion/test-kit';
import { clarion, root, temporaryFolder, type CommandResult } from '../../testing/run-clarion';

const service = join(root, 'apps', 'cli', 'testing', 'excerpt-detector.cjs');

interface DetectorProcess {
  readonly address: string;
  stop(): Promise<void>;
}

/** Starts a service of these detectors, which are in the JSON form of `clarion.detector.v1`. */
async function startDetectors(detectors: readonly object[]): Promise<DetectorProcess> {
  const child: ChildProcess & { readonly stdout: NodeJS.ReadableStream } = spawn(
    process.execPath,
    [service, JSON.stringify(detectors)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /^listening on (\S+)$/.exec(line)?.[1];
    if (address === undefined) continue;
    return {
      address,
      async stop() {
        const ended = once(child, 'exit');
        if (child.kill('SIGTERM')) await ended;
      },
    };
  }
  throw new Error('The service ended before it listened');
}

const zipMembers = {
  members: ['META-INF/MANIFEST.MF', 'META-INF/maven/*'],
  nested: ['**/*.war', '**/*.jar'],
  depth: 2,
  maxMemberBytes: 50,
  maxMembers: 4,
};
const sections = { sections: ['.dep-v0'], notes: [{ owner: 'FDO', type: 7 }], maxSectionBytes: 12 };
const patterns = { patterns: [Buffer.from('OpenSSL ').toString('base64')], after: 6, maxMatches: 2 };
const detectors = [
  {
    id: 'archives',
    files: { paths: ['srv/**'], maxBytes: 1000, magic: ['MAGIC_ZIP'], excerpt: { zipMembers } },
  },
  {
    id: 'programs',
    files: { paths: ['usr/bin/*'], maxBytes: 1000, executable: true, magic: ['MAGIC_ELF'], excerpt: { sections } },
  },
  { id: 'libraries', files: { paths: ['usr/lib/*'], maxBytes: 1000, excerpt: { patterns } } },
  { id: 'whole-archives', files: { paths: ['opt/**'], maxBytes: 1000, magic: ['MAGIC_ZIP'] } },
  { id: 'whole-programs', files: { paths: ['opt/**'], maxBytes: 1000, executable: true } },
];

const manifest = (content: string) => ({ name: 'META-INF/MANIFEST.MF', content });
const noise = Buffer.from(Array.from({ length: 500_000 }, (_, at) => (at * at * 31 + (at >> 3)) % 251));
const war = buildZip([
  manifest('war'),
  { name: 'WEB-INF/lib/a.jar', content: buildZip([manifest('a'), { name: 'noise', content: noise }]) },
]);
const ear = buildZip([
  manifest('ear'),
  { name: 'noise', content: noise, stored: true },
  { name: 'b.war', content: war },
]);
const order = { bits: 64, bigEndian: false } as const;
const elf = buildElf(order, [
  { name: '.text', content: noise.toString('latin1') },
  { name: '.dep-v0', content: 'first twelve, and the rest' },
  {
    name: '.note.package',
    content: [7, 8].map((type) => elfNote(order, { owner: 'FDO', type, content: `note ${type}` })).join(''),
  },
]);
const small = buildZip([manifest('small')]);
const library = ['OpenSSL 3.0.15', 'OpenSSL 1.1.1w'].join('.'.repeat(100_000));

const program = (path: string, content: string | Uint8Array) => ({ ...file(path, content), mode: 0o755 });

const folder = temporaryFolder();
const at = (name: string): string => join(folder.path, name);
afterAll(() => {
  folder.remove();
});

type LayerFiles = Parameters<typeof buildImage>[0]['layers'][number];

let images = 0;
/** Scans an image with these files, with the detectors of a service. */
function scan(address: string, files: LayerFiles): Promise<CommandResult> {
  images += 1;
  const image = at(`${images}.tar`);
  writeDockerArchive(image, buildImage({ repoTags: ['acme/app:1'], layers: [files] }), { form: 'v1.1' });
  const only = ['--detectors', address, '--disable-detectors', 'java,go-binary,rust-binary'];
  return clarion(['scan', image, ...only, '--db', at('db'), '--offline', '--format', 'json']);
}

describe('a detector service of a user that asks for parts of files', () => {
  let server: DetectorProcess;
  beforeAll(async () => {
    server = await startDetectors(detectors);
  });
  afterAll(() => server.stop());

  async function report(files: LayerFiles): Promise<Report> {
    return JSON.parse((await scan(server.address, files)).stdout) as Report;
  }
  /** The part and its bytes, by the file. */
  async function partsOf(files: LayerFiles): Promise<readonly string[]> {
    const { packages, problems } = await report(files);
    expect(problems).toEqual([]);
    return packages.map(({ path, name, version, architecture }) =>
      [path, name, version, ...(architecture === null ? [] : [architecture])].join(' | '),
    );
  }

  it.each<[string, LayerFiles, readonly string[]]>([
    [
      'members of archives, and of archives in them',
      [file('srv/app.ear', ear), file('srv/no-archive.ear', 'hello'), file('elsewhere/app.ear', ear)],
      [
        'srv/app.ear | META-INF/MANIFEST.MF | ear',
        'srv/app.ear!/b.war | b.war!/META-INF/MANIFEST.MF | war',
        'srv/app.ear!/b.war!/WEB-INF/lib/a.jar | b.war!/WEB-INF/lib/a.jar!/META-INF/MANIFEST.MF | a',
      ],
    ],
    [
      'sections and notes of executables',
      [program('usr/bin/tool', elf), file('usr/bin/not-executable', elf), program('usr/bin/script', '#!/bin/sh\n')],
      ['usr/bin/tool | .dep-v0 | first twelve | MAGIC_ELF 64', 'usr/bin/tool | FDO 7 | note 7 | MAGIC_ELF 64'],
    ],
    [
      'bytes around patterns',
      [file('usr/lib/libcrypto.so', library)],
      ['usr/lib/libcrypto.so | OpenSSL  | OpenSSL 1.1.1w', 'usr/lib/libcrypto.so | OpenSSL  | OpenSSL 3.0.15'],
    ],
    [
      'whole files by their first bytes, and executable ones',
      [file('opt/archive', small), program('opt/run', 'run'), file('opt/text', 'text')],
      [`opt/archive | whole | ${small.length} bytes`, 'opt/run | whole | 3 bytes'],
    ],
  ])('is given %s', async (_, files, expected) => {
    expect(await partsOf(files)).toEqual(expected);
  });

  const maven = Array.from({ length: 6 }, (_, index) => ({ name: `META-INF/maven/${index}`, content: 'm' }));
  const inside = (count: number): Buffer =>
    buildZip([count === 0 ? manifest('deep') : { name: `${count}.jar`, content: inside(count - 1) }]);
  it.each<[string, LayerFiles, readonly [code: string, message: string]]>([
    [
      'more members than it asks for',
      [file('srv/a.jar', buildZip(maven))],
      ['limit-reached', 'srv/a.jar!/META-INF/maven/4 was not read: more than 4 members are requested of the file'],
    ],
    [
      'a larger member',
      [file('srv/a.jar', buildZip([manifest('m'.repeat(99))]))],
      ['limit-reached', 'srv/a.jar!/META-INF/MANIFEST.MF was not read: it has 99 bytes, and 50 at most are read'],
    ],
    [
      'archives in more archives',
      [file('srv/a.jar', inside(3))],
      ['limit-reached', 'srv/a.jar!/3.jar!/2.jar!/1.jar was not read: archives are opened 2 deep'],
    ],
    [
      'more occurrences of a pattern',
      [file('usr/lib/a.so', 'OpenSSL 3.0.15'.repeat(3))],
      ['limit-reached', 'usr/lib/a.so was not read completely: it has more than 2 occurrences of patterns'],
    ],
    [
      'a damaged archive',
      [file('srv/a.jar', small.subarray(0, -1))],
      ['bad-archive-entry', 'srv/a.jar was not read: it is not a whole zip archive'],
    ],
    ['a whole file that is too large', [program('opt/run', Buffer.alloc(2000, 'x'))], ['limit-reached', 'opt/run']],
  ])('has a problem in the report for %s', async (_, files, [code, message]) => {
    const { problems } = await report(files);
    expect(problems).toContainEqual(
      expect.objectContaining({ code, message: expect.stringContaining(message) as string }),
    );
  });
});

describe('a detector service with a file filter that makes no sense', () => {
  it.each([
    ['zipMembers', { zipMembers: { ...zipMembers, depth: 6 } }, 'its depth is above 5'],
    ['sections', { sections: { maxSectionBytes: 10 } }, 'its excerpt names no sections and no notes'],
    ['patterns', { patterns: { ...patterns, maxMatches: 0 } }, 'its max_matches is not a whole number of at least 1'],
  ])('ends the scan with an error that names the member of %s', async (_, excerpt, fault) => {
    const server = await startDetectors([{ id: 'absurd', files: { paths: ['**'], maxBytes: 1000, excerpt } }]);
    try {
      const { code, stdout, stderr } = await scan(server.address, [file('a', 'a')]);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toContain(`"absurd" cannot be used: ${fault}`);
    } finally {
      await server.stop();
    }
  });
});
