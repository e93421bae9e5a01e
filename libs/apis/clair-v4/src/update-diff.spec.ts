import type { Advisory } from '@clarion/model';
import {
  type ClairAnswer,
  type ClairService,
  openssl,
  recordDebian,
  startClairService,
} from '../testing/clair-service';
import { clairSchemas } from '../testing/schemas';

const path = '/matcher/api/v1/internal/update_diff';
const feed = 'debian-security-tracker';
const schemas = clairSchemas();
const updates = [1, 2, 3, 4].map((number) => `01890000-0000-7000-8000-00000000000${number}`);
const [first = '', second = '', third = '', fourth = ''] = updates;
const zlib: Advisory = { id: 'CVE-2024-0001', state: 'affected', severity: 'High' };

let service: ClairService;
beforeAll(async () => {
  service = await startClairService();
  const states: readonly Parameters<typeof recordDebian>[2][] = [
    { openssl: [openssl('3.0.12')] },
    { openssl: [openssl('3.0.13')], zlib: [zlib] },
    { openssl: [openssl('3.0.13')], zlib: [] },
    { openssl: [openssl('3.0.14')], zlib: [] },
  ];
  for (const [number, statements] of states.entries()) {
    const at = new Date(Date.now() - (10 - number) * 86_400_000).toISOString();
    await recordDebian(service.store, { at, update: updates[number] ?? '' }, statements);
  }
});
afterAll(() => service.close());

const ask = (query: string): Promise<ClairAnswer> => service.ask('GET', `${path}${query}`);

interface Changed {
  readonly name: string;
  readonly fixed_in_version: string;
  readonly package: { readonly name: string };
}
const shown = (list: readonly Changed[]): readonly string[] =>
  list.map(({ name, fixed_in_version: fixed, package: { name: of } }) => `${of} ${name} ${fixed}`).sort();

describe('the difference of update operations', () => {
  it.each<[what: string, prev: string, cur: string, added: readonly string[], removed: readonly string[]]>([
    [
      'of two updates that follow each other',
      ...([first, second] as const),
      ['openssl CVE-2023-5678 3.0.13', 'zlib CVE-2024-0001 '],
      ['openssl CVE-2023-5678 3.0.12'],
    ],
    ['of a vulnerability that is gone', second, third, [], ['zlib CVE-2024-0001 ']],
    [
      'without what came and went between them',
      ...([first, fourth] as const),
      ['openssl CVE-2023-5678 3.0.14'],
      ['openssl CVE-2023-5678 3.0.12'],
    ],
    ['of an update and itself', third, third, [], []],
  ])('%s', async (_what, prev, cur, added, removed) => {
    const answer = await ask(`?prev=${prev}&cur=${cur}`);
    expect(answer).toMatchObject({ status: 200, json: { prev: { ref: prev, updater: feed }, cur: { ref: cur } } });
    const json = answer.json as Record<'added' | 'removed', readonly Changed[]>;
    expect([shown(json.added), shown(json.removed)]).toEqual([added, removed]);
    const validate = schemas?.('update_diff');
    if (validate !== undefined) expect([validate(json), validate.errors]).toEqual([true, null]);
  });

  it.each([
    ['', 400, /"cur" query param is required/],
    ['?cur=x', 400, /"cur" query param is not a uuid/],
    [`?cur=${second}`, 400, /without "prev"/],
    [`?cur=${second}&prev=x`, 400, /"prev" query param is not a uuid/],
    [`?cur=${first}&prev=${second}`, 400, /is the later one/],
    [`?cur=${second.replace(/2$/, '9')}&prev=${first}`, 404, /no update/],
  ])('with %s is %i', async (query, status, message) => {
    const answer = await ask(query);
    expect([answer.status, (answer.json as { readonly message: string }).message]).toEqual([
      status,
      expect.stringMatching(message) as string,
    ]);
  });
});
