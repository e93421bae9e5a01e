import { parseAlpineRelease } from './parse';

describe('alpine-release', () => {
  it.each([
    ['2.6.6\n', ['alpine:v2.6']],
    ['3.20.3', ['alpine:v3.20']],
    ['3.22.0_rc1', ['alpine:v3.22']],
    ['3.21_alpha20240807', ['alpine:edge']],
    ['3', []],
    ['3.20 or so', ['alpine:v3.20']],
    ['edge of nothing', []],
    ['', []],
    ['\0\0', []],
    ['9'.repeat(50), []],
  ])('%j is %j', (text, ids) => {
    const found = parseAlpineRelease({ path: 'etc/alpine-release', content: Buffer.from(text) });
    expect(found.map((one) => one.id)).toEqual(ids);
  });
});
