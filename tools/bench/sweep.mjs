// Images that share a base, submitted together: images an hour and processor time by part, beside `trivy image --server`.
//   node tools/bench/sweep.mjs DIR [--images N] [--db DIR]     DIR holds images made by tools/bench/make-images.sh
import { runTypeScript } from '../setup/run-typescript.mjs';

process.exitCode = await runTypeScript('bench', 'sweep-run', process.argv.slice(2));
