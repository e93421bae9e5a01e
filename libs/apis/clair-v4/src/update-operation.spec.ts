import { type ClairService, openssl, recordDebian, startClairService } from '../testing/clair-service';
import { clairSchemas } from '../testing/schemas';

const path = '/matcher/api/v1/internal/update_operation';
const feed = 'debian-security-tracker';
const schemas = clairSchemas();

interface Operation {
  readonly ref: string;
  readonly date: string;
}

let service: ClairService;
const times = [2, 1].map((days) => new Date(Date.now() - days * 86_400_000).toISOString());
beforeAll(async () => {
  service = await startClairService();
  for (const [number, time] of times.entries()) {
    await recordDebian(service.store, time, { openssl: [openssl(`3.0.1${number}`)] });
  }
});
afterAll(() => service.close());

const ask = async (query: string, headers = {}) => service.ask('GET', `${path}${query}`, { headers });
const operationsOf = async (query: string): Promise<readonly Operation[]> =>
  ((await ask(query)).json as Record<string, readonly Operation[]>)[feed] ?? [];

describe('update operations', () => {
  it('are the updates of feeds, newest first, with the newest as validator', async () => {
    const answer = await ask('');
    const [newest, oldest, ...more] = await operationsOf('');
    expect(answer).toMatchObject({
      status: 200,
      headers: { etag: `"${newest?.ref ?? ''}"` },
      json: { [feed]: [{ updater: feed, kind: 'vulnerability', fingerprint: expect.any(String) as string }, {}] },
    });
    expect([newest?.date, oldest?.date, more]).toEqual([times[1], times[0], []]);
    const validate = schemas?.('update_operations');
    if (validate !== undefined) expect([validate(answer.json), validate.errors]).toEqual([true, null]);
    expect(await ask('', { 'if-none-match': `"${newest?.ref ?? ''}"` })).toMatchObject({ status: 304, text: '' });
    expect(await ask('', { 'if-none-match': `"${oldest?.ref ?? ''}"` })).toMatchObject({ status: 200 });
  });

  it.each([
    ['?kind=vulnerability', 2],
    ['?latest=true', 1],
    ['?latest=T', 1],
    ['?latest=0', 2],
    ['?kind=enrichment', 0],
  ])('with %s are %i', async (query, number) => {
    expect(await operationsOf(query)).toHaveLength(number);
  });

  it.each([
    ['?kind=x', /^unknown kind: "x"/],
    ['?latest=maybe', /latest/],
  ])('with %s are 400', async (query, message) => {
    const answer = await ask(query);
    expect(answer).toMatchObject({ status: 400, json: { code: 'bad-request' } });
    expect((answer.json as { readonly message: string }).message).toMatch(message);
  });

  it('are not deleted one by one', async () => {
    const answer = await service.ask('DELETE', `${path}/01890000-0000-8000-8000-000000000001`);
    expect(answer).toMatchObject({ status: 405, json: { code: 'method-not-allowed' } });
  });
});
