import {
  alpineFeed,
  apk,
  factsOf,
  fixed,
  group,
  imageOf,
  namespaceOf,
  options,
  secdb,
  stateOf,
} from '@clarion/test-kit/match-facts';
import { coverageOf } from '../coverage/coverage';
import { makeReport } from '../make-report';

const cve = 'CVE-2021-45951';
const dnsmasq = apk('dnsmasq', '2.90-r2');
const rejected = secdb('dnsmasq', [{ id: cve, state: 'not_affected', reason: 'disputed' }], {
  namespace: 'alpine:any',
  document: 'rejections/main.yaml',
});

describe('flaws that Alpine rejects for every release', () => {
  test('suppress what another feed says', async () => {
    const other = secdb('dnsmasq', [{ id: cve, state: 'affected' }], { feed: 'another', namespace: 'alpine:any' });
    const { findings } = await makeReport(imageOf([dnsmasq]), factsOf([rejected, other]), options);
    expect(findings).toEqual([]);
  });

  test('do not overrule what the release itself says', async () => {
    const release = secdb('dnsmasq', [fixed(cve, '2.90-r3')]);
    const { findings } = await makeReport(imageOf([dnsmasq]), factsOf([rejected, release]), options);
    expect(findings).toMatchObject([{ id: cve, state: 'fixed', fixedIn: '2.90-r3' }]);
  });

  test('say nothing about packages of other distributions', async () => {
    const debian = group('dnsmasq', [{ id: cve, state: 'affected' }]);
    const image = imageOf([{ ...dnsmasq, type: 'dpkg', namespace: 'debian:12' }]);
    expect((await makeReport(image, factsOf([rejected, debian]), options)).findings).toHaveLength(1);
  });

  test('cover no release by themselves', () => {
    const states = [stateOf(alpineFeed.id, ['alpine:any'])];
    const image = imageOf([dnsmasq], { namespaces: [namespaceOf('alpine:v3.20', 'apk')] });
    const coverage = coverageOf({ image, states, undetermined: [] }, options);
    expect(coverage).toMatchObject({ namespaces: [{ id: 'alpine:v3.20', feeds: [] }], complete: false });
  });
});
