import type { Advisory, PlacedFeature } from '@clarion/model';
import { by, deb, namespaceOf } from '@clarion/test-kit/match-facts';
import { reportOf } from '../../testing/reports';

const go = by('go', 'go', 'binary');
const goModule = (version: string, more: Partial<PlacedFeature> = {}): PlacedFeature =>
  deb('example.com/shop', version, { type: 'golang', namespace: 'go', path: 'usr/bin/shop', ...more });
const flaw: Advisory = { id: 'GO-2024-1', state: 'fixed', ranges: [{ fixed: '1.2.0' }] };
const image = { namespaces: [namespaceOf('debian:12')] };
const listed = { package: 'example.com/shop', namespace: 'go', reason: 'not a version that go can order', vulnerability: null };

describe('a version that its ecosystem cannot order', () => {
  it.each(['(devel)', '', 'unknown', 'v1.x'])('is undetermined and listed where an advisory names the package: %j', async (version) => {
    const { coverage, findings } = await reportOf([goModule(version)], [go('example.com/shop', [flaw])], { image });
    expect(findings).toEqual([]);
    expect(coverage.undetermined).toMatchObject([{ package: 'example.com/shop', version }]);
    expect(coverage.undetermined[0]?.noAdvisories).toBeUndefined();
    expect(coverage.complete).toBe(false);
  });

  it('is listed once where no advisory does, and nothing is missed then', async () => {
    const twice = [goModule('(devel)'), goModule('(devel)', { path: 'usr/bin/other' })];
    const { coverage } = await reportOf(twice, [go('a.b/c', [flaw])], { image: { namespaces: [] } });
    expect(coverage.undetermined).toEqual([{ ...listed, version: '(devel)', noAdvisories: true }]);
    expect(coverage.complete).toBe(true);
  });

  it.each<readonly [string, PlacedFeature]>([
    ['of a version that can be ordered', goModule('v1.2.3')],
    ['of the distribution, which decides', goModule('(devel)', { owner: 'shop' })],
    ['of an ecosystem without an order', deb('busybox', 'x', { type: 'generic', namespace: 'generic' })],
  ])('lists no package %s', async (_, feature) => {
    const { coverage } = await reportOf([feature], [go('a.b/c', [flaw])], { image });
    expect(coverage.undetermined).toEqual([]);
  });
});
