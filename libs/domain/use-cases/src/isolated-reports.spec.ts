import { readFile } from 'node:fs/promises';
import { ProcessEnded } from '@clarion/child-processes';
import { decode } from '@clarion/content-codings';
import { emptyFile, fillFile } from '@clarion/layer-sources';
import { createUseCases } from './create-use-cases';
import { isolatedReports, type ReportJob } from './isolated-reports';
import {
  archiveOf,
  debianImage,
  type TestInstallation,
  namesImage,
  openssl,
  startInstallation,
  stateDebian,
  upgradedImage,
  reportText,
} from '../testing/installation';
import type { ReportFile } from './report-file';
import { reportContent } from './rendered-report';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const many = Array.from({ length: 5001 }, (_, at) => `lib${at}=1`);
const large = debianImage([...many, 'openssl=3.0.11-1'], 'large');
const small = debianImage(['openssl=3.0.11-1'], 'small');
/** A small layer over a large one. */
const long = Array.from({ length: 8000 }, (_, at) => `lib${at}-${'x'.repeat(100)}=1`);
const upgraded = upgradedImage([long, ['openssl=3.0.11-1']]);
/** Few facts in all, but each layer adds names that are compared again. */
const layered = namesImage(12_000, 20);

async function textOf(file: ReportFile | undefined): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of file?.content() ?? []) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('reports of large images', () => {
  let here: TestInstallation;
  const jobs: ReportJob[] = [];
  let ends: ProcessEnded | undefined;
  beforeAll(async () => {
    // As in a separate process, which has the same store.
    async function* run(job: ReportJob): AsyncGenerator<never> {
      jobs.push(job);
      if (ends !== undefined) throw ends;
      const { dependencies } = here;
      const deps = { ...dependencies, now: () => new Date(), maxFeedAgeMinutes: 10_080 };
      await fillFile(job.path, reportContent(job, deps));
      yield* [];
    }
    const limits = { ofCaller: 2, inAll: 3 };
    const renderElsewhere = isolatedReports({ pool: { run }, emptyFile, log, limits });
    // Without room for keeping any.
    here = await startInstallation({ renderElsewhere, limits: { reportBytes: 0 } });
    await stateDebian(here.store, { openssl: [openssl('3.0.13-1')], lib7: [{ id: 'CVE-7', state: 'affected' }] });
    for (const image of [large, small, upgraded, layered]) await here.useCases.images.upload(archiveOf(image), {});
  });
  beforeEach(() => {
    jobs.length = 0;
    ends = undefined;
  });
  afterAll(() => here.close());

  it.each(['json', 'table', 'cyclonedx'])('are written into files, as %s as others are', async (format) => {
    const { images } = here.useCases;
    const found = await images.report(large.manifestDigest, { format });
    const text = await textOf(found.file);
    expect(found.file?.bytes).toBe(Buffer.byteLength(text));
    await found.file?.close();
    expect(jobs.map(({ digest }) => digest)).toEqual([large.manifestDigest]);
    await expect(readFile(jobs[0]?.path ?? '')).rejects.toMatchObject({ code: 'ENOENT' });
    const { renderElsewhere: _, ...alone } = here.dependencies;
    expect(text).toBe(await reportText(await createUseCases(alone).images.report(large.manifestDigest, { format })));
    if (format === 'json') expect((JSON.parse(text) as { findings: unknown[] }).findings).toHaveLength(2);
    expect(await images.report(large.manifestDigest, { format, notTag: [found.tag] })).toEqual({ tag: found.tag });
  });

  it('are how lists are made as well, with the same content as elsewhere', async () => {
    const { images } = here.useCases;
    const { renderElsewhere: _, ...alone } = here.dependencies;
    const direct = createUseCases(alone).images;
    for (let page = 0, after: string | undefined; page === 0 || after !== undefined; page += 1) {
      const request = { limit: 2000, ...(after === undefined ? {} : { after }) };
      const found = await images.packages(large.manifestDigest, request, { caller: 'lists' });
      expect(found).toEqual(await direct.packages(large.manifestDigest, request));
      expect(found.items).toHaveLength(page < 2 ? 2000 : 1002);
      after = found.next;
    }
    expect(await images.layers(large.manifestDigest)).toEqual(await direct.layers(large.manifestDigest));
    expect(jobs).toHaveLength(4);
    await images.packages(small.manifestDigest, { limit: 1 });
    await images.layers(small.manifestDigest);
    expect(jobs).toHaveLength(4);
  });

  it('include those of images that take many steps to compose', async () => {
    const { images } = here.useCases;
    expect((await images.packages(layered.manifestDigest, { limit: 10 })).items).toHaveLength(1);
    const { file } = await images.report(layered.manifestDigest);
    expect(await textOf(file)).toContain('CVE-2023-5678');
    await file?.close();
    expect(jobs).toHaveLength(2);
  });

  it('do not include those of small images', async () => {
    expect(await reportText(await here.useCases.images.report(small.manifestDigest))).toContain('CVE-2023-5678');
    expect(jobs).toEqual([]);
  });

  it('include those of images with few remaining packages, if composing them reads a lot', async () => {
    const { images } = here.useCases;
    const { manifestDigest } = upgraded;
    expect((await images.packages(manifestDigest, { limit: 10 })).items).toHaveLength(1);
    expect(await images.layers(manifestDigest)).toHaveLength(2);
    const { file } = await images.report(manifestDigest);
    expect(await textOf(file)).toContain('CVE-2023-5678');
    await file?.close();
    expect(jobs.map(({ digest }) => digest)).toEqual([manifestDigest, manifestDigest, manifestDigest]);
  });

  it('are kept, compressed, where there is room', async () => {
    const { images } = createUseCases({ ...here.dependencies, limits: { reportBytes: 1024 ** 2 } });
    const { file } = await here.useCases.images.report(large.manifestDigest);
    const expected = await textOf(file);
    await file?.close();
    jobs.length = 0;
    for (const coding of [undefined, 'gzip', 'br'] as const) {
      const { body, tag } = await images.report(large.manifestDigest);
      const bytes = (await body?.in(coding)) ?? Buffer.alloc(0);
      const plain = coding === undefined ? bytes : await decode(bytes, coding, expected.length);
      expect([body?.bytes, Buffer.from(plain).toString() === expected]).toEqual([expected.length, true]);
      expect((await images.report(large.manifestDigest, { notTag: [tag] })).body).toBeUndefined();
    }
    expect(jobs).toHaveLength(1);
    await stateDebian(here.store, { openssl: [openssl('3.0.14-1')] });
    expect(await reportText(await images.report(large.manifestDigest))).toContain('3.0.14-1');
    expect(jobs).toHaveLength(2);
    await stateDebian(here.store, { openssl: [openssl('3.0.13-1')] });
  });

  it('are bounded, for each caller and for all, until they are closed', async () => {
    const ask = (caller: string) => here.useCases.images.report(large.manifestDigest, { caller });
    const answers = [await ask('a'), await ask('a')];
    await expect(ask('a')).rejects.toMatchObject({ code: 'queue-full', retryAfterSeconds: 10 });
    answers.push(await ask('b'));
    await expect(ask('c')).rejects.toMatchObject({ code: 'queue-full' });
    expect(jobs).toHaveLength(3);
    for (const { file } of answers) await Promise.all([file?.close(), file?.close()]);
    for (const caller of ['c', 'a']) await (await ask(caller)).file?.close();
    expect(jobs).toHaveLength(5);
  });

  it.each([
    [false, 'limit-exceeded'],
    [true, 'upstream-unavailable'],
  ])('whose process ends (asked to: %s) are reported, and release their slots', async (stopped, code) => {
    ends = new ProcessEnded('took more than 512 MiB of memory', { part: undefined, stopped });
    for (let tries = 0; tries < 4; tries += 1) {
      await expect(here.useCases.images.report(large.manifestDigest, { caller: 'd' })).rejects.toMatchObject({
        code,
        message: 'Writing the report took more than 512 MiB of memory',
      });
    }
  });
});
