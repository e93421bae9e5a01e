import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { operatorOf } from '../../testing/scheme-suite';
import { dpkg } from '.';

const hasDpkg = spawnSync('dpkg', ['--version']).status === 0;
const describeNative = hasDpkg ? describe : describe.skip;
const pairCount = 5000;

const pieces = [
  '0',
  '1',
  '2',
  '10',
  '01',
  '.',
  '.',
  '-',
  '~',
  '+',
  'a',
  'b',
  'Z',
  'rc1',
  '+b1',
  '~rc',
  'deb12u',
  'git',
];
const soup = fc.array(fc.constantFrom(...pieces), { maxLength: 6 }).map((parts) => parts.join(''));
const version = fc
  .tuple(fc.constantFrom('', '', '', '0:', '1:', '01:'), fc.constantFrom('0', '1', '1.0', '2.10'), soup)
  .map((parts) => parts.join(''))
  .filter((text) => dpkg.isValid(text));
// Half of the pairs differ late, where the rules matter; random pairs mostly differ at once.
const pair = fc.oneof(
  fc.tuple(version, version),
  fc.tuple(version, soup, soup).map(([start, a, b]): [string, string] => [start + a, start + b]),
);

function shell(script: string, lines: readonly string[]): string {
  const result = spawnSync('sh', ['-c', script], { input: `${lines.join('\n')}\n`, encoding: 'utf8' });
  return result.stdout;
}

describeNative('dpkg against the dpkg of this machine', () => {
  it(`agrees with --compare-versions on ${pairCount} pairs`, () => {
    const pairs = fc
      .sample(pair, { seed: 20240601, numRuns: pairCount * 2 })
      .filter((both) => both.every((text) => dpkg.isValid(text)))
      .slice(0, pairCount);
    expect(pairs).toHaveLength(pairCount);
    const lines = pairs.map(([a, b]) => `${a} ${operatorOf(dpkg.compare(a, b))} ${b}`);
    expect(new Set(lines.map((line) => line.split(' ')[1])).size).toBe(3);
    const script =
      'n=0; while read -r a op b; do n=$((n+1));' +
      ' case $op in "<") o=lt;; ">") o=gt;; *) o=eq;; esac;' +
      ' dpkg --compare-versions "$a" $o "$b" || echo "dpkg refuses: $a $op $b"; done; echo "compared $n"';
    expect(shell(script, lines)).toBe(`compared ${pairCount}\n`);
  }, 300_000);

  it('agrees with --validate-version on 1000 texts', () => {
    const letters = fc.constantFrom(
      ...pieces,
      '_',
      ':',
      '/',
      '0:',
      '2147483647:',
      '2147483648:',
      'é',
      '1',
      '1.0',
      '1-1',
    );
    // dpkg reads the epoch with strtol and so accepts `+0:1`, which Debian Policy does not.
    const text = fc.array(letters, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''));
    const texts = fc.sample(
      text.filter((candidate) => !candidate.startsWith('+')),
      { seed: 7, numRuns: 1000 },
    );
    const lines = texts.map((text) => `${dpkg.isValid(text) ? 'valid' : 'invalid'} ${text}`);
    expect(lines.filter((line) => line.startsWith('valid')).length).toBeGreaterThan(100);
    const script =
      'while read -r claim text; do if dpkg --validate-version "$text" 2>/dev/null; then is=valid; else is=invalid; fi;' +
      ' [ $is = $claim ] || echo "$text is $is"; done; echo done';
    expect(shell(script, lines)).toBe('done\n');
  }, 300_000);
});
