import fc from 'fast-check';
import { randomDetectors, randomEntries, type RandomEntry, randomLayer } from '../testing/random-layers';
import { assembleImage } from './assemble-image';
import { maxDepth } from './layer-links';

const runs = Number(process.env['CLARION_PROPERTY_RUNS'] ?? 500);
const stacks = fc.array(randomEntries, { minLength: 1, maxLength: 5 });

function compose(top: string, stack: readonly (readonly RandomEntry[])[]): string {
  const layers = stack.map((entries, number) => randomLayer(top, entries, number));
  const platform = { os: 'linux', architecture: 'amd64' };
  const image = { reference: 'x', platform, layers: layers.map(() => ({})) };
  return JSON.stringify(assembleImage(image, layers, randomDetectors)).replaceAll(`${top}/`, '');
}

// Paths that may be too deep are put into the view one by one.
const long = '@'.repeat(maxDepth);

test(`files are composed alike together and one by one (${runs} random stacks)`, () => {
  let packages = 0;
  fc.assert(
    fc.property(stacks, (stack) => {
      const together = compose('@', stack);
      expect(together).toBe(compose(long, stack));
      packages += together.split('"version"').length - 1;
    }),
    { numRuns: runs },
  );
  expect(packages).toBeGreaterThan(runs);
});
