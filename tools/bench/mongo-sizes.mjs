// Bytes of documents and index entries of the MongoDB store, measured on real images and feeds, and what a million of
// images takes by that.
//   node tools/bench/mongo-sizes.mjs DB ARCHIVE...
// DB is a store of the command line with feeds (`clarion update --db DB`); each ARCHIVE (`docker save`) is indexed in
// it. Runs on the server of MONGODB_URI, or on the one of the specs, which needs java and mvn.
import { neededArguments } from '../setup/needed-arguments.mjs';
import { runTypeScript } from '../setup/run-typescript.mjs';

neededArguments(['DB', 'ARCHIVE'], '...');
process.exitCode = await runTypeScript('bench', 'mongo-sizes-run', process.argv.slice(2));
