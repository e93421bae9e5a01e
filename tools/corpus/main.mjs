// npm run corpus [-- --seed N --only TEXT --every N --verbose]: tries Clarion on hostile images and feeds.
// Prints inputs, crashes, hangs (> 20 s of computing), over budget (> 512 MiB, or 250 MiB for one hostile file), silently clean reports and misses; all must be 0.
import { runTypeScript } from '../setup/run-typescript.mjs';

process.exitCode = await runTypeScript('corpus', 'run', process.argv.slice(2));
