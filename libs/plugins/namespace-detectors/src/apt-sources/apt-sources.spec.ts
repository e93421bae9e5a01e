import { testBudget } from '@clarion/test-kit';
import { parseAptSources } from './parse';

const list = 'etc/apt/sources.list';
const sources = 'etc/apt/sources.list.d/debian.sources';
const uri = 'http://deb.debian.org/debian';

function idsOf(files: Readonly<Record<string, string>>): string[] {
  const given = Object.entries(files).map(([path, text]) => ({ path, content: Buffer.from(text) }));
  return parseAptSources(given, testBudget()).map((one) => one.id);
}

describe('apt sources', () => {
  it.each([
    [`deb ${uri} sid main`, ['debian:unstable']],
    [`deb ${uri} unstable main contrib`, ['debian:unstable']],
    [`deb\t${uri}\tunstable\tcontrib main # note\r`, ['debian:unstable']],
    [`deb [arch=amd64 signed-by=/a b] ${uri} sid main`, ['debian:unstable']],
    [`deb ${uri} testing main`, ['debian:14']],
    [`deb ${uri} forky main\ndeb ${uri}-security forky-security main\ndeb ${uri} forky-updates main`, ['debian:14']],
    [`deb ${uri} bookworm main`, []],
    [`deb ${uri} stable main`, []],
    [`deb ${uri} sid main\ndeb ${uri} bookworm main`, []],
    [`deb ${uri} wheezy/updates main\ndeb ${uri} sid main`, []],
    [`deb ${uri} sid main\ndeb http://x.org/apt nodistro main`, ['debian:unstable']],
    [`deb ${uri} sid main\ndeb ${uri} experimental main`, ['debian:unstable']],
    [`deb ${uri} sid contrib`, []],
    [`deb-src ${uri} sid main`, []],
    [`# deb ${uri} sid main`, []],
    [`deb [arch=amd64 ${uri} sid main`, []],
    [`deb ${uri} sid main ]`, ['debian:unstable']],
    ['deb', []],
    ['', []],
  ])('the list %j gives %j', (text, ids) => {
    expect(idsOf({ [list]: text })).toEqual(ids);
  });

  it.each([
    [`Types: deb\nURIs: ${uri}\nSuites: sid\nComponents: main\n`, ['debian:unstable']],
    [`types: deb deb-src\nsuites: unstable\ncomponents: main non-free\n`, ['debian:unstable']],
    [`Types: deb\nSuites: sid\n experimental\nComponents:\n main\n`, ['debian:unstable']],
    [`Types: deb\nSuites: testing testing-updates\nComponents: main\n`, ['debian:14']],
    [`Types: deb\nSuites: sid\nComponents: main\nEnabled: no\n`, []],
    [`Types: deb\nSuites: sid\nComponents: main\nEnabled: yes\n`, ['debian:unstable']],
    [`Types: deb-src\nSuites: sid\nComponents: main\n`, []],
    [`Types: deb\nSuites: trixie trixie-updates\nComponents: main\n`, []],
    [`Types: deb\nSuites: sid\nComponents: main\n\nTypes: deb\nSuites: trixie\nComponents: main\n`, []],
    ['Types: deb\n', []],
  ])('the deb822 sources %j give %j', (text, ids) => {
    expect(idsOf({ [sources]: text })).toEqual(ids);
  });

  it('evaluates all files of the layer together', () => {
    const sid = `deb ${uri} sid main`;
    expect(idsOf({ [list]: sid, [sources]: 'Types: deb\nSuites: trixie\nComponents: main\n' })).toEqual([]);
    expect(idsOf({ [list]: '', [sources]: 'Types: deb\nSuites: sid\nComponents: main\n' })).toEqual([
      'debian:unstable',
    ]);
  });
});
