// A bounded run of requests with autocannon against `clarion serve`, and against the six services with a server that
// speaks MongoDB's protocol: reports, searches and submissions, on loopback.
//   node tools/bench/load.mjs [--images N] [--seconds N]
import { runTypeScript } from '../setup/run-typescript.mjs';

process.exitCode = await runTypeScript('bench', 'load-run', process.argv.slice(2));
