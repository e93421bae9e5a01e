// The specs that kill what runs, at full length:
//   npm run chaos [-- services IMAGES CHANGES KILLS]   the six services; default 200 images, 20 feed changes, 100 kills
//   npm run chaos -- serve [KILLS SEED]                clarion serve; default 200 kills with and without the index of mentions
//   npm run chaos -- cluster [FAULTS SEED]             the bus on three NATS servers; default 60 faults
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureBundle, ensureDependencies, ensureNode, root } from '../setup/ensure.mjs';

const suites = {
  services: { spec: 'apps/api-gateway/src/e2e/chaos', variable: 'CLARION_CHAOS', defaults: [200, 20, 100] },
  serve: { spec: 'apps/cli/src/e2e/serve-kill', variable: 'CLARION_CHAOS_SERVE', defaults: [200, 1], bundle: 'cli' },
  cluster: { spec: 'libs/adapters/bus-nats/src/cluster', variable: 'CLARION_CHAOS_CLUSTER', defaults: [60, 1] },
};

ensureNode();
ensureDependencies();
const given = process.argv.slice(2);
const name = given[0] !== undefined && given[0] in suites ? given.shift() : 'services';
const { spec, variable, defaults, bundle } = suites[name];
const numbers = defaults.map((number, at) => Number(given[at] ?? number));
const wrong = given.length > defaults.length || numbers.some((number) => !Number.isSafeInteger(number) || number < 0);
if (wrong) {
  console.error(
    `clarion: ${given.join(' ')} is not one of: services IMAGES CHANGES KILLS, serve KILLS SEED, cluster FAULTS SEED`,
  );
  process.exit(2);
}
if (bundle !== undefined) await ensureBundle(bundle);
run(join(root, 'node_modules', 'jest', 'bin', 'jest.js'), ['--config', 'jest.config.cjs', spec]);

function run(script, args) {
  const env = { ...process.env, [variable]: numbers.join(',') };
  const done = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit', env });
  if (done.status !== 0) process.exit(done.status ?? 1);
}
