import type { PlacedFeature } from '@clarion/model';
import { by, deb, fixed } from '@clarion/test-kit/match-facts';
import { reportOf } from '../../testing/reports';

const maven = by('maven', 'maven', 'binary');
const app: PlacedFeature = deb('shop', '1.0', { type: 'maven', namespace: 'maven', path: 'app.jar', confidence: 'inferred' });

test.each<readonly [named: string, reason: string, noAdvisories: true | undefined, complete: boolean]>([
  ['org.example:other', 'group unknown', true, true],
  ['org.example:shop', 'group unknown: may be org.example:shop', undefined, false],
])('a jar without a group beside an advisory about %s', async (named, reason, noAdvisories, complete) => {
  const { coverage } = await reportOf([app], [maven(named, [fixed('CVE-2024-1', '2.0')])], { image: { namespaces: [] } });
  expect(coverage.undetermined).toMatchObject([{ package: 'shop', reason }]);
  expect(coverage.undetermined[0]?.noAdvisories).toBe(noAdvisories);
  expect(coverage.complete).toBe(complete);
});
