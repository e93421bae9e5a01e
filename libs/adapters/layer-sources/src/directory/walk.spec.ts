import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LayerEntry, LayerVisitor, Problem } from '@clarion/model';
import { walkDirectory } from './walk';

let root = '';

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'clarion-walk-'));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const at = (name: string): string => path.join(root, name);

interface Seen extends LayerVisitor {
  readonly problem: (problem: Problem) => void;
  readonly entries: LayerEntry[];
  readonly contents: Map<string, string>;
  readonly large: string[];
  readonly problems: Problem[];
}

function visitor(limitOf: (entry: LayerEntry) => number | undefined = () => 1000): Seen {
  const entries: LayerEntry[] = [];
  const contents = new Map<string, string>();
  const large: string[] = [];
  const problems: Problem[] = [];
  return {
    entries,
    contents,
    large,
    problems,
    entry(entry) {
      entries.push(entry);
      return entry.type === 'file' ? limitOf(entry) : undefined;
    },
    content: (entry, content) => contents.set(entry.path, Buffer.from(content).toString()),
    oversized: (entry) => large.push(entry.path),
    problem: (problem) => problems.push(problem),
  };
}

const summary = (seen: Seen): string[] =>
  seen.entries.map(({ path: name, type, link }) => `${type} ${name}${link === '' ? '' : ` -> ${link}`}`);

it('delivers a tree as its tar would: parents first, names in byte order, links unfollowed', async () => {
  mkdirSync(at('usr/lib'), { recursive: true });
  mkdirSync(at('a.d'));
  writeFileSync(at('usr/lib/os-release'), 'ID=debian');
  writeFileSync(at('a.d/x'), '');
  writeFileSync(at('a'), 'hello', { mode: 0o640 });
  symlinkSync('usr/lib', at('lib'));
  symlinkSync('/etc/passwd', at('outside'));
  symlinkSync('nowhere', at('dangling'));
  symlinkSync('.', at('self'));
  linkSync(at('a'), at('z'));
  const seen = visitor();
  await walkDirectory(root, seen);
  expect(summary(seen)).toEqual([
    'file a',
    'directory a.d',
    'symlink dangling -> nowhere',
    'symlink lib -> usr/lib',
    'symlink outside -> /etc/passwd',
    'symlink self -> .',
    'directory usr',
    'hardlink z -> a',
    'file a.d/x',
    'directory usr/lib',
    'file usr/lib/os-release',
  ]);
  expect(seen.entries[0]).toEqual({ path: 'a', type: 'file', size: 5, mode: 0o640, link: '', nullDevice: false });
  expect([...seen.contents]).toEqual([
    ['a', 'hello'],
    ['a.d/x', ''],
    ['usr/lib/os-release', 'ID=debian'],
  ]);
  expect(seen.problems).toEqual([]);
});

it('reads only requested files, and nothing over the requested size', async () => {
  writeFileSync(at('large'), 'x'.repeat(11));
  writeFileSync(at('fits'), 'x'.repeat(10));
  writeFileSync(at('unwanted'), 'x');
  const seen = visitor((entry) => (entry.path === 'unwanted' ? undefined : 10));
  await walkDirectory(root, seen);
  expect([...seen.contents.keys()]).toEqual(['fits']);
  expect(seen.large).toEqual(['large']);
});

it('pipes are entries and are never opened', async () => {
  execFileSync('mkfifo', [at('pipe')]);
  const seen = visitor();
  await walkDirectory(root, seen);
  expect(summary(seen)).toEqual(['other pipe']);
});

it('names that are not UTF-8 are walked into and delivered with replacement characters', async () => {
  const strange = Buffer.concat([Buffer.from(at('caf')), Buffer.from([0xe9])]);
  mkdirSync(strange);
  writeFileSync(Buffer.concat([strange, Buffer.from('/inside')]), 'here');
  const seen = visitor();
  await walkDirectory(root, seen);
  expect(seen.contents.get('caf\ufffd/inside')).toBe('here');
});

it('a tree with more entries than the limit is rejected', async () => {
  for (let i = 0; i < 5; i++) writeFileSync(at(`f${i}`), '');
  await expect(walkDirectory(root, visitor(), { limits: { entries: 4 } })).rejects.toMatchObject({
    code: 'limit-exceeded',
  });
  await walkDirectory(root, visitor(), { limits: { entries: 5 } });
});

it('reports over-long paths', async () => {
  mkdirSync(at('d'));
  writeFileSync(at('d/name'), '');
  const seen = visitor();
  await walkDirectory(root, seen, { limits: { pathBytes: 5 } });
  expect(seen.problems.map((problem) => [problem.code, problem.path])).toEqual([['bad-archive-entry', 'd/name']]);
});

it('stops when aborted', async () => {
  for (let i = 0; i < 600; i++) writeFileSync(at(`f${i}`), '');
  const seen = visitor();
  await expect(walkDirectory(root, seen, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  expect(seen.entries.length).toBeLessThanOrEqual(512);
});

it('an error of the visitor is not treated as an unreadable file', async () => {
  writeFileSync(at('f'), '');
  const seen = visitor(() => {
    throw new TypeError('a bug');
  });
  await expect(walkDirectory(root, seen)).rejects.toThrow('a bug');
});

it('ignores a file that vanished between listing and reading', async () => {
  writeFileSync(at('a'), '');
  writeFileSync(at('b'), '');
  const seen = visitor(() => {
    rmSync(at('b'), { force: true });
    return 10;
  });
  await walkDirectory(root, seen);
  expect(summary(seen)).toEqual(['file a']);
  expect(seen.problems).toEqual([]);
});

it('a link that replaced a requested file is not followed', async () => {
  writeFileSync(at('a'), 'x');
  const seen = visitor(() => {
    rmSync(at('a'));
    symlinkSync('/etc/passwd', at('a'));
    return 1e6;
  });
  await walkDirectory(root, seen);
  expect(seen.contents.size).toBe(0);
  expect(seen.problems).toEqual([{ code: 'bad-archive-entry', path: 'a', message: 'a could not be read: ELOOP' }]);
});

it('reports a directory that replaced a requested file', async () => {
  writeFileSync(at('a'), 'x');
  const seen = visitor(() => {
    rmSync(at('a'));
    mkdirSync(at('a'));
    return 1e6;
  });
  await walkDirectory(root, seen);
  expect(seen.problems).toEqual([{ code: 'bad-archive-entry', path: 'a', message: 'a is no longer a file' }]);
});

it('without a problem handler, an unreadable file is an error', async () => {
  writeFileSync(at('a'), 'x');
  const { problem, ...mute } = visitor(() => {
    rmSync(at('a'));
    mkdirSync(at('a'));
    return 1e6;
  });
  expect(problem).toBeDefined();
  await expect(walkDirectory(root, mute)).rejects.toMatchObject({ code: 'invalid-input' });
  expect(mute.entries).toHaveLength(1);
});

const isRoot = process.getuid?.() === 0;

(isRoot ? it.skip : it)('a directory without permission is reported (not as root, who may read all)', async () => {
  mkdirSync(at('closed'));
  chmodSync(at('closed'), 0);
  const seen = visitor();
  await walkDirectory(root, seen);
  chmodSync(at('closed'), 0o700);
  expect(seen.problems).toEqual([
    { code: 'bad-archive-entry', path: 'closed', message: 'closed could not be read: EACCES' },
  ]);
});

it('returns the first bytes of a file if only these are requested', async () => {
  writeFileSync(at('empty'), '');
  writeFileSync(at('large'), 'x'.repeat(10_000));
  writeFileSync(at('small'), 'abc');
  const heads: string[] = [];
  await walkDirectory(root, {
    ...visitor(),
    entry: () => 'head',
    head: (entry, bytes) => heads.push(`${entry.path} ${entry.size} ${bytes.length}`),
  });
  expect(heads).toEqual(['empty 0 0', 'large 10000 512', 'small 3 3']);
});

it('opens files that are requested so, at once or after their first bytes, one after the other', async () => {
  writeFileSync(at('a'), 'x'.repeat(10_000));
  writeFileSync(at('b'), 'skipped');
  writeFileSync(at('c'), 'abc');
  const opened: string[] = [];
  let open = 0;
  await walkDirectory(root, {
    ...visitor(),
    entry: ({ path: name }) => (name === 'a' ? 'open' : 'head'),
    head: (_, bytes) => (bytes.length === 3 ? 'open' : undefined),
    async opened(entry, source, check) {
      check();
      open += 1;
      expect(open).toBe(1);
      await Promise.resolve();
      opened.push(`${entry.path} ${source.size} ${source.read(1, 2).toString()} ${source.read(2, 9999).length}`);
      open -= 1;
      return 0;
    },
  });
  expect(opened).toEqual(['a 10000 xx 9998', 'c 3 bc 1']);
});
