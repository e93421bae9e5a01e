import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Store } from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { openMongoStore } from '@clarion/store-mongo';
import {
  apiClient,
  dumpDatabase,
  type FilledInstallation,
  fillInstallation,
  restoreDatabase,
  startFeedServer,
  startRegistry,
  startServiceInstallation,
  startServiceProcess,
  startWebhookReceiver,
  storeContent,
} from '@clarion/test-kit';
import { MongoClient } from 'mongodb';

const root = join(__dirname, '..', '..', '..', '..');
const sample = (path: string): string => readFileSync(join(root, 'tools/sample', path), 'utf8');
const feedIds = ['debian-security-tracker', 'epss', 'cisa-kev'];

/** The surroundings of an installation: they end after `work`. */
async function surrounded(work: (around: Awaited<ReturnType<typeof startAround>>) => Promise<void>): Promise<void> {
  const around = await startAround();
  try {
    await work(around);
  } finally {
    await Promise.all([around.feeds.close(), around.registry.close(), around.receiver.close()]);
  }
}

async function startAround() {
  const [feeds, registry, receiver] = [
    await startFeedServer(),
    await startRegistry({ auth: 'none' }),
    await startWebhookReceiver(),
  ];
  const hosts = [new URL(feeds.url).host, registry.host, receiver.host, '127.0.0.1:1'];
  const files = {
    tracker: sample('feeds/debian-security-tracker/json'),
    osRelease: sample('images/debian/os-release'),
    status: sample('images/debian/2-curl.status'),
  };
  const urls = Object.fromEntries(feedIds.map((id) => [id, `${feeds.url}${id}/`]));
  return { feeds, registry, receiver, files, hosts, config: { urls, disable: ['nvd'] } };
}

interface Fixture {
  readonly config: unknown;
  readonly filled: FilledInstallation;
}

/** Writes what is in the store, and what the installation answered. */
async function writeExpected(directory: string, store: Store, fixture: Fixture): Promise<void> {
  const content = await storeContent(store);
  await store.close();
  writeFileSync(join(directory, 'content.json.gz'), gzipSync(JSON.stringify(content), { level: 9 }));
  writeFileSync(join(directory, 'answers.json'), `${JSON.stringify(fixture, null, 2)}\n`);
}

function fixtureDirectory(library: string, name: string): string {
  const directory = join(root, 'libs/adapters', library, 'testdata/formats', name);
  mkdirSync(directory, { recursive: true });
  return directory;
}

/** `clarion serve`: its file, and the key that secrets in it are sealed with. */
async function makeEmbedded(name: string): Promise<void> {
  const db = mkdtempSync(join(tmpdir(), 'clarion-fixture-'));
  await surrounded(async ({ config, hosts, ...around }) => {
    const configuration = join(db, 'clarion.yaml');
    writeFileSync(configuration, JSON.stringify({ feeds: config }));
    const allowed = ['--allow-host', hosts.join(','), '--insecure-host', hosts.join(',')];
    const listen = ['--listen', '127.0.0.1:0', '--introspection-port', '0', '--no-updates'];
    const serving = startServiceProcess('cli', {}, [
      'serve',
      '--db',
      db,
      '--config',
      configuration,
      ...listen,
      ...allowed,
    ]);
    await serving.line('Started');
    const url = /http:\/\/[\d.]+:\d+/.exec(serving.errors())?.[0] ?? '';
    const api = apiClient(url, readFileSync(join(db, 'administrator-token'), 'utf8').trim());
    const filled = await fillInstallation({ ...around, api });
    serving.kill('SIGTERM');
    await serving.ended;
    const directory = fixtureDirectory('store-embedded', name);
    const packed = gzipSync(readFileSync(join(db, 'facts.mdb')), { level: 9 });
    writeFileSync(join(directory, 'facts.mdb.gz'), packed);
    writeFileSync(join(directory, 'sealing-key'), readFileSync(join(db, 'sealing-key')));
    await writeExpected(directory, await openEmbeddedStore({ directory: db }), { config, filled });
  });
  rmSync(db, { recursive: true });
}

/** The six services: their database as Extended JSON. */
async function makeMongo(name: string): Promise<void> {
  await surrounded(async ({ config, hosts, ...around }) => {
    const database = 'clarion_fixture';
    const sealingKey = randomBytes(32).toString('base64');
    const variables = {
      CLARION_MONGODB_DATABASE: database,
      CLARION_EGRESS_INSECURE_HOSTS: hosts.join(','),
      CLARION_SEALING_KEYS: sealingKey,
    };
    const installation = await startServiceInstallation({ feeds: config, allowedHosts: hosts, variables });
    try {
      const filled = await fillInstallation({ ...around, api: installation.api });
      const uri = installation.mongo.freshUri();
      const client = await new MongoClient(uri).connect();
      const directory = fixtureDirectory('store-mongo', name);
      const lines = await dumpDatabase(client.db(database));
      // The notifier goes on: what is expected is what the dump has.
      await restoreDatabase(client.db(), lines);
      await client.close();
      writeFileSync(join(directory, 'database.ndjson.gz'), gzipSync(lines.join('\n'), { level: 9 }));
      writeFileSync(join(directory, 'sealing-key'), `${sealingKey}\n`);
      await writeExpected(directory, await openMongoStore({ uri }), { config, filled });
    } finally {
      await installation.stop();
    }
  });
}

async function main([name, only]: readonly string[]): Promise<void> {
  if (name === undefined || !/^[\w.-]+$/.test(name)) throw new Error('Name the fixture, like 0.1.0');
  if (only !== 'mongo') await makeEmbedded(name);
  if (only !== 'embedded') await makeMongo(name);
}

void main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
