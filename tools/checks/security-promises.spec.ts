import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');
const text = readFileSync(join(root, 'docs', 'security.md'), 'utf8');

/** Promise, limit and specs of each row of the tables. */
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('|') && !/^\| (?:promise|-)/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()));

describe('promises of docs/security.md', () => {
  it('are more than a few', () => {
    expect(rows.length).toBeGreaterThan(25);
  });

  it.each(rows)('%s%s (%s) are checked by an existing spec: %s', (...[, promise = '', limit = '', specs = '']) => {
    const named = [...specs.matchAll(/`([^`]+\.spec\.ts)`/g)].map(([, path]) => path ?? '');
    expect([promise, limit].every((cell) => cell !== '')).toBe(true);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});
