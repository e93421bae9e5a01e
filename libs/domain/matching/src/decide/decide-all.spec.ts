import { type PlacedFeature, workLimits } from '@clarion/model';
import { deb, factsOf, fixed, group, imageOf, options } from '@clarion/test-kit/match-facts';
import { decideAll } from './decide-all';

/** Binaries of one source, each with its own version. */
function packages(count: number, version: (index: number) => string): readonly PlacedFeature[] {
  return Array.from({ length: count }, (_, index) =>
    deb(`binary-${index}`, version(index), { source: { name: 'source', version: version(index) } }),
  );
}

const advisories = Array.from({ length: 500 }, (_, index) => fixed(`CVE-2024-${10_000 + index}`, `2.${index}`));
const facts = factsOf([group('source', advisories)]);

describe('the budget of an image', () => {
  const limits = { ...workLimits.matching, steps: 50_000 };
  // Each package costs a step, its 500 advisories, and what the row names.
  test.each([
    ['nothing where all have the fix', (index: number) => `3.${index % 10}`, 10, false],
    ['the advisories that are open', (index: number) => `1.${index % 10}`, 10, false],
    ['open ones of many versions', (index: number) => `1.${index}`, 100, true],
    ['one decision for all with one version', () => '1.0', 150, false],
    ['the length of a version', (index: number) => `3${'.0'.repeat(120)}.${index}`, 40, true],
    [
      'one decision for all versions that are too long',
      (index: number) => `3${'.0'.repeat(200)}.${index}`,
      5000,
      false,
    ],
  ])('pays for %s', async (_, version, count, ends) => {
    const image = imageOf(packages(count, version));
    const { exceeded } = await decideAll(image, facts, { ...options, limits });
    expect(exceeded?.message).toBe(
      ends ? 'Matching the image takes more than 50000 steps; the rest is not taken into account' : undefined,
    );
  });

  test('pays only for the requested flaws', async () => {
    const image = imageOf(packages(1000, (index) => `1.${index}`));
    const about = new Set(['CVE-2024-10000']);
    const { flaws, exceeded } = await decideAll(image, facts, { ...options, limits, about });
    expect([flaws.length, exceeded]).toEqual([1000, undefined]);
  });

  test('bounds the characters that findings repeat', async () => {
    const long = '1'.repeat(4000);
    const image = imageOf(packages(3, () => '1.0').map((feature) => ({ ...feature, name: long })));
    const characters = 2_010_000;
    const { flaws, exceeded } = await decideAll(image, facts, {
      ...options,
      limits: { ...workLimits.matching, characters },
    });
    // 500 findings for a package, each with its name, versions, source and path.
    expect(flaws).toHaveLength(Math.floor(characters / (long.length + '1.0source1.0var/lib/dpkg/status'.length)));
    expect(exceeded).toMatchObject({ code: 'limit-reached', layer: null });
    expect(exceeded?.message).toContain(`finds more than ${characters} characters of findings`);
  });
});

test('gives others their turn while it decides about many packages', async () => {
  let turns = 0;
  const counting = setInterval(() => turns++, 1);
  try {
    await decideAll(imageOf(packages(2000, (index) => `3.${index}`)), facts, options);
  } finally {
    clearInterval(counting);
  }
  expect(turns).toBeGreaterThan(0);
});
