import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '@clarion/model';
import { buildImage, file, writeDockerArchive } from '@clarion/test-kit';
import { clarion, root, temporaryFolder, type CommandResult } from '../../testing/run-clarion';

// A mirror may have only a part of a feed. The missing documents are reported with the remedy, and a report that
// needs them is incomplete.

const folder = temporaryFolder();
afterAll(() => {
  folder.remove();
});
const at = (...parts: readonly string[]): string => join(folder.path, ...parts);
const sources = join(root, 'libs/plugins/feed-sources/src');
const rpmDatabase = join(root, 'libs/plugins/feature-detectors/src/rpm/testdata/ndb/usr/lib/sysimage/rpm/Packages.db');

beforeAll(() => {
  const suse = [
    file('etc/os-release', 'ID="opensuse-tumbleweed"\nVERSION_ID="20261120"\n'),
    file('usr/lib/sysimage/rpm/Packages.db', readFileSync(rpmDatabase)),
  ];
  writeDockerArchive(at('suse.tar'), buildImage({ layers: [suse] }), { form: 'v1.1' });
  const alpine = [
    file('etc/os-release', 'ID=alpine\nVERSION_ID=3.24_alpha20260101\n'),
    file('etc/alpine-release', '3.24.0_alpha20260101\n'),
    file('lib/apk/db/installed', readFileSync(join(root, 'tools/sample/images/alpine/installed'))),
  ];
  writeDockerArchive(at('alpine.tar'), buildImage({ layers: [alpine] }), { form: 'v1.1' });
  writeFileSync(at('clarion.yaml'), 'feeds: {disable: [nvd, epss, cisa-kev]}\n');
});

/** A mirror of one feed, made from its test data, without some documents. */
function mirror(name: string, feed: string, without: readonly string[]): string {
  const input = join(sources, feed, 'testdata/input');
  cpSync(input, at(name, feed), { recursive: true });
  // The test data of edge is an excerpt.
  if (feed === 'alpine-secdb') cpSync(join(input, 'v3.20/main.json'), at(name, feed, 'edge/main.json'));
  for (const document of without) rmSync(at(name, feed, document));
  return at(name);
}

interface Scan {
  readonly image: string;
  readonly from?: string;
  readonly db: string;
  readonly more?: readonly string[];
}

function scan({ image, from, db, more = [] }: Scan): Promise<CommandResult> {
  const feeds = from === undefined ? ['--offline'] : ['--feeds-dir', from];
  return clarion(['scan', at(image), '--db', at(db), '--config', at('clarion.yaml'), ...feeds, ...more]);
}

describe('a mirror that lacks documents', () => {
  const json = ['--format', 'json'];
  const suse = (names: string): string =>
    `opensuse-tumbleweed is only partly covered: suse is partial: ${names}; run clarion update suse with a mirror that has it`;
  const alpine = (names: string): string =>
    `alpine:edge is only partly covered: alpine-secdb is partial: ${names}; run clarion update alpine-secdb with a mirror that has it`;

  interface Row {
    readonly feed: string;
    readonly image: string;
    readonly without: readonly string[];
  }
  const ofSuse = (...without: readonly string[]): Row => ({ feed: 'suse', image: 'suse.tar', without });
  const ofAlpine = (...without: readonly string[]): Row => ({ feed: 'alpine-secdb', image: 'alpine.tar', without });
  const resultOf = async (name: string, { feed, image, without }: Row): Promise<readonly [CommandResult, Report]> => {
    const scanned = await scan({ image, from: mirror(`mirror ${name}`, feed, without), db: name, more: json });
    return [scanned, JSON.parse(scanned.stdout) as Report];
  };

  it.each<[string, Row]>([
    ['of SUSE, all there', ofSuse()],
    ['of Alpine, all there', ofAlpine()],
    ['of Alpine, without those of another release', ofAlpine('v3.20/community.json')],
    ['of Alpine, without what only takes findings away', ofAlpine('rejections/main.yaml')],
  ])('%s: the report is complete', async (name, row) => {
    const [{ code, stderr }, { coverage }] = await resultOf(name, row);
    expect([code, coverage.complete]).toEqual([0, true]);
    expect(stderr).not.toContain('only partly covered');
  });

  it.each<[string, Row, string]>([
    ['of SUSE, without VEX', ofSuse('csaf-vex.tar.bz2'), suse('1 document is not there (csaf-vex.tar.bz2)')],
    [
      'of Alpine, without the other packages of the release',
      ofAlpine('edge/community.json'),
      alpine('1 document is not there (edge/community.json)'),
    ],
  ])(
    '%s: the report is incomplete, until it is there',
    async (name, row, reason) => {
      const { feed, image } = row;
      const settings = ['--db', at(name), '--config', at('clarion.yaml')];
      await clarion(['update', feed, '--from', mirror(`mirror ${name}`, feed, row.without), ...settings]);
      const { code, stderr, stdout } = await scan({ image, db: name, more: json });
      const { coverage } = JSON.parse(stdout) as Report;
      expect([code, coverage.complete]).toEqual([3, false]);
      expect(stderr).toContain(`the scan is incomplete: ${reason}`);
      const [{ id, partial = [] } = { id: '' }] = coverage.namespaces;
      expect(partial.map((one) => `${id} is only partly covered: ${one.reason}`)).toEqual([reason]);

      const table = await scan({ image, db: name, more: ['--allow-incomplete'] });
      expect(table.code).toBe(0);
      expect(table.stdout.replaceAll(/\s+/g, ' ')).toContain(reason);
      const words = reason.slice(reason.indexOf(': ') + 2);
      for (const command of [['feeds'], ['db', 'status']]) {
        const shown = await clarion([...command, ...settings]);
        expect(shown.stdout.replaceAll(/\s+/g, ' ')).toContain(words);
      }

      // The remedy of the message works.
      const whole = mirror(`whole ${name}`, feed, []);
      const updated = await clarion(['update', feed, '--from', whole, ...settings]);
      expect([updated.code, updated.stderr.includes('is partial')]).toEqual([0, false]);
      const after = await scan({ image, db: name, more: json });
      expect([after.code, (JSON.parse(after.stdout) as Report).coverage.complete]).toEqual([0, true]);
    },
    120_000,
  );
});
