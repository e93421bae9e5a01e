import { spawnSync } from 'node:child_process';
import path from 'node:path';

import { buildSync } from 'esbuild';

import { startTracing } from './tracing';

const workspace = path.join(__dirname, '../../../..');

/** Runs a script in a separate process, because instrumentations patch modules permanently. */
function runScript(script: string, env: Record<string, string>): { loaded: string[]; spans: string[] } {
  const { outputFiles } = buildSync({
    stdin: { contents: script, resolveDir: __dirname, loader: 'ts' },
    bundle: true,
    platform: 'node',
    write: false,
    packages: 'external',
    tsconfig: path.join(workspace, 'tsconfig.base.json'),
    supported: { 'dynamic-import': false },
  });
  const code = Buffer.from(outputFiles[0]!.contents).toString();
  const done = spawnSync(process.execPath, ['-e', code], { cwd: workspace, env, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(done.stderr);
  const spans = [...done.stdout.matchAll(/^ {2}name: '([^']+)'/gm)].map((found) => found[1]!);
  const loaded = /^LOADED (.*)$/m.exec(done.stdout)?.[1] ?? '[]';
  return { loaded: JSON.parse(loaded) as string[], spans };
}

const traced = `
  import { startTracing } from './tracing';
  const run = async () => {
    const tracing = await startTracing({ service: 'probe', version: '1', instrument: ['http', 'grpc', 'mongodb'] });
    const http = require('node:http');
    const server = http.createServer((_, response) => response.end('ok'));
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    const get = (path) => new Promise((resolve) =>
      http.get({ port: server.address().port, path, agent: false }, (answer) => answer.resume().on('end', resolve)));
    await get('/one');
    await get('/healthz');
    server.close();
    await tracing.shutdown();
    const loaded = Object.keys(require.cache).filter((file) => file.includes('sdk-node'));
    console.log('LOADED ' + JSON.stringify([String(tracing.enabled), String(loaded.length > 0)]));
  };
  void run();
`;

describe('startTracing', () => {
  it('loads nothing unless the environment enables it', () => {
    expect(runScript(traced, {})).toEqual({ loaded: ['false', 'false'], spans: [] });
  });

  it('traces HTTP, but no probes', () => {
    const { loaded, spans } = runScript(traced, { OTEL_TRACES_EXPORTER: 'console' });
    expect(loaded).toEqual(['true', 'true']);
    // Client and server for /one; only the client for the probe.
    expect(spans).toHaveLength(3);
  });

  it.each([
    { OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' },
    { OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: '' },
  ])('is off: %j', async (env) => {
    const tracing = await startTracing({ service: 'a', version: '1', instrument: [], env });
    expect(tracing.enabled).toBe(false);
    await tracing.shutdown();
  });
});
