import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { operatorOf } from '../../testing/scheme-suite';
import { rpm } from '.';

// Since rpm 4.16 rpm.vercmp compares whole `[epoch:]version-release`.
const script =
  '%{lua: for line in io.stdin:lines() do local a, b = line:match("^(%S+) (%S+)$");' +
  ' io.stdout:write(rpm.vercmp(a, b), string.char(10)) end}';
const probe = spawnSync('rpm', ['--eval', '%{lua: print(rpm.vercmp("1:1-1", "2-1"))}'], { encoding: 'utf8' });
const describeNative = probe.status === 0 && probe.stdout.trim() === '1' ? describe : describe.skip;
const pairCount = 10_000;

const pieces = [
  ...['0', '1', '2', '10', '01', '20240101', '.', '.', '..', '_', '-', '-', '~', '~', '^', '+', ':'],
  ...['a', 'b', 'Z', 'rc', 'rc1', 'git', 'el9', 'fc40', 'module+', 'ä'],
];
const soup = fc.array(fc.constantFrom(...pieces), { maxLength: 7 }).map((parts) => parts.join(''));
const version = fc.tuple(fc.constantFrom('', '', '', '0:', '1:', '01:'), fc.constantFrom('0', '1', '1.0', 'a'), soup);
const pair = fc
  .tuple(version, soup, version, soup, fc.boolean())
  .map(([start, a, other, b, alike]) => [start.join('') + a, (alike ? start : other).join('') + b] as const);

describeNative('rpm against the rpm of this machine (4.16 or newer)', () => {
  it(`agrees with rpm.vercmp on ${pairCount} pairs`, () => {
    const pairs = fc.sample(pair, { seed: 20240601, numRuns: pairCount });
    const input = pairs.map(([a, b]) => `${a} ${b}\n`).join('');
    const { stdout } = spawnSync('rpm', ['--eval', script], { input, encoding: 'utf8' });
    const orders = stdout.trim().split('\n').map(Number);
    expect(orders).toHaveLength(pairCount);
    expect(new Set(orders)).toEqual(new Set([-1, 0, 1]));
    const wrong = pairs.filter(([a, b], at) => Math.sign(rpm.compare(a, b)) !== orders[at]);
    expect(wrong.map(([a, b]) => `${a} ${operatorOf(rpm.compare(a, b))} ${b}`)).toEqual([]);
  }, 300_000);
});
