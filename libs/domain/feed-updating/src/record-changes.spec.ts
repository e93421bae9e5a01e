import type { Advisory } from '@clarion/model';
import type { AdvisoryDifference } from './fact-difference';
import { changesByVulnerability } from './record-changes';

const fixed = (id: string, version: string): Advisory => ({ id, state: 'fixed', ranges: [{ fixed: version }] });
const change: AdvisoryDifference = {
  kind: 'advisories',
  feed: 'f',
  namespace: 'debian:12',
  package: 'openssl',
  document: 'json',
  nameKind: 'source',
  scheme: 'dpkg',
  before: [fixed('CVE-2', '1'), fixed('CVE-1', '1')],
  after: [fixed('CVE-2', '2'), fixed('CVE-3', '1'), fixed('CVE-3', '4')],
};

describe('changes by vulnerability', () => {
  it('are one row each, with all advisories about it, in the order of ids', () => {
    const rows = changesByVulnerability(change, 'u');
    expect(rows.map(({ vulnerability, before, after }) => [vulnerability, before, after])).toEqual([
      ['CVE-1', [fixed('CVE-1', '1')], []],
      ['CVE-2', [fixed('CVE-2', '1')], [fixed('CVE-2', '2')]],
      ['CVE-3', [], [fixed('CVE-3', '1'), fixed('CVE-3', '4')]],
    ]);
  });

  it('name the update and the location, and nothing else', () => {
    const { vulnerability: _, before, after, ...location } = changesByVulnerability(change, 'u')[0]!;
    expect([before.length, after.length]).toEqual([1, 0]);
    expect(location).toEqual({
      update: 'u',
      feed: 'f',
      namespace: 'debian:12',
      package: 'openssl',
      document: 'json',
      nameKind: 'source',
      scheme: 'dpkg',
    });
  });

  it('keep how epochs are compared', () => {
    expect(changesByVulnerability({ ...change, epochs: 'auto' }, 'u')[0]).toMatchObject({ epochs: 'auto' });
  });
});
