import { parseProduct } from './parse';

describe('SUSE products', () => {
  it.each([
    ['<product><name>SLES</name><version>15.5</version></product>', 'SLES', '15.5'],
    ['<product><name> SLES-LTSS </name><baseversion>15</baseversion></product>', 'SLES-LTSS', '15'],
    ['<product><name>SLES</name></product>', 'SLES', undefined],
  ])('%s is %s %s', (text, value, version) => {
    const path = 'etc/products.d/SLES.prod';
    expect(parseProduct({ path, content: Buffer.from(text) })).toEqual([
      { kind: 'product', value, path, ...(version !== undefined && { version }) },
    ]);
  });

  it.each(['', '<product/>', '<name></name>', '<name>two words</name>', '<name>SLES', '\u0000'])(
    '%j is not a product',
    (text) => {
      expect(parseProduct({ path: 'etc/products.d/x.prod', content: Buffer.from(text) })).toEqual([]);
    },
  );
});
