import { localDetectorClient } from '@clarion/detector-client';
import { featureDetectors } from '@clarion/feature-detectors';
import {
  enabledDetectors,
  type Advisory,
  type Detector,
  type CompositionWithPackage,
  type PlacedFeature,
  type Report,
} from '@clarion/model';
import { namespaceDetectors } from '@clarion/namespace-detectors';
import { buildImage, file } from '@clarion/test-kit';
import fc from 'fast-check';
import { feedSources, ownVulnerabilities } from '@clarion/feed-sources';
import { createUseCases } from './create-use-cases';
import { mergeOrdered } from './merge-ordered';
import { lookupFacts, vulnerabilitiesOf } from './advisories-about';
import {
  archiveOf,
  debianImage,
  type TestInstallation,
  openssl,
  startInstallation,
  stateDebian,
  reportText,
} from '../testing/installation';
import type { ImageSearch } from './use-cases';

async function* from(keys: readonly string[]): AsyncGenerator<string> {
  for (const key of keys) {
    await Promise.resolve();
    yield key;
  }
}

describe('mergeOrdered', () => {
  it('yields every key once, in order, with all its items', async () => {
    const sorted = fc.uniqueArray(fc.string({ maxLength: 2 })).map((keys) => [...keys].sort());
    await fc.assert(
      fc.asyncProperty(fc.array(sorted, { maxLength: 5 }), async (lists) => {
        const seen: (readonly [string, number])[] = [];
        for await (const { key, items } of mergeOrdered(lists.map(from), (item) => item)) {
          seen.push([key, items.length]);
        }
        const all = lists.flat();
        expect(seen).toEqual(
          [...new Set(all)].sort().map((key) => [key, all.filter((one) => one === key).length] as const),
        );
      }),
    );
  });

  it('closes all streams when it is left', async () => {
    const closed: number[] = [];
    async function* stream(number: number): AsyncGenerator<string> {
      try {
        for (let at = 0; ; at += 1) yield await Promise.resolve(String(at));
      } finally {
        closed.push(number);
      }
    }
    for await (const { key } of mergeOrdered([stream(1), stream(2)], (item) => item)) if (key === '3') break;
    expect(closed.sort()).toEqual([1, 2]);
  });
});

describe('searches page by page', () => {
  let here: TestInstallation;
  const images = [
    ...['a', 'b', 'c'].map((mark) => debianImage(['openssl=3.0.11-1'], mark)),
    ...['d', 'e'].map((mark) => debianImage(['openssl=3.0.11-1', 'bash=5'], mark)),
    ...['f', 'g'].map((mark) => debianImage(['openssl=3.0.13-1', 'bash=5'], mark)),
    debianImage(['zlib=1'], 'h'),
  ];
  beforeAll(async () => {
    here = await startInstallation();
    await stateDebian(here.store, { openssl: [openssl('3.0.13-1')] });
    for (const image of images) await here.useCases.images.upload(archiveOf(image), {});
  });
  afterAll(() => here.close());

  it.each<[string, ImageSearch, readonly number[]]>([
    ['everything', { by: 'all' }, [0, 1, 2, 3, 4, 5, 6, 7]],
    ['a package', { by: 'package', package: 'openssl' }, [0, 1, 2, 3, 4, 5, 6]],
    ['a package that some have', { by: 'package', package: 'bash' }, [3, 4, 5, 6]],
    ['a package by its package URL', { by: 'package', package: 'pkg:deb/debian/bash' }, [3, 4, 5, 6]],
    ['a package of another kind', { by: 'package', package: 'pkg:npm/bash' }, []],
    ['a severity', { by: 'severity', severity: 'Medium' }, [0, 1, 2, 3, 4]],
    ['a vulnerability', { by: 'vulnerability', vulnerability: 'CVE-2023-5678' }, [0, 1, 2, 3, 4]],
  ])('of %s give every image once, whatever the page', async (_what, search, expected) => {
    const digests = expected.map((number) => images[number]?.manifestDigest ?? '').sort();
    for (const limit of [1, 2, 3, 5, 100]) {
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const page = await here.useCases.images.list(search, { limit, ...(after === undefined ? {} : { after }) });
        expect(page.items.length).toBeLessThanOrEqual(limit);
        seen.push(...page.items.map(({ digest }) => digest));
        after = page.next;
      } while (after !== undefined);
      expect([...seen].sort()).toEqual(digests);
    }
  });

  it('give an image that is too large to be counted for every severity, and say why it has no counts', async () => {
    const [digest] = images.map(({ manifestDigest }) => manifestDigest).slice(-1);
    const { composition } = (await here.store.image(digest!))!;
    const before = (await here.store.counts([composition!])).get(composition!)!;
    await here.store.putCounts(composition!, null);
    const found = await here.useCases.images.list({ by: 'severity', severity: 'Critical' }, { limit: 100 });
    await here.store.putCounts(composition!, before);
    expect(found.items).toEqual([
      expect.objectContaining({ digest, severities: null, severitiesMissing: 'limit-reached' }),
    ]);
  });

  it.each(['', 'x', '[]', Buffer.from('["a"]').toString('base64url'), Buffer.from('[1,2,3]').toString('base64url')])(
    'reject a cursor that was not returned: %p',
    async (after) => {
      const search = { by: 'package', package: 'openssl' } as const;
      await expect(here.useCases.images.list(search, { limit: 1, after })).rejects.toMatchObject({
        code: 'invalid-input',
      });
    },
  );

  it('of vulnerabilities page over packages', async () => {
    await stateDebian(here.store, Object.fromEntries(['a', 'b', 'c'].map((name) => [name, [openssl('2')]])));
    const first = await here.useCases.vulnerabilities.get('CVE-2023-5678', {}, { limit: 2 });
    expect(first.advisories.map((one) => one.package)).toEqual(['a', 'b']);
    const rest = { limit: 2, after: first.next ?? '' };
    const second = await here.useCases.vulnerabilities.get('CVE-2023-5678', {}, rest);
    expect(second.advisories.map((one) => one.package)).toEqual(['c', 'openssl']);
    expect(second.next).toBeUndefined();
    const one = await here.useCases.vulnerabilities.get('CVE-2023-5678', { package: 'b' }, { limit: 2 });
    expect(one.advisories).toHaveLength(1);
    await expect(here.useCases.vulnerabilities.get('CVE-1', {}, { limit: 2 })).rejects.toMatchObject({
      code: 'not-found',
    });
    // Data that was never loaded does not count as empty.
    const elsewhere = { namespace: 'alpine:v3.20', package: 'b' };
    const context = { store: here.store, feeds: feedSources, ownVulnerabilities };
    const facts = lookupFacts(context);
    await expect(vulnerabilitiesOf(elsewhere, { page: { limit: 1 }, facts, context })).rejects.toMatchObject({
      code: 'no-data',
      message: expect.stringContaining('never loaded: alpine-secdb') as string,
    });
    const quiet = { namespace: 'debian:12', package: 'nobody-speaks-of-it' };
    expect(await here.useCases.vulnerabilities.list(quiet, { limit: 1 })).toEqual({ items: [] });
    const of = { namespace: 'debian:12', package: 'b' };
    expect(await here.useCases.vulnerabilities.list(of, { limit: 1 })).toMatchObject({
      items: [{ id: 'CVE-2023-5678', advisories: [{ package: 'b' }] }],
    });
  });

  it('of a vulnerability leave out images that only advisories for other architectures concern', async () => {
    const of = (architecture: string, id: string): Advisory => ({
      ...openssl('3.0.12-1'),
      id,
      scope: { architectures: [architecture] },
    });
    await stateDebian(here.store, {
      openssl: [of('arm64', 'CVE-2024-1'), of('arm64', 'CVE-2024-2'), of('amd64', 'CVE-2024-2')],
    });
    const found = async (vulnerability: string): Promise<number> => {
      const search = { by: 'vulnerability', vulnerability } as const;
      return (await here.useCases.images.list(search, { limit: 100 })).items.length;
    };
    expect([await found('CVE-2024-1'), await found('CVE-2024-2')]).toEqual([0, 5]);
    // The report still shows it, as less than certain.
    const text = await reportText(await here.useCases.images.report(images[0]?.manifestDigest ?? `sha256:`));
    const { findings } = JSON.parse(text) as Report;
    expect(findings.map(({ id, certainty }) => [id, certainty])).toEqual([
      ['CVE-2024-2', undefined],
      ['CVE-2024-1', 'other-architecture'],
    ]);
  });
});

describe('a search by vulnerability in an image of thousands of packages of one source', () => {
  let here: TestInstallation;
  let digest: string;
  const pieces: number[] = [];
  beforeAll(async () => {
    here = await startInstallation();
    await stateDebian(here.store, {
      big: [
        { ...openssl('2'), id: 'CVE-2024-1' },
        { ...openssl('0.5'), id: 'CVE-2024-2' },
      ],
    });
    const packages = Array.from({ length: 3500 }, (_, at) => `lib${at}=1`);
    ({ digest } = await here.useCases.images.upload(archiveOf(debianImage(packages, 'big', 'big')), {}));
  });
  afterAll(() => here.close());

  it.each([
    ['CVE-2024-1', 1, 'ends with the first piece that has it'],
    ['CVE-2024-2', 4, 'reads one piece after the other'],
  ])('of %s reads %i of its pieces: %s', async (vulnerability, expected) => {
    pieces.length = 0;
    const { store } = here;
    const counting = {
      ...store,
      async *compositionsWithPackage(
        ...asked: Parameters<typeof store.compositionsWithPackage>
      ): AsyncGenerator<CompositionWithPackage> {
        for await (const { composition, pieces: inPieces } of store.compositionsWithPackage(...asked)) {
          const counted = async function* (): AsyncGenerator<readonly PlacedFeature[]> {
            for await (const piece of inPieces()) {
              pieces.push(piece.length);
              yield piece;
            }
          };
          yield { composition, pieces: counted };
        }
      },
    };
    const { images } = createUseCases({ ...here.dependencies, store: counting });
    const { items } = await images.list({ by: 'vulnerability', vulnerability }, { limit: 10 });
    expect(items.map((item) => item.digest)).toEqual(vulnerability === 'CVE-2024-1' ? [digest] : []);
    expect(pieces).toHaveLength(expected);
    expect(Math.max(...pieces)).toBeLessThanOrEqual(1000);
  });
});

describe('packages of a kind that a user invented', () => {
  const acme: Detector = {
    id: 'acme',
    kind: 'feature',
    version: 1,
    title: 'Ours',
    files: { paths: ['opt/acme'], maxBytes: 1000 },
    detect: (files) => ({
      features: files.map(({ path }) => ({ type: 'x-acme', name: 'agent', version: '1.9.0', path })),
    }),
  };
  let here: TestInstallation;
  let digest: string;
  beforeAll(async () => {
    const detectors = localDetectorClient([...namespaceDetectors, ...enabledDetectors(featureDetectors), acme]);
    here = await startInstallation({ detectors });
    await stateDebian(here.store, {});
    await here.useCases.images.upload(archiveOf(debianImage(['bash=5'], 'a')), {});
    const image = buildImage({ layers: [[file('opt/acme', '1.9.0')]] });
    ({ digest } = await here.useCases.images.upload(archiveOf(image), {}));
    const affected = [
      {
        package: { name: 'agent' },
        ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '1.10.0' }] }],
      },
    ];
    await here.useCases.vulnerabilities.putOwn({ namespace: 'x-acme', id: 'ACME-1' }, { affected });
  });
  afterAll(() => here.close());

  it.each<[string, ImageSearch]>([
    ['name', { by: 'package', package: 'agent' }],
    ['own advisory', { by: 'vulnerability', vulnerability: 'ACME-1' }],
  ])('are found by their %s', async (_, search) => {
    const { items } = await here.useCases.images.list(search, { limit: 10 });
    expect(items.map((item) => item.digest)).toEqual([digest]);
  });
});
