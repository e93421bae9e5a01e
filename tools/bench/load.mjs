// A bounded run of requests with autocannon against `clarion serve`, and against the six services with a server that
// speaks MongoDB's protocol: reports, searches and submissions, on loopback.
//   node tools/bench/load.mjs [--images N] [--seconds N]
import { runBench } from './run.mjs';

process.exitCode = await runBench('load', process.argv.slice(2));
