import { copyFileSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { localDetectorClient } from '@clarion/detector-client';
import { featureDetectors } from '@clarion/feature-detectors';
import { openImage } from '@clarion/layer-sources';
import type { DetectorClient, EffectiveImage, LayerContent, OpenedImage, Store } from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import {
  buildImage,
  type BuiltImage,
  buildTar,
  compressBlob,
  file,
  writeDockerArchive,
  writeOciArchive,
  writeOciLayout,
} from '@clarion/test-kit';
import { indexImage } from './index-image';
import { recordedIdentity } from './known-layer';

const status = 'var/lib/dpkg/status';
const stanza = (name: string): string =>
  `Package: ${name}\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n`;
const dpkg = localDetectorClient(featureDetectors.filter(({ id }) => id === 'dpkg'));
const refusing: DetectorClient = { ...dpkg, detect: () => Promise.reject(new Error('Detectors were asked')) };

const harmless = [file(status, stanza('harmless'))];
/** Of the same length as `harmless`, so that one can replace the other. */
const vulnerable = [file(status, stanza('openssl3'))];
const image = (): BuiltImage => buildImage({ layers: [[file('etc/x', 'x')], harmless], compression: 'gzip' });

let folder = '';
let store: Store;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'known-layer-'));
  store = await openEmbeddedStore({ directory: path.join(folder, 'store') });
});
afterEach(async () => {
  jest.restoreAllMocks();
  await store.close();
  rmSync(folder, { recursive: true });
});

const at = (name: string): string => path.join(folder, name);

/** Newly written files may still change within the same clock tick: this acts as if some time had passed. */
function later(): void {
  const now = Date.now.bind(Date);
  jest.spyOn(Date, 'now').mockImplementation(() => now() + 10_000);
}

interface Scanned {
  readonly image: EffectiveImage;
  /** Layers whose bytes were read, and those that were walked. */
  readonly opened: readonly number[];
  readonly walked: readonly number[];
}

async function scan(reference: string, detectors: DetectorClient = dpkg): Promise<Scanned> {
  const source = await openImage(reference);
  const opened: number[] = [];
  const walked: number[] = [];
  const counted: OpenedImage = {
    ...source,
    layer(index, signal): Promise<LayerContent> {
      opened.push(index);
      return source.layer(index, signal);
    },
  };
  try {
    for await (const event of indexImage(counted, { layers: store, detectors })) {
      if (event.kind === 'layer.done' && event.read) walked.push(event.layer);
      if (event.kind === 'image.assembled') return { image: event.image, opened: opened.sort(), walked: walked.sort() };
    }
    throw new Error('The last event is not the image');
  } finally {
    await source.close();
  }
}

type Write = (target: string, built: BuiltImage) => void;
const forms: readonly (readonly [string, Write])[] = [
  [
    'a docker archive',
    (target, built) => {
      writeDockerArchive(target, built, { form: 'v1.1' });
    },
  ],
  [
    'a compressed docker archive',
    (target, built) => {
      writeDockerArchive(target, built, { form: 'v1.1', compression: 'gzip' });
    },
  ],
  [
    'an archive without any digests',
    (target, built) => {
      writeDockerArchive(target, built, { form: 'legacy-directories' });
    },
  ],
  [
    'an OCI layout',
    (target, built) => {
      writeOciLayout(target, built);
    },
  ],
  [
    'an OCI archive',
    (target, built) => {
      writeOciArchive(target, built);
    },
  ],
];

describe.each(forms)('layers of %s', (form, writeTo) => {
  const write = (name: string, built: BuiltImage): string => {
    writeTo(at(name), built);
    return at(name);
  };

  test('are not opened in a second scan', async () => {
    later();
    const reference = write('image', image());
    const first = await scan(reference);
    expect(first.walked).toEqual([0, 1]);
    const second = await scan(reference, refusing);
    expect(second).toEqual({ image: first.image, opened: [], walked: [] });
  });

  test('are read again after a file that was just written, which may still change unnoticed', async () => {
    const reference = write('image', image());
    await scan(reference);
    const second = await scan(reference, refusing);
    expect(second.opened).toEqual([0, 1]);
    expect(second.image.features).toHaveLength(1);
  });

  // Without digests, only the configuration is available: there is nothing to compare it with.
  const withDigests = form === 'an archive without any digests' ? test.skip : test;
  withDigests(
    'are what they are, and not what the configuration says (skipped for forms without digests)',
    async () => {
      later();
      await scan(write('known', image()));
      const lying = buildImage({
        layers: [[file('etc/x', 'x')], vulnerable],
        compression: 'gzip',
        declare: { diffIds: { 1: image().layers[1]!.diffId } },
      });
      await expect(scan(write('lying', lying))).rejects.toMatchObject({ code: 'digest-mismatch' });
      await expect(scan(write('lying', lying))).rejects.toMatchObject({ code: 'digest-mismatch' });
    },
  );
});

describe('files', () => {
  test('a copy elsewhere is hashed and not read: no detector runs', async () => {
    later();
    writeOciLayout(at('one'), image());
    const first = await scan(at('one'));
    writeOciLayout(at('two'), image());
    expect(await scan(at('two'), refusing)).toMatchObject({ opened: [0, 1], walked: [] });
    expect((await scan(at('two'), refusing)).opened).toEqual([]);
    writeDockerArchive(at('three'), image(), { form: 'v1.1' });
    const saved = await scan(at('three'), refusing);
    expect(saved).toMatchObject({ opened: [0, 1], walked: [], image: { layers: first.image.layers } });
  });

  const clean = buildImage({ layers: [harmless] });
  const blobOf = (built: BuiltImage): string => path.join('blobs', 'sha256', built.layers[0]!.digest.slice(7));

  test('a blob that was swapped under its name, with the same size and time, is rejected', async () => {
    later();
    writeOciLayout(at('layout'), clean);
    await scan(at('layout'));
    const blob = path.join(at('layout'), blobOf(clean));
    const before = statSync(blob);
    const swapped = buildTar(vulnerable);
    expect(swapped).toHaveLength(before.size);
    writeFileSync(blob, swapped);
    utimesSync(blob, before.atimeMs / 1000, before.mtimeMs / 1000);
    await expect(scan(at('layout'))).rejects.toMatchObject({ code: 'digest-mismatch' });
  });

  test('a blob is checked by its bytes: a known one under the name of another is rejected', async () => {
    later();
    const other = buildImage({ layers: [vulnerable] });
    for (const built of [clean, other]) {
      writeOciLayout(at('layout'), built);
      await scan(at('layout'));
    }
    writeOciLayout(at('layout'), other);
    copyFileSync(path.join(at('layout'), blobOf(other)), path.join(at('layout'), blobOf(clean)));
    writeOciLayout(at('swapped'), clean);
    writeFileSync(path.join(at('swapped'), blobOf(clean)), other.layers[0]!.blob);
    await expect(scan(at('swapped'))).rejects.toMatchObject({ code: 'digest-mismatch' });
  });

  test('a layer that is compressed inside of a docker archive is read when its tar is known', async () => {
    later();
    writeOciLayout(at('layout'), clean);
    await scan(at('layout'));
    const blob = compressBlob(clean.layers[0]!.tar, 'gzip');
    const squeezed: BuiltImage = { ...clean, layers: clean.layers.map((layer) => ({ ...layer, tar: blob, blob })) };
    writeDockerArchive(at('saved'), squeezed, { form: 'v1.1' });
    expect(await scan(at('saved'))).toMatchObject({ image: { features: [{ name: 'harmless' }] } });
  });
});

describe('the recorded identity of layers of a submitted image', () => {
  const [layer] = clean().layers;
  const record = {
    image: { reference: 'r', platform: { os: 'linux', architecture: 'amd64' }, layers: [layer!] },
    layers: [],
  };
  const submission = { id: 's', state: 'queued', submittedAt: '2024-01-01T00:00:00Z' } as const;

  function clean(): { readonly layers: readonly { readonly digest: string; readonly diffId: string }[] } {
    return { layers: [{ digest: `sha256:${'a'.repeat(64)}`, diffId: `sha256:${'b'.repeat(64)}` }] };
  }

  test('is the blob of its manifest, the bytes that were uploaded, or nothing', () => {
    const registry = { ...submission, origin: { kind: 'registry', reference: 'r' } } as const;
    expect(recordedIdentity({ ...record, submission: registry }, 0)).toEqual({ kind: 'blob', digest: layer!.digest });
    const upload = { ...submission, origin: { kind: 'upload' } } as const;
    expect(recordedIdentity({ ...record, submission: upload }, 0)).toBeUndefined();
    const computed = `sha256:${'c'.repeat(64)}`;
    const read = { ...record, layers: [computed], submission: upload };
    expect(recordedIdentity(read, 0)).toEqual({ kind: 'read', diffId: computed });
  });
});
