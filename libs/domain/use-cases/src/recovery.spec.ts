import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInProcessBus } from '@clarion/bus-in-process';
import type { BusMessage } from '@clarion/model';
import { type BuiltImage, openWork, until } from '@clarion/test-kit';
import { debianImage, type TestInstallation, openssl, startInstallation, stateDebian } from '../testing/installation';
import type { SubmitRequest } from './use-cases';

const built = debianImage(['openssl=3.0.11-1'], 'one');

let blobs: Server;
let base: string;
const asked: string[] = [];
beforeAll(async () => {
  const byDigest = new Map(built.layers.map(({ digest, blob }) => [`/${digest}`, blob]));
  blobs = createServer((request, response) => {
    asked.push(`${request.url ?? ''} ${request.headers.authorization ?? ''}`);
    const blob = byDigest.get(request.url ?? '');
    if (blob === undefined) response.writeHead(404).end();
    else response.end(blob);
  });
  await new Promise<void>((resolve) => blobs.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(blobs.address() as AddressInfo).port}`;
});
afterAll(() => {
  blobs.close();
});

function manifest(image: BuiltImage, changes: Partial<Extract<SubmitRequest, { kind: 'layers' }>> = {}): SubmitRequest {
  return {
    kind: 'layers',
    digest: image.manifestDigest,
    layers: image.layers.map(({ digest }) => ({
      digest,
      url: `${base}/${digest}`,
      headers: { Authorization: 'secret' },
    })),
    ...changes,
  };
}

describe('what a crash leaves', () => {
  let here: TestInstallation;
  beforeEach(async () => {
    here = await startInstallation();
    await stateDebian(here.store, { openssl: [openssl('3.0.13-1')] });
  });
  afterEach(() => here.close());

  it('between a submission and its work is found and done', async () => {
    // Like a process that dies after the record was written: nothing ever reaches the bus.
    const dead = createInProcessBus();
    dead.publish = () => Promise.reject(new Error('died'));
    const broken = await startInstallation({ ...here.dependencies, bus: dead });
    await expect(broken.useCases.images.submit(manifest(built))).rejects.toThrow('died');
    await broken.close();
    here.work();
    expect(await here.useCases.images.get(built.manifestDigest)).toMatchObject({ state: 'queued' });

    expect(await here.useCases.reconcile({ olderThanSeconds: 3600 })).toBe(0);
    expect(await here.useCases.reconcile({ olderThanSeconds: -1 })).toBe(1);
    const image = await here.useCases.images.get(built.manifestDigest, { waitMillis: 30_000 });
    expect(image).toMatchObject({ state: 'indexed', reference: built.manifestDigest, severities: { Medium: 1 } });
    expect(await here.useCases.reconcile({ olderThanSeconds: -1 })).toBe(0);
    expect(asked).toContain(`/${built.layers[0]?.digest ?? ''} secret`);
    const stored = JSON.stringify(await here.store.image(built.manifestDigest));
    expect(stored).not.toContain('secret');
  });

  it('is queued again for the callers who had submitted it, and shows no caller in answers', async () => {
    const published: BusMessage[] = [];
    const noting = createInProcessBus();
    noting.publish = (messages) => {
      published.push(...messages);
      return Promise.resolve();
    };
    const other = await startInstallation({ ...here.dependencies, bus: noting });
    const { images } = other.useCases;
    await images.submit(manifest(built), { caller: 'one' });
    // It is the work of both, and is published again only for the caller who does not have it on the bus.
    await images.submit(manifest(built), { caller: 'another' });
    await images.submit(manifest(built), { caller: 'another' });
    await images.submit(manifest(built), { caller: 'one' });
    const both = ['one', 'one', 'another', 'another'];
    expect(published.map(({ caller }) => caller)).toEqual(both);
    expect(await other.useCases.reconcile({ olderThanSeconds: -1 })).toBe(1);
    expect(published.map(({ caller }) => caller)).toEqual([...both, ...both]);
    expect(new Set(published.map(({ event }) => JSON.stringify(event))).size).toBe(2);
    expect(JSON.stringify(published.map(({ event }) => event))).not.toContain('"one"');
    expect(JSON.stringify(await images.get(built.manifestDigest))).not.toContain('"one"');
    // It is not queued again for a caller whose waiting work is at the limit.
    noting.backlog = (_, caller) => Promise.resolve({ ofCaller: caller === 'one' ? 10_000 : 9999, inAll: 19_999 });
    published.length = 0;
    expect(await other.useCases.reconcile({ olderThanSeconds: -1 })).toBe(1);
    expect(published.map(({ caller }) => caller)).toEqual(['another', 'another']);
    await other.close();
  });

  it('of work that was dead-lettered is replayed as a new submission', async () => {
    const gone = manifest(built, {
      layers: built.layers.map(({ digest }) => ({ digest, url: `${base}/gone` })),
    });
    await here.useCases.images.submit(gone);
    here.work();
    const failed = await here.useCases.images.get(built.manifestDigest, { waitMillis: 30_000 });
    expect(failed).toMatchObject({ state: 'failed', failure: { code: 'not-found' } });
    await expect(here.useCases.images.report(built.manifestDigest)).rejects.toMatchObject({ code: 'not-indexed' });

    const { submission } = (await here.store.image(built.manifestDigest)) ?? {};
    const event = {
      kind: 'work.layer',
      image: built.manifestDigest,
      submission: submission?.id ?? '',
      layer: 0,
    } as const;
    const letter = { id: 'one', event, at: new Date().toISOString(), deliveries: 2, code: 'internal', message: 'no' };
    await here.store.putDeadLetter({ ...letter, code: 'internal' });
    expect((await here.useCases.deadLetters.list({ limit: 5 })).items).toHaveLength(1);
    await here.useCases.deadLetters.replay('one');
    expect((await here.useCases.deadLetters.list({ limit: 5 })).items).toEqual([]);
    const again = (await here.store.image(built.manifestDigest))?.submission;
    expect(again?.id).not.toBe(submission?.id);
    await expect(here.useCases.deadLetters.replay('one')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('of a change that was just published is on the bus again at once, as often as it is replayed', async () => {
    const patient = await startInstallation({ bus: createInProcessBus() });
    const { bus, store, useCases } = patient;
    const update = '0190163d-8694-7000-8000-000000000001';
    const event = { kind: 'advisories.changed', update, vulnerability: 'CVE-1' } as const;
    const waiting = async () => (await bus.queues()).find(({ kind }) => kind === event.kind)?.waiting;
    // The bus deduplicates events for some minutes.
    await bus.publish([{ event }, { event }]);
    expect(await waiting()).toBe(1);
    const letter = { at: new Date().toISOString(), deliveries: 1, code: 'internal', message: 'no' } as const;
    await store.putDeadLetter({ ...letter, id: 'two', event });
    await useCases.deadLetters.replay('two');
    expect(await waiting()).toBe(2);
    await store.putDeadLetter({ ...letter, id: 'three', event: { ...event, replay: 'before' } });
    await useCases.deadLetters.replay('three');
    expect(await waiting()).toBe(3);
    await store.putDeadLetter({ ...letter, id: 'four', event });
    await useCases.deadLetters.remove('four');
    await expect(useCases.deadLetters.remove('four')).rejects.toMatchObject({ code: 'not-found' });
    await patient.close();
  });
});

describe('a manifest of a caller', () => {
  let here: TestInstallation;
  beforeAll(async () => {
    here = await startInstallation({ limits: { waitingLayers: 4 } });
  });
  afterAll(() => here.close());

  it.each([
    ['the metadata service', { url: 'http://169.254.169.254/latest' }, 'egress-denied'],
    ['a file', { url: 'file:///etc/passwd' }, 'egress-denied'],
    ['no address', { url: 'layer' }, 'invalid-input'],
    ['a host header', { headers: { Host: 'inside' } }, 'invalid-input'],
    ['a cookie', { headers: { Cookie: 'a=b' } }, 'invalid-input'],
    ['a second line', { headers: { Accept: 'a\r\nHost: b' } }, 'invalid-input'],
    ['an invalid digest', { digest: 'sha256:0' }, 'invalid-input'],
  ])('with %s is refused', async (_what, layer, code) => {
    const [first] = built.layers;
    const whole = { digest: first?.digest ?? '', url: `${base}/x`, ...layer };
    await expect(here.useCases.images.submit(manifest(built, { layers: [whole] }))).rejects.toMatchObject({ code });
  });

  it('cannot claim other layers for a digest that is known', async () => {
    await here.useCases.images.submit(manifest(built));
    const other = debianImage(['bash=1'], 'other');
    const claim = manifest(other, { digest: built.manifestDigest });
    await expect(here.useCases.images.submit(claim)).rejects.toMatchObject({ code: 'conflict' });
    expect((await here.store.image(built.manifestDigest))?.image.layers.map(({ digest }) => digest)).toEqual(
      built.layers.map(({ digest }) => digest),
    );
  });

  describe('is rejected while too much work waits', () => {
    const full = { code: 'queue-full', retryAfterSeconds: 10 };
    let images = 0;
    /** An image of two layers. */
    const another = (): SubmitRequest => manifest(debianImage(['bash=1'], `image ${(images += 1)}`));
    const submitAs = (caller: string | undefined, request = another()): Promise<unknown> =>
      here.useCases.images.submit(request, caller === undefined ? {} : { caller });
    beforeEach(async () => {
      await here.close();
      here = await startInstallation({ limits: { waitingLayers: 4 } });
    });

    it.each([undefined, 'one'])('for its caller, and for nobody else: %s', async (caller) => {
      await submitAs(caller);
      await submitAs(caller);
      await expect(submitAs(caller)).rejects.toMatchObject({
        ...full,
        message: 'Of what you have submitted, 4 layers wait to be read: no more of one caller may wait',
      });
      await submitAs('other');
    });

    it('for a caller who submits everything at once', async () => {
      const results = await Promise.allSettled(Array.from({ length: 50 }, () => submitAs('one')));
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
      expect(await here.bus.backlog('work.layer', 'one')).toEqual({ ofCaller: 4, inAll: 4 });
      await submitAs('other');
    });

    it('for a caller who waits for what others have submitted', async () => {
      const shared = [another(), another()];
      for (const request of shared) await submitAs('one', request);
      for (const request of shared) await submitAs('two', request);
      await expect(submitAs('two')).rejects.toMatchObject(full);
      expect(await here.bus.backlog('work.layer', 'two')).toEqual({ ofCaller: 4, inAll: 4 });
    });

    it('for all, when many have their whole share', async () => {
      for (let n = 0; n < 10; n += 1) for (let image = 0; image < 2; image += 1) await submitAs(`caller ${n}`);
      await expect(submitAs('other')).rejects.toMatchObject({
        ...full,
        message: '40 layers of all callers wait to be read: no more may wait',
      });
    });

    it('no longer than it does', async () => {
      await submitAs('one');
      await submitAs('one');
      await expect(submitAs('one')).rejects.toMatchObject(full);
      here.work();
      await until('all is read', async () => (await openWork(here.bus)) === 0);
      await submitAs('one');
    });

    it('but for an image that is larger than a share, when nothing else of its caller waits', async () => {
      const large = manifest(debianImage(['a=1', 'b=2', 'c=3'], 'large'));
      const layers = [1, 2, 3].flatMap(() => (large as { layers: readonly { digest: string; url: string }[] }).layers);
      const distinct = layers.map((layer, n) => ({ ...layer, digest: `sha256:${String(n).padStart(64, '0')}` }));
      await submitAs('one', { ...large, layers: distinct } as SubmitRequest);
      await expect(submitAs('one')).rejects.toMatchObject(full);
    });
  });

  it('without layers is complete at once', async () => {
    const empty = await startInstallation();
    const digest = `sha256:${'a'.repeat(64)}`;
    await empty.useCases.images.submit({ kind: 'layers', digest, layers: [] });
    expect(await empty.useCases.images.get(digest)).toMatchObject({ state: 'indexed', layers: [] });
    await empty.close();
  });
});
