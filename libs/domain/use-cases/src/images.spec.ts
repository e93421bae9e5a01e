import { readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { canStartRegistry, startRegistry, type RunningRegistry, writeDockerArchive } from '@clarion/test-kit';
import {
  debianImage,
  type TestInstallation,
  openssl,
  startInstallation,
  stateDebian,
  reportText,
} from '../testing/installation';
import type { ImageSearch } from './use-cases';

const built = debianImage(['openssl=3.0.11-1', 'bash=5.2-1'], 'one');
const suite = canStartRegistry() ? describe : describe.skip;

suite('images of a registry', () => {
  let registry: RunningRegistry;
  let here: TestInstallation;
  beforeAll(async () => {
    registry = await startRegistry({ auth: 'htpasswd' });
    await registry.pushImage('team/app', '1', built);
    await registry.pushImage('team/app', '2', built);
    here = await startInstallation();
    await stateDebian(here.store, { openssl: [openssl('3.0.13-1')] });
  });
  afterAll(async () => {
    await here.close();
    await registry.close();
  });

  const submit = (tag: string) =>
    here.useCases.images.submit({
      kind: 'reference',
      reference: `${registry.host}/team/app:${tag}`,
      credentials: { username: registry.username, password: registry.password },
    });

  it('are one unit of work however often they are submitted, indexed once, and reported', async () => {
    const [first, second] = [await submit('1'), await submit('2')];
    expect(first).toMatchObject({ digest: built.manifestDigest, state: 'queued', ordered: true });
    expect(second).toEqual({ ...first, ordered: false });
    const stored = await here.store.image(first.digest);
    expect(JSON.stringify(stored)).not.toContain(registry.password);
    expect(await here.bus.queues()).toContainEqual(expect.objectContaining({ kind: 'work.layer', waiting: 2 }));

    here.work();
    const image = await here.useCases.images.get(first.digest, { waitMillis: 30_000 });
    expect(image).toMatchObject({
      state: 'indexed',
      reference: `${registry.host}/team/app:2`,
      references: [`${registry.host}/team/app:1`, `${registry.host}/team/app:2`],
      failure: null,
      severities: { Medium: 1, High: 0 },
    });
    expect([...here.opened].sort()).toEqual(built.layers.map(({ digest }) => digest).sort());
    expect(await submit('1')).toMatchObject({ state: 'indexed', ordered: false, submission: first.submission });
    expect(here.opened).toHaveLength(2);
  });

  it.each<[string, (host: string) => ImageSearch, number]>([
    ['all', () => ({ by: 'all' }), 1],
    ['the repository', (host) => ({ by: 'repository', repository: `${host}/team/app` }), 1],
    ['another repository', (host) => ({ by: 'repository', repository: `${host}/team` }), 0],
    ['a severity it has', () => ({ by: 'severity', severity: 'Medium' }), 1],
    ['a severity it has not', () => ({ by: 'severity', severity: 'Critical' }), 0],
    ['a package', () => ({ by: 'package', package: 'bash' }), 1],
    ['another package', () => ({ by: 'package', package: 'zsh' }), 0],
    ['a vulnerability', () => ({ by: 'vulnerability', vulnerability: 'CVE-2023-5678' }), 1],
    ['another vulnerability', () => ({ by: 'vulnerability', vulnerability: 'CVE-2023-5679' }), 0],
  ])('are found by %s', async (_what, search, count) => {
    const found = await here.useCases.images.list(search(registry.host), { limit: 10 });
    expect(found.items.map(({ digest }) => digest)).toEqual(count === 0 ? [] : [built.manifestDigest]);
    expect(found.next).toBeUndefined();
  });

  it('have a report whose tag is valid until facts change', async () => {
    const first = await here.useCases.images.report(built.manifestDigest);
    if (first.body === undefined) throw new Error('no body');
    expect(JSON.parse(await reportText(first))).toMatchObject({
      clarion: { version: '1.2.3' },
      image: { reference: `${registry.host}/team/app:1`, manifestDigest: built.manifestDigest },
      findings: [{ id: 'CVE-2023-5678', fixedIn: '3.0.13-1', package: { name: 'openssl' } }],
      coverage: { complete: true },
    });
    expect(await here.useCases.images.report(built.manifestDigest, { notTag: [first.tag] })).toEqual({
      tag: first.tag,
    });
    const table = await here.useCases.images.report(built.manifestDigest, { format: 'table' });
    expect(table.tag).not.toBe(first.tag);
    expect(await reportText(table)).toContain('CVE-2023-5678');
    await stateDebian(here.store, { openssl: [openssl('3.0.11-1')] });
    const later = await here.useCases.images.report(built.manifestDigest, { notTag: [first.tag] });
    expect(JSON.parse(await reportText(later))).toMatchObject({ findings: [] });
  });

  it('list their packages and layers', async () => {
    const first = await here.useCases.images.packages(built.manifestDigest, { limit: 1 });
    expect(first).toMatchObject({ items: [{ name: 'bash', version: '5.2-1' }] });
    const rest = await here.useCases.images.packages(built.manifestDigest, { limit: 1, after: first.next ?? '' });
    expect(rest).toEqual({ items: [expect.objectContaining({ name: 'openssl' })] });
    // A cursor of another list is invalid here.
    await expect(here.useCases.notifications.list({}, { limit: 1, after: first.next ?? '' })).rejects.toMatchObject({
      code: 'invalid-input',
    });
    const layers = await here.useCases.images.layers(built.manifestDigest);
    expect(layers.map(({ diffId, tarBytes }) => [diffId, tarBytes])).toEqual(
      built.layers.map(({ diffId, tar }) => [diffId, tar.length]),
    );
  });

  it.each([
    ['unauthorized', { reference: () => `${registry.host}/team/app:1` }],
    ['invalid-input', { reference: () => '/etc/passwd' }],
    ['unauthorized', { reference: () => `${registry.host}/team/none:1` }],
  ])('are refused: %s', async (code, { reference }) => {
    const wrong = { username: 'alice', password: 'guess' };
    const request = { kind: 'reference', reference: reference(), credentials: wrong } as const;
    await expect(here.useCases.images.submit(request)).rejects.toMatchObject({ code });
  });

  it('are deleted', async () => {
    await here.useCases.images.remove(built.manifestDigest);
    for (const call of ['get', 'report', 'remove', 'layers'] as const) {
      await expect(here.useCases.images[call](built.manifestDigest)).rejects.toMatchObject({ code: 'not-found' });
    }
    expect(await submit('1')).toMatchObject({ ordered: true });
    await here.useCases.images.get(built.manifestDigest, { waitMillis: 30_000 });
    expect(here.opened).toHaveLength(2);
  });
});

describe('archives', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'clarion-archives-'));
  const archive = path.join(folder, 'app.tar');
  let here: TestInstallation;
  beforeAll(async () => {
    writeDockerArchive(archive, built, { form: 'oci-carrying' });
    here = await startInstallation();
    await stateDebian(here.store, { openssl: [openssl('3.0.13-1')] });
  });
  afterAll(async () => {
    await here.close();
    rmSync(folder, { recursive: true });
  });

  async function* sent(): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    yield readFileSync(archive);
  }

  it('are indexed while they arrive, and are one image', async () => {
    const first = await here.useCases.images.upload(sent(), { reference: 'ours/app:1' });
    expect(first).toMatchObject({ state: 'indexed', ordered: true });
    expect(await here.useCases.images.upload(sent(), {})).toEqual({ ...first, ordered: false });
    const report = await here.useCases.images.report(first.digest);
    expect(JSON.parse(await reportText(report))).toMatchObject({ findings: [{ id: 'CVE-2023-5678' }] });
    expect(await here.useCases.images.list({ by: 'repository', repository: 'ours/app' }, { limit: 5 })).toMatchObject({
      items: [{ digest: first.digest }],
    });
  });

  it('that break off leave no image', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      await Promise.resolve();
      yield readFileSync(archive).subarray(0, 2000);
      throw new Error('gone');
    }
    await expect(here.useCases.images.upload(broken(), {})).rejects.toThrow('gone');
    expect((await here.useCases.images.list({ by: 'all' }, { limit: 10 })).items).toHaveLength(1);
  });

  it('are refused beyond their number, but for the first one of another caller', async () => {
    const busy = await startInstallation({ limits: { uploads: 2 } });
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(1);
      await released;
    }
    const upload = (archive: AsyncIterable<Uint8Array>, caller: string) =>
      busy.useCases.images.upload(archive, { caller }).catch((error: unknown) => error);
    const full = { code: 'queue-full' };
    const slowly = [upload(slow(), 'one'), upload(slow(), 'one')];
    expect(await upload(sent(), 'one')).toMatchObject(full);
    expect(await upload(sent(), 'another')).toMatchObject({ state: 'indexed' });
    slowly.push(upload(slow(), 'another'));
    for (const caller of ['one', 'another', 'third']) expect(await upload(sent(), caller)).toMatchObject(full);
    release();
    expect(await Promise.all(slowly)).toMatchObject(slowly.map(() => ({ code: 'invalid-input' })));
    expect(await upload(sent(), 'one')).toMatchObject({ state: 'indexed' });
    await busy.close();
  });
});
