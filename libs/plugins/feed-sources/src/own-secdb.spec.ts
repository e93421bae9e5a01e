import type { FeedRecord } from '@clarion/model';
import { type OwnFeedOptions, ownFeed } from './own-feed';

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield bytes;
}

async function read(options: OwnFeedOptions, name: string, content: string): Promise<FeedRecord[]> {
  const records: FeedRecord[] = [];
  for await (const record of ownFeed(options).parse({ name, body: once(Buffer.from(content)) })) records.push(record);
  return records;
}

describe('a mistake in own SecDB data', () => {
  const secdb: OwnFeedOptions = { id: 'own', format: 'secdb', baseUrl: 'file:///srv/own/', namespace: 'alpine:v3.20' };
  const document = (secfixes: unknown): string =>
    `{"packages": [\n{"pkg": {"name": "acme", "secfixes": ${JSON.stringify(secfixes)}}}\n]}`;

  it.each([
    [
      'a version',
      { '1.0-r1': ['CVE-2024-0001'], '1..0': ['CVE-2024-0002'] },
      'a.json:2:73: acme: Version "1..0" is not valid',
    ],
    ['an id', { '1.0-r1': ['CVE'] }, 'a.json:2:49: acme: Version 1.0-r1 names no id: "CVE"'],
    ['a list', ['CVE-2024-0001'], 'a.json:2:38: acme: The list of fixes is not an object'],
  ])('is rejected with its position: %s', async (_what, secfixes, message) => {
    await expect(read(secdb, 'a.json', document(secfixes))).rejects.toThrow(message);
    const there = await read({ ...secdb, baseUrl: 'https://acme.example/own/' }, 'a.json', document(secfixes));
    expect(there.filter(({ kind }) => kind === 'problem')).toHaveLength(1);
  });

  it.each([
    [
      '{"packages": [{"pkg": {"name": "acme ", "secfixes": {}}}]}',
      'a.json:1:32: "acme " is not a name of a package of alpine:v3.20; did you mean "acme"?',
    ],
    [
      '{"packages": [{"pkg": {"name": "acme", "secfixes": {"1-r0": ["CVE-2024-0001"], "1-r0": []}}}]}',
      'a.json:1:80: "1-r0" comes twice in one object',
    ],
    [
      '{"packages": [{"pkg": {"name": "acme", "secfix": {"1-r0": ["CVE-2024-0001"]}}}]}',
      'a.json:1:50: unknown member "secfix"; did you mean "secfixes"?',
    ],
    ['{"packages": [{"pgk": {"name": "acme"}}]}', 'a.json:1:23: unknown member "pgk"; did you mean "pkg"?'],
    [
      '{"distrovesion": "v3.20", "packages": []}',
      'a.json:1:18: unknown member "distrovesion"; did you mean "distroversion"?',
    ],
    ['{"packages": [{"pkg": {"name": "acme"}}]}', 'a.json:1:23: it has no "secfixes"; write for example'],
    ['{"packages": [{"pkg": {"name": "acme", "secfixes": null}}]}', 'a.json:1:23: it has no "secfixes"'],
    ['{"packages": [{"pkg": {"name": "acme", "secfixes": {}}}]}', 'a.json:1:52: it names no version; write for'],
    [
      '{"packages": [{"pkg": {"name": "acme", "secfixes": {"1-r0": []}}}]}',
      'a.json:1:61: the version "1-r0" names no id; write for example',
    ],
    [
      '{"distroversion": "v3.19", "packages": []}',
      'a.json:1:19: the file is about "v3.19", its configuration says alpine:v3.20',
    ],
    ['{"distroversion": 3.2, "packages": []}', 'a.json:1:19: the file is about 3.2, its configuration says'],
  ])('is rejected: %s', async (text, message) => {
    await expect(read(secdb, 'a.json', text)).rejects.toThrow(message);
    const there = await read({ ...secdb, baseUrl: 'https://acme.example/own/' }, 'a.json', text);
    expect(there).toContainEqual(expect.objectContaining({ kind: 'problem', record: message.split(': ')[0] }));
  });

  it.each([
    ['alpine:v3.20', 'v3.20'],
    ['alpine:v3.20', '3.20'],
    ['alpine:edge', 'edge'],
    ['wolfi', 'v3.19'],
  ])('is not reported for namespace %s, distroversion %s', async (namespace, distroversion) => {
    const pkg = { name: 'acme', secfixes: { '1-r0': ['CVE-2024-0001'] } };
    const text = JSON.stringify({ distroversion, reponame: 'main', packages: [{ pkg }] });
    expect(await read({ ...secdb, namespace }, 'a.json', text)).toMatchObject([{ kind: 'group' }]);
  });

  it('is rejected in its configuration', () => {
    const named = (namespace: string) => () => ownFeed({ ...secdb, namespace });
    expect(named('alpine:3.20')).toThrow(expect.objectContaining({ remedy: 'did you mean "alpine:v3.20"?' }) as Error);
    expect(named('debian:12')).toThrow(
      expect.objectContaining({ remedy: expect.stringContaining('format: osv') as string }) as Error,
    );
  });
});
