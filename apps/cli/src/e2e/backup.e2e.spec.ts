import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { openEmbeddedStore } from '@clarion/store-embedded';
import {
  type ApiClient,
  apiClient,
  buildImage,
  bundleApps,
  canStartRegistry,
  type FeedServer,
  file,
  type FilledInstallation,
  fillInstallation,
  installationAnswers,
  type RunningRegistry,
  type ServiceProcess,
  startFeedServer,
  startRegistry,
  startServiceProcess,
  startWebhookReceiver,
  storeContent,
  type StoreContent,
  until,
  type WebhookReceiver,
} from '@clarion/test-kit';
import { bundle, clarion, root, temporaryFolder } from '../../testing/run-clarion';

const folder = temporaryFolder();
const at = (...parts: readonly string[]): string => join(folder.path, ...parts);
const sample = (path: string): string => readFileSync(join(root, 'tools/sample', path), 'utf8');

beforeAll(() => {
  bundleApps('cli');
});
afterAll(() => {
  folder.remove();
});

(canStartRegistry() ? describe : describe.skip)('a backup of serve (needs docker-registry)', () => {
  let feeds: FeedServer;
  let registry: RunningRegistry;
  let receiver: WebhookReceiver;
  let serving: ServiceProcess;

  beforeAll(async () => {
    [feeds, registry, receiver] = [
      await startFeedServer(),
      await startRegistry({ auth: 'none' }),
      await startWebhookReceiver(),
    ];
    const urls = ['debian-security-tracker', 'epss', 'cisa-kev'].map((id) => [id, `${feeds.url}${id}/`]);
    writeFileSync(
      at('clarion.yaml'),
      JSON.stringify({ feeds: { urls: Object.fromEntries(urls) as object, disable: ['nvd'] } }),
    );
  });
  afterAll(async () => {
    await Promise.all([feeds.close(), registry.close(), receiver.close()]);
  });

  async function serve(db: string): Promise<ApiClient> {
    const hosts = [new URL(feeds.url).host, registry.host, receiver.host, '127.0.0.1:1'].join(',');
    serving = startServiceProcess('cli', {}, [
      ...['serve', '--db', db, '--config', at('clarion.yaml'), '--no-updates', '--listen', '127.0.0.1:0'],
      ...['--introspection-port', '0', '--allow-host', hosts, '--insecure-host', hosts],
    ]);
    await serving.line('Started');
    const url = /http:\/\/[\d.]+:\d+/.exec(serving.errors())?.[0] ?? '';
    return apiClient(url, readFileSync(join(db, 'administrator-token'), 'utf8').trim());
  }
  const stop = async (): Promise<void> => {
    serving.kill('SIGTERM');
    expect(await serving.ended).toBe(0);
  };
  const contentOf = async (db: string): Promise<StoreContent> => {
    const store = await openEmbeddedStore({ directory: db, readOnly: true });
    const content = await storeContent(store);
    await store.close();
    return content;
  };
  const imagesOf = ({ findings }: FilledInstallation) =>
    Object.keys(findings).map((manifestDigest) => ({ manifestDigest }));

  it('taken while images are submitted has everything on another machine: reports, history, endpoints, secrets', async () => {
    const api = await serve(at('db'));
    const files = {
      tracker: sample('feeds/debian-security-tracker/json'),
      osRelease: sample('images/debian/os-release'),
      status: sample('images/debian/2-curl.status'),
    };
    const filled = await fillInstallation({ api, feeds, registry, receiver, files });
    const before = await contentOf(at('db'));

    // Images are indexed before, while and after the copy is made.
    let submitted = 0;
    const abort = new AbortController();
    const submitting = (async () => {
      for (; !abort.signal.aborted; submitted += 1) {
        const image = buildImage({ layers: [[file('app', `number ${submitted}`)]], compression: 'gzip' });
        for (const { digest, blob } of image.layers) feeds.put(digest, blob);
        const layers = image.layers.map(({ digest }) => ({ digest, url: `${feeds.url}${digest}` }));
        await api.call('POST', '/images', { digest: image.manifestDigest, layers });
      }
    })();
    await until('some are submitted', () => submitted > 5);
    const done = await clarion(['db', 'backup', at('backup'), '--db', at('db')]);
    const during = submitted;
    await until('more are submitted', () => submitted > during + 5);
    abort.abort();
    await submitting;
    expect(done).toMatchObject({ code: 0, stdout: '' });
    expect(done.stderr).toMatch(/^backup: \d+ feeds and all images, [\d.]+ MiB, in .*backup\n$/);
    await stop();

    const names = ['administrator-token', 'backup.json', 'facts.mdb', 'sealing-key'];
    expect(readdirSync(at('backup')).sort()).toEqual(names);
    expect(statSync(at('backup')).mode & 0o777).toBe(0o700);
    for (const name of names) expect(statSync(at('backup', name)).mode & 0o777).toBe(0o600);

    const restored = await clarion(['db', 'restore', at('backup'), '--db', at('elsewhere', 'db')]);
    expect(restored).toMatchObject({ code: 0, stdout: '' });
    const after = await contentOf(at('elsewhere', 'db'));
    expect(after['images']?.length).toBeGreaterThan(before['images']?.length ?? 0);
    // Attempts to deliver go on meanwhile.
    expect(after['deliveries']?.flat().length).toBe(before['deliveries']?.flat().length);
    for (const part of Object.keys(before).filter((one) => one !== 'deliveries')) {
      expect([part, (before[part] ?? []).filter((one) => !includes(after[part] ?? [], one))]).toEqual([part, []]);
    }
    // The same token, and secrets that can be opened.
    const there = await serve(at('elsewhere', 'db'));
    expect(there.token).toBe(api.token);
    expect(await installationAnswers(there, imagesOf(filled))).toEqual(filled);
    const count = receiver.received.length;
    const { json } = await there.call('GET', '/endpoints');
    const live = (json.items as unknown as { id: string; url: string }[]).find(({ url }) => url === receiver.url);
    expect((await there.call('POST', `/endpoints/${live?.id ?? ''}/test`)).status).toBe(200);
    expect(receiver.received[count]?.headers['webhook-signature']).toMatch(/^v1,/);
    // Work goes on: a feed that a process of the old machine was updating, or not, can be updated here.
    feeds.put('cisa-kev/known_exploited_vulnerabilities.json', JSON.stringify({ count: 0, vulnerabilities: [] }));
    expect((await there.call('POST', '/feeds/debian-security-tracker/update')).status).toBe(202);
    await stop();
  }, 180_000);
});

const includes = (all: readonly unknown[], one: unknown): boolean => {
  const text = JSON.stringify(one);
  return all.some((other) => JSON.stringify(other) === text);
};

describe('clarion db backup and restore', () => {
  const formats = join(root, 'libs/adapters/store-embedded/testdata/formats');

  /** A data directory as an earlier release left it. */
  function dataDirectory(name: string, secrets = true): string {
    const db = at(name);
    mkdirSync(db);
    writeFileSync(join(db, 'facts.mdb'), gunzipSync(readFileSync(join(formats, '0.1.0/facts.mdb.gz'))));
    if (secrets) writeFileSync(join(db, 'sealing-key'), readFileSync(join(formats, '0.1.0/sealing-key')));
    return db;
  }
  const run = (...args: readonly string[]) => clarion(['db', ...args]);

  it('copy a store of an earlier release as it is, and warn of secrets that are elsewhere', async () => {
    const db = dataDirectory('plain', false);
    const made = await run('backup', at('plain-backup'), '--db', db);
    expect(made.code).toBe(0);
    expect(made.stderr).toContain('Keep CLARION_SEALING_KEYS with the backup');
    expect(made.stderr).toContain('The backup has no token');
    expect((await run('restore', at('plain-backup'), '--db', at('plain-restored'))).code).toBe(0);
    const content = JSON.parse(
      gunzipSync(readFileSync(join(formats, '0.1.0/content.json.gz'))).toString(),
    ) as StoreContent;
    const store = await openEmbeddedStore({ directory: at('plain-restored') });
    expect(await storeContent(store)).toMatchObject(content);
    await store.close();
  });

  it('overwrite nothing', async () => {
    const db = dataDirectory('kept');
    await run('backup', at('kept-backup'), '--db', db);
    const again = await run('backup', at('kept-backup'), '--db', db);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('exists already') as string });
    const onto = await run('restore', at('kept-backup'), '--db', db);
    expect(onto).toMatchObject({ code: 1, stderr: expect.stringContaining('has a facts.mdb already') as string });
    mkdirSync(at('other'));
    writeFileSync(at('other', 'sealing-key'), 'of another store');
    const key = await run('restore', at('kept-backup'), '--db', at('other'));
    expect(key).toMatchObject({ code: 1, stderr: expect.stringContaining('has a sealing-key already') as string });
    expect(readdirSync(at('other'))).toEqual(['sealing-key']);
    for (const target of [at('kept-backup'), at('kept-backup', 'inner')]) {
      const into = await run('restore', at('kept-backup'), '--db', target);
      expect(into).toMatchObject({ code: 1, stderr: expect.stringMatching(/is (a|inside of a) backup/) as string });
    }
    expect(readdirSync(at('kept-backup')).sort()).toEqual(['backup.json', 'facts.mdb', 'sealing-key']);
    const nothing = await run('backup', at('nothing'), '--db', at('no-store'));
    expect([nothing.code, existsSync(at('nothing'))]).toEqual([4, false]);
  });

  it('are not made where they would be removed with something else, or cannot be', async () => {
    const db = dataDirectory('refused');
    await run('backup', at('refused-backup'), '--db', db);
    writeFileSync(at('a-file'), '');
    symlinkSync(at('nowhere'), at('a-link'));
    const refused: readonly (readonly [string, string])[] = [
      [at('refused-backup', 'inner'), 'is inside of a backup'],
      [join(db, 'deep', 'inner'), 'is inside of a data directory'],
      [at('a-link'), 'exists already'],
      [at('a-file', 'inner'), 'cannot be made'],
      // Where the system makes no directories, Node.js tries for ever.
      ['/proc/clarion-backup', 'cannot be made'],
    ];
    for (const [target, message] of refused) {
      const made = await run('backup', target, '--db', db);
      expect(made).toMatchObject({ code: 1, stderr: expect.stringContaining(message) as string });
    }
    expect(readdirSync(at('refused-backup')).sort()).toEqual(['backup.json', 'facts.mdb', 'sealing-key']);
    expect(existsSync(join(db, 'deep'))).toBe(false);
  });

  it('leave nothing where they do not fit', async () => {
    const db = dataDirectory('large');
    await run('backup', at('large-backup'), '--db', db);
    // Files of up to 48 KiB, which the table of readers of a store is not.
    const limited = (...words: readonly string[]) =>
      spawnSync('bash', ['-c', 'ulimit -f 48; exec "$0" "$@"', process.execPath, bundle, 'db', ...words], {
        encoding: 'utf8',
      });
    const backup = limited('backup', at('small', 'deep', 'backup'), '--db', db);
    const restore = limited('restore', at('large-backup'), '--db', at('small', 'db'));
    for (const { status, stderr } of [backup, restore]) {
      expect([status, stderr.includes('ulimit -f') || stderr.includes('is full')]).toEqual([1, true]);
      expect(stderr).toContain(at('small'));
    }
    expect(existsSync(at('small'))).toBe(false);
  });

  const damages: readonly [string, (backup: string) => void, RegExp][] = [
    [
      'a changed byte',
      (backup) => {
        flip(join(backup, 'facts.mdb'));
      },
      /facts\.mdb .*is not what was backed up/,
    ],
    [
      'a store that is cut off',
      (backup) => {
        truncateSync(join(backup, 'facts.mdb'), 65_536);
      },
      /facts\.mdb .*is not/,
    ],
    [
      'a missing store',
      (backup) => {
        rmSync(join(backup, 'facts.mdb'));
      },
      /facts\.mdb .*is not/,
    ],
    [
      'a device in place of the store',
      (backup) => {
        rmSync(join(backup, 'facts.mdb'));
        symlinkSync('/dev/zero', join(backup, 'facts.mdb'));
      },
      /facts\.mdb .*is not/,
    ],
    [
      'a pipe in place of the key',
      (backup) => {
        rmSync(join(backup, 'sealing-key'));
        execFileSync('mkfifo', [join(backup, 'sealing-key')]);
      },
      /sealing-key .*is not/,
    ],
    [
      'a pipe in place of the manifest',
      (backup) => {
        rmSync(join(backup, 'backup.json'));
        execFileSync('mkfifo', [join(backup, 'backup.json')]);
      },
      /not a complete backup/,
    ],
    [
      'a changed key',
      (backup) => {
        writeFileSync(join(backup, 'sealing-key'), 'x');
      },
      /sealing-key .*is not/,
    ],
    [
      'no manifest',
      (backup) => {
        rmSync(join(backup, 'backup.json'));
      },
      /not a complete backup/,
    ],
    [
      'a damaged manifest',
      (backup) => {
        writeFileSync(join(backup, 'backup.json'), '{"version":1}');
      },
      /is damaged/,
    ],
    [
      'a later manifest',
      (backup) => {
        writeFileSync(join(backup, 'backup.json'), '{"version":2}');
      },
      /another Clarion/,
    ],
    [
      'a manifest with a path in it',
      (backup) => {
        const manifest = JSON.parse(readFileSync(join(backup, 'backup.json'), 'utf8')) as { files: object };
        const files = { ...manifest.files, '../../escaped': { bytes: 0, sha256: '0'.repeat(64) } };
        writeFileSync(join(backup, 'backup.json'), JSON.stringify({ ...manifest, files }));
      },
      /is damaged/,
    ],
  ];
  it.each(damages)('restore nothing from a backup with %s', async (name, damage, message) => {
    const [backup, db] = [at(`damaged ${name}`), at(`restored ${name}`)];
    if (!existsSync(at('sound'))) {
      await run('backup', at('sound'), '--db', dataDirectory('sound-db'));
      expect((await run('restore', at('sound'), '--check')).code).toBe(0);
    }
    cpSync(at('sound'), backup, { recursive: true });
    damage(backup);
    for (const args of [['--check'], ['--db', db]]) {
      const { code, stderr } = await run('restore', backup, ...args);
      expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
    }
    expect(existsSync(db) ? readdirSync(db) : []).toEqual([]);
    chmodSync(backup, 0o700);
  });

  it('restore again after an interruption', async () => {
    await run('backup', at('interrupted'), '--db', dataDirectory('interrupted-db'));
    const db = at('interrupted-restored');
    mkdirSync(db);
    // The key was in its place, the store was not.
    cpSync(at('interrupted', 'sealing-key'), join(db, 'sealing-key'));
    writeFileSync(join(db, 'facts.mdb.restoring'), 'half');
    expect((await run('restore', at('interrupted'), '--db', db)).code).toBe(0);
    expect(readdirSync(db).sort()).toEqual(['facts.mdb', 'facts.mdb-lock', 'sealing-key']);
  });
});

function flip(path: string): void {
  const bytes = readFileSync(path);
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}
