import { type CsafDocument, type CsafVulnerability, readCsaf } from './csaf';

const product = (id: string, helper?: object) => ({
  category: 'product_name',
  name: `Name of ${id}`,
  product: { name: `Name of ${id}`, product_id: id, product_identification_helper: helper },
});
const relation = (id: string, component: string, outer: string) => ({
  category: 'default_component_of',
  full_product_name: { name: id, product_id: id },
  product_reference: component,
  relates_to_product_reference: outer,
});

const tree = {
  branches: [
    {
      category: 'vendor',
      name: 'Acme',
      branches: [
        { category: 'product_family', name: 'Acme OS', branches: [product('os', { cpe: 'cpe:/o:acme:os:1' })] },
        product('pkg-1', { purl: 'pkg:rpm/acme/pkg@1' }),
        product('module', { purl: 'pkg:rpmmod/acme/module@1' }),
        'noise',
      ],
    },
  ],
  full_product_names: [{ name: 'Tool', product_id: 'tool' }],
  relationships: [
    relation('os:pkg-1', 'pkg-1', 'os'),
    relation('os:module', 'module', 'os'),
    relation('os:module:pkg-1', 'pkg-1', 'os:module'),
    relation('os:pkg-2', 'pkg-2', 'os'),
    relation('loop', 'pkg-1', 'loop'),
    { full_product_name: { product_id: 'half' } },
  ],
  product_groups: [{ group_id: 'all', product_ids: ['os:pkg-1', 'os:pkg-2'] }],
};

function read(vulnerability: object, more: object = {}): CsafVulnerability {
  const document = documentOf({ product_tree: tree, vulnerabilities: [vulnerability], ...more });
  const [first] = document.vulnerabilities;
  if (first === undefined) throw new Error('no vulnerability');
  return first;
}

function documentOf(more: object): CsafDocument {
  const document = readCsaf({ document: { tracking: { id: 'CVE-2024-1000', status: 'final' } }, ...more });
  if (typeof document === 'string') throw new Error(document);
  return document;
}

describe('readCsaf', () => {
  it.each([
    ['a component of a product', 'os:pkg-1', 'pkg-1', [], 'os'],
    ['a component of a module of a product', 'os:module:pkg-1', 'pkg-1', ['module'], 'os'],
    ['a component that only the relationship names', 'os:pkg-2', 'pkg-2', [], 'os'],
    ['a product', 'os', 'os', [], undefined],
    ['a product beside the branches', 'tool', 'tool', [], undefined],
  ])('resolves %s', (_, id, component, within, outer) => {
    const entry = documentOf({ product_tree: tree }).tree.resolve(id);
    expect(entry?.component.id).toBe(component);
    expect(entry?.within.map((one) => one.id)).toEqual(within);
    expect(entry?.product?.id).toBe(outer);
  });

  it('keeps CPE and package URL', () => {
    const entry = documentOf({ product_tree: tree }).tree.resolve('os:pkg-1');
    expect([entry?.component.purl, entry?.product?.cpe]).toEqual(['pkg:rpm/acme/pkg@1', 'cpe:/o:acme:os:1']);
  });

  it.each(['nothing', 'half', 'loop', '__proto__', 'constructor'])('knows nothing of %s', (id) => {
    expect(documentOf({ product_tree: tree }).tree.resolve(id)).toBeUndefined();
  });

  it('returns for a product the entries for it, for its group and for all products', () => {
    const flaw = read({
      remediations: [
        { category: 'workaround', details: 'for all' },
        {
          category: 'vendor_fix',
          details: 'fix',
          url: 'https://acme.test/1',
          date: '2024-01-01',
          product_ids: ['os:pkg-1'],
        },
        { category: 'none_available', group_ids: ['all', 'unknown'] },
        { details: 'no category' },
      ],
      threats: [
        { category: 'impact', details: 'Low' },
        { category: 'exploit_status', details: 'none', product_ids: ['os:pkg-2'] },
        { category: 'impact', details: 'High', product_ids: ['os:pkg-1'] },
      ],
      flags: [{ label: 'component_not_present', product_ids: ['os:pkg-2'] }],
    });
    expect(flaw.remediations('os:pkg-1').map(({ category }) => category)).toEqual([
      'vendor_fix',
      'none_available',
      'workaround',
    ]);
    expect(flaw.remediations('os:pkg-2')).toEqual([
      { category: 'none_available', details: '' },
      { category: 'workaround', details: 'for all' },
    ]);
    expect([flaw.impact('os:pkg-1'), flaw.impact('os:pkg-2')]).toEqual(['High', 'Low']);
    expect([flaw.flags('os:pkg-1'), flaw.flags('os:pkg-2')]).toEqual([[], ['component_not_present']]);
  });

  it('reads statuses, texts and vectors', () => {
    const flaw = read({
      cve: 'CVE-2024-1000',
      cwe: { id: 'CWE-79', name: 'XSS' },
      discovery_date: '2024-01-01T00:00:00Z',
      notes: [
        { category: 'general', text: 'general' },
        { category: 'description', text: 'described' },
      ],
      product_status: { fixed: ['os:pkg-1', 7], recommended: ['os:pkg-2'], known_affected: [], invented: ['x'] },
      scores: [
        { cvss_v3: { vectorString: 'CVSS:3.1/A' }, products: ['a'] },
        { cvss_v3: { vectorString: 'CVSS:3.1/B' }, cvss_v2: { vectorString: 'AV:N' }, products: ['b', 'c'] },
        { cvss_v3: { vectorString: 'CVSS:3.1/A' }, products: ['d', 'e'] },
      ],
    });
    expect(flaw).toMatchObject({
      cve: 'CVE-2024-1000',
      cwe: 'CWE-79',
      description: 'described',
      published: '2024-01-01T00:00:00Z',
      vectors: ['CVSS:3.1/A', 'CVSS:3.1/B', 'AV:N'],
    });
    expect([...flaw.statuses]).toEqual([
      ['fixed', ['os:pkg-1']],
      ['recommended', ['os:pkg-2']],
    ]);
  });

  it('uses the general note where there is no description note', () => {
    expect(read({ notes: [{ category: 'general', text: 'general' }] }).description).toBe('general');
  });

  it.each([[null], [[]], ['text'], [{}], [{ document: {} }], [{ document: { tracking: { id: '' } } }]])(
    'rejects %j',
    (value) => {
      expect(readCsaf(value)).toMatch(/No CSAF document/);
    },
  );

  it('walks branches of any depth', () => {
    let branch: object = product('deep');
    for (let depth = 0; depth < 50_000; depth += 1) branch = { branches: [branch] };
    expect(documentOf({ product_tree: { branches: [branch] } }).tree.resolve('deep')?.component.id).toBe('deep');
  });
});
