// The order of suites: first those of the projects that the last commit or the working tree changed, so that a fault shows
// within minutes; then longest first, so that two workers end at the same time. Jest has the durations in its cache; a
// fresh clone has no cache, and would use file sizes. Seconds on two cores, for suites over a quarter of a minute; the
// others are sorted by size, as usual.
const { spawnSync } = require('node:child_process');
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const Sequencer = require('@jest/test-sequencer').default;

const root = join(__dirname, '..', '..');
/** @type {Readonly<Record<string, number>>} */
const seconds = {
  'apps/cli/src/e2e/indexing-processes.e2e.spec.ts': 120,
  'apps/api-gateway/src/e2e/chaos.e2e.spec.ts': 115,
  'tools/proof/hand-verified-real-material.spec.ts': 110,
  'libs/adapters/store-mongo/src/crash.spec.ts': 110,
  'libs/base/layer-archive/src/linear-tar.spec.ts': 85,
  'apps/api-gateway/src/e2e/restore.e2e.spec.ts': 65,
  'tools/new-plugin/new-plugin.spec.ts': 60,
  'apps/cli/src/e2e/scan.e2e.spec.ts': 60,
  'tools/new-plugin/new-plugin-types.spec.ts': 55,
  'libs/base/layer-archive/src/go-tar-property.spec.ts': 55,
  'libs/adapters/store-mongo/src/store-contract.spec.ts': 55,
  'libs/adapters/store-mongo/src/server-loss.spec.ts': 55,
  'apps/api-gateway/src/e2e/observability.e2e.spec.ts': 50,
  'tools/proof/rejected-bounds-real-material.spec.ts': 50,
  'libs/adapters/store-embedded/src/store-contract.spec.ts': 45,
  'apps/cli/src/e2e/policy-result.e2e.spec.ts': 45,
  'apps/api-gateway/src/e2e/tls.e2e.spec.ts': 45,
  'apps/cli/src/e2e/backup.e2e.spec.ts': 45,
  'libs/domain/feed-updating/src/bad-documents.spec.ts': 40,
  'libs/apis/rest-v1/src/limits.spec.ts': 35,
  'libs/adapters/store-embedded/src/crash.spec.ts': 35,
  'libs/base/layer-archive/src/decompress.spec.ts': 30,
  'apps/cli/src/e2e/fairness.e2e.spec.ts': 29,
  'tools/checks/cycles.spec.ts': 27,
  'libs/domain/feed-updating/src/real-material.spec.ts': 26,
  'tools/new-plugin/new-distribution.spec.ts': 25,
  'tools/new-plugin/new-ecosystem.spec.ts': 25,
  'libs/domain/layer-indexing/src/hard-links.spec.ts': 25,
  'tools/checks/boundaries.spec.ts': 20,
};

/** The listed suites that no longer exist. */
function gone() {
  return Object.keys(seconds).filter((file) => !existsSync(join(root, file)));
}

/** A change of this share of all suites, or more, has no suites of its own. */
const largeShare = 1 / 4;

/** The files that differ from the commit before the last one; none without git or without such a commit. */
function changedFiles() {
  const { status, stdout } = spawnSync('git', ['diff', '--name-only', 'HEAD~1'], { cwd: root, encoding: 'utf8' });
  return status === 0 ? stdout.split('\n') : [];
}

/**
 * The folder of a file's project: `libs/base/model`, `apps/cli`, `tools/setup`.
 * @param {string} file Relative to the root
 */
function projectOf(file) {
  const parts = file.split('/');
  return parts.slice(0, parts[0] === 'libs' ? 3 : 2).join('/');
}

/**
 * Tests of projects with changed files first, unless these are most tests; each part longest first. Tests of unknown
 * duration come last in their part, in their order.
 * @template {{ readonly path: string, readonly duration?: number }} Test
 * @param {readonly Test[]} tests With milliseconds, if an earlier run measured them
 * @param {readonly string[]} changed Files relative to the root
 */
function orderTests(tests, changed) {
  /** @param {Test} test */
  const name = ({ path }) => path.slice(root.length + 1);
  /** @param {Test} test */
  const known = (test) => (test.duration ?? 0) / 1000 || (seconds[name(test)] ?? 0);
  const projects = new Set(changed.map(projectOf));
  const affected = new Set(tests.filter((test) => projects.has(projectOf(name(test)))));
  if (affected.size >= tests.length * largeShare) affected.clear();
  return [...tests].sort((a, b) => Number(affected.has(b)) - Number(affected.has(a)) || known(b) - known(a));
}

class SuiteOrder extends Sequencer {
  /**
   * @override
   * @param {Parameters<InstanceType<typeof Sequencer>['sort']>[0]} tests
   */
  async sort(tests) {
    return orderTests(await super.sort(tests), changedFiles());
  }
}

module.exports = Object.assign(SuiteOrder, { gone, orderTests });
