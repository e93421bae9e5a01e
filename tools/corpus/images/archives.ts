import {
  type BuiltImage,
  buildImage,
  buildTar,
  file,
  symlink,
  writeDockerArchive,
  writeOciArchive,
  writeOciLayout,
} from '@clarion/test-kit';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { debianAndDatabase, debianBase, type Expectation, type HostileImage, stanza, status } from '../hostile-image';
import type { Random } from '../random';
import { brokenDocuments } from './broken-documents';
import { layoutImages } from './layouts';

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** A clean layer is known under its diffID; then an image declares that diffID for a vulnerable layer. */
function poisoned(): HostileImage[] {
  const clean = (): BuiltImage => buildImage({ layers: [[...debianBase, status(stanza('clean', '1'))]] });
  const lying = (): BuiltImage =>
    buildImage({ layers: [[...debianBase, status()]], declare: { diffIds: { 0: clean().layers[0]!.diffId } } });
  const forms = {
    'docker archive': (directory: string, image: BuiltImage) => {
      const target = join(directory, `image-${image.configDigest.slice(7, 15)}.tar`);
      writeDockerArchive(target, image, { form: 'v1.1' });
      return `docker-archive:${target}`;
    },
    'OCI layout': (directory: string, image: BuiltImage) => {
      const target = join(directory, `layout-${image.configDigest.slice(7, 15)}`);
      writeOciLayout(target, image);
      return `oci:${target}`;
    },
    'OCI archive': (directory: string, image: BuiltImage) => {
      const target = join(directory, `image-${image.configDigest.slice(7, 15)}.oci.tar`);
      writeOciArchive(target, image);
      return `oci-archive:${target}`;
    },
  };
  return Object.entries(forms).map(([form, write]) => ({
    name: `poison/diffID of a clean layer, ${form}`,
    expect: 'not-clean' as const,
    before: {
      name: `poison/clean, ${form}`,
      expect: 'any' as const,
      write: (directory: string) => write(directory, clean()),
    },
    write: (directory: string) => write(directory, lying()),
  }));
}

function archive(name: string, expect: Expectation, members: () => Parameters<typeof buildTar>[0]): HostileImage {
  return {
    name: `docker archive/${name}`,
    expect,
    write(directory) {
      const target = join(directory, 'image.tar');
      writeFileSync(target, buildTar(members()));
      return `docker-archive:${target}`;
    },
  };
}

const layerTar = (): Uint8Array => buildTar([...debianBase, status()]);
const configOf = (tar: Uint8Array): string =>
  JSON.stringify({
    os: 'linux',
    architecture: 'amd64',
    rootfs: { type: 'layers', diff_ids: [`sha256:${digestOf(tar)}`] },
  });
const manifestJson = (value: unknown): string => JSON.stringify(value);
const usual = { Config: 'c.json', RepoTags: ['a:1'], Layers: ['l/layer.tar'] };

const archives: readonly HostileImage[] = [
  ...brokenDocuments.map(([name, text]) =>
    archive(`manifest.json is ${name}`, 'not-clean', () => [
      file('l/layer.tar', layerTar()),
      file('c.json', configOf(layerTar())),
      file('manifest.json', text),
    ]),
  ),
  ...brokenDocuments.map(([name, text]) =>
    archive(`configuration is ${name}`, 'not-clean', () => [
      file('l/layer.tar', layerTar()),
      file('c.json', text),
      file('manifest.json', manifestJson([usual])),
    ]),
  ),
  archive('usual', 'found', () => [
    file('l/layer.tar', layerTar()),
    file('c.json', configOf(layerTar())),
    file('manifest.json', manifestJson([usual])),
  ]),
  archive('layer outside the archive', 'not-clean', () => [
    file('c.json', configOf(layerTar())),
    file('manifest.json', manifestJson([{ ...usual, Layers: ['../../../../etc/passwd'] }])),
  ]),
  archive('layer at an absolute path', 'not-clean', () => [
    file('c.json', configOf(layerTar())),
    file('manifest.json', manifestJson([{ ...usual, Layers: ['/etc/passwd'] }])),
  ]),
  archive('layer is a link outside', 'not-clean', () => [
    symlink('l/layer.tar', '/etc/passwd'),
    file('c.json', configOf(layerTar())),
    file('manifest.json', manifestJson([usual])),
  ]),
  archive('layer is a link to itself', 'not-clean', () => [
    symlink('l/layer.tar', 'layer.tar'),
    file('c.json', configOf(layerTar())),
    file('manifest.json', manifestJson([usual])),
  ]),
  archive('100,000 layers of one file', 'not-clean', () => [
    file('l/layer.tar', layerTar()),
    file('c.json', configOf(layerTar())),
    file('manifest.json', manifestJson([{ ...usual, Layers: Array.from({ length: 100_000 }, () => 'l/layer.tar') }])),
  ]),
  archive('layers that are not text', 'not-clean', () => [
    file('c.json', configOf(layerTar())),
    file('manifest.json', manifestJson([{ ...usual, Layers: [1, null, {}] }])),
  ]),
  archive('100,000 members beside', 'found', () => [
    ...Array.from({ length: 100_000 }, (_, n) => file(`x/${n}`)),
    file('l/layer.tar', layerTar()),
    file('c.json', configOf(layerTar())),
    file('manifest.json', manifestJson([usual])),
  ]),
  archive('manifest.json twice', 'not-clean', () => [
    file('manifest.json', '[]'),
    file('l/layer.tar', layerTar()),
    file('c.json', configOf(layerTar())),
    file('manifest.json', manifestJson([usual])),
  ]),
  archive('10,000 images', 'any', () => [
    file('l/layer.tar', layerTar()),
    file('c.json', configOf(layerTar())),
    file('manifest.json', manifestJson(Array.from({ length: 10_000 }, (_, n) => ({ ...usual, RepoTags: [`a:${n}`] })))),
  ]),
  archive('names with escapes', 'found', () => [
    file('l/layer.tar', layerTar()),
    file('c.json', configOf(layerTar())),
    file('manifest.json', manifestJson([{ ...usual, RepoTags: ['\x1b[2J:<b>'] }])),
  ]),
];

/** Good archives with bytes changed, cut or moved at random; every digest is checked, so nothing may go undetected. */
function mutated(random: Random, count: number): HostileImage[] {
  return Array.from({ length: count }, (_, n) => {
    const oci = random.below(2) === 1;
    const way = random.pick(['flip', 'cut', 'move', 'random block'] as const);
    const offsets = Array.from({ length: 1 + random.below(5) }, () => random.below(1 << 30));
    const block = random.bytes(512);
    return {
      name: `mutation/${way} ${n}`,
      expect: 'not-clean' as const,
      write(directory: string) {
        const target = join(directory, 'image.tar');
        if (oci) writeOciArchive(target, debianAndDatabase());
        else writeDockerArchive(target, debianAndDatabase(), { form: 'v1.1' });
        writeFileSync(target, mutate(readFileSync(target), { way, offsets, block }));
        return `${oci ? 'oci' : 'docker'}-archive:${target}`;
      },
    };
  });
}

interface Mutation {
  readonly way: 'flip' | 'cut' | 'move' | 'random block';
  readonly offsets: readonly number[];
  readonly block: Buffer;
}

function mutate(bytes: Buffer, { way, offsets, block }: Mutation): Buffer {
  const [first = 0, second = 0] = offsets.map((offset) => offset % bytes.length);
  if (way === 'cut') return bytes.subarray(0, first);
  if (way === 'move') bytes.copy(bytes, first, second, second + 1024);
  else if (way === 'random block') block.copy(bytes, first - (first % 512));
  else
    for (const offset of offsets)
      bytes[offset % bytes.length] = (bytes[offset % bytes.length] ?? 0) ^ (1 << (offset % 8));
  return bytes;
}

export function archiveImages(random: Random): readonly HostileImage[] {
  return [...layoutImages, ...archives, ...poisoned(), ...mutated(random, 80)];
}
