import { copyFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildImage, file, until, writeDockerArchive } from '@clarion/test-kit';
import { clarion, root, sampleFeeds, temporaryFolder, type CommandResult } from '../../testing/run-clarion';

// Scans of an image that was scanned before print what a scan prints that knows nothing of it.

const folder = temporaryFolder();
const at = (name: string): string => join(folder.path, name);
const advisories = at('feeds/debian-security-tracker/json');
let copies = 0;

beforeAll(() => {
  const fixture = (name: string): string => readFileSync(join(root, 'tools/sample/images/debian', name), 'utf8');
  const layers = [
    [file('etc/os-release', fixture('os-release')), file('var/lib/dpkg/status', fixture('1-base.status'))],
    [file('var/lib/dpkg/status', fixture('2-curl.status'))],
  ];
  writeDockerArchive(at('known.tar'), buildImage({ layers }), { form: 'v1.1' });
  cpSync(sampleFeeds, at('feeds'), { recursive: true });
});

afterAll(() => {
  folder.remove();
});

function scan(archive: string, options: readonly string[]): Promise<CommandResult> {
  return clarion(['scan', at(archive), '--feeds-dir', at('feeds'), '--db', at('db'), ...options]);
}

/** A scan of the same image in another file: its layers are hashed, so that nothing is kept of it. */
async function scanCopy(options: readonly string[]): Promise<CommandResult> {
  // Equally long, as the table has columns.
  const name = `c${String((copies += 1)).padStart(4, '0')}.tar`;
  copyFileSync(at('known.tar'), at(name));
  const result = await scan(name, options);
  const renamed = (text: string): string => text.replaceAll(name, 'known.tar');
  return { ...result, stdout: renamed(result.stdout), stderr: renamed(result.stderr) };
}

async function keptReports(): Promise<number> {
  const { stdout } = await clarion(['db', 'status', '--db', at('db')]);
  return Number(/^reports and composed images that are kept: (\d+),/m.exec(stdout)?.[1]);
}

const json = ['--format', 'json'];

describe('a report that is kept', () => {
  it('is not one of an image whose layers were just read', async () => {
    await scan('known.tar', json);
    expect(await keptReports()).toBe(0);
  });

  it('is that of an image which is scanned again, with its packages', async () => {
    // A file that was written a moment ago is not recognised yet.
    await until('no report is kept', async () => {
      await scan('known.tar', json);
      return (await keptReports()) > 0;
    });
    const [made, found, uncached] = [
      await scan('known.tar', json),
      await scan('known.tar', json),
      await scanCopy(json),
    ];
    expect([made, found]).toEqual([uncached, uncached]);
    expect(await keptReports()).toBe(2);
  });

  it.each([
    [[]],
    [['--details', '--list-packages']],
    [['--format', 'cyclonedx']],
    [['--fail-on', 'Low', '--severity', 'High,Critical']],
    [['--ignore-unfixed', ...json]],
    [['--show-suppressed', ...json]],
    [['--severity-order', 'nvd,advisory', ...json]],
    [['--max-feed-age', '1m']],
    [['--no-match', ...json]],
  ])('is the same with %j', async (options) => {
    const uncached = await scanCopy(options);
    expect([await scan('known.tar', options), await scan('known.tar', options)]).toEqual([uncached, uncached]);
  });

  it('has the packages that `clarion packages` lists', async () => {
    const list = (archive: string) => clarion(['packages', at(archive), '--db', at('db'), ...json]);
    copyFileSync(at('known.tar'), at('other.tar'));
    const uncached = await list('other.tar');
    expect(await list('known.tar')).toEqual({
      ...uncached,
      stdout: uncached.stdout.replaceAll('other.tar', 'known.tar'),
    });
  });

  it('is another one after each change of a feed', async () => {
    const before = await scan('known.tar', json);
    const text = readFileSync(advisories, 'utf8');
    writeFileSync(advisories, text.replaceAll('"fixed_version": "', '"fixed_version": "9:'));
    const [made, found, uncached] = [
      await scan('known.tar', json),
      await scan('known.tar', json),
      await scanCopy(json),
    ];
    expect([made.stdout, found]).toEqual([uncached.stdout, uncached]);
    expect(uncached.stdout).not.toBe(before.stdout);
    writeFileSync(advisories, text);
    expect((await scan('known.tar', json)).stdout).toBe((await scanCopy(json)).stdout);
  });

  it('is another one when the mirror becomes stale, and when it is fresh again, with the same facts', async () => {
    const options = [...json, '--max-feed-age', '7d'];
    const mirroredAt = at('feeds/mirrored-at');
    const codes = [];
    for (const days of [0, 12, 0]) {
      writeFileSync(mirroredAt, new Date(Date.now() - days * 86_400_000).toISOString());
      const [made, found] = [await scan('known.tar', options), await scan('known.tar', options)];
      const uncached = await scanCopy(options);
      expect([made.stdout, found]).toEqual([uncached.stdout, uncached]);
      codes.push(uncached.code);
    }
    rmSync(mirroredAt);
    expect(codes).toEqual([codes[0], 4, codes[0]]);
    expect(codes[0]).not.toBe(4);
  });
});
