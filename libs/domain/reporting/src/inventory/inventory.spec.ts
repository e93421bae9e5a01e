import type { PlacedProblem } from '@clarion/model';
import { base, deb, imageOf, namespaceOf, rpm, top } from '@clarion/test-kit/match-facts';
import { inventoryOf } from './inventory';

describe('inventoryOf', () => {
  test('names what was recognised and not read', () => {
    const npm = { id: 'npm', files: 3, example: 'app/node_modules/a/package.json', layer: top };
    const image = imageOf([deb('a', '1')], { ecosystems: [npm, { ...npm, id: 'dpkg' }] });
    const { ecosystems } = inventoryOf(image, { clarionVersion: '1' });
    expect(ecosystems).toEqual([{ ...npm, reason: 'no detector reads npm packages' }]);
    const off = { ...npm, detectorsOff: ['node'] };
    expect(inventoryOf(imageOf([], { ecosystems: [off] }), { clarionVersion: '1' }).ecosystems).toEqual([
      { ...off, reason: expect.stringMatching(/^no detector reads npm packages \(node is off: /) as string },
    ]);
    expect(inventoryOf(imageOf([deb('a', '1')]), { clarionVersion: '1' })).not.toHaveProperty('ecosystems');
  });

  const libssl3 = deb('libssl3', '3.0.11', { source: { name: 'openssl', version: '3.0.11-1' }, layer: top });

  test('says what is inside, absent facts as null', () => {
    expect(inventoryOf(imageOf([libssl3]), { clarionVersion: '1.2.3' })).toEqual({
      schemaVersion: 1,
      clarion: { version: '1.2.3' },
      image: {
        reference: 'example:latest',
        manifestDigest: `sha256:${'c'.repeat(64)}`,
        platform: 'linux/amd64',
        layers: [
          { diffId: base, digest: `sha256:${'d'.repeat(64)}`, createdBy: 'ADD rootfs' },
          { diffId: top, digest: null, createdBy: null },
        ],
      },
      namespaces: [{ id: 'debian:12', path: 'etc/os-release', layer: base }],
      packages: [
        {
          name: 'libssl3',
          version: '3.0.11',
          namespace: 'debian:12',
          type: 'dpkg',
          architecture: 'amd64',
          source: 'openssl',
          sourceVersion: '3.0.11-1',
          module: null,
          path: 'var/lib/dpkg/status',
          layer: top,
          purl: 'pkg:deb/debian/libssl3@3.0.11?arch=amd64&distro=debian-12&upstream=openssl%403.0.11-1',
        },
      ],
      problems: [],
    });
  });

  test('names the archive that proves a package, and what is only inferred', () => {
    const within = 'b.war!/c.jar';
    const nested = deb('c', '1', { type: 'maven', namespace: 'maven', path: 'a.ear', within, confidence: 'inferred' });
    const { packages } = inventoryOf(imageOf([nested]), { clarionVersion: '1' });
    expect(packages).toMatchObject([{ path: 'a.ear!/b.war!/c.jar', confidence: 'inferred' }]);
  });

  test.each<[license: string | undefined, shown: string | undefined]>([
    ['GPLv2+', 'GPL-2.0-or-later'],
    ['MIT AND BSD-3-Clause', 'MIT AND BSD-3-Clause'],
    ['BSD with advertising', 'BSD with advertising'],
    ['', undefined],
    [undefined, undefined],
  ])('names the license %j as %j', (license, shown) => {
    const one = deb('a', '1', license === undefined ? {} : { license });
    expect(inventoryOf(imageOf([one]), { clarionVersion: '1' }).packages[0]?.license).toBe(shown);
  });

  test('a package of a language names its owner, if it has one', () => {
    const pip = deb('pip', '23.0.1', { type: 'pypi', namespace: 'PyPI' });
    const image = imageOf([
      { ...pip, owner: 'python3-pip' },
      { ...pip, name: 'wheel' },
    ]);
    const { packages } = inventoryOf(image, { clarionVersion: '1' });
    expect(packages.map((one) => [one.name, 'owner' in one, one.owner])).toEqual([
      ['pip', true, 'python3-pip'],
      ['wheel', false, undefined],
    ]);
  });

  test('a directory has no digests', () => {
    const image = {
      reference: 'dir:rootfs',
      platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
      layers: [],
    };
    expect(inventoryOf(imageOf([], { image, layers: [base] }), { clarionVersion: '1' }).image).toEqual({
      reference: 'dir:rootfs',
      manifestDigest: null,
      platform: 'linux/arm64/v8',
      layers: [{ diffId: base, digest: null, createdBy: null }],
    });
  });

  test('packages are sorted by namespace, name, version, architecture, path', () => {
    const sorted = [
      deb('z', '1', { namespace: null }),
      deb('B', '1'),
      deb('a', '1'),
      deb('a', '1', { architecture: 'i386' }),
      deb('a', '1', { architecture: 'i386', path: 'w' }),
      deb('a', '10'),
      deb('a', '2'),
      deb('a', '2', { source: { name: 'b', version: '1' } }),
      deb('a', '2', { source: { name: 'b', version: '2' } }),
      deb('a', '2', { source: { name: 'b', version: '2' }, module: 'm' }),
      deb('a', '2', { source: { name: 'b', version: '2' }, module: 'm', layer: top }),
      rpm('a', '1'),
    ];
    const { packages } = inventoryOf(imageOf(sorted.toReversed()), { clarionVersion: '1' });
    expect(
      packages.map((p) => [p.namespace, p.name, p.version, p.architecture, p.path, p.sourceVersion, p.module, p.layer]),
    ).toEqual(
      sorted.map((p) => [
        p.namespace,
        p.name,
        p.version,
        p.architecture,
        p.path,
        p.source?.version ?? null,
        p.module ?? null,
        p.layer,
      ]),
    );
  });

  test('namespaces and problems are sorted; a problem may concern no layer and no path', () => {
    const problems: readonly PlacedProblem[] = [
      { layer: top, code: 'bad-record', message: 'b' },
      { layer: base, path: 'x', code: 'truncated-database', message: 'm' },
      { layer: base, path: 'x', code: 'bad-record', message: 'm' },
      { layer: base, path: 'x', code: 'bad-record', message: 'a' },
      { layer: base, path: 'a', code: 'bad-record', message: 'm' },
      { layer: null, code: 'missing-layer', message: 'm' },
    ];
    const debian = namespaceOf('debian:12');
    const upper = { ...debian, layer: top };
    const namespaces = [upper, debian, { ...upper, path: 'a' }, namespaceOf('alpine:v3.20', 'apk')];
    const inventory = inventoryOf(imageOf([], { problems, namespaces }), { clarionVersion: '1' });
    expect(inventory.namespaces.map(({ id, path, layer }) => [id, path, layer])).toEqual([
      ['alpine:v3.20', 'etc/os-release', base],
      ['debian:12', 'a', top],
      ['debian:12', 'etc/os-release', base],
      ['debian:12', 'etc/os-release', top],
    ]);
    expect(inventory.problems).toEqual([
      { layer: null, path: null, code: 'missing-layer', message: 'm' },
      { layer: base, path: 'a', code: 'bad-record', message: 'm' },
      { layer: base, path: 'x', code: 'bad-record', message: 'a' },
      { layer: base, path: 'x', code: 'bad-record', message: 'm' },
      { layer: base, path: 'x', code: 'truncated-database', message: 'm' },
      { layer: top, path: null, code: 'bad-record', message: 'b' },
    ]);
  });
});
