import { repositoryFile } from './rpm-repository';

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield Buffer.from(text);
}

const digest = 'c9ac7193dabd58f11b7694876377fa70995f7c8150a285a26b2e2579f079d429';

function repomd(data: string): string {
  return `<repomd xmlns="http://linux.duke.edu/metadata/repo"><revision>1</revision>${data}</repomd>`;
}

function file(href: string, checksum = `<open-checksum type="sha256">${digest}</open-checksum>`): string {
  return `<data type="updateinfo">${checksum}<location href="${href}"/></data>`;
}

describe('repositoryFile', () => {
  const primary = '<data type="primary"><location href="repodata/primary.xml.gz"/></data>';
  const location = 'repodata/updateinfo.xml.gz';

  it.each([
    ['a file with its digest', primary + file(location), { location, sha256: digest }],
    [
      'the digest in small letters',
      file(location, `<open-checksum type="sha256">${digest.toUpperCase()}</open-checksum>`),
      { location, sha256: digest },
    ],
    ['no digest of another kind', file(location, '<open-checksum type="sha">00</open-checksum>'), { location }],
    ['no invalid digest', file(location, '<open-checksum type="sha256">abc</open-checksum>'), { location }],
    // That of the packed file says nothing about its content.
    ['no digest of the packed file', file(location, `<checksum type="sha256">${digest}</checksum>`), { location }],
    ['the first of two', file(location) + file('repodata/other.xml'), { location, sha256: digest }],
    ['nothing where none is listed', primary, undefined],
    ['nothing of an empty index', '', undefined],
  ])('gives %s', async (_, data, expected) => {
    expect(await repositoryFile(bytes(repomd(data)), 'updateinfo')).toEqual(expected);
  });

  it.each([
    '../updateinfo.xml',
    '/updateinfo.xml',
    'repodata/../../x',
    'https://example.org/x',
    'a/./b',
    '',
    'a b',
    '..',
  ])('rejects the location %j', async (href) => {
    await expect(repositoryFile(bytes(repomd(file(href))), 'updateinfo')).rejects.toMatchObject({
      code: 'corrupt-data',
    });
  });

  it.each([
    ['another document', '<html/>', 'corrupt-data'],
    ['an index cut off', '<repomd><data type="updateinfo">', 'corrupt-data'],
    ['an index without end', repomd('<data type="other"/>'.repeat(1001)), 'limit-exceeded'],
  ])('refuses %s', async (_, text, code) => {
    await expect(repositoryFile(bytes(text), 'updateinfo')).rejects.toMatchObject({ code });
  });
});
