import { localDetectorClient } from '@clarion/detector-client';
import { featureDetectors } from '@clarion/feature-detectors';
import { ClarionError, type DetectorClient, type Digest, type LayerContent, type OpenedImage } from '@clarion/model';
import { namespaceDetectors } from '@clarion/namespace-detectors';
import {
  buildImage,
  type BuiltImage,
  file,
  openBuiltImage,
  type OpenedBuiltImage,
  sha256,
  type TarEntry,
  whiteout,
} from '@clarion/test-kit';
import { indexImage } from './index-image';
import { stanza, useIndexing } from '../testing/use-indexing';

const status = 'var/lib/dpkg/status';
const installed = 'lib/apk/db/installed';
const dpkg = featureDetectors.filter(({ id }) => id === 'dpkg');
const dpkgAndApk = featureDetectors.filter(({ id }) => id === 'dpkg' || id === 'apk');
const { store, deps, events, scan } = useIndexing(dpkgAndApk);

function threeLayers(): BuiltImage {
  return buildImage({
    layers: [
      [file(status, stanza('a'))],
      [file(installed, 'P:b\nV:1\nA:x86_64\n\n')],
      [file(status, stanza('a') + stanza('c'))],
    ],
    compression: 'gzip',
  });
}

/** Changes what an opened image claims about its layers. */
function claiming(opened: OpenedBuiltImage, change: (layer: number) => object): OpenedBuiltImage {
  const layers = opened.image.layers.map((layer, number) => ({ ...layer, ...change(number) }));
  return { ...opened, image: { ...opened.image, layers } };
}

describe('indexImage', () => {
  test('reports each layer and ends with the image', async () => {
    const image = threeLayers();
    const all = await events(openBuiltImage(image), { concurrency: 1 });
    expect(all.slice(0, -1)).toEqual(
      [0, 1, 2].flatMap((layer) => [
        { kind: 'layer.started', layer },
        { kind: 'layer.done', layer, read: true },
      ]),
    );
    expect(all.at(-1)).toMatchObject({
      kind: 'image.assembled',
      image: {
        layers: image.layers.map((layer) => layer.diffId),
        features: [{ name: 'b' }, { name: 'a', layer: image.layers[0]!.diffId }, { name: 'c' }],
        problems: [],
      },
    });
  });

  test('a second scan opens no layer and finds the same', async () => {
    const first = openBuiltImage(threeLayers());
    const found = await scan(first);
    expect([...first.opened].sort()).toEqual([0, 1, 2]);
    const second = openBuiltImage(threeLayers());
    expect(await scan(second)).toEqual(found);
    expect(second.opened).toEqual([]);
  });

  test('the same layers without compression, or known by their blobs alone, are not opened either', async () => {
    await scan(openBuiltImage(threeLayers()));
    const plain = openBuiltImage(buildImage({ layers: threeLayers().layers.map((layer) => layer.tar) }));
    await scan(plain);
    expect(plain.opened).toEqual([]);
    const { image, ...rest } = openBuiltImage(threeLayers());
    const byBlob = { ...rest, image: { ...image, layers: image.layers.map(({ digest }) => ({ digest: digest! })) } };
    expect((await scan(byBlob)).features).toHaveLength(3);
    expect(byBlob.opened).toEqual([]);
  });

  test('without any claim about its layers an image is read and its detectors are not asked again', async () => {
    await scan(openBuiltImage(threeLayers()));
    const claims = claiming(openBuiltImage(threeLayers()), () => ({ diffId: undefined, digest: undefined }));
    const opened = { ...claims, identity: () => Promise.resolve(undefined) };
    const local = localDetectorClient(dpkgAndApk);
    const client: DetectorClient = { ...local, detect: () => Promise.reject(new Error('Asked again')) };
    expect((await scan(opened, { detectors: client })).features).toHaveLength(3);
    expect([...opened.opened].sort()).toEqual([0, 1, 2]);
  });

  test('a layer that occurs twice is read once', async () => {
    const layer = [file(status, stanza('a'))];
    const opened = openBuiltImage(buildImage({ layers: [layer, [file(status, '')], layer] }));
    expect((await scan(opened)).layers).toHaveLength(3);
    expect([...opened.opened].sort()).toEqual([0, 1]);
  });

  test('a detector that is new reads layers again, and the others keep what they know', async () => {
    await scan(openBuiltImage(threeLayers()), { detectors: localDetectorClient(dpkg) });
    const opened = openBuiltImage(threeLayers());
    const asked: string[] = [];
    const local = localDetectorClient(dpkgAndApk);
    const client: DetectorClient = {
      ...local,
      detect: (request) => {
        asked.push(...request.map(({ detector }) => detector));
        return local.detect(request);
      },
    };
    expect((await scan(opened, { detectors: client })).features.map(({ name }) => name)).toEqual(['b', 'a', 'c']);
    expect(asked).toEqual(['apk']);
    const apk = dpkgAndApk.filter(({ id }) => id === 'apk');
    expect((await scan(opened, { detectors: localDetectorClient(apk) })).features).toHaveLength(1);
    expect((await scan(opened, { detectors: localDetectorClient(dpkg) })).features).toHaveLength(2);
    expect(opened.opened).toHaveLength(3);
  });

  test('a layer that lies about a famous diffID is refused and nothing is stored under it', async () => {
    const famous = buildImage({ layers: [[file(status, stanza('openssl'))]] }).layers[0]!.diffId;
    const poisoned = buildImage({
      layers: [[file('fine')], [file(status, stanza('harmless'))]],
      declare: { diffIds: { 1: famous } },
    });
    await expect(scan(openBuiltImage(poisoned))).rejects.toMatchObject({
      code: 'digest-mismatch',
      message: expect.stringContaining(`Layer 2 of 2 (${famous})`) as unknown,
    });
    expect(await store().layer(famous, [])).toBeUndefined();
    expect(await store().diffIdOfBlob(poisoned.layers[1]!.digest)).toBeUndefined();
    expect(await store().layer(poisoned.layers[1]!.diffId, [])).toBeUndefined();
    // The other layer was finished and is kept.
    expect(await store().layer(poisoned.layers[0]!.diffId, [])).toBeDefined();
  });

  test('a blob that differs from the manifest is rejected', async () => {
    const wrong: Digest = sha256(Buffer.from('something else'));
    const image = buildImage({ layers: [[file('x')]], declare: { blobs: { 0: wrong } } });
    await expect(scan(openBuiltImage(image))).rejects.toMatchObject({ code: 'digest-mismatch' });
    expect(await store().diffIdOfBlob(wrong)).toBeUndefined();
  });

  test('a known blob under another diffID is not believed', async () => {
    const honest = threeLayers();
    await scan(openBuiltImage(honest));
    const other = honest.layers[1]!.diffId;
    const opened = claiming(openBuiltImage(honest), (layer) => (layer === 0 ? { diffId: other } : {}));
    await expect(scan(opened)).rejects.toMatchObject({ code: 'digest-mismatch' });
  });

  test('an unknown blob is read, whatever known diffID is declared for it', async () => {
    const honest = threeLayers();
    await scan(openBuiltImage(honest));
    const layers = [[file(status, stanza('a'))], [file(status, stanza('vulnerable'))]];
    const lying = buildImage({ layers, compression: 'gzip', declare: { diffIds: { 1: honest.layers[1]!.diffId } } });
    const opened = openBuiltImage(lying);
    await expect(scan(opened)).rejects.toMatchObject({ code: 'digest-mismatch' });
    expect(opened.opened).toEqual([1]);
    // The same layer is read as another blob, and is then known under both.
    const other = openBuiltImage(buildImage({ layers: honest.layers.map(({ tar }) => tar), compression: 'zstd' }));
    expect((await scan(other)).features).toHaveLength(3);
    expect([...other.opened].sort()).toEqual([0, 1, 2]);
    await scan(other);
    expect(other.opened).toHaveLength(3);
  });

  test('two layers that declare one diffID and are not the same blob are both read', async () => {
    const image = buildImage({
      layers: [[file(status, stanza('a'))], [file(status, stanza('vulnerable'))]],
      compression: 'gzip',
    });
    const opened = claiming(openBuiltImage(image), () => ({ diffId: image.layers[0]!.diffId }));
    await expect(scan(opened)).rejects.toMatchObject({ code: 'digest-mismatch' });
    expect([...opened.opened].sort()).toEqual([0, 1]);
  });

  test('a layer kept outside the image is a problem; any other unavailable layer is an error', async () => {
    const built = openBuiltImage(threeLayers());
    const absent: OpenedImage = {
      ...built,
      layer: (index) =>
        index === 1 ? Promise.reject(new ClarionError('not-found', 'No such blob')) : built.layer(index),
    };
    await expect(scan(absent)).rejects.toMatchObject({
      message: expect.stringMatching(/^Layer 2 of 3 .*No such blob/) as unknown,
    });
    const layers = built.image.layers.map((layer) => ({
      ...layer,
      mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
    }));
    const image = await scan({ ...absent, image: { ...built.image, layers } });
    expect(image.problems).toMatchObject([{ code: 'missing-layer', layer: layers[1]?.diffId }]);
    expect(image.features.map(({ name }) => name)).toEqual(['a', 'c']);
  });

  test('a layer that was not read completely for lack of room is stored with the problem', async () => {
    const image = buildImage({ layers: [[file(status, stanza('a')), file(installed, 'P:b\nV:1\n\n'.repeat(40))]] });
    const found = await scan(openBuiltImage(image), { limits: { wantedBytes: 200 } });
    expect(found.features.map(({ name }) => name)).toEqual(['a']);
    expect(found.problems).toEqual(
      expect.arrayContaining([expect.objectContaining({ code: 'limit-reached', path: installed })]),
    );
    const again = await scan(openBuiltImage(image), { limits: { wantedBytes: 200 } });
    expect([again.features, again.problems]).toEqual([found.features, found.problems]);
  });

  test('a limit that ends the reading is an error that names the layer, and nothing is stored', async () => {
    const image = buildImage({ layers: [[file('a'), file('b'), file('c')]] });
    await expect(scan(openBuiltImage(image), { limits: { entries: 2 } })).rejects.toMatchObject({
      code: 'limit-exceeded',
      message: expect.stringContaining('Layer 1 of 1') as unknown,
    });
    expect(await store().layer(image.layers[0]!.diffId, [])).toBeUndefined();
  });

  test('a truncated layer is an error', async () => {
    const { tar } = buildImage({ layers: [[file(status, stanza('a').repeat(30))]] }).layers[0]!;
    const image = buildImage({ layers: [tar.subarray(0, 1000)] });
    await expect(scan(openBuiltImage(image))).rejects.toMatchObject({ code: 'corrupt-data' });
  });

  test('big layers report progress, and reading stops when the caller stops listening', async () => {
    const image = buildImage({ layers: [[file('big', Buffer.alloc(3 * 1024 * 1024))], [file('x')]] });
    const all = await events(openBuiltImage(image), { concurrency: 1 });
    const progress = all.filter((event) => event.kind === 'layer.progress');
    expect(progress.length).toBeGreaterThanOrEqual(2);
    expect(progress.length).toBeLessThanOrEqual(3);
    const fresh = buildImage({ layers: [[file('y')], [file('z')]] });
    const opened = openBuiltImage(fresh);
    for await (const event of indexImage(opened, deps({ concurrency: 1 }))) {
      expect(event.kind).toBe('layer.started');
      break;
    }
    expect(opened.opened.length).toBeLessThanOrEqual(1);
  });

  test('the caller can stop it', async () => {
    const opened = openBuiltImage(threeLayers());
    await expect(scan(opened, { signal: AbortSignal.abort(new Error('Enough')) })).rejects.toThrow('Enough');
    expect(opened.opened).toEqual([]);
  });

  test('a root filesystem directory is indexed and not remembered', async () => {
    const content = Buffer.from(stanza('a'));
    const walk: LayerContent = {
      kind: 'walk',
      walk(visitor) {
        const link = {
          path: status,
          type: 'symlink',
          size: 0,
          mode: 0o777,
          link: '/srv/data',
          nullDevice: false,
        } as const;
        const data = { ...link, path: 'srv/data', type: 'file', size: content.length, link: '' } as const;
        visitor.entry(link);
        if (visitor.entry(data) !== undefined) {
          visitor.content(data, content);
        }
        return Promise.resolve();
      },
    };
    const opened: OpenedImage = {
      image: { reference: 'rootfs', platform: { os: 'linux', architecture: 'amd64' }, layers: [{}] },
      layer: () => Promise.resolve(walk),
      close: () => Promise.resolve(),
    };
    const image = await scan(opened);
    expect(image.features).toMatchObject([{ name: 'a', path: status, layer: image.layers[0] }]);
    expect(await store().layer(image.layers[0]!, [])).toBeUndefined();
  });

  test.each([status, 'srv/data'])('a file that its walk could not read is one problem: %s', async (where) => {
    const message = `${where} could not be read: EACCES`;
    const walk: LayerContent = {
      kind: 'walk',
      walk(visitor) {
        const entry = { path: where, type: 'file', size: 9, mode: 0, link: '', nullDevice: false } as const;
        if (where !== status) visitor.entry({ ...entry, path: status, type: 'symlink', size: 0, link: `/${where}` });
        const wanted = visitor.entry(entry);
        if (wanted !== undefined) visitor.problem?.({ code: 'bad-archive-entry', path: where, message });
        return Promise.resolve();
      },
    };
    const image = await scan({
      image: { reference: 'rootfs', platform: { os: 'linux', architecture: 'amd64' }, layers: [{}] },
      layer: () => Promise.resolve(walk),
      close: () => Promise.resolve(),
    });
    expect(image.problems).toMatchObject([{ code: 'bad-archive-entry', path: status, message }]);
  });

  test('the four states of a database are distinguished', async () => {
    const base = [file(status, stanza('a'))];
    const states = {
      absent: [file('unrelated')],
      empty: [file(status, '')],
      deleted: [whiteout(status)],
      unreadable: [file(status, Buffer.alloc(70 * 1024 * 1024))],
    };
    const counts = async (top: TarEntry[]): Promise<readonly [number, number]> => {
      const image = await scan(openBuiltImage(buildImage({ layers: [base, top] })));
      return [image.features.length, image.problems.length];
    };
    expect(await counts(states.absent)).toEqual([1, 0]);
    expect(await counts(states.empty)).toEqual([0, 0]);
    expect(await counts(states.deleted)).toEqual([0, 0]);
    expect(await counts(states.unreadable)).toEqual([0, 1]);
    const files = async (top: TarEntry[]): Promise<readonly unknown[]> => {
      const [, digest = ''] = (await scan(openBuiltImage(buildImage({ layers: [base, top] })))).layers;
      const layer = await store().layer(digest, dpkg);
      const detection = layer?.detections[0];
      return [layer?.structure.files, layer?.structure.whiteouts, detection?.files, detection?.problems.length];
    };
    expect(await files(states.absent)).toEqual([[], [], [], 0]);
    expect(await files(states.empty)).toEqual([[status], [], [status], 0]);
    expect(await files(states.deleted)).toEqual([[], [status], [], 0]);
    expect(await files(states.unreadable)).toEqual([[status], [], [], 1]);
  });

  test('packages of another kind of database than the distribution has no namespace', async () => {
    const os = file('etc/os-release', 'ID=debian\nVERSION_ID=12\n');
    const layer = [os, file(status, stanza('a')), file(installed, 'P:b\nV:1\nA:x86_64\n\n')];
    const detectors = localDetectorClient([...dpkgAndApk, ...namespaceDetectors]);
    const image = await scan(openBuiltImage(buildImage({ layers: [layer] })), { detectors });
    expect(image.features.map((f) => [f.name, f.namespace])).toEqual([
      ['b', null],
      ['a', 'debian:12'],
    ]);
    const unnamed = await scan(openBuiltImage(buildImage({ layers: [layer.slice(1)] })), { detectors });
    expect(unnamed.namespaces).toEqual([]);
    expect(unnamed.features.map((f) => f.namespace)).toEqual([null, null]);
  });

  test('without layers or detectors there is nothing', async () => {
    const none = await scan(openBuiltImage(buildImage({ layers: [] })));
    expect(none).toMatchObject({ layers: [], namespaces: [], channels: [], features: [], problems: [] });
    const blind = await scan(openBuiltImage(threeLayers()), { detectors: localDetectorClient([]) });
    expect(blind.features).toEqual([]);
  });
});
