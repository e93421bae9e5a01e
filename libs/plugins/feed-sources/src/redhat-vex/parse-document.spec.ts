import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { FeedRecord } from '@clarion/model';
import { parseVex } from './parse-document';

const file = path.join(__dirname, 'testdata/input/csaf/v2/vex/2024/cve-2024-50602.json');
const expat = JSON.stringify(JSON.parse(readFileSync(file, 'utf8')));

/** What the document about Expat says after one replacement in its text. */
function parse(what: string, replacement: string): readonly FeedRecord[] {
  if (!expat.includes(what)) throw new Error(`The document has no ${what}`);
  return [...parseVex(JSON.parse(expat.replaceAll(what, replacement)), 'label', 'vex')];
}

const kinds = (records: readonly FeedRecord[]): readonly string[] => [...new Set(records.map(({ kind }) => kind))];
const cpe = 'cpe:/o:redhat:enterprise_linux:8::baseos';

describe('a VEX document', () => {
  it('gives the record of its vulnerability and a group for each package and namespace', () => {
    const records = parse(cpe, cpe);
    expect(records[0]).toMatchObject({ kind: 'vulnerability', text: { feed: 'redhat-vex', id: 'CVE-2024-50602' } });
    expect(records.flatMap((record) => (record.kind === 'group' ? [record.group] : []))).toMatchObject([
      {
        namespace: 'rhel:8',
        package: 'expat',
        advisories: [{ state: 'fixed', ranges: [{ fixed: '2.2.5-16.el8_10' }] }],
      },
      { namespace: 'rhel:7', package: 'expat', advisories: [{ state: 'end_of_life' }] },
    ]);
    expect(records).toHaveLength(3);
  });

  it('that was deleted gives its bare id, which removes earlier facts', () => {
    const text = { feed: 'redhat-vex', id: 'CVE-2024-50602' };
    expect(parse('"status":"final"', '"status":"deleted"')).toEqual([{ kind: 'vulnerability', text }]);
  });

  it('about a rejected CVE gives its record only', () => {
    const description = 'A security issue was found in Expat';
    expect(parse(description, `[REJECTED CVE] ${description}`)).toMatchObject([
      { kind: 'vulnerability', text: { id: 'CVE-2024-50602', rejected: true } },
    ]);
  });

  it.each([
    ['that is not CSAF', '"tracking"', '"following"', ['problem'], 'No CSAF document'],
    ['without a CVE', '"CVE-2024-50602"', '"RHSA-2024:1"', ['problem'], 'Vulnerability without a CVE id: RHSA-2024:1'],
    [
      'with a product without a CPE',
      cpe,
      'enterprise_linux:8',
      ['vulnerability', 'group', 'problem'],
      'Product without a CPE',
    ],
    [
      'with a fix without a version',
      '@2.2.5-16.el8_10',
      '',
      ['vulnerability', 'group', 'problem'],
      'Fixed without a version',
    ],
    [
      'with a fix in an unknown module stream',
      '@2.2.5-16.el8_10',
      '@2.2.5-16.module+el8.10.0+1+abc',
      ['vulnerability', 'group', 'problem'],
      'Fixed in a module whose stream is not given',
    ],
    [
      'that names what its tree lacks',
      '"product_id":"red_hat_enterprise_linux_7:expat"',
      '"product_id":"other"',
      ['vulnerability', 'group', 'problem'],
      'Product id stands for nothing',
    ],
  ])('%s has a problem, and its other statements count', (_, what, replacement, expected, message) => {
    const records = parse(what, replacement);
    expect(kinds(records)).toEqual(expected);
    expect(records.at(-1)).toMatchObject({ kind: 'problem', message: expect.stringContaining(message) as string });
  });
});
