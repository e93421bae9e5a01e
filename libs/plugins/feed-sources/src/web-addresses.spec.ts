import { webAddresses } from './web-addresses';

it.each([
  ['https://a.example/cve-1, https://b.example', ['https://a.example/cve-1', 'https://b.example']],
  ['https://a.example/cve-1; https://b.example/;', ['https://a.example/cve-1', 'https://b.example/']],
  ['See https://a.example/x. Then (https://b.example/y).', ['https://a.example/x']],
  ['https://a.example/Foo_(bar)', ['https://a.example/Foo_(bar)']],
  ['https://a.example/x), https://a.example/x', ['https://a.example/x']],
  ['https://a.example/?q=1,2', ['https://a.example/?q=1,2']],
  ['https://, http://. ftp://a.example mailto:a@b', []],
  ['', []],
])('of %j are %j', (text, addresses) => {
  expect(webAddresses(text, 20)).toEqual(addresses);
});

it('are limited to the given number, and read in one pass', () => {
  expect(webAddresses('https://a.example/1 https://a.example/2 https://a.example/3', 2)).toHaveLength(2);
  expect(webAddresses(`https://a.example/${','.repeat(5000)}`, 2)).toEqual([]);
});
