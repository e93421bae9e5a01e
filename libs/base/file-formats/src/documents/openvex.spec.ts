import { openvexTime, readOpenvex } from './openvex';

const context = 'https://openvex.dev/ns/v0.2.0';
const product = 'pkg:deb/ubuntu/curl@7.68.0?arch=source&distro=focal';
const statement = {
  vulnerability: {
    '@id': 'https://nvd.nist.gov/vuln/detail/CVE-2025-0167',
    name: 'CVE-2025-0167',
    aliases: ['CURL-1'],
  },
  products: [{ '@id': product }],
  status: 'not_affected',
  justification: 'vulnerable_code_not_present',
};

function read(...statements: readonly unknown[]): ReturnType<typeof readOpenvex> {
  return readOpenvex({ '@context': context, author: 'A', timestamp: '2025-01-02T03:04:05Z', statements });
}

describe('OpenVEX documents', () => {
  it('are read with all members of a statement', () => {
    const full = {
      ...statement,
      vulnerability: { ...statement.vulnerability, description: 'A leak.' },
      timestamp: '2025-02-05',
      products: [{ '@id': product, identifiers: { purl: 'pkg:deb/curl' }, subcomponents: [{ '@id': 'pkg:x/y' }, 'z'] }],
      impact_statement: 'not built',
      action_statement: 'none',
      status_notes: 'low',
    };
    expect(read(full)).toEqual({
      author: 'A',
      timestamp: '2025-01-02T03:04:05Z',
      problems: [],
      statements: [
        {
          vulnerability: 'CVE-2025-0167',
          aliases: ['CURL-1'],
          description: 'A leak.',
          status: 'not_affected',
          justification: 'vulnerable_code_not_present',
          impact: 'not built',
          action: 'none',
          notes: 'low',
          timestamp: '2025-02-05',
          products: [{ id: product, purl: 'pkg:deb/curl', subcomponents: ['pkg:x/y', 'z'] }],
        },
      ],
    });
  });

  it('are read when the header is wrapped into metadata', () => {
    const head = { '@context': context, '@id': 'i', author: 'A', timestamp: '2025-01-10T16:31:43.856389', version: 1 };
    const wrapped = readOpenvex({ metadata: head, statements: [statement] });
    expect(wrapped).toEqual(readOpenvex({ ...head, statements: [statement] }));
    expect(wrapped).toMatchObject({ id: 'i', timestamp: '2025-01-10T16:31:43.856389Z', statements: [{}] });
  });

  it.each([[[]], [null], [undefined]])('may have no statements (%j)', (statements) => {
    expect(readOpenvex({ metadata: { '@context': context }, statements })).toEqual({ statements: [], problems: [] });
  });

  it('may be drafts, where products and the vulnerability are plain texts', () => {
    const draft = { vulnerability: 'CVE-2021-1', products: ['pkg:a/b'], status: 'fixed' };
    expect(readOpenvex({ '@context': 'https://openvex.dev/ns', statements: [draft] })?.statements).toEqual([
      {
        vulnerability: 'CVE-2021-1',
        aliases: [],
        status: 'fixed',
        products: [{ id: 'pkg:a/b', subcomponents: [] }],
      },
    ]);
  });

  it('use @id for a vulnerability without a name, and the package URL for a product without @id', () => {
    const odd = { ...statement, vulnerability: { '@id': 'CVE-1' }, products: [{ identifiers: { purl: 'pkg:a/b' } }] };
    expect(read(odd)?.statements).toMatchObject([{ vulnerability: 'CVE-1', products: [{ id: 'pkg:a/b' }] }]);
  });

  it.each<[string, unknown]>([
    ['a list', []],
    ['null', null],
    ['another format', { '@context': 'https://openvex.devil/ns', statements: [] }],
    ['no context', { statements: [] }],
    ['statements of another type', { '@context': context, statements: 'all' }],
  ])('%s is not an OpenVEX document', (_, value) => {
    expect(readOpenvex(value)).toBeUndefined();
  });

  it.each<[string, unknown, string]>([
    ['no object', 7, 'it is not an object'],
    ['no status', { ...statement, status: undefined }, 'unknown status nothing'],
    ['a status of tomorrow', { ...statement, status: 'rumoured' }, 'unknown status "rumoured"'],
    ['no flaw', { ...statement, vulnerability: {} }, 'no vulnerability is named'],
    ['no products', { ...statement, products: undefined }, 'no products are listed'],
    ['a product without id', { ...statement, products: [{}] }, 'a product without an id'],
    [
      'a component without id',
      { ...statement, products: [{ '@id': 'a', subcomponents: [{}] }] },
      'a component without an id',
    ],
  ])('%s is a problem, and the other statements stay', (_, bad, problem) => {
    expect(read(bad, statement)).toMatchObject({ problems: [`VEX statement 1: ${problem}`], statements: [{}] });
  });

  it('reads only requested products, and not more than are allowed', () => {
    const two = { ...statement, products: [{ '@id': 'a' }, { '@id': 'b' }] };
    const document = { '@context': context, statements: [two, two] };
    const filtered = readOpenvex(document, { statements: 9, products: 9, accept: (id) => id === 'b' });
    expect(filtered?.statements[0]?.products).toEqual([{ id: 'b', subcomponents: [] }]);
    expect(readOpenvex(document, { statements: 1, products: 9 })).toMatchObject({
      problems: ['More than 1 VEX statements'],
      statements: [{}],
    });
    expect(readOpenvex(document, { statements: 9, products: 1 })?.problems).toHaveLength(2);
  });

  it.each([
    ['2025-02-05', '2025-02-05'],
    ['2025-03-26 02:44:10.025070', '2025-03-26T02:44:10.025070Z'],
    ['2025-01-10T16:31:43.856389', '2025-01-10T16:31:43.856389Z'],
    ['2025-01-10T16:31:43+02:00', '2025-01-10T16:31:43+02:00'],
    ['2025-01-10T16:31:43Z', '2025-01-10T16:31:43Z'],
    ['yesterday', undefined],
    [1736526703, undefined],
  ])('time %j is %j', (written, read) => {
    expect(openvexTime(written)).toBe(read);
  });
});
