import { localDetectorClient } from '@clarion/detector-client';
import { featureDetectors } from '@clarion/feature-detectors';
import { type DetectorClient, type EarlierIndexing, enabledDetectors } from '@clarion/model';
import { namespaceDetectors } from '@clarion/namespace-detectors';
import { archiveOf, debianImage, startInstallation, type TestInstallation } from '../testing/installation';

const built = debianImage(['openssl=3.0.11-1'], 'one');
let raised = 0;
let time = Date.UTC(2026, 0, 1);
let here: TestInstallation;

/** The detectors of this build, as a later release with other versions of them. */
function detectors(): DetectorClient {
  const local = localDetectorClient([...namespaceDetectors, ...enabledDetectors(featureDetectors)]);
  const later = (version: number): number => version + raised;
  return {
    ...local,
    list: async () => (await local.list()).map((one) => ({ ...one, version: later(one.version) })),
  };
}

beforeAll(async () => {
  here = await startInstallation({ detectors: detectors(), now: () => new Date(time) });
});
afterAll(() => here.close());

async function upload(): Promise<readonly EarlierIndexing[] | undefined> {
  time += 3_600_000;
  const { digest } = await here.useCases.images.upload(archiveOf(built), { reference: 'ours/app:1' });
  expect(await here.useCases.images.get(digest, { waitMillis: 30_000 })).toMatchObject({ state: 'indexed' });
  return (await here.store.image(digest))?.earlier;
}

it('what earlier detectors found in an image stays known', async () => {
  expect(await upload()).toBeUndefined();
  const first = await here.store.image(built.manifestDigest);
  expect(await upload()).toBeUndefined();
  raised = 1;
  const earlier = await upload();
  const second = await here.store.image(built.manifestDigest);
  const { layers, composition, composingSteps } = first ?? {};
  expect(earlier).toEqual([
    {
      ...{ layers, composition, composingSteps },
      indexedAt: first?.submission?.indexedAt,
      until: second?.submission?.indexedAt,
      detectors: first?.submission?.detectors,
    },
  ]);
  expect(second?.submission?.detectors).not.toBe(first?.submission?.detectors);
  // It is submitted again with the same ones: nothing changes.
  expect(await upload()).toEqual(earlier);
  raised = 2;
  expect(await upload()).toHaveLength(2);
});
