import { ClarionError } from '@clarion/model';
import { buildImage, file, until, type BuiltImage } from '@clarion/test-kit';
import { PreconditionError, type UseCases } from '@clarion/use-cases';
import { archiveOf, debianImage, stateDebian } from '@clarion/use-cases/testing';
import { type HarborService, startHarborService } from '../testing/harbor-service';
import { poll, registryOf, scanBody, submitScan } from '../testing/scan-images';
import type { HarborApiOptions } from './harbor-api';

const image = debianImage(['openssl=3.0.11-1'], 'ended');
const unknownSystem = buildImage({
  layers: [
    [
      file('etc/os-release', 'ID=solus\nVERSION_ID="4"\n'),
      file('var/lib/dpkg/status', 'Package: a\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n'),
    ],
  ],
  compression: 'gzip',
});
const nothing = buildImage({ layers: [[file('hello', 'world')]], compression: 'gzip' });
const registry = registryOf([image, unknownSystem, nothing]);

let service: HarborService;
const others: HarborService[] = [];
beforeAll(async () => {
  service = await startHarborService({ dependencies: { resolveImage: registry.resolveImage } });
  await stateDebian(service.store, {});
  for (const one of [image, unknownSystem, nothing]) await service.useCases.images.upload(archiveOf(one), {});
});
afterEach(async () => {
  await Promise.all(others.splice(0).map((one) => one.close()));
});
afterAll(() => service.close());

/** Another process with the same store. */
async function another(
  options: Partial<HarborApiOptions> = {},
  images: Partial<UseCases['images']> = {},
): Promise<HarborService> {
  const useCases = { ...service.useCases, images: { ...service.useCases.images, ...images } };
  const started = await startHarborService({ useCases, ...options });
  others.push(started);
  return started;
}

/** The first answer that is not 302. */
async function ended(at: HarborService, id: string): Promise<{ readonly status: number; readonly message?: string }> {
  await until('it ended', async () => (await poll(at, id)).status !== 302);
  const { status, json } = await poll(at, id);
  const { error } = json as { readonly error?: { readonly message: string } };
  return { status, ...(error === undefined ? {} : { message: error.message }) };
}

const never = (): Promise<never> => new Promise(() => undefined);
const failing = (error: Error) => (): Promise<never> => Promise.reject(error);

describe('a scan that fails', () => {
  it.each<[what: string, error: Error, url: string, message: string]>([
    [
      'the registry says no',
      new ClarionError('unauthorized', 'The registry wants a login', { remedy: 'check the robot account' }),
      'https://core',
      'The registry wants a login; check the robot account',
    ],
    [
      'an address is not allowed',
      new ClarionError('egress-denied', '10.0.0.7 is private'),
      'https://core',
      'The address may not be reached from here',
    ],
    [
      'plain HTTP is not allowed',
      new ClarionError('upstream-unavailable', 'core:80 cannot be reached'),
      'http://core',
      'core:80 cannot be reached; registry.url begins with http://, which CLARION_EGRESS_INSECURE_HOSTS must allow for its host',
    ],
    ['something else happens', new TypeError('password=secret'), 'https://core', 'An internal error occurred'],
  ])('says why: %s', async (_, error, url, message) => {
    const broken = await another({}, { submit: failing(error) });
    const id = await submitScan(broken, scanBody(image, { registry: { url } }));
    const answer = await ended(broken, id);
    expect(answer.status).toBe(500);
    expect(answer.message).toContain(message);
    expect(answer.message).not.toMatch(/secret|10\.0\.0\.7/);
  });

  it('in reading its layers says so', async () => {
    const lost = debianImage(['openssl=3.0.11-1'], 'lost');
    const id = await submitScan(
      await another(
        {},
        {
          submit: () =>
            Promise.resolve({ digest: lost.manifestDigest, state: 'queued', submission: '1', ordered: true }),
        },
      ),
      scanBody(lost),
    );
    const view = await service.useCases.images.get(image.manifestDigest);
    const failure = { code: 'unauthorized', message: 'A layer cannot be pulled', remedy: 'scan it again' };
    const reading = await another({}, { get: () => Promise.resolve({ ...view, state: 'failed', failure }) });
    expect(await ended(reading, id)).toEqual({ status: 500, message: 'A layer cannot be pulled; scan it again' });
  });
});

describe('a process that ends', () => {
  const lost = debianImage(['openssl=3.0.11-1'], 'never submitted');

  it('leaves ids of submitted scans valid', async () => {
    const before = await another();
    const id = await submitScan(before, scanBody(image));
    await until('it is ready', async () => (await poll(before, id)).status === 200);
    expect((await poll(await another(), id)).status).toBe(200);
    expect((await poll(await another({ isAlone: false }), id)).status).toBe(200);
  });

  it('ends the scans that it had not submitted', async () => {
    const id = await submitScan(await another({}, { submit: never }), scanBody(lost));
    const message = 'The scan ended with the process that had accepted it; scan the image again';
    expect(await ended(await another(), id)).toEqual({ status: 500, message });
  });

  it('may be another one that is not known, until the time of the scan is over', async () => {
    const id = await submitScan(await another({}, { submit: never }), scanBody(lost));
    expect((await poll(await another({ isAlone: false }), id)).status).toBe(302);
    const later = (): Date => new Date(Date.now() + 3_700_000);
    expect(await ended(await another({ isAlone: false, now: later }), id)).toEqual({
      status: 500,
      message: 'The scan took longer than 60 minutes',
    });
  });

  it('is not waited for when its image was deleted', async () => {
    const done = await another({}, { submit: () => Promise.resolve(undefined as never) });
    const id = await submitScan(done, scanBody(lost));
    expect(await ended(done, id)).toEqual({
      status: 500,
      message: 'The image was deleted after its scan; scan it again',
    });
  });
});

describe('a full queue', () => {
  it('is waited for', async () => {
    let tries = 0;
    const full = new PreconditionError('queue-full', 'Too much waits', 0.01);
    const busy = await another(
      {},
      {
        submit: (...of) => (++tries < 3 ? Promise.reject(full) : service.useCases.images.submit(...of)),
      },
    );
    const id = await submitScan(busy, scanBody(image));
    expect((await ended(busy, id)).status).toBe(200);
    expect(tries).toBe(3);
  });

  it('is waited for no longer than a scan may take', async () => {
    const full = new PreconditionError('queue-full', 'Too much waits', 60);
    const busy = await another({ scanMillis: 50 }, { submit: failing(full) });
    const id = await submitScan(busy, scanBody(debianImage([], 'waits')));
    expect((await ended(busy, id)).status).toBe(500);
  });
});

describe('a report that would look clean', () => {
  it.each<[what: string, of: BuiltImage, reason: string]>([
    ['a system that no feed covers', unknownSystem, 'distribution unknown'],
    ['an image without packages', nothing, 'No package was found in the image'],
  ])('is an error for %s', async (_, of, reason) => {
    const id = await submitScan(service, scanBody(of));
    const { status, message } = await ended(service, id);
    expect(status).toBe(500);
    expect(message).toContain(reason);
  });

  it('says so where that is configured', async () => {
    const open = await another({ unsupported: 'attributes' });
    const id = await submitScan(open, scanBody(nothing));
    expect((await ended(open, id)).status).toBe(200);
    expect((await poll(open, id)).json).toMatchObject({
      severity: 'None',
      vendor_attributes: { unsupported: ['No package was found in the image'] },
      vulnerabilities: [],
    });
  });

  it('is clean for a system with data', async () => {
    const id = await submitScan(service, scanBody(image));
    expect(await ended(service, id)).toEqual({ status: 200 });
  });
});
