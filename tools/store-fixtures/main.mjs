// Makes a fixture of what this build stores, for specs of later builds: run it at a release whose format of a store is
// new, before the next one changes it (CONTRIBUTING.md).
//   node tools/store-fixtures/main.mjs NAME [embedded|mongo]    default: both; needs docker-registry, NATS and MongoDB as the specs do
import { runTypeScript } from '../setup/run-typescript.mjs';

process.exitCode = await runTypeScript('store-fixtures', 'make-fixtures', process.argv.slice(2));
