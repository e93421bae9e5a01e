import fc from 'fast-check';
import { randomDetectors, randomEntries, randomLayer } from '../testing/random-layers';
import { measuredAssembly } from './assemble-image';
import { RememberedViews } from './remembered-views';

const runs = Number(process.env['CLARION_PROPERTY_RUNS'] ?? 500);
const numbers = fc.array(fc.nat(7), { maxLength: 3 });
/** Layers, and images as the numbers of theirs: some have the same lowest layers. */
const images = fc.record({
  entries: fc.array(randomEntries, { minLength: 8, maxLength: 8 }),
  bases: fc.array(fc.array(fc.nat(7), { minLength: 2, maxLength: 5 }), { minLength: 1, maxLength: 2 }),
  own: fc.array(fc.tuple(fc.nat(1), fc.integer({ min: 1, max: 5 }), numbers), { minLength: 4, maxLength: 10 }),
  // Some do not fit.
  facts: fc.constantFrom(1_000_000, 1_000_000, 100, 30),
});

test(`images with layers in common are composed as from scratch (${runs} random sets)`, () => {
  let [packages, continued] = [0, 0];
  fc.assert(
    fc.property(images, ({ entries, bases, own, facts }) => {
      const views = new RememberedViews({ facts, characters: 1_000_000 });
      const take = jest.spyOn(views, 'take');
      const layers = entries.map((some, number) => randomLayer('x', some, number));
      for (const [base, depth, above] of own) {
        const stack = [...(bases[base % bases.length] ?? []).slice(0, depth), ...above].flatMap(
          (at) => layers[at] ?? [],
        );
        const platform = { os: 'linux', architecture: 'amd64' };
        const image = { reference: 'x', platform, layers: stack.map(() => ({})) };
        const composed = JSON.stringify(measuredAssembly(image, stack, { detectors: randomDetectors, views }));
        expect(composed).toBe(JSON.stringify(measuredAssembly(image, stack, { detectors: randomDetectors })));
        packages += composed.split('"version"').length - 1;
      }
      continued += take.mock.results.filter(({ value }) => value !== undefined).length;
    }),
    { numRuns: runs },
  );
  expect(packages).toBeGreaterThan(runs);
  expect(continued).toBeGreaterThan(runs);
});
