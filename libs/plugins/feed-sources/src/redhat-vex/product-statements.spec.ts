import { readCsaf } from '@clarion/file-formats/documents';
import { ProductStatements } from './product-statements';

const product = 'os:pkg';

function statementsFrom(vulnerability: object, impact?: string): ProductStatements {
  const csaf = readCsaf({ document: { tracking: { id: 'CVE-2024-1000' } }, vulnerabilities: [vulnerability] });
  const first = typeof csaf === 'string' ? undefined : csaf.vulnerabilities[0];
  if (first === undefined) throw new Error('no vulnerability');
  return new ProductStatements(first, impact);
}

const remediation = (category: string, details: string, more: object = {}): object => ({
  remediations: [
    { category: 'workaround', details: 'Do not use it', product_ids: [product] },
    { category, details, product_ids: [product], ...more },
  ],
});

describe('ProductStatements', () => {
  it.each([
    ['none_available', 'Affected', 'affected'],
    ['none_available', 'Fix deferred', 'fix_deferred'],
    ['none_available', 'Under investigation', 'under_investigation'],
    ['none_available', 'A word of tomorrow', 'affected'],
    ['fix_planned', 'Fix deferred', 'fix_deferred'],
    ['fix_planned', 'In the next release', 'affected'],
    ['no_fix_planned', 'Will not fix', 'will_not_fix'],
    ['no_fix_planned', 'OUT OF SUPPORT SCOPE since 2020', 'end_of_life'],
    ['no_fix_planned', 'A word of tomorrow', 'will_not_fix'],
  ])('%s "%s" is %s', (category, details, state) => {
    expect(statementsFrom(remediation(category, details)).of('known_affected', product)).toEqual({
      state,
      reason: details,
    });
  });

  it('is affected where no remediation is given', () => {
    expect(statementsFrom({}).of('known_affected', product)).toEqual({ state: 'affected' });
    expect(statementsFrom(remediation('no_fix_planned', ' ')).of('known_affected', product)).toEqual({
      state: 'will_not_fix',
    });
  });

  it.each([
    ['https://access.redhat.com/errata/RHSA-2024:11200', { advisory: 'RHSA-2024:11200' }],
    ['https://access.redhat.com/errata/RHBA-2025:4000', { advisory: 'RHBA-2025:4000' }],
    ['https://access.redhat.com/articles/11258', {}],
    [undefined, {}],
  ])('is fixed by %s', (url, expected) => {
    const fix = remediation('vendor_fix', 'Update', { url, date: '2024-04-30T13:43:46+00:00' });
    expect(statementsFrom(fix).of('fixed', product)).toEqual({
      state: 'fixed',
      published: '2024-04-30T13:43:46+00:00',
      ...expected,
    });
    expect(statementsFrom({}).of('fixed', product)).toEqual({ state: 'fixed' });
  });

  it('is not affected for the reason of its flag, without severity', () => {
    const flags = [{ label: 'vulnerable_code_not_present', product_ids: [product] }];
    const statements = statementsFrom({ flags }, 'Important');
    expect(statements.of('known_not_affected', product)).toEqual({
      state: 'not_affected',
      reason: 'vulnerable_code_not_present',
    });
    expect(statements.of('known_not_affected', 'os:other')).toEqual({ state: 'not_affected' });
  });

  it('has the impact on the product, else that of the document', () => {
    const threats = [{ category: 'impact', details: 'Low', product_ids: [product] }];
    const statements = statementsFrom({ threats }, 'Important');
    expect(statements.of('under_investigation', product)).toMatchObject({ severity: 'Low', vendorSeverity: 'Low' });
    expect(statements.of('under_investigation', 'os:other')).toMatchObject({ severity: 'High' });
    expect(statements.of('known_affected', product)).toMatchObject({ state: 'affected', severity: 'Low' });
  });

  it('shares one object among products with the same status', () => {
    const ids = [product, 'os:other'];
    const fixes = ['1', '2'].map((number) => ({
      category: 'vendor_fix',
      url: `https://access.redhat.com/errata/RHSA-2024:${number}`,
      product_ids: number === '1' ? ids : ['os:third'],
    }));
    const statements = statementsFrom({ remediations: fixes });
    expect(statements.of('fixed', product)).toBe(statements.of('fixed', 'os:other'));
    expect(statements.of('fixed', 'os:third')).toMatchObject({ advisory: 'RHSA-2024:2' });
  });
});
