import { parseDebianVersion } from './parse';

describe('debian_version', () => {
  it.each([
    ['6.0.10\n', ['debian:6']],
    ['12.5', ['debian:12']],
    ['4.0', ['debian:4']],
    ['wheezy/sid', []],
    ['forky/sid', []],
    ['12.5 and more', []],
    ['1.2.3.4.5', []],
    ['', []],
  ])('%j is %j', (text, ids) => {
    const found = parseDebianVersion({ path: 'etc/debian_version', content: Buffer.from(text) });
    expect(found.map((one) => one.id)).toEqual(ids);
  });
});
