import type { Feature } from '@clarion/model';
import { confidenceOf } from './confidence';

it.each<readonly [Pick<Feature, 'type' | 'confidence'>, string | undefined]>([
  [{ type: 'npm' }, 'exact'],
  [{ type: 'maven', confidence: 'inferred' }, 'inferred'],
  [{ type: 'generic' }, 'exact'],
  [{ type: 'x-acme' }, 'exact'],
  [{ type: 'dpkg' }, undefined],
  [{ type: 'rpm' }, undefined],
])('of %j is %s', (feature, expected) => {
  expect(confidenceOf(feature)).toBe(expected);
});
