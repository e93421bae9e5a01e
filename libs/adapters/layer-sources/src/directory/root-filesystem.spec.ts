import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isRootFilesystem } from './root-filesystem';

describe('a directory', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'root-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const make = (name: string, make: (at: string) => void): string => {
    const root = path.join(folder, name.replaceAll('/', '-'));
    const at = path.join(root, name);
    mkdirSync(path.dirname(at), { recursive: true });
    make(at);
    return root;
  };

  test.each(['etc/os-release', 'usr/lib/os-release', 'var/lib/dpkg/status', 'lib/apk/db/installed', 'var/lib/rpm/x'])(
    'is a root filesystem with %s',
    async (name) => {
      const root = make(name, (at) => {
        writeFileSync(at, '');
      });
      expect(await isRootFilesystem(root)).toBe(true);
    },
  );

  test('is one where the link to the name of its distribution leads nowhere here', async () => {
    const root = make('etc/os-release.link', (at) => {
      symlinkSync('/nowhere/os-release', path.join(path.dirname(at), 'os-release'));
    });
    expect(await isRootFilesystem(root)).toBe(true);
  });

  test.each(['package-lock.json', 'deploy/etc/os-release', 'etc/nginx.conf'])('is not one with %s', async (name) => {
    const root = make(name, (at) => {
      writeFileSync(at, '');
    });
    expect(await isRootFilesystem(root)).toBe(false);
  });
});
