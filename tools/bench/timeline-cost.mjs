// CPU time of the time line of an image with 1,000 changes, in one process without a server.
//   node tools/bench/timeline-cost.mjs
import { runTypeScript } from '../setup/run-typescript.mjs';

process.exitCode = await runTypeScript('bench', 'timeline-cost-run', process.argv.slice(2));
