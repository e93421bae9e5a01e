// npm run chaos [-- IMAGES CHANGES KILLS]: the chaos spec at full length. Default: 200 images, 20 feed changes, 100 kills.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureDependencies, ensureNode, root } from '../setup/ensure.mjs';

ensureNode();
ensureDependencies();
const [images = '200', changes = '20', kills = '100'] = process.argv.slice(2);
const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
const done = spawnSync(process.execPath, [jest, '--config', 'jest.config.cjs', 'apps/api-gateway/src/e2e/chaos'], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, CLARION_CHAOS: [images, changes, kills].join(',') },
});
process.exitCode = done.status ?? 1;
