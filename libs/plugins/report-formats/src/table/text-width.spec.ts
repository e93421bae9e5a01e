import fc from 'fast-check';
import { displayWidth, wrap } from './text-width';

describe('wrap', () => {
  it.each([
    ['short', 10, ['short']],
    ['', 10, ['']],
    ['libc-bin, libc6', 12, ['libc-bin,', 'libc6']],
    ['3.0.11-1~deb12u1', 10, ['3.0.11-1~', 'deb12u1']],
    ['com.acme.shop:a', 10, ['com.acme.', 'shop:a']],
    ['org.apache.logging.log4j:log4j-core', 13, ['org.apache.', 'logging.', 'log4j:', 'log4j-core']],
    ['log4j:log4j-core, log4j:log4j-api', 12, ['log4j:', 'log4j-core,', 'log4j:', 'log4j-api']],
    ['log4j:log4j-core-with-more', 12, ['log4j:log4j-', 'core-with-', 'more']],
    ['1:2.36.1-8+deb12u1', 16, ['1:2.36.1-8+', 'deb12u1']],
    ['https://acme.example/x', 21, ['https://acme.example/', 'x']],
    ['a-bcdefghijk', 10, ['a-', 'bcdefghijk']],
    ['golang.org/x/crypto', 12, ['golang.org/', 'x/crypto']],
    ['/usr/lib/.pnpm', 11, ['/usr/lib/', '.pnpm']],
    ['srv/app/node_modules/koa', 13, ['srv/app/', 'node_modules/', 'koa']],
    ['…/@xmldom/xmldom', 8, ['…/', '@xmldom/', 'xmldom']],
    ['node_modules', 8, ['node_', 'modules']],
    ['lodash@4.17.21', 8, ['lodash@', '4.17.21']],
    ['in abcdefghi', 10, ['in', 'abcdefghi']],
    ['1.abcdefghijklmnop', 10, ['1.', 'abcdefghij', 'klmnop']],
    ['x'.repeat(25), 10, ['x'.repeat(10), 'x'.repeat(10), 'xxxxx']],
    ['パッケージ', 4, ['パッ', 'ケー', 'ジ']],
    ['exactly ten', 7, ['exactly', 'ten']],
  ])('breaks %j at %d', (text, width, expected) => {
    expect(wrap(text, width)).toEqual(expected);
  });

  it('keeps every character but blanks, and no line is too wide', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 30 }), (text, width) => {
        const wrapped = wrap(text, width);
        expect(wrapped.join('').replace(/\s/gu, '')).toBe(text.replace(/\s/gu, ''));
        for (const line of wrapped) expect(displayWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });
});
