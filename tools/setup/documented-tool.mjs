// Builds a third-party tool that documented commands use.
// Usage: node tools/setup/documented-tool.mjs nats|grpcurl|clairctl   prints the path of the binary; reports what is missing and
// exits with 1
import { ensureGoProgram } from './go-program.mjs';
import { complaint } from './ensure.mjs';

const tools = [
  { name: 'nats', version: '0.5.0', package: 'github.com/nats-io/natscli/nats' },
  { name: 'grpcurl', version: '1.9.4', package: 'github.com/fullstorydev/grpcurl/cmd/grpcurl' },
  { name: 'clairctl', version: '4.9.0', module: 'github.com/quay/clair/v4', package: './cmd/clairctl' },
];

try {
  const tool = tools.find(({ name }) => name === process.argv[2]);
  if (tool === undefined) throw new Error(`known tools: ${tools.map(({ name }) => name).join(', ')}`);
  console.log(ensureGoProgram(tool));
} catch (error) {
  console.error(complaint(error));
  process.exitCode = 1;
}
