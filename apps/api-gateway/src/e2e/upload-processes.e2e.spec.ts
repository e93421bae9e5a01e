import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  buildImage,
  type BuiltImage,
  childrenOf,
  file,
  goneProcess,
  sendSignal,
  type ServiceInstallation,
  startServiceInstallation,
  until,
  writeDockerArchive,
} from '@clarion/test-kit';

const folder = mkdtempSync(join(tmpdir(), 'clarion-uploads-'));
const release = file('etc/alpine-release', '3.22.0\n');
const image = buildImage({ layers: [[release], [file('mark', '1')]] });
let six: ServiceInstallation;

beforeAll(async () => {
  six = await startServiceInstallation({
    feeds: {},
    allowedHosts: [],
    variablesOf: { 'api-gateway': { CLARION_LAYER_TIME: '2s', CLARION_LAYER_MEMORY: '128MiB' } },
  });
});
// The next upload gets its own process. Those whose end the gateway has not seen yet are still its children.
afterEach(async () => {
  for (const child of children()) sendSignal(child, 'SIGKILL');
  await until('the processes are still there', () => children().length === 0, { every: 5 });
});
afterAll(async () => {
  await six.stop();
  rmSync(folder, { recursive: true, force: true });
});

const gateway = () => six.process('api-gateway');
const children = (): readonly number[] => childrenOf(gateway().pid);

interface Answer {
  readonly status: number;
  readonly detail?: string;
}

interface Uploading {
  readonly answer: Promise<Answer>;
  answered(): boolean;
}

function upload(built: BuiltImage): Uploading {
  const path = join(folder, 'archive.tar');
  writeDockerArchive(path, built, { form: 'v1.1' });
  let answered = false;
  const headers = { authorization: `Bearer ${six.api.token}`, 'content-type': 'application/gzip' };
  const answer = fetch(`${six.api.url}/api/v1/images`, { method: 'POST', headers, body: gzipSync(readFileSync(path)) })
    .then(async (response) => ({ ...((await response.json()) as object), status: response.status }))
    .finally(() => (answered = true));
  answer.catch(() => undefined);
  return { answer, answered: () => answered };
}

/** The reading processes, stopped as soon as they exist: they no longer answer. */
async function hung(): Promise<readonly number[]> {
  await until('a process reads', () => children().length > 0, { every: 5 });
  const reading = children();
  for (const child of reading) sendSignal(child, 'SIGSTOP');
  return reading;
}

async function answersMeanwhile(): Promise<void> {
  const { introspection_port: port } = await gateway().line('Starting');
  expect((await fetch(`http://127.0.0.1:${String(port)}/healthz`)).ok).toBe(true);
  expect((await six.api.call('GET', '/images')).status).toBe(200);
}

/** Why processes ended, from the log of the gateway. */
const recorded = (): readonly unknown[] =>
  gateway()
    .lines.filter(({ msg }) => msg === 'A process that was reading an archive is gone')
    .map(({ reason }) => reason);

const onLinux = process.platform === 'linux' ? describe : describe.skip;
onLinux('the gateway reads uploads in processes of their own (needs Linux)', () => {
  it('and composes their images there', async () => {
    expect(await upload(image).answer).toMatchObject({ status: 200, state: 'indexed' });
    expect(children()).toHaveLength(1);
    expect(recorded()).toEqual([]);
  });

  it('which are killed when they take too long, while the API answers', async () => {
    const uploading = upload(image);
    const reading = await hung();
    await answersMeanwhile();
    expect(uploading.answered()).toBe(false);
    const reason = 'took longer than 8 seconds';
    expect(await uploading.answer).toMatchObject({ status: 422, detail: expect.stringContaining(reason) as string });
    await until(`the log says that it ${reason}`, () => recorded().at(-1) === reason);
    for (const child of reading) await goneProcess(child);
  });

  it('which are killed when they take too much memory', async () => {
    const stanza = (n: number) => `Package: p${n}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n`;
    const status = Array.from({ length: 700_000 }, (_, n) => stanza(n)).join('');
    const reason = 'took more than 128 MiB of memory';
    const greedy = upload(buildImage({ layers: [[file('var/lib/dpkg/status', status)]] }));
    expect(await greedy.answer).toMatchObject({ status: 422, detail: expect.stringContaining(reason) as string });
    await until(`the log says that it ${reason}`, () => recorded().at(-1) === reason);
    await answersMeanwhile();
  });

  it('whose end is reported and does not end the gateway', async () => {
    const uploading = upload(image);
    for (const child of await hung()) sendSignal(child, 'SIGKILL');
    const reason = 'ended its process with SIGKILL';
    expect(await uploading.answer).toMatchObject({ status: 422, detail: expect.stringContaining(reason) as string });
    await until(`the log says that it ${reason}`, () => recorded().at(-1) === reason);
    expect(await upload(image).answer).toMatchObject({ status: 200, state: 'indexed' });
  });

  it('and ends within its grace period although one of them does not answer', async () => {
    const uploading = upload(image);
    const reading = await hung();
    gateway().kill('SIGTERM');
    expect(await gateway().ended).toBe(0);
    for (const child of reading) await goneProcess(child);
    await uploading.answer.catch(() => undefined);
  });

  it('which end with a gateway that is killed', async () => {
    await six.restart('api-gateway');
    const uploading = upload(image);
    const reading = await hung();
    gateway().kill('SIGKILL');
    await gateway().ended;
    for (const child of reading) {
      sendSignal(child, 'SIGCONT');
      await goneProcess(child);
    }
    await uploading.answer.catch(() => undefined);
  });
});
