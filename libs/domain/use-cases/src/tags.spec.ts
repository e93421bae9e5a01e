import { type Digest, namesOf } from '@clarion/model';
import { feedSources } from '@clarion/feed-sources';
import { isReferenced, recountCompositions, referencesNow } from '@clarion/notifying';
import type { BuiltImage } from '@clarion/test-kit';
import type { ResolvedImage } from './dependencies';
import {
  archiveOf,
  debianImage,
  type TestInstallation,
  openssl,
  startInstallation,
  stateDebian,
} from '../testing/installation';
import type { ImageSearch } from './use-cases';

const repository = 'registry.example/team/app';
const builds = ['one', 'two', 'three'].map((mark) => debianImage(['openssl=3.0.11-1'], mark));
const [one, two, three] = builds.map(({ manifestDigest }) => manifestDigest) as [Digest, Digest, Digest];

/** The answer of a registry for an image. */
function resolved(built: BuiltImage, name: string): ResolvedImage {
  const { manifestDigest, platform, layers } = built;
  const described = layers.map(({ digest, diffId }) => ({ digest, diffId }));
  return {
    image: { reference: name, manifestDigest, platform, layers: described },
    pinned: `${repository}@${manifestDigest}`,
    name,
    insecure: false,
  };
}

describe('a tag that is moved', () => {
  let here: TestInstallation;
  /** What the registry answers, and what happens while it does. */
  let means = builds[0]!;
  let meanwhile: (() => Promise<unknown>) | undefined;
  let asked = 0;
  beforeEach(async () => {
    [means, meanwhile, asked] = [builds[0]!, undefined, 0];
    here = await startInstallation({
      resolveImage: async (reference) => {
        asked += 1;
        const answer = resolved(means, reference);
        const act = meanwhile;
        meanwhile = undefined;
        await act?.();
        return answer;
      },
    });
  });
  afterEach(() => here.close());

  const submit = (reference = `${repository}:1`): Promise<unknown> =>
    here.useCases.images.submit({ kind: 'reference', reference });
  const push = async (build: number): Promise<unknown> => {
    means = builds[build]!;
    return submit();
  };
  const named = async (): Promise<readonly (readonly [Digest, readonly string[], readonly string[]])[]> => {
    const { items } = await here.useCases.images.list({ by: 'all' }, { limit: 10 });
    return items.map(({ digest, references, formerReferences }) => [digest, references, formerReferences] as const);
  };
  const inRepository = async (): Promise<readonly Digest[]> =>
    (await here.useCases.images.list({ by: 'repository', repository }, { limit: 1 })).items.map(({ digest }) => digest);
  const current = `${repository}:1`;

  test('belongs to the image that it last pointed to, and the earlier ones keep it as a former name', async () => {
    for (const build of [0, 1, 2]) await push(build);
    expect(new Map((await named()).map(([digest, ...names]) => [digest, names]))).toEqual(
      new Map([
        [one, [[], [current]]],
        [two, [[], [current]]],
        [three, [[current], []]],
      ]),
    );
    expect(await inRepository()).toEqual([three]);
    expect(asked).toBe(3);
  });

  test('returns to an older image that it points to again', async () => {
    for (const build of [0, 1, 0]) await push(build);
    expect(await inRepository()).toEqual([one]);
    const { items } = await here.store.tagPeriods({ repository, tag: '1' }, { limit: 10 });
    expect(items.map(({ image }) => image)).toEqual([one, two, one]);
  });

  test('is resolved again when another submission moved it, and an image that lost it does not get it', async () => {
    // The answer "one" is on its way while somebody else pushes the tag again and submits it.
    meanwhile = () => push(1);
    await submit();
    expect(await inRepository()).toEqual([two]);
    expect(asked).toBe(3);
  });

  test('goes to the submission that resolved it correctly, even if that is the slower one', async () => {
    meanwhile = async () => {
      await here.store.moveTag({ repository, tag: '1' }, three, { at: new Date().toISOString() });
    };
    await submit();
    expect(await inRepository()).toEqual([one]);
  });

  test.each<[who: string, claim: () => Promise<unknown>]>([
    ['an archive', () => here.useCases.images.upload(archiveOf(builds[1]!), { reference: current })],
    [
      'a list of layers',
      () =>
        here.useCases.images.submit({
          kind: 'layers',
          reference: current,
          digest: two,
          layers: builds[1]!.layers.map(({ digest }) => ({ digest, url: 'https://registry.example/blob' })),
        }),
    ],
  ])('stays with the image that a registry resolved it to when %s claims it', async (_who, claim) => {
    await push(0);
    expect(await claim()).toMatchObject({ digest: two, notNamed: current });
    expect(new Map((await named()).map(([digest, ...names]) => [digest, names]))).toEqual(
      new Map([
        [one, [[current], []]],
        [two, [[], []]],
      ]),
    );
    await push(1);
    expect(await inRepository()).toEqual([two]);
    const given = await here.useCases.images.upload(archiveOf(builds[2]!), { reference: `${repository}:2` });
    expect(given).not.toHaveProperty('notNamed');
    expect((await here.store.tags([{ repository, tag: '2' }])).get(`${repository}:2`)?.image).toBe(three);
  });

  test('cannot be claimed when the image that a registry resolved it to is deleted', async () => {
    await here.useCases.images.upload(archiveOf(builds[0]!), { reference: current });
    // The registry confirms what an upload claimed.
    await push(0);
    await here.useCases.images.remove(one);
    await here.useCases.images.upload(archiveOf(builds[1]!), { reference: current });
    expect(await inRepository()).toEqual([]);
    await push(2);
    expect(await inRepository()).toEqual([three]);
    const { items } = await here.store.tagPeriods({ repository, tag: '1' }, { limit: 10 });
    expect(items.map(({ image }) => image)).toEqual([three, one]);
  });

  test.each<[how: string, claim: (digest: Digest) => Promise<unknown>]>([
    [
      'an archive',
      (digest) => here.useCases.images.upload(archiveOf(builds[1]!), { reference: `${repository}@${digest}` }),
    ],
    [
      'an archive with a tag, too',
      (digest) => here.useCases.images.upload(archiveOf(builds[1]!), { reference: `${current}@${digest}` }),
    ],
    [
      'a list of layers',
      (digest) =>
        here.useCases.images.submit({
          kind: 'layers',
          reference: `${repository}@${digest}`,
          digest: two,
          layers: builds[1]!.layers.map((layer) => ({ digest: layer.digest, url: 'https://registry.example/blob' })),
        }),
    ],
  ])('by digest is refused for %s with another digest', async (_how, claim) => {
    await expect(claim(one)).rejects.toMatchObject({ code: 'digest-mismatch' });
    expect(await named()).toEqual([]);
    await claim(two);
    expect((await named()).map(([digest]) => digest)).toEqual([two]);
  });

  test('leaves a name by digest alone, and an image that has no other one stays referenced', async () => {
    await submit(`${repository}@${one}`);
    await submit(`${repository}:1@${one}`);
    await push(1);
    expect(new Map((await named()).map(([digest, ...names]) => [digest, names]))).toEqual(
      new Map([
        [one, [[`${repository}:1@${one}`, `${repository}@${one}`], []]],
        [two, [[current], []]],
      ]),
    );
  });

  const nameless = (build: number): Promise<unknown> => here.useCases.images.upload(archiveOf(builds[build]!), {});
  const tagged = (build: number): Promise<unknown> =>
    here.useCases.images.upload(archiveOf(builds[build]!), { reference: current });
  const byLayers = (): Promise<unknown> =>
    here.useCases.images.submit({
      kind: 'layers',
      digest: one,
      layers: builds[0]!.layers.map(({ digest }) => ({ digest, url: 'https://registry.example/blob' })),
    });
  /** A record of an earlier version that did not record the missing name. */
  const ofEarlierVersion = async (): Promise<unknown> => {
    await nameless(0);
    return here.store.changeImage(one, (known) => {
      const { byDigest: _, ...rest } = known!;
      return rest;
    });
  };

  test.each<[how: string, referenced: boolean, steps: readonly (() => Promise<unknown>)[]]>([
    ['by its tag only', false, [() => tagged(0)]],
    ['without a name', true, [() => nameless(0)]],
    ['without a name, then by its tag', true, [() => nameless(0), () => tagged(0)]],
    ['without a name, then by its tag twice', true, [() => nameless(0), () => tagged(0), () => tagged(0)]],
    ['by its tag, then without a name', true, [() => tagged(0), () => nameless(0)]],
    ['by its layers, then by its tag', true, [byLayers, () => tagged(0)]],
    ['without a name in an earlier version, then by its tag', true, [ofEarlierVersion, () => tagged(0)]],
  ])('leaves an image that was submitted %s referenced: %p', async (_how, referenced, steps) => {
    for (const step of [...steps, () => tagged(1)]) await step();
    const [names] = await referencesNow([namesOf((await here.store.image(one))!)], here.store);
    expect(isReferenced(names!)).toBe(referenced);
    const listed = (await named()).find(([digest]) => digest === one);
    expect(listed).toEqual([one, [], steps.length === 1 && referenced ? [] : [current]]);
  });

  test('is moved by uploads, and outlives its images', async () => {
    for (const build of [0, 1]) await here.useCases.images.upload(archiveOf(builds[build]!), { reference: current });
    expect(await inRepository()).toEqual([two]);
    await here.useCases.images.remove(two);
    expect(await inRepository()).toEqual([]);
    const { items } = await here.store.tagPeriods({ repository, tag: '1' }, { limit: 10 });
    expect(items.map(({ image }) => image)).toEqual([two, one]);
  });
});

describe('names that are given with an image', () => {
  let here: TestInstallation;
  beforeEach(async () => {
    here = await startInstallation();
  });
  afterEach(() => here.close());

  const layersOf = (built: BuiltImage): { digest: Digest; url: string; diffId: Digest }[] =>
    built.layers.map(({ digest, diffId }) => ({ digest, diffId, url: 'https://storage.example/layer' }));
  const give = {
    upload: (built: BuiltImage, reference: string) => here.useCases.images.upload(archiveOf(built), { reference }),
    layers: (built: BuiltImage, reference: string) =>
      here.useCases.images.submit({
        ...{ kind: 'layers', digest: built.manifestDigest, layers: layersOf(built), reference },
      }),
  } as const;
  const means = async (): Promise<ReadonlyMap<Digest, readonly (readonly string[])[]>> => {
    const { items } = await here.useCases.images.list({ by: 'all' }, { limit: 10 });
    return new Map(items.map(({ digest, references, formerReferences }) => [digest, [references, formerReferences]]));
  };

  it.each<[how: keyof typeof give, first: string, second: string, name: string, repository: string]>([
    ['upload', 'reg.example/t/app', 'reg.example/t/app:latest', 'reg.example/t/app:latest', 'reg.example/t/app'],
    ['upload', 'team/app:1', 'index.docker.io/team/app:1', 'docker.io/team/app:1', 'team/app'],
    ['upload', 'REG.example/t/app:1', 'reg.example/t/app:1', 'reg.example/t/app:1', 'Reg.example/t/app'],
    ['layers', 'docker.io/alpine:1', 'alpine:1', 'docker.io/library/alpine:1', 'alpine'],
  ])('are one in all spellings: %s %s, %s', async (how, first, second, name, repository) => {
    await give[how](builds[0]!, first);
    await give[how](builds[1]!, second);
    expect(await means()).toEqual(
      new Map([
        [one, [[], [name]]],
        [two, [[name], []]],
      ]),
    );
    const { items } = await here.useCases.images.list({ by: 'repository', repository }, { limit: 10 });
    expect(items.map(({ digest }) => digest)).toEqual([two]);
  });

  it.each(['foo bar', 'http://x/y', 'Reg/App', 'a@sha256:1', ''])('and %p is invalid', async (text) => {
    for (const how of ['upload', 'layers'] as const) {
      await expect(give[how](builds[0]!, text)).rejects.toMatchObject({ code: 'invalid-input' });
    }
    await expect(here.useCases.images.list({ by: 'repository', repository: text }, { limit: 1 })).rejects.toMatchObject(
      { code: 'invalid-input' },
    );
    expect(await means()).toEqual(new Map());
  });
});

describe('counts of vulnerabilities', () => {
  const mark = 'counted';
  const built = debianImage(['openssl=3.0.11-1'], mark);
  let here: TestInstallation;
  beforeEach(async () => {
    here = await startInstallation();
    await here.useCases.images.upload(archiveOf(built), {});
  });
  afterEach(() => here.close());

  test('are null and not zero while the data for them was never loaded', async () => {
    const view = await here.useCases.images.get(built.manifestDigest);
    expect(view).toMatchObject({ state: 'indexed', severities: null, severitiesMissing: 'no-data' });
    for (const search of [
      { by: 'severity', severity: 'High' },
      { by: 'vulnerability', vulnerability: 'CVE-2023-5678' },
    ] as const) {
      await expect(here.useCases.images.list(search, { limit: 10 })).rejects.toMatchObject({ code: 'no-data' });
    }
    const { vulnerabilities, feeds } = here.useCases;
    const of = { namespace: 'debian:12', package: 'openssl' };
    await expect(vulnerabilities.get('CVE-2022-2068', {}, { limit: 1 })).rejects.toMatchObject({ code: 'no-data' });
    await expect(vulnerabilities.list(of, { limit: 1 })).rejects.toMatchObject({ code: 'no-data' });
    const unknown = { groups: null, advisories: null, records: null, problems: null };
    const nothing = { groups: 0, advisories: 0, records: 0, problems: 0 };
    for (const feed of await feeds.list()) {
      expect(feed).toMatchObject(feed.id === 'own-vulnerabilities' ? nothing : unknown);
    }
    await stateDebian(here.store, { openssl: [openssl('3.0.13-1')] });
    // Loading alone does not count.
    expect(await here.useCases.images.get(built.manifestDigest)).toMatchObject({ severitiesMissing: 'no-data' });
    const [feed] = here.dependencies.feeds;
    const options = { feeds: here.dependencies.feeds, now: new Date(), maxFeedAgeMinutes: 10_080, clarionVersion: '1' };
    await recountCompositions([feed!], { store: here.store, options });
    const { items } = await here.useCases.images.list({ by: 'severity', severity: 'Medium' }, { limit: 10 });
    expect(items).toMatchObject([{ severities: { Medium: 1, High: 0 }, severitiesMissing: null }]);
  });

  test('are null where no feed rates the findings, and searches report for how many images that is so', async () => {
    const rated = ['debian-security-tracker', 'nvd'];
    const other = await startInstallation({ feeds: feedSources.filter(({ id }) => rated.includes(id)) });
    const { images } = other.useCases;
    const found = async (search: ImageSearch): Promise<readonly unknown[]> => {
      const { items, undecided } = await images.list(search, { limit: 10 });
      return [items.length, undecided];
    };
    const { severity: _, ...unrated } = openssl('3.0.13-1');
    try {
      await stateDebian(other.store, { openssl: [unrated] });
      await images.upload(archiveOf(built), {});
      expect(await images.get(built.manifestDigest)).toMatchObject({
        severities: null,
        severitiesMissing: 'not-rated',
      });
      const notRated = { images: 1, reasons: { 'not-rated': 1 }, of: 1 };
      expect(await found({ by: 'severity', severity: 'Critical' })).toEqual([0, notRated]);
      const none = { images: 0, reasons: {}, of: 1 };
      expect(await found({ by: 'severity', severity: 'Unknown' })).toEqual([1, none]);
      expect(await found({ by: 'vulnerability', vulnerability: unrated.id })).toEqual([1, none]);
      expect(await found({ by: 'all' })).toEqual([1, undefined]);
      const waiting = `sha256:${'1'.repeat(64)}`;
      const layers = [{ digest: `sha256:${'2'.repeat(64)}`, url: 'https://storage.example/layer' }];
      await images.submit({ kind: 'layers', digest: waiting, layers });
      expect(await found({ by: 'vulnerability', vulnerability: unrated.id })).toEqual([
        1,
        { images: 1, reasons: { 'not-indexed': 1 }, of: 2 },
      ]);
    } finally {
      await other.close();
    }
  });

  test('are null for images that are not indexed, and where no feed covers the distribution', async () => {
    const other = await startInstallation({ feeds: [] });
    try {
      await other.useCases.images.upload(archiveOf(built), {});
      const view = await other.useCases.images.get(built.manifestDigest);
      expect(view).toMatchObject({ severities: null, severitiesMissing: 'not-covered' });
    } finally {
      await other.close();
    }
    const waiting = `sha256:${'1'.repeat(64)}`;
    const layers = [{ digest: `sha256:${'2'.repeat(64)}`, url: 'https://storage.example/layer' }];
    await here.useCases.images.submit({ kind: 'layers', digest: waiting, layers });
    expect(await here.useCases.images.get(waiting)).toMatchObject({
      severities: null,
      severitiesMissing: 'not-indexed',
    });
  });
});

describe('the known layers of a digest', () => {
  test('does not give way to an archive whose configuration has that digest', async () => {
    const { image } = resolved({ ...builds[0]!, layers: [] }, 'claimed');
    const here = await startInstallation({
      resolveImage: () => Promise.resolve(resolved(builds[0]!, `${repository}:1`)),
      indexArchive: () => Promise.resolve({ image, layers: [] }),
    });
    try {
      const { images } = here.useCases;
      await images.submit({ kind: 'reference', reference: `${repository}:1` });
      await expect(images.upload(archiveOf(builds[0]!), {})).rejects.toMatchObject({ code: 'conflict' });
      expect((await images.get(one)).layers).toHaveLength(2);
    } finally {
      await here.close();
    }
  });
});
