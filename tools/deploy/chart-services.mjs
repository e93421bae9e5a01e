// Writes what the Helm chart needs to know about the services from their settings tables:
// deploy/helm/clarion/files/services.json, and the names of variables in its values.schema.json.
// Usage: node tools/deploy/chart-services.mjs [--check]     --check exits with 1 if they are out of date
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDependencies, root } from '../setup/ensure.mjs';
import { serveSettings, serviceSettings } from '../docs/service-settings.mjs';

ensureDependencies();
const { format, resolveConfig } = await import('prettier');

const chart = join(root, 'deploy', 'helm', 'clarion');
/** Settings of the chart itself, because probes, services and the grace period of a pod must match them. */
const ownedByChart = /^CLARION_(DB|DRAIN|GRACE|LISTEN|([A-Z]+_)?PORT|((GRPC|INTROSPECTION)_)?HOST)$/;
/** The chart names detectors without `tls://`: inside of the cluster gRPC is plain, or a mesh encrypts it. */
const notOffered = /^CLARION_(TLS|DETECTOR)_(CA|CERTIFICATE|KEY|CLIENT_CA)$/;
/** Settings that name files of secrets; every other secret can be read from `…_FILE` too. */
const paths = /^CLARION_NATS_(CA|CERTIFICATE|KEY)_FILE$/;

/** A service as the chart sees it: ports by name, variables, and the variables that name files of secrets. */
function serviceOf(settings) {
  const offered = settings.filter(({ env }) => !notOffered.test(env));
  const ports = offered
    .map(({ env, default: port }) => [/^CLARION_([A-Z]+)_PORT$/.exec(env)?.[1]?.toLowerCase(), Number(port)])
    .filter(([name]) => name !== undefined);
  const isFile = ({ env, secret }) => secret === true || paths.test(env);
  return {
    ports: Object.fromEntries(ports),
    settings: offered.filter((one) => !isFile(one) && !ownedByChart.test(one.env)).map(({ env }) => env),
    files: Object.fromEntries(
      offered.filter(isFile).map(({ env }) => [env.replace(/_FILE$/, ''), env.replace(/(_FILE)?$/, '_FILE')]),
    ),
    required: offered.filter((one) => one.default === undefined && !one.optional).map(({ env }) => env),
  };
}

/** `clarion serve`: one port for REST and gRPC, and a file with its options. */
async function allInOne() {
  const { ports, settings, files } = serviceOf(await serveSettings());
  return {
    ports: { ...ports, rest: 6060 },
    settings,
    files: { ...files, CLARION_CONFIG: 'CLARION_CONFIG' },
    required: [],
  };
}

const services = {
  'all-in-one': await allInOne(),
  ...Object.fromEntries(Object.entries(await serviceSettings()).map(([name, settings]) => [name, serviceOf(settings)])),
};
const namesOf = (key) => [...new Set(Object.values(services).flatMap(key))].sort();

/** The chart's schema with the current names of variables; everything else in it is written by hand. */
function schema(text) {
  const written = JSON.parse(text);
  const all = (names, definition) => Object.fromEntries(names.map((name) => [name, { $ref: `#/$defs/${definition}` }]));
  written.$defs.settings.properties = all(
    namesOf((service) => service.settings),
    'setting',
  );
  written.properties.secrets.properties = all(
    namesOf((service) => Object.keys(service.files)),
    'secret',
  );
  return JSON.stringify(written);
}

const schemaPath = join(chart, 'values.schema.json');
/** Files with their contents. @type {readonly (readonly [path: string, text: string])[]} */
const wanted = [
  [join(chart, 'files', 'services.json'), JSON.stringify(services)],
  [schemaPath, schema(readFileSync(schemaPath, 'utf8'))],
];
for (const [path, text] of wanted) {
  const pretty = await format(text, { ...(await resolveConfig(path)), parser: 'json' });
  if (!process.argv.includes('--check')) writeFileSync(path, pretty);
  else if (!existsSync(path) || readFileSync(path, 'utf8') !== pretty) {
    console.error(`${path} is out of date: run node tools/deploy/chart-services.mjs`);
    process.exitCode = 1;
  }
}
