import {
  comparedName,
  comparedNameIn,
  ecosystemOf,
  ecosystemOfNamespace,
  ecosystems,
  indexedNames,
  indexedPackageType,
  indexedPackageTypes,
  namespaceOfType,
  packageTypeRule,
  packageTypes,
  parseDistributionType,
  parsePackageType,
} from './index';

describe('rows of ecosystems', () => {
  it('have each type and namespace once', () => {
    expect(packageTypes).toEqual([...new Set(ecosystems.map(({ type }) => type))].sort());
    const namespaces = ecosystems.flatMap(({ namespace }) => namespace ?? []);
    expect(namespaces).toEqual([...new Set(namespaces)]);
  });

  it('have no name that means another row', () => {
    const names = ecosystems.flatMap(({ type, namespace = type, osv, otherNames = [] }) => [
      ...new Set([type, namespace, osv?.name.toLowerCase() ?? type, ...otherNames]),
    ]);
    expect(names).toEqual([...new Set(names)]);
  });

  it.each(ecosystems.map((row) => [row.type, row] as const))('are sound: %s', (type, row) => {
    expect(type).toMatch(/^[a-z][a-z0-9.-]*$/);
    expect(type.startsWith('x-')).toBe(false);
    expect(ecosystemOf(type)).toBe(row);
    expect(row.namespace === undefined ? undefined : ecosystemOfNamespace(row.namespace)).toBe(
      row.namespace === undefined ? undefined : row,
    );
    const normalised = row.normalise?.('Some_Name.X') ?? '';
    expect(row.normalise?.(normalised) ?? '').toBe(normalised);
  });
});

describe('types of packages', () => {
  it.each([
    ['dpkg', 'dpkg'],
    ['npm', 'npm'],
    ['x-acme', 'x-acme'],
    ['', undefined],
    ['NPM', undefined],
    ['x-', undefined],
    ['x-acme:3', undefined],
    ['constructor', undefined],
    ['deb', undefined],
  ])('parse %j', (text, type) => {
    expect(parsePackageType(text)).toBe(type);
  });

  it.each([
    ['dpkg', 'dpkg'],
    ['ebuild', 'ebuild'],
    ['x-acme', 'x-acme'],
    ['npm', undefined],
    ['generic', undefined],
    ['x', undefined],
  ])('of a distribution parse %j', (text, type) => {
    expect(parseDistributionType(text)).toBe(type);
  });

  it('are listed for messages', () => {
    const types = packageTypes.join(', ');
    expect([...packageTypes]).toEqual([...packageTypes].sort());
    expect(packageTypeRule).toContain(`kinds are ${types} and those of your own, x- and`);
  });

  it.each([
    ['dpkg', undefined],
    ['npm', 'npm'],
    ['cargo', 'crates.io'],
    ['x-acme', 'x-acme'],
    ['unknown', undefined],
  ])('%s has the namespace %s', (type, namespace) => {
    expect(namespaceOfType(type)).toBe(namespace);
  });

  it('are indexed alone, but user-defined ones together', () => {
    expect(['rpm', 'gem', 'x-acme', 'x-other'].map(indexedPackageType)).toEqual(['rpm', 'gem', 'x', 'x']);
    expect(indexedPackageTypes).toEqual([...packageTypes, 'x']);
  });
});

describe('names of packages', () => {
  it.each([
    ['pypi', 'Flask__Login.x', 'flask-login-x'],
    ['nuget', 'Newtonsoft.Json', 'newtonsoft.json'],
    ['npm', '@Types/Node', '@Types/Node'],
    ['golang', 'github.com/Azure/x', 'github.com/Azure/x'],
    ['dpkg', 'libA_b', 'libA_b'],
    ['x-acme', 'Rock_ET', 'Rock_ET'],
  ])('of %s: %s is compared as %s', (type, name, compared) => {
    expect(comparedName(type, name)).toBe(compared);
    expect(comparedNameIn(namespaceOfType(type) ?? 'debian:12', name)).toBe(compared);
  });

  it.each([
    [{ type: 'dpkg', name: 'libssl3', source: { name: 'openssl', version: '1' } }, 'dpkg', ['libssl3', 'openssl']],
    [{ type: 'rpm', name: 'bash', source: { name: 'bash', version: '1' } }, 'rpm', ['bash']],
    [{ type: 'pypi', name: 'Flask_Login' }, 'pypi', ['flask-login']],
    [{ type: 'x-acme', name: 'Rocket' }, 'x', ['Rocket']],
  ])('%j is indexed', (feature, type, names) => {
    expect(indexedNames(feature)).toEqual({ type, names });
  });
});
