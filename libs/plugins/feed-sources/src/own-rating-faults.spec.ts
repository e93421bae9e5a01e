import type { FeedRecord } from '@clarion/model';
import { type OwnFeedOptions, ownFeed } from './own-feed';

const here: OwnFeedOptions = { id: 'own', format: 'osv', baseUrl: 'file:///srv/own/' };
const elsewhere: OwnFeedOptions = { ...here, baseUrl: 'https://acme.example/own/' };

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield bytes;
}

async function read(options: OwnFeedOptions, name: string, content: string): Promise<FeedRecord[]> {
  const records: FeedRecord[] = [];
  for await (const record of ownFeed(options).parse({ name, body: once(Buffer.from(content)) })) records.push(record);
  return records;
}

const good = {
  package: { ecosystem: 'Debian:12', name: 'acme-agent' },
  ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '2.1-1' }] }],
};
const record = (entry: object, whole: object = {}): object => ({
  id: 'ACME-1',
  affected: [{ ...good, ...entry }],
  ...whole,
});

type Mistaken = readonly [what: string, record: unknown, pointer: string, message: string];
const mistakes: readonly Mistaken[] = [
  ...[
    'CVSS:3.1/AV:N/AC:L',
    'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:X',
    'CVSS:3.1/AV:N/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N',
    'CVSS:4.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N',
    'AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N',
  ].map((score): Mistaken => [
    `the vector ${score}`,
    record({ severity: [{ type: 'CVSS_V3', score }] }),
    '/affected/0/severity/0/score',
    `ACME-1: "${score}" is a CVSS vector without a score: a base metric is missing, repeated or unknown; write for example "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"`,
  ]),
  [
    "a priority of Ubuntu's",
    record({}, { severity: [{ type: 'Ubuntu', score: 'hihg' }] }),
    '/severity/0/score',
    'ACME-1: unknown severity "hihg"; did you mean "HIGH"?',
  ],
  [
    'no priority',
    record({}, { severity: [{ type: 'Ubuntu' }] }),
    '/severity/0/score',
    'ACME-1: unknown severity "nothing"; write NEGLIGIBLE, LOW, MODERATE, MEDIUM, IMPORTANT, HIGH, CRITICAL',
  ],
];

describe('a rating without a severity', () => {
  it.each(mistakes)('is rejected in a file, and is a problem at a URL: %s', async (_what, wrong, pointer, message) => {
    const text = JSON.stringify(wrong);
    await expect(read(here, 'a.json', text)).rejects.toThrow(message);
    await expect(read(here, 'a.json', text)).rejects.toThrow(/^a\.json:1:\d+: /);
    const problems = (await read(elsewhere, 'a.json', text)).filter(({ kind }) => kind === 'problem');
    expect(problems).toEqual([{ kind: 'problem', record: expect.any(String) as string, message, pointer }]);
  });
});
