// One changed advisory for many indexed images, and reports with that many images.
//   node tools/bench/scale.mjs [--images N] [--layers N] [--directory DIR] [--services]
// Defaults: 1,000,000 images on 100,000 layers in a store of `clarion serve`. A DIR that was filled before is reused;
// without one the store is created in a temporary directory, and deleted. With --services the same, smaller, on the six
// services with a server that implements MongoDB's protocol.
import { runTypeScript } from '../setup/run-typescript.mjs';

process.exitCode = await runTypeScript('bench', 'scale-run', process.argv.slice(2));
