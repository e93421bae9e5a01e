import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { featureDetectors } from '@clarion/feature-detectors';
import { feedSources } from '@clarion/feed-sources';
import { takeExcerpt } from '@clarion/file-formats/parts';
import { memorySource } from '@clarion/layer-archive';
import type { AdvisoryGroup, Finding, PlacedFeature } from '@clarion/model';
import { sharedMaterial, testBudget } from '@clarion/test-kit';
import { base, factsOf, feedsSaying, imageOf, options } from '@clarion/test-kit/match-facts';
import { makeReport } from '../make-report';

/** What govulncheck 1.1.4 finds in a program with the same records. */
interface ProgramLevels {
  readonly path: string;
  /** `symbol`: a function with the flaw is linked, or nothing shows which are; else only its package or module is. */
  readonly levels?: Readonly<Record<string, 'symbol' | 'package' | 'module'>>;
  /** It could not read the program. */
  readonly error?: string;
}

async function* contentOf(file: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(readFileSync(file));
}

/** Reads an archive of Go's records with the real feed source. */
async function groupsOf(feed: string, name: string, file: string): Promise<readonly AdvisoryGroup[]> {
  const source = feedSources.find(({ id }) => id === feed);
  const groups: AdvisoryGroup[] = [];
  for await (const record of source?.parse({ name, body: contentOf(file) }) ?? []) {
    if (record.kind === 'group') groups.push(record.group);
  }
  return groups;
}

/** The modules of a program, as the extractor and the real detector find them. */
async function modulesOf(name: string, file: string): Promise<readonly PlacedFeature[]> {
  const detector = featureDetectors.find(({ id }) => id === 'go-binary')!;
  const { excerpt, maxBytes } = detector.files;
  const taken = await takeExcerpt(memorySource(readFileSync(file)), excerpt!, { path: name, maxBytes });
  expect(taken?.problems).toEqual([]);
  const given = { path: name, content: taken?.content ?? Buffer.alloc(0), excerpt: taken!.excerpt };
  const { features = [] } = await detector.detect([given], testBudget());
  return features.map((feature) => ({ ...feature, namespace: 'go', layer: base }));
}

/** Ids of the records of the Go database in a finding. */
function recordsOf({ id, aliases }: Finding): readonly string[] {
  return [id, ...aliases].filter((one) => one.startsWith('GO-'));
}

/** The list has it, and the image does not. */
const absent = ['usr/bin/direnv'];

const images = sharedMaterial('conformance/packagedb/languages');
const database = sharedMaterial('feeds/osv/Go-vuln.go.dev-2026-08-21/all.zip');
const osv = sharedMaterial('feeds/osv/Go/all.zip');
const isHere = images !== undefined && database !== undefined && osv !== undefined && existsSync('/usr/bin/tar');

(isHere ? describe : describe.skip)('Go programs of shared/conformance/packagedb/languages, beside govulncheck', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'go-functions-'));
  let groups: readonly AdvisoryGroup[];
  beforeAll(async () => {
    groups = [
      ...(await groupsOf('go-vulndb', 'vulndb.zip', database ?? '')),
      ...(await groupsOf('osv', 'Go/all.zip', osv ?? '')),
    ];
  }, 120_000);
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  /** Unpacks all layers over each other; only files are looked at. */
  function unpack(image: string): string {
    const [archive, root] = [path.join(folder, image), path.join(folder, `${image}-root`)];
    execFileSync('mkdir', ['-p', archive, root]);
    execFileSync('tar', ['-xf', path.join(images ?? '', 'images', `${image}.oci.tar`), '-C', archive]);
    const blobs = path.join(archive, 'blobs', 'sha256');
    const layers = readdirSync(blobs).map((name) => path.join(blobs, name));
    for (const layer of layers.filter((name) => readFileSync(name)[0] === 0x1f)) {
      execFileSync('tar', ['-xzf', layer, '-C', root, '--exclude=dev/*']);
    }
    return root;
  }

  it.each(['go', 'runtimes'])(
    '%s: what is affected is the same',
    async (image) => {
      const programs = JSON.parse(
        readFileSync(path.join(images ?? '', 'expected', `${image}.symbols.json`), 'utf8'),
      ) as readonly ProgramLevels[];
      const root = unpack(image);
      const present = programs.filter(({ path: name }) => existsSync(path.join(root, name)));
      expect(programs.filter((one) => !present.includes(one) && !absent.includes(one.path))).toEqual([]);
      for (const { path: name, levels } of present) {
        const modules = await modulesOf(name, path.join(root, name));
        const report = await makeReport(imageOf(modules), factsOf(groups), {
          ...options,
          ...{ feeds: feedsSaying(groups), listSuppressed: true },
        });
        const affected = new Set(report.findings.flatMap(recordsOf));
        const suppressed = new Set(report.suppressed.list?.flatMap(recordsOf));
        const seen = Object.entries(levels ?? {});
        const linked = seen.filter(([, level]) => level === 'symbol').map(([id]) => id);
        const others = seen.filter(([, level]) => level !== 'symbol').map(([id]) => id);
        expect([name, linked.filter((id) => !affected.has(id))]).toEqual([name, []]);
        expect([name, others.filter((id) => affected.has(id) || !suppressed.has(id))]).toEqual([name, []]);
        expect(report.suppressed.list?.every(({ suppressedBy: { kind } }) => kind === 'program')).toBe(true);
      }
      expect(present.length).toBeGreaterThan(0);
    },
    120_000,
  );
});
