import { cpSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '@clarion/model';
import { clarion, root, sampleFeeds, temporaryFolder, type CommandResult } from '../../testing/run-clarion';

// Reading an old mirror again does not make its facts newer.

const folder = temporaryFolder();
afterAll(() => {
  folder.remove();
});
const at = (...parts: readonly string[]): string => join(folder.path, ...parts);
const feed = 'debian-security-tracker';
const old = new Date('2024-01-01T00:00:00Z');

function makeOld(path: string): void {
  if (statSync(path).isDirectory()) for (const name of readdirSync(path)) makeOld(join(path, name));
  utimesSync(path, old, old);
}

function scan(...more: readonly string[]): Promise<CommandResult> {
  const data = ['--db', at('db'), '--config', at('clarion.yaml'), '--max-feed-age', '7d', '--format', 'json'];
  return clarion(['scan', `dir:${at('rootfs')}`, ...data, ...more]);
}

beforeAll(() => {
  const samples = join(root, 'tools/sample/images/debian');
  cpSync(join(samples, 'os-release'), at('rootfs/etc/os-release'));
  cpSync(join(samples, '1-base.status'), at('rootfs/var/lib/dpkg/status'));
  mkdirSync(at('mirror'));
  cpSync(join(sampleFeeds, feed), at('mirror', feed), { recursive: true });
  makeOld(at('mirror'));
  writeFileSync(at('clarion.yaml'), 'feeds:\n  disable: [nvd, epss, cisa-kev]\n');
});

const stale = ({ stdout }: CommandResult): unknown => (JSON.parse(stdout) as Report).coverage.feeds;
const feedOf = (isStale: boolean): unknown => [expect.objectContaining({ id: feed, stale: isStale })];

it('an old mirror is stale however recently it was read, until its date shows that it was made again', async () => {
  const result = await scan('--feeds-dir', at('mirror'));
  expect([result.code, stale(result)]).toEqual([4, feedOf(true)]);
  expect(result.stderr).toContain(`advisory data is stale: ${feed}; `);
  expect((JSON.parse(result.stdout) as Report).coverage).toMatchObject({
    complete: false,
    feeds: [{ updatedAt: old.toISOString() }],
  });
  expect((await scan('--feeds-dir', at('mirror'), '--max-feed-age', '520w')).code).toBe(0);

  writeFileSync(at('mirror/mirrored-at'), new Date().toISOString());
  const current = await scan('--feeds-dir', at('mirror'));
  expect([current.code, stale(current)]).toEqual([0, feedOf(false)]);

  // A copy has new file times, but is as old as its original.
  writeFileSync(at('mirror/mirrored-at'), '2024-01-02\n');
  cpSync(at('mirror'), at('copy'), { recursive: true });
  expect((await scan('--feeds-dir', at('copy'))).code).toBe(4);

  writeFileSync(at('mirror/mirrored-at'), 'soon');
  const unknown = await scan('--feeds-dir', at('mirror'));
  expect(unknown.stderr).toMatch(/The age of the mirror of debian-security-tracker is not known.*does not hold a time/);
}, 120_000);
