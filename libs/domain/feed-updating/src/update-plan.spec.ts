import { createHash } from 'node:crypto';
import { planOf, type FeedPlan, type FeedSource, type FeedState } from '@clarion/model';
import type { FeedFinished } from './events';
import { sourceOf, type FeedEntry } from '../testing/entry-feed';
import { updateHarness } from '../testing/update-harness';

const harness = updateHarness();
const { serve } = harness;

async function update(plan: FeedPlan, changed: Partial<FeedSource> = {}): Promise<FeedFinished> {
  return (await harness.update({ ...sourceOf(plan), ...changed })).finished;
}

async function state(): Promise<FeedState | undefined> {
  return (await harness.store.feedStates())[0];
}

async function fixedIn(name: string): Promise<readonly (readonly [string, string | undefined])[]> {
  const groups = await harness.stored('test:1', name);
  return groups.flatMap(({ advisories }) => advisories.map(({ id, ranges }) => [id, ranges?.[0]?.fixed] as const));
}

const entry = (id: string, ...affected: FeedEntry['affected']): FeedEntry => ({ id, affected });
const json = (...entries: readonly FeedEntry[]): string => JSON.stringify(entries);
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const requested = (): readonly (readonly [string, number])[] => {
  const all = harness.server.requests.map(({ path: asked, status }) => [asked, status] as const);
  harness.server.requests.length = 0;
  return all;
};

const base = json(
  entry('CVE-1', ['test:1', 'openssl', '1']),
  entry('CVE-2', ['test:1', 'openssl', '1'], ['test:1', 'zlib', '1']),
);

describe('documents that a mirror lacks', () => {
  const missing = [{ name: 'more' }];
  const lacking = async (): Promise<unknown> => (await state())?.missing;

  it('are reported as missing until they are read, even by updates whose plans do not mention them', async () => {
    harness.server.put('all', base);
    await update({ documents: [{ name: 'all' }], missing });
    expect(await lacking()).toEqual(missing);
    await update({ documents: [], cursor: 'later' });
    expect(await lacking()).toEqual(missing);
    harness.server.put('more', json(entry('CVE-3', ['test:1', 'more', '3'])));
    await update({ documents: [{ name: 'all' }, { name: 'more' }], missing: [] });
    expect(await lacking()).toBeUndefined();
    // A document that was read before stays known.
    await update({ documents: [{ name: 'all' }], missing });
    expect(await lacking()).toBeUndefined();
  });
});

describe('a planned document', () => {
  it('is fetched from its path and stored under its name', async () => {
    harness.server.put('v7/all.json', base);
    await update({ documents: [{ name: 'all', path: 'v7/all.json' }] });
    harness.server.put('v8/all.json', json(entry('CVE-3', ['test:1', 'openssl', '3'])));
    const { state: after } = await update({ documents: [{ name: 'all', path: 'v8/all.json' }] });
    expect(Object.keys(after.documents)).toEqual(['all']);
    expect(await fixedIn('openssl')).toEqual([['CVE-3', '3']]);
  });

  it('with the known digest is not requested', async () => {
    harness.server.put('all', base);
    const plan = { documents: [{ name: 'all', sha256: sha256(base) }] };
    expect((await update(plan)).result).toBe('changed');
    requested();
    expect((await update(plan)).result).toBe('unchanged');
    expect(requested()).toEqual([]);
  });

  it.each([
    ['sent', 'all', json(entry('CVE-9', ['test:1', 'openssl', '9']))],
    ['confirmed', 'unrelated', base],
  ])('with another digest than announced is rejected when it is %s', async (_, changed, body) => {
    harness.server.put('all', base);
    await update(planOf(['all']));
    harness.server.put(changed, body);
    const { result, state: after } = await update({
      documents: [{ name: 'all', sha256: '0'.repeat(64) }],
      cursor: 'new',
    });
    expect(result).toBe('failed');
    expect(after.lastError).toMatch(/all is not what its index announces/);
    expect(after).not.toHaveProperty('cursor');
    expect(await fixedIn('openssl')).toEqual([
      ['CVE-1', '1'],
      ['CVE-2', '1'],
    ]);
  });

  it.each(['none', 'both'] as const)(
    'that did not change is not compared again (validators: %s)',
    async (validators) => {
      await serve({ validators });
      harness.server.put('all', base);
      await update(planOf(['all']));
      harness.server.put('all', base);
      const finished = await update(planOf(['all']));
      expect(finished).toMatchObject({ result: 'unchanged', written: { groups: 0, texts: 0 } });
      expect(finished.state.lastChange).toBe('2026-01-01T01:00:00.000Z');
    },
  );

  it('with problems counts them separately', async () => {
    const broken: Partial<FeedSource> = {
      async *parse({ name }) {
        await Promise.resolve();
        yield { kind: 'vulnerability', text: { feed: 'test', id: name } };
        for (let count = 0; count < (name === 'one' ? 1 : 3); count += 1) {
          yield { kind: 'problem', record: `${name} ${count}`, message: 'odd' };
        }
      },
    };
    harness.server.put('one', '1');
    harness.server.put('two', '2');
    expect((await update(planOf(['one', 'two']), broken)).state).toMatchObject({ problems: 4 });
    harness.server.put('two', '22');
    const { state: after } = await update(planOf(['one', 'two']), broken);
    expect(after).toMatchObject({ problems: 4, documents: { one: { problems: 1 }, two: { problems: 3 } } });
    expect(after.problemSamples).toHaveLength(4);
  });
});

describe('a cursor', () => {
  it('is stored when the update was applied, and passed to the next plan', async () => {
    harness.server.put('all', base);
    await update({ ...planOf(['all']), cursor: '1' });
    const seen: (string | undefined)[] = [];
    const plan: FeedSource['plan'] = (_, last) => {
      seen.push(last?.cursor);
      return Promise.resolve({ ...planOf(['all']), cursor: '2' });
    };
    await update(planOf([]), { plan });
    expect(seen).toEqual(['1']);
    harness.server.fault('all', { kind: 'status', status: 503 });
    expect((await update({ ...planOf(['all']), cursor: '3' })).state.cursor).toBe('2');
  });
});

describe('a patch', () => {
  const patch = { into: 'all', documents: [{ name: 'CVE-1' }, { name: 'CVE-2' }], removed: [] };

  beforeEach(async () => {
    harness.server.put('all', base);
    await update({ ...planOf(['all']), cursor: '0' });
    harness.server.put('CVE-1', json(entry('CVE-1', ['test:1', 'openssl', '7'])));
    harness.server.put('CVE-2', json(entry('CVE-2', ['test:1', 'zlib', '8'])));
    requested();
  });

  it('replaces the advisories of its vulnerabilities, and is fetched only for that', async () => {
    const { state: after, written } = await update({ documents: [], patch, cursor: '1' });
    expect(await fixedIn('openssl')).toEqual([['CVE-1', '7']]);
    expect(await fixedIn('zlib')).toEqual([['CVE-2', '8']]);
    expect(after).toMatchObject({ cursor: '1', groups: 2, statements: 2 });
    expect(written).toMatchObject({ groups: 2, removed: 0, texts: 2 });
    expect(requested()).toEqual([
      ['CVE-1', 200],
      ['CVE-2', 200],
    ]);
  });

  it('that removes a vulnerability removes its record and the groups that only mention it', async () => {
    await update({ documents: [], patch: { into: 'all', documents: [], removed: ['CVE-2'] } });
    expect(await fixedIn('openssl')).toEqual([['CVE-1', '1']]);
    expect(await harness.store.advisories([['test:1', 'zlib']])).toEqual([]);
    expect(await harness.store.vulnerability('CVE-2')).toBeUndefined();
    expect(await state()).toMatchObject({ groups: 1, statements: 1 });
  });

  it('with a damaged document leaves the facts of that one unchanged, and is planned again', async () => {
    harness.server.put('CVE-1', '[{"id":"CVE-1","affec');
    const { result, state: after } = await update({ documents: [], patch, cursor: '1' });
    expect(result).toBe('failed');
    expect(after).toMatchObject({ cursor: '0', lastError: expect.stringMatching(/CVE-1 cannot be read/) as string });
    expect(await fixedIn('openssl')).toEqual([['CVE-1', '1']]);
    expect(await fixedIn('zlib')).toEqual([['CVE-2', '8']]);
  });

  it.each([
    ['cannot be fetched', { kind: 'status', status: 503 }],
    ['is cut short', { kind: 'truncate', bytes: 10 }],
  ] as const)('with a document that %s is left out as a whole', async (_, fault) => {
    harness.server.fault('CVE-2', fault);
    expect((await update({ documents: [], patch, cursor: '1' })).result).toBe('failed');
    expect(await fixedIn('openssl')).toEqual([
      ['CVE-1', '1'],
      ['CVE-2', '1'],
    ]);
    expect(await state()).toMatchObject({ cursor: '0', statements: 3 });
  });

  it('that fails discards the new whole document too: it may be older than the stored facts', async () => {
    harness.server.put('all', json(entry('CVE-1', ['test:1', 'openssl', '0'])));
    harness.server.fault('CVE-2', { kind: 'status', status: 503 });
    expect((await update({ ...planOf(['all']), patch })).result).toBe('failed');
    expect(await fixedIn('openssl')).toEqual([
      ['CVE-1', '1'],
      ['CVE-2', '1'],
    ]);
    harness.server.fault('CVE-2', undefined);
    expect((await update({ ...planOf(['all']), patch })).result).toBe('changed');
    expect(await fixedIn('openssl')).toEqual([['CVE-1', '7']]);
  });

  it('with a document that disappeared since it was listed counts a problem', async () => {
    harness.server.remove('CVE-1');
    const { result, state: after } = await update({ documents: [], patch, cursor: '1' });
    expect(result).toBe('changed');
    expect(after).toMatchObject({
      cursor: '1',
      problems: 1,
      problemSamples: ['CVE-1: is listed as changed but is not there'],
    });
    expect(await fixedIn('openssl')).toEqual([['CVE-1', '1']]);
  });

  it('with documents that do not exist reports them as missing until they are read', async () => {
    const plan = { documents: [], missing: [], patch };
    harness.server.remove('CVE-1');
    expect((await update({ ...plan, cursor: '1' })).state).toMatchObject({ cursor: '1', missing: [{ name: 'CVE-1' }] });
    // What cannot be requested stays missing.
    harness.server.fault('CVE-1', { kind: 'status', status: 503 });
    expect((await update({ ...plan, cursor: '2' })).state.missing).toEqual([{ name: 'CVE-1' }]);
    harness.server.fault('CVE-1', undefined);
    harness.server.put('CVE-1', json(entry('CVE-1', ['test:1', 'openssl', '7'])));
    expect((await update({ ...plan, cursor: '3' })).state).not.toHaveProperty('missing');
  });

  it('with very many of them is planned again', async () => {
    const documents = Array.from({ length: 101 }, (_, at) => ({ name: `CVE-2020-${at}` }));
    const { state: after } = await update({ documents: [], missing: [], patch: { ...patch, documents }, cursor: '1' });
    expect(after.missing).toHaveLength(100);
    expect(after.cursor).toBe('0');
  });

  it('of a document that was never read fails', async () => {
    const { result } = await update({ documents: [], patch: { ...patch, into: 'other' } });
    expect(result).toBe('failed');
  });
});

describe('what disappears', () => {
  it('as a namespace is frozen with the time it was noticed, until it is mentioned again', async () => {
    const two = json(entry('CVE-1', ['test:1', 'openssl', '1'], ['test:2', 'openssl', '1']));
    harness.server.put('all', two);
    await update(planOf(['all']));
    for (const body of [base, json(entry('CVE-1', ['test:1', 'openssl', '5']))]) {
      harness.server.put('all', body);
      const { documents } = (await update(planOf(['all']))).state;
      expect(documents['all']).toMatchObject({ frozen: { 'test:2': '2026-01-01T02:00:00.000Z' } });
      expect(documents['all']?.namespaces).toEqual(['test:1', 'test:2']);
    }
    harness.server.put('all', two);
    expect((await update(planOf(['all']))).state.documents['all']).not.toHaveProperty('frozen');
  });

  it('as a document is frozen, and read again when it comes back', async () => {
    harness.server.put('all', base);
    harness.server.put('more', json(entry('CVE-5', ['test:2', 'curl', '1'])));
    await update(planOf(['all', 'more']));
    harness.server.remove('more');
    const { state: after } = await update(planOf(['all', 'more']));
    expect(after.documents['more']).toMatchObject({ frozen: { 'test:2': '2026-01-01T02:00:00.000Z' }, validators: {} });
    harness.server.put('more', json(entry('CVE-5', ['test:2', 'curl', '1'])));
    expect((await update(planOf(['all', 'more']))).state.documents['more']).not.toHaveProperty('frozen');
  });

  it('as a vulnerability record is removed only from feeds without advisories', async () => {
    for (const namespaces of [['test:*'], []]) {
      harness.server.put('all', json(entry('CVE-1'), entry('CVE-2')));
      await update(planOf(['all']), { namespaces, version: namespaces.length + 1 });
      harness.server.put('all', json(entry('CVE-2')));
      const { written } = await update(planOf(['all']), { namespaces, version: namespaces.length + 1 });
      expect([written.texts, (await harness.store.vulnerability('CVE-1')) === undefined]).toEqual(
        namespaces.length > 0 ? [0, false] : [1, true],
      );
    }
  });

  it('and repositories alone count as a change and are stored', async () => {
    const parse: FeedSource['parse'] = async function* ({ body }) {
      for await (const chunk of body) {
        yield { kind: 'repository', repository: { feed: 'test', repository: 'baseos', cpes: [String(chunk.length)] } };
      }
    };
    harness.server.put('all', '1');
    expect((await update(planOf(['all']), { parse })).written.repositories).toBe(1);
    harness.server.put('all', '22');
    expect((await update(planOf(['all']), { parse })).result).toBe('changed');
    expect(await harness.store.repositories(['baseos'])).toMatchObject([{ cpes: ['2'] }]);
  });
});
