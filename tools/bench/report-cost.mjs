// CPU time of the parts of a report of 900 KB, in one process without a server: reading, composing, matching, rendering,
// and compressing in each coding.
//   node tools/bench/report-cost.mjs
import { runTypeScript } from '../setup/run-typescript.mjs';

process.exitCode = await runTypeScript('bench', 'report-cost-run', process.argv.slice(2));
