import { archiveOf, debianImage, type RestService, startRestService } from '../testing/rest-service';

let here: RestService;
beforeAll(async () => {
  here = await startRestService();
});
afterAll(() => here.close());

describe('an Idempotency-Key', () => {
  const key = (text: string, json: unknown) => ({ json, headers: { 'Idempotency-Key': text } });

  it('repeats the first answer, and belongs to one request of one caller', async () => {
    const input = { url: 'https://hooks.example/a' };
    const first = await here.ask('POST', '/api/v1/endpoints', key('one', input));
    expect(first.status).toBe(201);
    expect((await here.ask('POST', '/api/v1/endpoints', key('one', input))).json).toEqual(first.json);
    const other = { url: 'https://hooks.example/b' };
    expect(await here.ask('POST', '/api/v1/endpoints', key('one', other))).toMatchObject({
      status: 422,
      json: { code: 'idempotency-mismatch' },
    });
    const caller = await here.ask('POST', '/api/v1/endpoints', { ...key('one', other), token: 'operator' });
    expect(caller.status).toBe(201);
    expect(((await here.ask('GET', '/api/v1/endpoints')).json as { items: unknown[] }).items).toHaveLength(2);
  });

  it('covers every byte of an archive', async () => {
    const archive = async (mark: string): Promise<Buffer> => {
      const pieces: Uint8Array[] = [];
      for await (const piece of archiveOf(debianImage(['openssl=1'], mark))) pieces.push(piece);
      return Buffer.concat(pieces);
    };
    const upload = async (mark: string, more = {}) =>
      here.ask('POST', '/api/v1/images', {
        body: await archive(mark),
        headers: { 'content-type': 'application/x-tar', 'idempotency-key': 'archive', ...more },
      });
    const first = await upload('one');
    expect(first.status).toBe(200);
    expect((await upload('one')).json).toEqual(first.json);
    expect(await upload('two')).toMatchObject({ status: 422, json: { code: 'idempotency-mismatch' } });
    const another = await upload('two', { 'idempotency-key': 'another' });
    expect((another.json as { digest: string }).digest).not.toBe((first.json as { digest: string }).digest);
    // The first request counts, not the last one.
    expect((await upload('one')).json).toEqual(first.json);
  });
});
