import fc from 'fast-check';
import { decodeLinkedFunctions, encodeLinkedFunctions, encodeUnknownFunctions } from './linked-functions';

const linux = { os: 'linux', architecture: 'amd64' };

describe('linked functions of a Go module', () => {
  it('contain what was encoded, and its packages', () => {
    const packages: readonly (readonly [string, readonly string[]])[] = [
      ['', ['Get', 'Client.Do']],
      ['internal/größe', ['Größe']],
    ];
    const linked = decodeLinkedFunctions(encodeLinkedFunctions(linux, packages));
    expect(linked).toMatchObject(linux);
    expect([linked?.hasFunction('', 'Client.Do'), linked?.hasFunction('internal/größe', 'Größe')]).toEqual([
      true,
      true,
    ]);
    expect([linked?.hasPackage(''), linked?.hasPackage('internal/größe')]).toEqual([true, true]);
    expect([linked?.hasFunction('', 'Größe'), linked?.hasPackage('internal')]).toEqual([false, false]);
  });

  it('may be unknown where the platform is known: then any may be linked', () => {
    const unknown = decodeLinkedFunctions(encodeUnknownFunctions(linux)!);
    expect(unknown).toMatchObject({ ...linux, areKnown: false });
    expect([unknown?.hasPackage('html'), unknown?.hasFunction('html', 'Parse')]).toEqual([true, true]);
    expect(decodeLinkedFunctions(encodeLinkedFunctions(linux, []))?.areKnown).toBe(true);
    expect(encodeUnknownFunctions({ os: '', architecture: '' })).toBeUndefined();
  });

  it('may be none', () => {
    const text = encodeLinkedFunctions({ os: '', architecture: '' }, []);
    expect(text).toBe('/ 12 0 ');
    expect(decodeLinkedFunctions(text)?.hasPackage('')).toBe(false);
  });

  it('take 2.5 characters each, and hardly any other counts as linked', () => {
    const names = Array.from({ length: 20_000 }, (_, at) => `Type${at % 997}.Method${at}`);
    const text = encodeLinkedFunctions(linux, [['pkg/kubelet', names]]);
    expect(text.length).toBeLessThan(2.5 * names.length);
    const linked = decodeLinkedFunctions(text)!;
    expect(names.every((name) => linked.hasFunction('pkg/kubelet', name))).toBe(true);
    const others = names.filter((name) => linked.hasFunction('pkg/kubelet', `${name}Other`));
    expect(others.length).toBeLessThan(20);
  });

  it('never miss a function', () => {
    const packages = fc.uniqueArray(fc.tuple(fc.string(), fc.array(fc.string())), { selector: ([path]) => path });
    fc.assert(
      fc.property(packages, (all) => {
        const linked = decodeLinkedFunctions(encodeLinkedFunctions(linux, all));
        for (const [path, names] of all) {
          expect(linked?.hasPackage(path)).toBe(true);
          expect(names.every((name) => linked?.hasFunction(path, name))).toBe(true);
        }
      }),
    );
  });

  it.each([
    '',
    'linux',
    'linux/amd64 ',
    'linux/amd64/v1',
    'linux/amd64 33 0 ',
    'linux/amd64 0 0 ',
    'linux/amd64 12 1 ',
    'linux/amd64 12 9999999 AAAA',
    'linux/amd64 12 1 ////',
    'linux/amd64 12 1 AA*A',
    `linux/amd64 12 1 ${'/'.repeat(200_000)}`,
  ])('are not in %.30s', (text) => {
    expect(decodeLinkedFunctions(text)).toBeUndefined();
  });

  it('are read of any text', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(1000), fc.base64String(), (bits, count, set) => {
        const linked = decodeLinkedFunctions(`linux/amd64 ${bits} ${count} ${set}`);
        expect(linked?.hasFunction('a', 'B') ?? false).toEqual(expect.any(Boolean));
      }),
    );
  });
});
