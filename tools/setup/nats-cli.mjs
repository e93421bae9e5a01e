// Builds the command line of NATS, which the documented commands are run with.
// Usage: node tools/setup/nats-cli.mjs      prints the path of the binary; says what is missing and exits with 1
import { ensureGoProgram } from './go-program.mjs';

try {
  console.log(ensureGoProgram({ name: 'nats', version: '0.5.0', package: 'github.com/nats-io/natscli/nats' }));
} catch (error) {
  console.error(`clarion: ${error.message}`);
  process.exitCode = 1;
}
