import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ClarionError, type FeedRecord, type FeedSource, type Upstream } from '@clarion/model';

export interface FeedContractOptions {
  /** The library's `src` folder: every folder in it is a feed source. */
  readonly folder: string;
  readonly sources: readonly FeedSource[];
  /** Opens a directory laid out like the upstream. */
  readonly upstream: (directory: string) => Upstream;
  /**
   * Sources, or folders of one (`alpine-secdb/rejections/`), whose documents are plain lines: only the transport can
   * detect that such a document is truncated.
   */
  readonly linedSources?: readonly string[];
}

/**
 * The contract of every feed source. Reads the folder, so that a forgotten registration or missing test data fails.
 * `testdata/input/` has the layout of the upstream; `testdata/expected.json` contains the expected result. With
 * UPDATE_EXPECTED=1 the expectation is written instead of compared; check the difference before committing it.
 */
export function describeFeedSources(options: FeedContractOptions): void {
  const { folder, sources } = options;
  const folders = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

  describe('feed source contract', () => {
    it('registers every folder once, sorted by id', () => {
      expect(sources.map(({ id }) => id)).toEqual([...folders].sort());
    });

    it.each(folders)('%s has a readme, test data and a specification', (name) => {
      const required = [
        'readme.md',
        'index.ts',
        'parse.ts',
        `${name}.spec.ts`,
        'testdata/input',
        'testdata/expected.json',
      ];
      expect(required.filter((file) => !existsSync(path.join(folder, name, file)))).toEqual([]);
    });

    it.each(folders)('%s imports no other feed source', (name) => {
      const files = readdirSync(path.join(folder, name)).filter((file) => file.endsWith('.ts'));
      const imports = files.flatMap((file) => importsOf(readFileSync(path.join(folder, name, file), 'utf8')));
      const siblings = folders.filter((other) => other !== name);
      expect(imports.filter((target) => siblings.some((other) => target.split('/').includes(other)))).toEqual([]);
    });

    for (const source of sources) describeSource(source, { ...options, folder: path.join(folder, source.id) });
  });
}

function importsOf(code: string): readonly string[] {
  return [...code.matchAll(/from '([^']+)'/g)].map((match) => match[1] ?? '');
}

type SourceFiles = Pick<FeedContractOptions, 'folder' | 'upstream' | 'linedSources'>;

function describeSource(source: FeedSource, { folder, upstream, linedSources }: SourceFiles): void {
  const input = path.join(folder, 'testdata', 'input');
  const expected = path.join(folder, 'testdata', 'expected.json');

  describe(source.id, () => {
    it('describes itself', () => {
      for (const base of [source.baseUrl, ...Object.values(source.mounts ?? {})]) {
        expect(base).toMatch(/^https:\/\/\S+\/$/);
      }
      expect(source.enabled === false ? (source.offBecause ?? source.licence ?? '') : 'on').not.toBe('');
      expect(source.layout.length).toBeGreaterThan(0);
      expect(source.refreshMinutes).toBeGreaterThanOrEqual(10);
      expect(Number.isInteger(source.version)).toBe(true);
    });

    it('reads its test data as expected', async () => {
      const result = await readAll(source, upstream(input));
      if (process.env['UPDATE_EXPECTED'] === '1') writeFileSync(expected, `${JSON.stringify(result, null, 2)}\n`);
      expect(result).toEqual(JSON.parse(readFileSync(expected, 'utf8')));
      const kinds = new Set(result.flatMap(({ records }) => records.map(({ kind }) => kind)));
      expect(kinds).toContain(source.namespaces.length > 0 ? 'group' : 'vulnerability');
      if (source.describesAll === true) expect(kinds).toContain('vulnerability');
    });

    it('yields groups with its own feed id, their document, and its own namespaces', async () => {
      for (const { document, records } of await readAll(source, upstream(input))) {
        for (const record of records) {
          if (record.kind !== 'group') continue;
          expect([record.group.feed, record.group.document]).toEqual([source.id, document]);
          expect(source.namespaces.some((pattern) => covers(pattern, record.group.namespace))).toBe(true);
        }
      }
    });

    it('declares whether its records have severities', async () => {
      const records = (await readAll(source, upstream(input))).flatMap((one) => one.records);
      expect(records.some(hasSeverity)).toBe(source.rates);
    });

    it('survives damaged input with corrupt-data or problems only', async () => {
      for (const { document, body } of await bodiesOf(source, upstream(input))) {
        for (const [name, damagedBody] of damagedForms(body)) {
          const failure = await parseFailure(source, document, damagedBody);
          const allowed = [undefined, 'corrupt-data', 'limit-exceeded'];
          expect({ document, name, failure, allowed: allowed.includes(failure) }).toMatchObject({ allowed: true });
        }
      }
    }, 300_000);

    const lined = linedSources?.includes(source.id) === true;
    (lined ? it.skip : it)('rejects a document that is cut off anywhere (skipped for lists of lines)', async () => {
      for (const { document, body } of await bodiesOf(source, upstream(input))) {
        if (body.length < 100 || linedSources?.some((lines) => `${source.id}/${document}`.startsWith(lines))) continue;
        for (const cut of cutsOf(lengthWithoutPadding(body))) {
          const failure = await parseFailure(source, document, body.subarray(0, cut));
          expect({ document, cut, failure }).toEqual({ document, cut, failure: 'corrupt-data' });
        }
      }
    });

    it('passes on failures of the body unchanged', async () => {
      const failure = new ClarionError('upstream-unavailable', 'cut short');
      for (const { document } of await bodiesOf(source, upstream(input))) {
        await expect(drain(source.parse({ name: document, body: failing(failure) }))).rejects.toBe(failure);
      }
    });
  });
}

function hasSeverity(record: FeedRecord): boolean {
  if (record.kind === 'group') return record.group.advisories.some(({ severity }) => severity !== undefined);
  return record.kind === 'vulnerability' && (record.text.severity !== undefined || record.text.cvss !== undefined);
}

function covers(pattern: string, namespace: string): boolean {
  return pattern.endsWith('*') ? namespace.startsWith(pattern.slice(0, -1)) : namespace === pattern;
}

interface ReadDocument {
  readonly document: string;
  readonly records: readonly FeedRecord[];
}

async function readAll(source: FeedSource, upstream: Upstream): Promise<readonly ReadDocument[]> {
  const result: ReadDocument[] = [];
  for (const { document, body } of await bodiesOf(source, upstream)) {
    result.push({ document, records: await drain(source.parse({ name: document, body: chunks(body) })) });
  }
  return result;
}

interface DocumentBody {
  readonly document: string;
  readonly body: Buffer;
}

async function bodiesOf(source: FeedSource, upstream: Upstream): Promise<readonly DocumentBody[]> {
  const bodies: DocumentBody[] = [];
  const { documents, patch } = await source.plan(upstream, undefined);
  for (const { name, path: upstreamPath, parts } of [...documents, ...(patch?.documents ?? [])]) {
    const pieces: Buffer[] = [];
    for (const part of parts ?? [upstreamPath ?? name]) {
      const answer = await upstream.get(part);
      if (answer.kind !== 'content') throw new Error(`test data lacks ${part}`);
      pieces.push(...(await drain(answer.body)).map((piece) => Buffer.from(piece)));
    }
    bodies.push({ document: name, body: Buffer.concat(pieces) });
  }
  return bodies;
}

function damagedForms(body: Buffer): readonly (readonly [string, string | Buffer])[] {
  const random = pseudoRandom(20_260_101);
  const noise = Buffer.from(Array.from({ length: 4096 }, () => Math.floor(random() * 256)));
  const mutated = Array.from({ length: 40 }, (_, index) => {
    const copy = Buffer.from(body);
    for (let hits = 0; hits < 1 + (index % 5); hits += 1)
      copy[Math.floor(random() * copy.length)] = Math.floor(random() * 256);
    return [`mutation ${index}`, copy] as const;
  });
  return [
    ['empty', ''],
    ['random bytes', noise],
    ['ten times over', Buffer.concat(Array.from({ length: 10 }, () => body))],
    ['a page of HTML', '<!DOCTYPE html><html><body>Service unavailable</body></html>'],
    ['null', 'null'],
    ['array', '[]'],
    ['deep nesting', '{"a":'.repeat(20_000)],
    ['deep arrays', `{"packages":${'['.repeat(20_000)}`],
    ['a string without end', `{"a":"${'\\"'.repeat(200_000)}`],
    ...mutated,
  ];
}

/** Always the same numbers (mulberry32): a failure can be repeated. */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Blanks at the end of a text and the zero blocks at the end of a tar have no meaning. */
function lengthWithoutPadding(body: Buffer): number {
  let length = body.length;
  while (length > 0 && [0, 0x0a, 0x0d, 0x20].includes(body[length - 1] ?? -1)) length -= 1;
  return length;
}

function cutsOf(length: number): readonly number[] {
  const steps = Array.from({ length: 50 }, (_, index) => Math.floor((length * index) / 50));
  return [...new Set([...steps, 1, length - 1])].filter((cut) => cut > 0 && cut < length);
}

/** The error code of parsing, undefined when it went well; anything but a `ClarionError` is thrown on. */
async function parseFailure(source: FeedSource, document: string, body: string | Buffer): Promise<string | undefined> {
  try {
    await drain(source.parse({ name: document, body: chunks(Buffer.from(body)) }));
    return undefined;
  } catch (error) {
    if (error instanceof ClarionError) return error.code;
    throw error;
  }
}

/** Small, odd pieces, so that every boundary is inside a record somewhere. */
async function* chunks(bytes: Buffer): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  const size = Math.max(97, Math.ceil(bytes.length / 1000));
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function* failing(error: Error): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield Buffer.from('{');
  throw error;
}

async function drain<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
