import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { openEmbeddedStore } from './open-embedded-store';
import { bundleStore } from '../testing/killable-process';

// A real full disk, and a read-only one: a small mount in another process, which disappears with it.

const script = path.join(__dirname, '../testing/use-disk.cjs');
let scratch: string;
let bundle: string;
let mountPoint: string;

beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'clarion-disk-'));
  bundle = bundleStore(scratch);
  mountPoint = path.join(scratch, 'disk');
  mkdirSync(mountPoint);
});
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

/** Runs commands in a private mount namespace, as root of a user namespace if necessary. */
function alone(...commands: readonly string[]) {
  const shell = ['sh', '-e', '-c', commands.join('\n')];
  return spawnSync('unshare', ['--mount', '--user', '--map-root-user', ...shell], {
    encoding: 'utf8',
    timeout: 60_000,
  });
}

const mount = `mount -t tmpfs -o size=3m,mode=700 tmpfs "${tmpdir()}"`;
const canMount = alone(mount).status === 0;
const itWithMounts = canMount ? it : it.skip;
const why = canMount ? '' : ' (needs unshare and user namespaces)';

type Said = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

function said(...commands: readonly string[]): Said {
  const { stdout, stderr, status } = alone(...commands);
  if (status !== 0) throw new Error(stderr);
  const lines = stdout.split('\n').filter((line) => line !== '');
  return Object.fromEntries(
    lines.map((line) => {
      const { name, ...result } = JSON.parse(line) as { name: string };
      return [name, result];
    }),
  );
}

const run = (what: string) => `"${process.execPath}" "${script}" "${bundle}" "${mountPoint}" ${what}`;
const mounted = () => `mount -t tmpfs -o size=3m tmpfs "${mountPoint}"`;

describe('a disk', () => {
  itWithMounts(`that is full is said so, costs nothing that was stored, and is written again with room${why}`, () => {
    const found = said(mounted(), run('full'));
    const full = { code: 'storage-unavailable', retryable: true };
    for (const name of ['update', 'layers']) {
      expect(found[name]).toMatchObject({ ...full, message: expect.stringContaining(mountPoint) as string });
      expect(found[name]?.['remedy']).toMatch(/free space there/);
    }
    expect(found['ready']).toEqual({ value: false });
    for (const name of ['read', 'layer', 'state']) expect(found[name]).toEqual({ value: true });
    expect(found['put']).toEqual({ value: null });
    expect(found['end']).toBeUndefined();
  });

  itWithMounts(`that can only be read is read, and an image can be reported from it${why}`, () => {
    const found = said(mounted(), run('full >/dev/null'), `mount -o remount,ro "${mountPoint}"`, run('read'));
    expect(found['facts']).toMatchObject({ value: [{ feed: 'feed' }] });
    expect(found['put']).toEqual({ value: null });
    expect(found['layer']).toEqual({ value: true });
    expect(found['state']).toMatchObject({ code: 'unsupported', remedy: expect.stringContaining('--db') as string });
  });

  it.each(['/proc/x', '/proc/x/deep', '/dev/null/x'])(
    'that cannot be created is reported at once: %s',
    async (wrong) => {
      await expect(openEmbeddedStore({ directory: wrong })).rejects.toMatchObject({
        code: 'invalid-input',
        message: expect.stringContaining(wrong) as string,
        remedy: expect.stringContaining('CLARION_DB') as string,
      });
    },
  );
});
