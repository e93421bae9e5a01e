import { parse } from 'yaml';
import { type ClairService, startClairService } from '../testing/clair-service';

const statePath = '/indexer/api/v1/index_state';

let service: ClairService;
beforeAll(async () => {
  service = await startClairService();
});
afterAll(() => service.close());

describe('every call', () => {
  it.each([
    ['no token', ''],
    ['an unknown token', 'guess'],
    ['a token of nobody', 'e30.e30.e30'],
  ])('with %s is 401 with nothing', async (_what, token) => {
    expect(await service.ask('GET', statePath, { token })).toMatchObject({ status: 401, text: '' });
    expect(await service.ask('GET', '/openapi/v1', { token })).toMatchObject({ status: 401, text: '' });
    expect(await service.ask('GET', '/robots.txt', { token })).toMatchObject({ status: 200 });
  });

  it('may be made with a token of Clarion that has the role for it', async () => {
    const call = async (method: string, token: string): Promise<number> =>
      (await service.ask(method, '/indexer/api/v1/index_report', { token, json: [] })).status;
    expect([await call('DELETE', 'scanner'), await call('DELETE', 'administrator')]).toEqual([403, 200]);
    expect([await call('POST', 'reader'), await call('POST', 'scanner')]).toEqual([403, 400]);
    expect((await service.ask('GET', statePath, { token: 'reader' })).status).toBe(200);
  });

  it.each([
    ['PUT', '/indexer/api/v1/index_report', 405, 'method-not-allowed'],
    ['GET', '/indexer/api/v1/index_report', 405, 'method-not-allowed'],
    ['DELETE', statePath, 405, 'method-not-allowed'],
    ['POST', '/openapi/v1', 405, 'method-not-allowed'],
    ['GET', '/indexer/api/v1/nothing', 404, 'not-found'],
    ['GET', '/notifier/api/v2', 404, 'not-found'],
    ['GET', '/indexer/api/v1/index_report/%zz', 400, 'bad-request'],
  ])('%s %s is %i %s', async (method, path, status, code) => {
    const answer = await service.ask(method, path);
    expect(answer).toMatchObject({ status, json: { code, message: expect.any(String) as string } });
    expect(answer.headers).toMatchObject({ 'x-content-type-options': 'nosniff' });
  });

  it('is served below any prefix, and links begin with it', async () => {
    for (const prefix of ['', '/clair', '/a/b.c']) {
      expect(await service.ask('GET', `${prefix}${statePath}`)).toMatchObject({ status: 200 });
      expect(await service.ask('GET', `${prefix}/indexer/api/v1/index_report/x`)).toMatchObject({ status: 400 });
    }
    expect(await service.ask('GET', `/a//b${statePath}`)).toMatchObject({ status: 404 });
  });

  it('is compressed for callers that accept it, with the same validator', async () => {
    const headers = { 'accept-encoding': 'gzip' };
    const coded = await service.ask('GET', '/openapi/v1', { headers });
    expect(coded).toMatchObject({ status: 200, headers: { 'content-encoding': 'gzip' } });
    expect(coded.headers['etag']).toMatch(/^"/);
  });
});

describe('the state', () => {
  it('is named by a strong validator, also when it has not changed', async () => {
    const { json, headers } = await service.ask('GET', statePath);
    const { state } = json as { readonly state: string };
    expect(state).toMatch(/^[0-9a-f]{32}$/);
    expect(headers['etag']).toBe(`"${state}"`);
    const same = await service.ask('GET', statePath, { headers: { 'if-none-match': `"${state}"` } });
    expect(same).toMatchObject({ status: 304, text: '', headers: { etag: `"${state}"` } });
  });

  it('is the same in every process, and another one with another version of a detector', async () => {
    const { detectors } = service.dependencies;
    const listed = await detectors.list();
    const stateWith = async (list: typeof listed): Promise<unknown> => {
      const other = await startClairService({
        dependencies: { detectors: { ...detectors, list: () => Promise.resolve(list) } },
      });
      const { json } = await other.ask('GET', statePath);
      await other.close();
      return json;
    };
    const now = (await service.ask('GET', statePath)).json;
    expect(await stateWith([...listed].reverse())).toEqual(now);
    const [first, ...rest] = listed;
    if (first === undefined) throw new TypeError('There are no detectors');
    expect(await stateWith([{ ...first, version: first.version + 1 }, ...rest])).not.toEqual(now);
    expect(await stateWith(rest)).not.toEqual(now);
  });

  it.each<[accept: string | undefined, status: number, type: string]>([
    [undefined, 200, 'application/vnd.clair.index_state.v1+json'],
    ['', 200, 'application/vnd.clair.index_state.v1+json'],
    ['application/json', 200, 'application/json'],
    ['application/*', 200, 'application/vnd.clair.index_state.v1+json'],
    ['*/*', 200, 'application/vnd.clair.index_state.v1+json'],
    ['application/vnd.clair.index_state.v1+json;q=0.5, application/json', 200, 'application/json'],
    ['text/html, application/json;q=0.1', 200, 'application/json'],
    ['text/html', 415, 'application/json'],
    ['application/json;q=0', 415, 'application/json'],
    ['json', 400, 'application/json'],
    ['application/json;q=x', 400, 'application/json'],
    [Array.from({ length: 200 }, () => 'a/b').join(), 400, 'application/json'],
  ])('for a caller that accepts %j is %i %s', async (accept, status, type) => {
    const answer = await service.ask('GET', statePath, accept === undefined ? {} : { headers: { accept } });
    expect([answer.status, String(answer.headers['content-type']).replace(/;.*/, '')]).toEqual([status, type]);
  });
});

describe('the OpenAPI document', () => {
  it.each<[accept: string | undefined, type: string]>([
    [undefined, 'application/openapi+json'],
    ['application/yaml', 'application/yaml'],
    ['application/vnd.oai.openapi+yaml', 'application/vnd.oai.openapi+yaml'],
    ['application/json', 'application/json'],
  ])('for a caller that accepts %j is %s', async (accept, type) => {
    const answer = await service.ask('GET', '/openapi/v1', accept === undefined ? {} : { headers: { accept } });
    expect(String(answer.headers['content-type']).replace(/;.*/, '')).toBe(type);
    const document = (type.endsWith('json') ? JSON.parse(answer.text) : parse(answer.text)) as Record<string, object>;
    expect(Object.keys(document['paths'] ?? {})).toContain('/matcher/api/v1/vulnerability_report/{digest}');
    const etag = String(answer.headers['etag']);
    const headers = { 'if-none-match': etag, ...(accept === undefined ? {} : { accept }) };
    expect(await service.ask('GET', '/openapi/v1', { headers })).toMatchObject({ status: 304, headers: { etag } });
  });

  it('is 415 in no known form', async () => {
    const answer = await service.ask('GET', '/openapi/v1', { headers: { accept: 'text/html' } });
    expect(answer).toMatchObject({ status: 415, json: { code: 'internal-error' } });
  });
});
