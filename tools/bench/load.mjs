// A bounded run of requests with autocannon against `clarion serve`, and against the six services with a server that
// speaks MongoDB's protocol: reports, searches and submissions, on loopback.
//   node tools/bench/load.mjs [--images N] [--seconds N] [--submissions N] [--only serve|services]
//                             [--clair URL --clair-manifest DIGEST]
// --submissions 0: none (else at least 100). --clair, or BENCH_CLAIR and BENCH_CLAIR_MANIFEST: the report of a Clair v4
// that has indexed this manifest, under the same load.
import { runTypeScript } from '../setup/run-typescript.mjs';

process.exitCode = await runTypeScript('bench', 'load-run', process.argv.slice(2));
