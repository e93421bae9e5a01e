// From the submission of an image to its being indexed: an image of a registry on loopback, new and again, on
// `clarion serve` and on the six services; with the memory of each process.
//   node tools/bench/submit.mjs DIR [--rounds N]     DIR holds images made by tools/bench/make-images.sh
import { runTypeScript } from '../setup/run-typescript.mjs';

process.exitCode = await runTypeScript('bench', 'submit-run', process.argv.slice(2));
