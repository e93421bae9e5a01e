// Bundles the given apps, unless their bundles are up to date. Usage: node tools/setup/ensure-bundles.mjs NAME…
import { ensureBundle } from './ensure.mjs';

for (const name of process.argv.slice(2)) await ensureBundle(name);
