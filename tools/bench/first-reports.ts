import type { Digest } from '@clarion/model';
import { cpuMillis, type Installation, untilIdle } from './installations';
import { popular } from './scale-facts';

const rounds = 10;

/** CPU time of the first reports after a feed has changed, one line each: of one image, and of others. */
export async function firstReports(installation: Installation, samples: readonly Digest[]): Promise<readonly string[]> {
  const costs: number[] = [];
  const others: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await changeFacts(installation, round);
    const [first, ...rest] = [0, 1, 2, 3].map((at) => samples[(round + at) % samples.length] ?? 'sha256:');
    costs.push(await costOf(installation, first ?? 'sha256:'));
    for (const digest of rest) others.push(await costOf(installation, digest));
  }
  return [
    `first report after a change of facts: ${shown(costs)} of CPU in all processes`,
    `the next ones, of images with other packages: ${shown(others)}`,
  ];
}

function shown(costs: readonly number[]): string {
  const sorted = [...costs].sort((a, b) => a - b);
  return `${(sorted[sorted.length >> 1] ?? 0).toFixed(1)} ms (${(sorted[0] ?? 0).toFixed(1)} to ${(sorted.at(-1) ?? 0).toFixed(1)})`;
}

async function costOf(installation: Installation, digest: Digest): Promise<number> {
  const before = cpuMillis(installation);
  const { status } = await installation.api.call('GET', `/images/${digest}/report`);
  if (status !== 200) throw new Error(`The report of ${digest} has status ${status}`);
  return cpuMillis(installation) - before;
}

/** An own vulnerability that no package has: reports are made again, and are the same. */
async function changeFacts(installation: Installation, round: number): Promise<void> {
  const ranges = [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: `0.0.${round}` }] }];
  const body = { summary: 'None', affected: [{ package: { name: popular.source }, ranges }] };
  const path = `/own-vulnerabilities/${encodeURIComponent(popular.namespace)}/BENCH-${round}`;
  const { status, text } = await installation.api.call('PUT', path, body);
  if (status !== 201 && status !== 200) throw new Error(`The own vulnerability was not taken: ${status} ${text}`);
  await untilIdle(installation);
}
