import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '@clarion/model';
import { sharedMaterial } from '@clarion/test-kit';
import { clarion, root, temporaryFolder } from '../../testing/run-clarion';

const images = sharedMaterial('conformance', 'packagedb', 'images');
const secdb = sharedMaterial('feeds', 'alpine', 'secdb');
const haveGo = spawnSync('go', ['version']).status === 0;
const usable = images !== undefined && secdb !== undefined && haveGo;
const title = usable
  ? 'real Alpine images on the whole SecDB, against a recomputation in Go'
  : 'real Alpine images (needs Go, and shared/conformance and shared/feeds beside the checkout)';

(usable ? describe : describe.skip)(title, () => {
  const folder = temporaryFolder();
  const recompute = join(folder.path, 'alpine-findings');
  const feeds = join(folder.path, 'feeds');

  beforeAll(() => {
    const built = spawnSync('go', ['build', '-o', recompute, '.'], {
      cwd: join(root, 'tools/proof/alpine-findings'),
      encoding: 'utf8',
    });
    if (built.status !== 0) throw new Error(built.stderr);
    mkdirSync(feeds);
    const linked = spawnSync('ln', ['-s', secdb ?? '', join(feeds, 'alpine-secdb')]);
    if (linked.status !== 0) throw new Error('the feed directory cannot be linked');
  }, 300_000);

  afterAll(() => {
    folder.remove();
  });

  it.each([
    ['alpine-3.10.tar.gz', 'alpine:v3.10', 20],
    ['alpine-3.11.tar.gz', 'alpine:v3.11', 45],
    ['alpine-containerd-oci.tar', 'alpine:v3.14', 4],
  ])('%s: the same findings, all of them', async (name, namespace, count) => {
    const image = join(images ?? '', name);
    const result = await clarion([
      'scan',
      image,
      '--format',
      'json',
      '--feeds-dir',
      feeds,
      '--db',
      join(folder.path, 'db'),
    ]);
    const report = JSON.parse(result.stdout) as Report;
    const other = spawnSync(recompute, [image, secdb ?? ''], { encoding: 'utf8' });
    const theirs = other.stdout.trimEnd().split('\n').sort();
    const ours = report.findings
      .filter(({ id }) => id.startsWith('CVE-'))
      .map((finding) => `${finding.id} ${finding.package.name} ${finding.package.version} ${finding.fixedIn ?? ''}`)
      .sort();
    expect(ours).toEqual(theirs);
    expect(theirs).toHaveLength(count);
    expect(report.packages).toHaveLength(14);
    expect(report.coverage.namespaces).toMatchObject([{ id: namespace, feeds: ['alpine-secdb'] }]);
    expect(report.problems).toEqual([]);
    // All three branches are out of support, which the exit code reports to a pipeline.
    expect(result.code).toBe(3);
    expect(result.stderr).toMatch(/out of support/);
  });
});
