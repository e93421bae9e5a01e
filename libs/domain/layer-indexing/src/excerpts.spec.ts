import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { localDetectorClient } from '@clarion/detector-client';
import { type Detector, type FileFilter, type LayerContent, partsOf, type WantedFile } from '@clarion/model';
import {
  buildElf,
  buildImage,
  buildTar,
  buildZip,
  directory,
  type BlobCompression,
  compressBlob,
  file,
  hardlink,
  openBuiltImage,
  symlink,
  type TarEntry,
  whiteout,
  type ZipBuilderEntry,
} from '@clarion/test-kit';
import { extractLayer } from './extract-layer';
import { useIndexing } from '../testing/use-indexing';

const { deps, scan } = useIndexing([]);
const noise = Buffer.from(Array.from({ length: 3_000_000 }, (_, at) => (at * at * 31 + (at >> 3)) % 253));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'clarion-excerpts-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Read {
  readonly files: readonly WantedFile[];
  readonly problems: readonly string[];
  readonly recorded: readonly string[];
}

const forms: readonly (BlobCompression | 'stream')[] = ['none', 'stream', 'gzip'];

/** What detectors with these filters are given of a layer. */
async function read(
  entries: readonly TarEntry[],
  filters: readonly FileFilter[],
  form: (typeof forms)[number] = 'gzip',
): Promise<readonly Read[]> {
  const given = filters.map((): WantedFile[] => []);
  const detectors = filters.map((files, index): Detector => {
    const detect = (found: readonly WantedFile[]) => {
      given[index]?.push(...found);
      return {};
    };
    return { id: `d-${index}`, kind: 'feature', version: 1, title: 'Takes files', files, detect };
  });
  const tar = buildTar(entries);
  const place = path.join(folder, 'layer');
  const blob = form === 'stream' ? tar : compressBlob(tar, form);
  writeFileSync(place, blob);
  const content: LayerContent =
    form === 'stream'
      ? { kind: 'stream', stream: pieces(blob) }
      : { kind: 'file', path: place, offset: 0, length: blob.length };
  const descriptor = { mediaType: 'application/vnd.oci.image.layer.v1.tar', size: blob.length };
  const work = { descriptor, label: 'layer 1', open: () => Promise.resolve(content) };
  const { layer } = await extractLayer(work, { ...deps(), detectors: localDetectorClient(detectors) });
  return detectors.map(({ id }, index) => {
    const detection = layer.detections.find(({ detector }) => detector === id);
    const problems = [...(detection?.problems ?? []), ...layer.problems].map(
      ({ code, message }) => `${code}: ${message}`,
    );
    return { files: given[index] ?? [], problems, recorded: detection?.files ?? [] };
  });
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 100_000) yield await Promise.resolve(bytes.subarray(at, at + 100_000));
}

/** The parts of a file as `within!/name=bytes`. */
function shown(given: WantedFile | undefined): string[] {
  if (given === undefined) return [];
  return [...partsOf(given)].map(({ name, within, content }) => {
    const text = Buffer.from(content).toString('latin1');
    return `${within === '' ? '' : `${within}!/`}${name}=${text.length > 40 ? text.length : text}`;
  });
}

const jars = {
  paths: ['**/*.jar', '**/*.ear'],
  maxBytes: 10_000,
  excerpt: {
    kind: 'zip-members',
    members: ['META-INF/**/pom.properties', 'META-INF/MANIFEST.MF'],
    nested: ['**/*.jar', '**/*.war'],
    depth: 2,
    maxMemberBytes: 1000,
    maxMembers: 5,
  },
} as const satisfies FileFilter;
const jar = (name: string, more: readonly ZipBuilderEntry[] = []): Buffer =>
  buildZip([
    { name: 'META-INF/MANIFEST.MF', content: name },
    { name: 'a/B.class', content: noise.subarray(0, 5000) },
    ...more,
  ]);

describe.each(forms)('excerpts of a layer: %s', (form) => {
  it('are the build information of Go, and no other executable', async () => {
    const order = { bits: 64, bigEndian: false } as const;
    const info = `\xff Go buildinf:\x08\x02${'\0'.repeat(16)}\x08go1.22.1\0`;
    const shop = buildElf(order, [{ name: '.go.buildinfo', content: info }]);
    const filter: FileFilter = { paths: ['**'], magic: ['elf'], maxBytes: 1000, excerpt: { kind: 'go-build-info' } };
    const other = buildElf(order, [{ name: '.data', content: info }]);
    const [found] = await read(
      [file('opt/other', other), file('opt/shop', shop), file('opt/text', 'x')],
      [filter],
      form,
    );
    expect(found?.problems).toEqual([]);
    expect(found?.files.map((one) => [one.path, ...shown(one)])).toEqual([
      ['opt/shop', 'version=go1.22.1', 'modules='],
    ]);
    expect(found?.recorded).toEqual(['opt/shop']);
  });

  it('are the members of a zip archive and of archives in it', async () => {
    const war = jar('war', [
      { name: 'WEB-INF/lib/c.jar', content: jar('c'), stored: true },
      { name: 'WEB-INF/lib/empty.jar', content: buildZip([]) },
    ]);
    const ear = jar('ear', [{ name: './b.war', content: war }]);
    const [found] = await read(
      [file('opt/a.ear', ear), file('opt/other.txt', 'x'), file('opt/d.jar', jar('d'))],
      [jars],
      form,
    );
    expect(found?.problems).toEqual([]);
    expect(found?.files.map((one) => [one.path, one.excerpt?.fileSize, ...shown(one)])).toEqual([
      [
        'opt/a.ear',
        ear.length,
        'META-INF/MANIFEST.MF=ear',
        'b.war!/META-INF/MANIFEST.MF=war',
        'b.war!/WEB-INF/lib/c.jar!/META-INF/MANIFEST.MF=c',
      ],
      ['opt/d.jar', jar('d').length, 'META-INF/MANIFEST.MF=d'],
    ]);
    expect(found?.files[0]?.excerpt?.archives).toEqual([
      'b.war',
      'b.war!/WEB-INF/lib/c.jar',
      'b.war!/WEB-INF/lib/empty.jar',
    ]);
  });

  it('are taken out of large files, of which nothing is left on disk', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.endsWith('.part'));
    const inner = buildZip([
      { name: 'x', content: noise.subarray(0, 9000), stored: true },
      { name: 'META-INF/MANIFEST.MF', content: 'inner' },
    ]);
    const large = jar('large', [
      { name: 'noise', content: noise, stored: true },
      { name: 'lib/inner.jar', content: inner },
    ]);
    const [found] = await read([file('a.jar', large), file('b.jar', jar('b'))], [jars], form);
    expect(found?.files.map(shown)).toEqual([
      ['META-INF/MANIFEST.MF=large', 'lib/inner.jar!/META-INF/MANIFEST.MF=inner'],
      ['META-INF/MANIFEST.MF=b'],
    ]);
    expect(readdirSync(tmpdir()).filter((name) => name.endsWith('.part'))).toEqual(before);
  });

  it('and whole files are given side by side, each to who asks', async () => {
    const text = `${'.'.repeat(2_000_000)}OpenSSL 3.0.15 3 Sep 2024${'.'.repeat(100)}`;
    const patterns: FileFilter = {
      paths: ['usr/lib/*'],
      maxBytes: 100,
      excerpt: { kind: 'patterns', patterns: ['OpenSSL '], before: 0, after: 6, maxMatches: 3 },
    };
    const whole: FileFilter = { paths: ['usr/lib/*'], maxBytes: 4_000_000 };
    const magic: FileFilter = { paths: ['**'], magic: ['zip'], maxBytes: 4_000_000 };
    const runnable: FileFilter = { paths: ['usr/**'], executable: true, maxBytes: 4_000_000 };
    const entries = [
      file('usr/lib/libcrypto.so', text),
      { ...file('usr/bin/x', 'run'), mode: 0o755 },
      file('srv/zip', jar('z')),
    ];
    const found = await read(entries, [patterns, whole, magic, runnable], form);
    expect(found.map(({ files }) => files.map((one) => [one.path, one.content.length]))).toEqual([
      [['usr/lib/libcrypto.so', 14]],
      [['usr/lib/libcrypto.so', text.length]],
      [['srv/zip', jar('z').length]],
      [['usr/bin/x', 3]],
    ]);
    expect(shown(found[0]?.files[0])).toEqual(['OpenSSL =OpenSSL 3.0.15']);
    expect(found.flatMap(({ problems }) => problems)).toEqual([]);
  });
});

describe('limits of excerpts', () => {
  const many = Array.from({ length: 8 }, (_, at) => ({ name: `META-INF/${at}/pom.properties`, content: 'p' }));
  const deep = jar('0', [
    {
      name: '1.jar',
      content: jar('1', [{ name: '2.jar', content: jar('2', [{ name: '3.jar', content: jar('3') }]) }]),
    },
  ]);
  it.each<[string, Buffer, number, string]>([
    [
      'too many members',
      jar('m', many),
      5,
      'limit-reached: a.jar!/META-INF/4/pom.properties was not read: more than 5 members',
    ],
    ['a large member', jar('x'.repeat(2000)), 0, 'it has 2000 bytes, and 1000 at most are read'],
    ['archives that are too deep', deep, 3, 'a.jar!/1.jar!/2.jar!/3.jar was not read: archives are opened 2 deep'],
    ['no zip archive', Buffer.from('hello'), 0, 'bad-archive-entry: a.jar was not read: it is not a whole zip archive'],
    [
      'a damaged archive in it',
      jar('m', [{ name: 'b.jar', content: 'hello' }]),
      1,
      'a.jar!/b.jar was not read: it is not',
    ],
    ['an encrypted member', buildZip([{ name: 'META-INF/MANIFEST.MF', content: 'x', flags: 1 }]), 0, 'it is encrypted'],
  ])('%s: what is left out is a problem', async (_, content, parts, problem) => {
    const [found] = await read([file('a.jar', content)], [jars]);
    expect(found?.files.map((one) => one.excerpt?.parts.length)).toEqual([parts]);
    expect(found?.problems).toContainEqual(expect.stringContaining(problem));
    expect(found?.files[0]?.excerpt?.leftOut.join()).toContain(problem.replace(/^[a-z-]+: /, ''));
  });

  it('a file that is no zip archive is given whole where the filter says so', async () => {
    const whole = { ...jars, excerpt: { ...jars.excerpt, wholeOtherwise: true as const } };
    const [found] = await read([file('a.jar', jar('a')), file('b.jar', 'hello'), file('c.jar', '')], [whole]);
    expect(found?.files.map(shown)).toEqual([['META-INF/MANIFEST.MF=a'], ['=hello'], ['=']]);
    expect(found?.problems).toEqual([]);
  });

  it('bytes around a pattern in some sections, and no file without them', async () => {
    const program = (...sections: readonly [name: string, content: string][]): Buffer =>
      buildElf(
        { bits: 64, bigEndian: false },
        sections.map(([name, content]) => ({ name, content })),
      );
    const filter: FileFilter = {
      paths: ['bin/*'],
      maxBytes: 100,
      excerpt: {
        ...{ kind: 'patterns', patterns: ['registry/'], before: 2, after: 3, maxMatches: 2 },
        ...{ sections: ['.rodata', '.rdata'], withoutSections: ['.list'] },
      },
    };
    const [found] = await read(
      [
        file('bin/a', program(['.text', 'xregistry/1'], ['.rodata', 'ab registry/234'])),
        file('bin/b', program(['.text', 'registry/1'], ['.rodata', 'none'])),
        file('bin/c', program(['.rodata', 'registry/1'], ['.list', ''])),
        file('bin/d', 'registry/1'),
        file('bin/e', program(['.rodata', 'registry/1     registry/2     registry/3'])),
      ],
      [filter],
    );
    expect(found?.files.map((one) => [one.path, ...shown(one)])).toEqual([
      ['bin/a', 'registry/=b registry/234'],
      ['bin/e', 'registry/=registry/1  ', 'registry/=  registry/2  '],
    ]);
    expect(found?.problems).toEqual([expect.stringContaining('more than 2 occurrences of patterns')]);

    const anywhere = { kind: 'patterns', patterns: ['registry/'], before: 0, after: 1, maxMatches: 2 } as const;
    const [other] = await read(
      [
        file('bin/a', program(['.text', 'registry/1'], ['.rodata', 'ab registry/2'])),
        file('bin/b', program(['.text', 'registry/3'], ['.rodata', 'none'])),
        file('bin/c', program(['.text', 'registry/4'])),
        file('bin/d', 'registry/5'),
        file('bin/e', '\x7fELF\x02\x01 damaged, registry/6'),
      ],
      [{ ...filter, excerpt: { ...anywhere, sections: ['.rodata'], wholeOtherwise: true } }],
    );
    const names = ['registry/2', 'registry/3', 'registry/4', 'registry/5', 'registry/6'];
    expect(other?.files.map(shown)).toEqual(names.map((name) => [`registry/=${name}`]));
  });

  it('a file that meets no condition is not given, and recorded only for filters by name', async () => {
    const magic: FileFilter = { paths: ['bin/*'], magic: ['elf', 'pe', 'mach-o'], maxBytes: 100 };
    const sections: FileFilter = {
      paths: ['bin/*'],
      maxBytes: 100,
      excerpt: { kind: 'sections', sections: ['.go.buildinfo'], maxSectionBytes: 100 },
    };
    const found = await read([file('bin/script', '#!/bin/sh\n'), file('bin/empty', '')], [magic, sections]);
    expect(found).toEqual([
      { files: [], recorded: [], problems: [] },
      { files: [], recorded: ['bin/empty', 'bin/script'], problems: [] },
    ]);
  });

  it('a hard link is another name of its file, and a link to elsewhere is not followed', async () => {
    const entries = [file('a.jar', jar('a')), hardlink('b.jar', 'a.jar'), symlink('c.jar', 'opt/unknown')];
    const [found] = await read([...entries, file('opt/unknown', jar('u'))], [jars]);
    expect(found?.files.map((one) => [one.path, ...shown(one)])).toEqual([['a.jar', 'META-INF/MANIFEST.MF=a']]);
  });
});

describe('an image with files that are selected by more than their path', () => {
  const elf = Buffer.from('7f454c46'.padEnd(200, '0'), 'hex');
  const programs: Detector = {
    id: 'programs',
    kind: 'feature',
    version: 1,
    title: 'Programs',
    files: { paths: ['**'], magic: ['elf'], executable: true, maxBytes: 1000 },
    detect: (files) => ({
      features: files.map((one) => ({ type: 'apk', name: one.path, version: '1', path: one.path })),
    }),
  };
  const both = ['bin/a', 'bin/b'];
  const program = (name: string, content: string | Uint8Array = elf): TarEntry => ({
    ...file(name, content),
    mode: 0o755,
  });

  it.each<[string, readonly TarEntry[], readonly string[]]>([
    ['that stay', [file('etc/x', 'x')], ['bin/a', 'bin/b']],
    ['of which one is removed', [whiteout('bin/a')], ['bin/b']],
    ['of which one becomes a script', [program('bin/a', '#!/bin/sh')], ['bin/b']],
    ['of which one is no longer executable', [file('bin/a', elf)], ['bin/b']],
    ['of which one becomes a link to the other', [symlink('bin/a', 'b')], ['bin/b']],
    ['of which one becomes a link to itself, and one to nowhere', [symlink('bin/a', 'a'), symlink('bin/b', 'c')], []],
    ['of which one is replaced under the name of a link to its directory', [file('sbin/a', 'text')], ['bin/b']],
    [
      'where that link becomes a directory with files of the same names',
      [directory('sbin'), file('sbin/a', 'x')],
      both,
    ],
    ['whose directory becomes a file', [file('bin', 'text')], []],
    ['whose directory becomes a pipe', [{ path: 'bin', type: 'fifo' }], []],
    ['of which one becomes a directory', [directory('bin/a'), file('bin/a/x', 'x')], ['bin/b']],
    ['of which one has one more name', [program('opt/c'), hardlink('opt/d', 'opt/c')], [...both, 'opt/c']],
    ['one of which is linked', [hardlink('opt/d', 'bin/a')], both],
    ['beside a link to what is no program', [file('opt/c', 'c'), hardlink('opt/d', 'opt/c')], both],
  ])('%s', async (_, upper, expected) => {
    const others = [file('bin/text', 'text'), symlink('bin/link', 'a'), symlink('sbin', 'bin')];
    const lower = [directory('bin'), program('bin/a'), program('bin/b'), ...others];
    const image = buildImage({ layers: [lower, upper] });
    const { features, problems } = await scan(openBuiltImage(image), { detectors: localDetectorClient([programs]) });
    expect(features.map(({ name }) => name).sort()).toEqual(expected);
    expect(problems).toEqual([]);
  });

  it.each<[string, readonly TarEntry[], readonly string[], readonly string[]]>([
    ['an archive', [hardlink('srv/b.jar', 'opt/a.jar')], ['opt/a.jar', 'srv/b.jar'], []],
    ['an archive that it removes', [hardlink('srv/b.jar', 'opt/a.jar'), whiteout('opt/a.jar')], [], ['srv/b.jar']],
    ['what is no archive by its own name', [hardlink('srv/b.jar', 'opt/a.txt')], ['opt/a.jar'], ['srv/b.jar']],
    ['nothing', [hardlink('srv/b.jar', 'opt/none.jar')], ['opt/a.jar'], ['srv/b.jar']],
  ])('finds a hard link of a later layer to %s', async (_, upper, expected, unresolved) => {
    const archives: Detector = { ...programs, id: 'archives', files: { ...jars, byPath: true } };
    const lower = [file('opt/a.jar', jar('a')), file('opt/a.txt', jar('t'))];
    const image = buildImage({ layers: [lower, upper] });
    const { features, problems } = await scan(openBuiltImage(image), { detectors: localDetectorClient([archives]) });
    expect(features.map(({ path }) => path).sort()).toEqual(expected);
    expect(problems.map(({ path }) => path)).toEqual(unresolved);
  });

  it('reports a link to a program that its own layer removes, before or after', async () => {
    const upper = [hardlink('opt/d', 'bin/a'), whiteout('bin/a')];
    const image = buildImage({ layers: [[program('bin/a'), program('bin/b')], upper] });
    const { features, problems } = await scan(openBuiltImage(image), { detectors: localDetectorClient([programs]) });
    expect(features.map(({ name }) => name)).toEqual(['bin/b']);
    expect(problems.map(({ message }) => message)).toEqual(['opt/d is a link to a file that no detector was given']);
  });

  it('records the names of other files in a few bytes each, and no path of them', async () => {
    const names = Array.from({ length: 5000 }, (_, at) => `usr/share/doc/package-${at >> 3}/file-${at}.txt`);
    const image = buildImage({ layers: [[program('bin/a'), ...names.map((name) => file(name, 'text'))]] });
    const { layers } = deps();
    await scan(openBuiltImage(image), { detectors: localDetectorClient([programs]) });
    const layer = await layers.layer(image.layers[0]?.diffId ?? '', [programs]);
    expect(layer?.structure.files).toEqual(['bin/a']);
    expect(layer?.detections.map(({ files }) => files)).toEqual([['bin/a']]);
    expect(layer?.structure.names?.length).toBeLessThan(5 * names.length);
  });
});
