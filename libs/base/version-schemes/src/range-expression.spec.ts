import { parseRange, versionScheme } from './index';

const npm = versionScheme('npm')!;
const dpkg = versionScheme('dpkg')!;

describe('parseRange', () => {
  it.each([
    ['<1.2', ['1.1.9', '1.2.0-rc.1'], ['1.2.0', '2.0.0']],
    ['<=1.2', ['1.2.0'], ['1.2.1']],
    ['>1.2', ['1.2.1'], ['1.2.0']],
    ['>= 1.2', ['1.2.0', '3.0.0'], ['1.1.0']],
    ['=1.2', ['1.2.0', 'v1.2.0'], ['1.2.1']],
    ['==1.2', ['1.2.0'], ['1.2.1']],
    ['1.2', ['1.2.0'], ['1.2.1']],
    ['!=1.2', ['1.2.1'], ['1.2.0']],
    ['*', ['0.0.0-a', '9.9.9'], []],
    ['>=1.0, <2.0', ['1.0.0', '1.9.9'], ['0.9.9', '2.0.0']],
    ['<1.0 || >=2.0,<2.1||3.0', ['0.9.0', '2.0.5', '3.0.0'], ['1.0.0', '2.1.0', '3.0.1']],
    ['<#MAXV#', ['1.0.0'], []],
    ['<#MINV#', [], ['0.0.0']],
  ])('%s', (text, inside, outside) => {
    const matches = parseRange(npm, text);
    expect([...inside, ...outside].filter(matches)).toEqual(inside);
  });

  it('accepts versions as the scheme writes them', () => {
    const matches = parseRange(dpkg, '>= 1:1.2~rc1-1, < 1:1.2-1+deb12u1');
    expect(['1:1.2~rc1-1', '1:1.2-1', '1:1.2-1+deb12u1', '2.0'].filter(matches)).toEqual(['1:1.2~rc1-1', '1:1.2-1']);
  });

  // As in matching: below the valid prefix of a bound is inside; what may or may not be below it is open.
  it.each([
    ['<0.8.21.r2', '0.8.20-r9', true],
    ['<0.8.21.r2', '0.8.21-r0', undefined],
    ['<0.8.21.r2', '0.8.22-r0', false],
    ['<0.8.21.r2 || =0.8.21-r0', '0.8.21-r0', true],
    ['<0.8.21.r2, >0.9-r0', '0.8.21-r0', false],
  ])('of an invalid bound: %s contains %s: %p', (text, version, inside) => {
    expect(parseRange(versionScheme('apk')!, text)(version)).toBe(inside);
  });

  it.each(['', ' ', '<', '>=', '1.0,', '||1.0', '1.0 2.0', '=>1.0', '<1 >0', '^1.0 |', '~=1.0'])(
    'rejects %j as a range',
    (text) => {
      expect(() => parseRange(npm, text)).toThrow(expect.objectContaining({ code: 'invalid-input' }) as Error);
    },
  );

  it('rejects a bound that the scheme cannot order, before any version is checked', () => {
    expect(() => parseRange(npm, '<latest')).toThrow('npm cannot order version "latest"');
  });

  it('reports what it could not read, and how to write a range', () => {
    const error = { message: 'not a version comparison: "1.0 2.0"', remedy: 'write ranges like ">=1.2, <2.0 || 3.1"' };
    expect(() => parseRange(npm, '<1 || 1.0 2.0')).toThrow(expect.objectContaining(error) as Error);
  });

  it('cuts long text in the message', () => {
    expect(() => parseRange(npm, `< ${'x y'.repeat(50_000)}`)).toThrow(/^.{0,140}$/);
    expect(() => parseRange(npm, `< ${'x'.repeat(50_000)}`)).toThrow(/^.{0,140}$/);
  });
});
