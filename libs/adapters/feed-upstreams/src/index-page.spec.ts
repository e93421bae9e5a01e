import { namesOfIndexPage } from './index-page';

const base = 'https://mirror.example/alpine/';

describe('namesOfIndexPage', () => {
  it.each<[string, string, readonly string[]]>([
    [
      'nginx',
      '<pre><a href="../">../</a>\n<a href="v3.20/">v3.20/</a>  07-Jul-2022 - \n<a href="last-update">last-update</a></pre>',
      ['last-update', 'v3.20/'],
    ],
    ['Apache', '<a href="?C=N;O=D">Name</a><a href="/">Parent</a><a href="edge/">edge/</a>', ['edge/']],
    [
      'absolute paths and addresses',
      '<a href="/alpine/v3.2/">x</a><a href="https://mirror.example/alpine/v3.3/">y</a>',
      ['v3.2/', 'v3.3/'],
    ],
    ['single quotes, other attributes, capitals', `<A class="x" HREF = 'main.json'>main</A>`, ['main.json']],
    ['other hosts', '<a href="https://other.example/alpine/v3.2/">x</a><a href="//other.example/alpine/a">x</a>', []],
    ['deeper and higher paths', '<a href="a/b.json">x</a><a href="../c/">x</a><a href="./d.json">x</a>', ['d.json']],
    ['escapes', '<a href="a%20b.json">x</a><a href="a&amp;b">x</a>', ['a b.json', 'a&b']],
    [
      'names that would leave the folder',
      '<a href="..%2f..%2fetc">x</a><a href="%2e%2e/">x</a><a href="a%00b">x</a><a href="%ff">x</a>',
      [],
    ],
    ['other schemes', '<a href="javascript:alert(1)">x</a><a href="mailto:a@b">x</a><a href="http://[">x</a>', []],
    ['fragments', '<a href="#top">x</a><a href="main.json#x">x</a>', ['main.json']],
    ['no links', 'just text', []],
  ])('%s', (_, html, expected) => {
    expect(namesOfIndexPage(html, base)).toEqual(expected);
  });

  // So large that a pattern which backtracks would not end.
  it('ends for hostile pages', () => {
    for (const piece of ['<a ', '<a href=', '<a href="', '<a  href  =  '])
      expect(namesOfIndexPage(piece.repeat(1_000_000), base).length).toBeLessThanOrEqual(1);
  });
});
