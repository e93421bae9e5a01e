import { versionScheme } from '@clarion/version-schemes';
import { ignoringLoneEpochs } from './epochs';
import { matchVersion } from './match-version';

const rpm = versionScheme('rpm');
if (rpm === undefined) throw new Error('rpm is a scheme');
const lenient = ignoringLoneEpochs(rpm);

test.each([
  ['3.0.7-1', '1:3.0.7-1', 0],
  ['3.0.8-1', '1:3.0.7-1', 1],
  ['1:3.0.7-1', '3.0.8-1', -1],
  ['1:3.0-1', '2:1.0-1', -1],
  ['3.0-1', '3.1-1', -1],
  ['10:3.0.7-1', '3.0.7-1', 0],
  // Only a prefix is an epoch.
  ['1.1:3-1', '1:1.2-1', -1],
  ['1.1:3-1', '1:1.0-1', 1],
])('%s and %s: %i', (a, b, order) => {
  expect(Math.sign(lenient.compare(a, b))).toBe(order);
  expect(Math.sign(lenient.compare(b, a))).toBe(-order + 0);
});

test('the order itself stays strict', () => {
  expect(rpm.compare('3.0.7-1', '1:3.0.7-1')).toBeLessThan(0);
  expect(ignoringLoneEpochs(rpm)).toBe(lenient);
  for (const version of ['3.0.7-1', '1:3.0.7-1', '']) expect(lenient.isValid(version)).toBe(rpm.isValid(version));
});

describe('single affected versions', () => {
  const versions = ['1.0', '1.2'];
  test.each([
    ['listed', '1.0', { kind: 'vulnerable', state: 'affected', fixedIn: null }],
    ['in another spelling', '01.0', { kind: 'vulnerable', state: 'affected', fixedIn: null }],
    ['not listed', '1.1', { kind: 'silent' }],
  ])('%s', (_, version, versionMatch) => {
    expect(matchVersion({ id: 'a', state: 'affected', versions }, rpm, version)).toEqual(versionMatch);
  });

  test('beside intervals: either makes it affected, and the next fix counts', () => {
    const advisory = { id: 'a', state: 'fixed', versions, ranges: [{ introduced: '2.0', fixed: '2.1' }] } as const;
    expect(matchVersion(advisory, rpm, '1.2')).toEqual({ kind: 'vulnerable', state: 'fixed', fixedIn: '2.1' });
    expect(matchVersion(advisory, rpm, '2.0')).toEqual({ kind: 'vulnerable', state: 'fixed', fixedIn: '2.1' });
    expect(matchVersion(advisory, rpm, '2.1')).toEqual({ kind: 'cleared' });
    expect(matchVersion(advisory, rpm, '1.1')).toEqual({ kind: 'silent' });
  });

  test('without an order only the identical text matches', () => {
    expect(matchVersion({ id: 'a', state: 'affected', versions }, undefined, '1.0').kind).toBe('vulnerable');
    expect(matchVersion({ id: 'a', state: 'affected', versions }, undefined, '1.1').kind).toBe('undetermined');
  });

  test('not affected in one version', () => {
    expect(matchVersion({ id: 'a', state: 'not_affected', versions }, rpm, '1.0')).toEqual({ kind: 'suppressed' });
    expect(matchVersion({ id: 'a', state: 'not_affected', versions }, rpm, '1.1')).toEqual({ kind: 'silent' });
  });
});
