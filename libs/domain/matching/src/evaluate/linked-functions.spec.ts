import { encodeLinkedFunctions } from '@clarion/ecosystems';
import type { AffectedImport } from '@clarion/model';
import { reasonNotLinked } from './linked-functions';

const linkedFunctions = encodeLinkedFunctions({ os: 'linux', architecture: 'amd64' }, [
  ['', ['New', 'Client.Do', 'init']],
  ['html', ['Parse']],
]);
const program = { name: 'a.b/c', linkedFunctions };
const id = 'GO-2024-0001';

function isNotLinked(imports: readonly AffectedImport[], feature: Parameters<typeof reasonNotLinked>[1] = program) {
  return reasonNotLinked({ id, imports }, feature) !== undefined;
}

describe('a program is not affected by symbols', () => {
  test.each<[what: string, imports: readonly AffectedImport[]]>([
    ['a function that is not linked', [{ path: 'a.b/c', functions: ['Open'] }]],
    [
      'functions of several packages, none of them linked',
      [
        { path: 'a.b/c', functions: ['Open', 'Client.Get'] },
        { path: 'a.b/c/html', functions: ['New'] },
      ],
    ],
    ['a package that is not linked', [{ path: 'a.b/c/xml' }]],
    ['another platform', [{ path: 'a.b/c', functions: ['New'], os: ['windows', 'darwin'] }]],
    ['another processor', [{ path: 'a.b/c', architectures: ['ppc64le'] }]],
    ['a numbered init of a package that is not linked', [{ path: 'a.b/c/xml', functions: ['init#1'] }]],
    ['no package at all', []],
  ])('where the advisory names %s', (_, imports) => {
    expect(isNotLinked(imports)).toBe(true);
  });

  test.each<[what: string, imports: readonly AffectedImport[]]>([
    ['one function that is linked', [{ path: 'a.b/c', functions: ['Open', 'New'] }]],
    ['a method that is linked', [{ path: 'a.b/c', functions: ['Client.Do'] }]],
    ['a method by its receiver', [{ path: 'a.b/c', functions: ['(*Client).Do'] }]],
    ['a closure in a function that is linked', [{ path: 'a.b/c', functions: ['New.func1'] }]],
    ['an instance of a generic function that is linked', [{ path: 'a.b/c', functions: ['New[int]'] }]],
    ['a package that is linked', [{ path: 'a.b/c/xml' }, { path: 'a.b/c/html' }]],
    ['a numbered init of a package that is linked', [{ path: 'a.b/c/html', functions: ['init#1'] }]],
    ['its own platform', [{ path: 'a.b/c', functions: ['New'], os: ['linux'], architectures: ['amd64'] }]],
    ['a package of another module', [{ path: 'a.b/cd', functions: ['Open'] }]],
  ])('but is where it names %s', (_, imports) => {
    expect(isNotLinked(imports)).toBe(false);
  });

  test.each<[what: string, feature: Parameters<typeof reasonNotLinked>[1]]>([
    ['does not show its functions', { name: 'a.b/c' }],
    ['has a set of them that cannot be read', { name: 'a.b/c', linkedFunctions: 'linux/amd64 12 9 AA' }],
  ])('and is where it %s', (_, feature) => {
    expect(isNotLinked([{ path: 'a.b/c', functions: ['Open'] }], feature)).toBe(false);
  });

  test('and is where the advisory names no packages', () => {
    expect(reasonNotLinked({ id }, program)).toBeUndefined();
  });

  test('on an unknown platform, whatever platform the advisory names', () => {
    const text = encodeLinkedFunctions({ os: '', architecture: '' }, [['', ['New']]]);
    const unknown = { name: 'a.b/c', linkedFunctions: text };
    expect(isNotLinked([{ path: 'a.b/c', functions: ['New'], os: ['windows'] }], unknown)).toBe(false);
  });

  test.each<[what: string, text: string, imports: readonly AffectedImport[], notLinked: boolean]>([
    ['another system', 'linux/amd64', [{ path: 'a.b/c', functions: ['New'], os: ['windows'] }], true],
    ['another processor', 'linux/amd64', [{ path: 'a.b/c', architectures: ['ppc64le'] }], true],
    ['its own platform', 'linux/amd64', [{ path: 'a.b/c', os: ['linux'], architectures: ['amd64'] }], false],
    ['any platform too', 'linux/amd64', [{ path: 'a.b/c/x', os: ['windows'] }, { path: 'a.b/c' }], false],
    ['any platform', 'linux/amd64', [{ path: 'a.b/c', functions: ['Other'] }], false],
    ['no package at all', 'linux/amd64', [], false],
    ['a processor, where only the system is known', 'linux/', [{ path: 'a.b/c', architectures: ['ppc64le'] }], false],
  ])('by the platform alone where functions are unknown: %s', (_, text, imports, notLinked) => {
    expect(isNotLinked(imports, { name: 'a.b/c', linkedFunctions: text })).toBe(notLinked);
  });

  test('with a reason that names the platform where functions are unknown', () => {
    const imports = [{ path: 'a.b/c', os: ['windows'] }];
    expect(reasonNotLinked({ id, imports }, { name: 'a.b/c', linkedFunctions: 'linux/amd64' })).toBe(
      'symbols not present: nothing of what GO-2024-0001 names is in programs for linux/amd64',
    );
  });

  test('of the standard library, by whole import paths', () => {
    const text = encodeLinkedFunctions({ os: 'linux', architecture: 'amd64' }, [['net/http', ['Get']]]);
    const stdlib = { name: 'stdlib', linkedFunctions: text };
    const of = (path: string, name: string): boolean => isNotLinked([{ path, functions: [name] }], stdlib);
    expect([of('net/http', 'Get'), of('net/http', 'Post'), of('golang.org/x/net', 'Get')]).toEqual([
      false,
      true,
      false,
    ]);
  });

  test('with a reason that names the record', () => {
    const imports = [{ path: 'a.b/c', functions: ['Open'] }];
    const reasonOf = (record: { id: string; advisory?: string }) => reasonNotLinked({ ...record, imports }, program);
    expect(reasonOf({ id: 'CVE-2024-1', advisory: id })).toBe(
      'symbols not present: the program links nothing of what GO-2024-0001 names',
    );
    expect(reasonOf({ id })).toMatch(/what GO-2024-0001 names$/);
  });
});
