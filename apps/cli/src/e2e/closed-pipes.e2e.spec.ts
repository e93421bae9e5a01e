import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, root, temporaryFolder } from '../../testing/run-clarion';

// The result of a command is its exit code, even if nobody reads its output.

const folder = temporaryFolder();
afterAll(() => {
  folder.remove();
});
const at = (...parts: readonly string[]): string => join(folder.path, ...parts);

const packageCounts = { small: 1, large: 3000 } as const;
type Size = keyof typeof packageCounts;

/** An image with this many packages, all with a critical CVE, and one that no detector reads. */
function writeRoot(size: Size): void {
  const stanza = (number: number): string =>
    `Package: x-${number}\nStatus: install ok installed\nArchitecture: all\nVersion: 1.0\nSource: x\n`;
  mkdirSync(at(size, 'usr/lib'), { recursive: true });
  mkdirSync(at(size, 'var/lib/dpkg'), { recursive: true });
  cpSync(join(root, 'tools/sample/images/debian/os-release'), at(size, 'usr/lib/os-release'));
  const stanzas = Array.from({ length: packageCounts[size] }, (_, number) => stanza(number));
  writeFileSync(at(size, 'var/lib/dpkg/status'), stanzas.join('\n'));
}

beforeAll(() => {
  for (const size of ['small', 'large'] as const) writeRoot(size);
  const affected = [
    { package: { ecosystem: 'debian:12', name: 'x' }, database_specific: { state: 'affected', severity: 'CRITICAL' } },
  ];
  mkdirSync(at('advisories'));
  writeFileSync(at('advisories/X-1.json'), JSON.stringify({ id: 'X-2025-1', affected }));
  cpSync(join(root, 'tools/sample/feeds/debian-security-tracker'), at('mirror/debian-security-tracker'), {
    recursive: true,
  });
  writeFileSync(at('mirror/mirrored-at'), '2025-01-01T00:00:00Z\n');
  const own = '  own: [{id: acme, format: osv, from: advisories}]\n';
  writeFileSync(at('clarion.yaml'), `feeds:\n  disable: [nvd, epss, cisa-kev]\n${own}`);
});

const readers = ['true', 'head -1 >/dev/null', 'cat >/dev/null'] as const;

/** The exit code of a command whose standard output, or with `2>&1 >/dev/null` standard error, is piped to `reader`. */
function codeBefore(reader: string, words: readonly string[], redirection = '2>/dev/null'): number {
  const data = ['--db', at('db'), '--config', at('clarion.yaml'), '--feeds-dir', at('mirror')];
  const all = [process.execPath, bundle, ...words, ...(words[0] === 'packages' ? data.slice(0, 4) : data)];
  const script = `${all.map((word) => `'${word}'`).join(' ')} ${redirection} | ${reader}; exit "\${PIPESTATUS[0]}"`;
  const done = spawnSync('bash', ['-c', script], { env: { PATH: process.env['PATH'], CLARION_MAX_FEED_AGE: '520w' } });
  return done.status ?? -1;
}

describe.each<Size>(['small', 'large'])('a %s result of which', (size) => {
  it.each(readers)(
    '%s reads what it likes does not change the exit code',
    (reader) => {
      const image = `dir:${at(size)}`;
      const gate = ['scan', image, '--fail-on', 'Critical'];
      expect({
        table: codeBefore(reader, gate),
        json: codeBefore(reader, [...gate, '--format', 'json']),
        passed: codeBefore(reader, ['scan', image]),
        stale: codeBefore(reader, ['scan', image, '--max-feed-age', '1m']),
      }).toEqual({ table: 2, json: 2, passed: 0, stale: 4 });
      expect(codeBefore(reader, gate, '2>&1 >/dev/null')).toBe(2);
    },
    120_000,
  );
});

it.each(readers)(
  '%s does not change what packages and explain end with',
  (reader) => {
    mkdirSync(at('large/app'), { recursive: true });
    // No detector reads it.
    writeFileSync(at('large/app/bun.lockb'), '');
    const image = `dir:${at('large')}`;
    const codes = [codeBefore(reader, ['packages', image]), codeBefore(reader, ['explain', image, 'X-2025-1'])];
    expect(codes).toEqual([3, 3]);
  },
  120_000,
);

it('ends a batch whose output nobody reads, as a signal would', () => {
  const script = `yes "dpkg$(printf '\\t')1$(printf '\\t')2" | '${process.execPath}' '${bundle}' version compare --batch | head -1 >/dev/null; exit "\${PIPESTATUS[1]}"`;
  expect(spawnSync('bash', ['-c', script], { timeout: 60_000 }).status).toBe(141);
}, 70_000);
