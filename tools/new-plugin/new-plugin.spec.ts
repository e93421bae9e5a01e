import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ScratchCopy, scratchCopy } from './scratch-copy';

const root = join(__dirname, '..', '..');

/** The scaffolded plugins and their libraries; a scaffolded plugin must pass its library's contract unchanged. */
const kinds = [
  ['detector', 'plugins/feature-detectors'],
  ['namespace-detector', 'plugins/namespace-detectors'],
  ['feed', 'plugins/feed-sources'],
  ['version-scheme', 'base/version-schemes'],
  ['report-format', 'plugins/report-formats'],
] as const;

describe('tools/new-plugin', () => {
  let copy: ScratchCopy;

  beforeAll(() => {
    copy = scratchCopy();
    for (const [kind] of kinds) copy.newPlugin(kind, `sample-${kind}`);
  }, 300_000);

  afterAll(() => {
    copy.remove();
  });

  it('creates one of each that passes its own spec and its library’s contract', () => {
    const patterns = kinds.flatMap(([kind, library]) => [
      `libs/${library}/src/sample-${kind}/`,
      `libs/${library}/src/[a-z-]*(contract|detectors|formats)\\.spec`,
    ]);
    const result = copy.jest(...patterns, 'libs/base/ecosystems/');
    expect(result.failed).toEqual([]);
    expect(result.names.filter((name) => name.includes('/sample-')).length).toBe(5);
    expect(result.passed).toBeGreaterThan(50);
  }, 300_000);

  it('names the specs to run, and warns of an ecosystem that it adds, unless the type of one is named', () => {
    const create = (...args: string[]) => copy.run(join(root, 'tools/new-plugin/main.mjs'), 'detector', ...args);
    const [added, of] = [create('sample-lock'), create('other-lock', '--type', 'node')];
    const source = 'libs/plugins/feature-detectors/src';
    expect(added.stdout).toContain(`npm test -- ${source}/sample-lock/ ${source}/conformance.spec.ts`);
    expect(added.stderr).toContain('no ecosystem is called "sample-lock", so one was added');
    expect([of.status, of.stderr]).toEqual([0, '']);
    expect(readFileSync(join(copy.path, source, 'other-lock', 'parse.ts'), 'utf8')).toContain("type: 'npm'");
  });

  it.each([
    [['detector'], /usage/],
    [['engine', 'x'], /usage/],
    [['detector', 'Bad_Id'], /not an id/],
    [['detector', 'good-id', '--type', 'Bad_Id'], /not an id/],
    [['detector', 'good-id', '--kind', 'npm'], /usage/],
    [['feed', 'good-id', '--type', 'npm'], /usage/],
    [['detector', 'dpkg'], /exists already/],
    [['distribution', 'debian'], /exists already/],
    [['distribution', 'class'], /"class" is a word of TypeScript/],
    [['feed', 'default'], /"default" is a word of TypeScript/],
    [['version-scheme', 'in'], /"in" is a word of TypeScript/],
    [['detector', 'index'], /exists already/],
    [['detector', 'feature-detectors'], /another featureDetectors/],
    [['distribution', 'distributions'], /another distributions/],
    [['detector', 'x-acme'], /names that users choose/],
    [['feed', 'own-vulnerabilities'], /names that users choose/],
    [['detector', 'debian'], /"debian" is a distribution/],
    [['distribution', 'npm'], /name of an ecosystem/],
  ])('rejects %j', (args, message) => {
    const refused = copy.run(join(root, 'tools/new-plugin/main.mjs'), ...args);
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringMatching(message)]);
  });
});
