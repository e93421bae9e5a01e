import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ProcessEnded } from '@clarion/child-processes';
import { localDetectorClient } from '@clarion/detector-client';
import { featureDetectors } from '@clarion/feature-detectors';
import {
  enabledDetectors,
  type ClarionEvent,
  type EventOf,
  type SeverityCounts,
  type Store,
  type StoredImage,
  type Submission,
} from '@clarion/model';
import { namespaceDetectors } from '@clarion/namespace-detectors';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { buildImage, type BuiltImage, file, openBuiltImage } from '@clarion/test-kit';
import { indexLayer, type IndexLayerDeps } from '../index-layer';
import { rememberedLayers } from '../remembered-layers';
import { doImageJob, type ImageJob, type ImageReply, type LayerJob } from './image-job';
import { isolatedLayers } from './isolated-layers';

const detectors = localDetectorClient([...namespaceDetectors, ...enabledDetectors(featureDetectors)]);
const counts: SeverityCounts = { Critical: 0, High: 2, Medium: 0, Low: 1, Negligible: 0, Unknown: 0 };
const now = (): Date => new Date('2026-01-01T00:00:00Z');
const log = { debug: jest.fn(), info: jest.fn(), warn: jest.fn(), error: jest.fn(), child: jest.fn() };
const status = 'var/lib/dpkg/status';
const stanza = (name: string): string =>
  `Package: ${name}\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n`;
const base = [file('etc/os-release', 'ID=debian\nVERSION_ID="12"\n'), file(status, stanza('base'))];
const builtImages = (count: number): readonly BuiltImage[] =>
  Array.from({ length: count }, (_, number) => {
    const own = { name: `app-${number}`, version: '1.0.0' };
    return buildImage({ layers: [base, [file('srv/node_modules/a/package.json', JSON.stringify(own))]] });
  });

/** An installation whose processes are this one. */
interface Installation {
  readonly store: Store;
  readonly jobs: string[];
  /** Digests of the images whose layers were opened. */
  readonly opened: string[];
  readonly handle: (built: BuiltImage, layer: number, delivery?: number) => Promise<readonly ClarionEvent[]>;
  readonly record: (built: BuiltImage) => Promise<StoredImage | undefined>;
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

type Job = ImageJob | LayerJob;

async function install(
  built: readonly BuiltImage[],
  fail: (job: Job) => Error | undefined = () => undefined,
): Promise<Installation> {
  const folder = mkdtempSync(path.join(tmpdir(), 'clarion-isolated-'));
  const store = await openEmbeddedStore({ directory: folder, now });
  closing.push(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  for (const one of built) await store.changeImage(one.manifestDigest, () => submitted(one));
  const [jobs, opened]: [string[], string[]] = [[], []];
  const open = ({ manifestDigest }: StoredImage) => {
    opened.push(manifestDigest);
    return Promise.resolve(openBuiltImage(built.find((one) => one.manifestDigest === manifestDigest)!));
  };
  const deps: IndexLayerDeps = { store, detectors, open, count: () => Promise.resolve(counts), now, owner: 'spec' };
  const layers = rememberedLayers(store);
  const openArchive = () => Promise.reject(new Error('There is no archive'));
  async function* run(job: Job): AsyncGenerator<ImageReply, void> {
    jobs.push(job.kind === 'compose together' ? `${job.images.length} together` : job.kind);
    const failure = fail(job);
    if (failure !== undefined) throw failure;
    const context = { signal: new AbortController().signal, begin: jest.fn(), sendReply: jest.fn() };
    if (job.kind !== 'layer') yield* doImageJob(job, { ...deps, layers, openArchive }, context);
    else {
      const handler = indexLayer({ ...deps, completes: job.onlyRead !== true });
      for await (const event of handler(job.work, { ...context, delivery: job.delivery }))
        yield { kind: 'event', event };
    }
  }
  const handler = isolatedLayers({ pool: { run }, store, detectors, log, stopping: new AbortController().signal });
  return {
    ...{ store, jobs, opened },
    async handle({ manifestDigest: image }, layer, delivery = 1) {
      const work: EventOf<'work.layer'> = { kind: 'work.layer', image, submission: 's', layer };
      const events: ClarionEvent[] = [];
      for await (const event of handler(work, { signal: new AbortController().signal, delivery })) events.push(event);
      return events;
    },
    record: ({ manifestDigest }) => store.image(manifestDigest),
  };
}

function submitted(built: BuiltImage): StoredImage {
  const origin = { kind: 'registry', reference: `registry.example/team/app@${built.manifestDigest}` } as const;
  const submission: Submission = { id: 's', state: 'queued', origin, submittedAt: now().toISOString() };
  const { manifestDigest } = built;
  return { manifestDigest, image: openBuiltImage(built).image, layers: [], usedAt: now().toISOString(), submission };
}

const kindsOf = (events: readonly ClarionEvent[]): readonly string[] =>
  events.map((event) =>
    event.kind === 'layer.indexed' ? `${event.kind} ${event.read ? 'read' : 'known'}` : event.kind,
  );

describe('work on layers in other processes', () => {
  it('reads each layer once, and completes the image with the last one', async () => {
    const [built] = builtImages(1);
    const { handle, record, jobs } = await install([built!]);
    expect(kindsOf(await handle(built!, 1))).toEqual(['layer.indexed read']);
    expect(kindsOf(await handle(built!, 0))).toEqual(['layer.indexed read', 'image.indexed']);
    expect(jobs).toEqual(['layer', 'layer', '1 together']);
    expect((await record(built!))?.submission?.state).toBe('indexed');
    expect(await handle(built!, 0)).toEqual([]);
  });

  it('gives a known layer to no process', async () => {
    const [first, second] = builtImages(2);
    const { handle, jobs, opened } = await install([first!, second!]);
    for (const layer of [0, 1]) await handle(first!, layer);
    jobs.length = opened.length = 0;
    expect(kindsOf(await handle(second!, 0))).toEqual(['layer.indexed known']);
    expect([jobs, opened]).toEqual([[], []]);
    expect(kindsOf(await handle(second!, 1))).toEqual(['layer.indexed read', 'image.indexed']);
    expect([jobs, opened]).toEqual([['layer', '1 together'], [second!.manifestDigest]]);
  });

  it('composes images together that are ready together, with the same outcome as each alone', async () => {
    const built = builtImages(9);
    const together = await install(built);
    for (const one of built) await together.handle(one, 0);
    const events = await Promise.all(built.map((one) => together.handle(one, 1)));
    expect(events.map(kindsOf)).toEqual(built.map(() => ['layer.indexed read', 'image.indexed']));
    const batches = together.jobs.filter((job) => job.endsWith('together'));
    expect(batches.length).toBeLessThan(built.length);
    const alone = await install(built);
    for (const one of built) for (const layer of [0, 1]) await alone.handle(one, layer, 2);
    expect(alone.jobs.filter((job) => job !== 'layer')).toEqual([]);
    for (const one of built) {
      const [a, b] = await Promise.all([together.record(one), alone.record(one)]);
      expect(a).toEqual(b);
      const id = a?.composition ?? '';
      expect(await together.store.compositionFeatures(id)).toEqual(await alone.store.compositionFeatures(id));
      expect(await together.store.counts([id])).toEqual(new Map([[id, counts]]));
    }
  });

  it.each<[what: string, error: Error]>([
    ['ends its process', new ProcessEnded('took too much memory', { part: undefined, stopped: false })],
    ['fails', new Error('No')],
  ])('composes each alone when a job for several %s', async (_, error) => {
    const built = builtImages(3);
    const { handle, record, jobs } = await install(built, (job) =>
      job.kind === 'compose together' ? error : undefined,
    );
    for (const one of built) await handle(one, 0);
    await Promise.all(built.map((one) => handle(one, 1)));
    for (const one of built) expect((await record(one))?.submission?.state).toBe('indexed');
    expect(jobs.at(-1)).toBe('layer');
  });

  it('completes an image alone of which composing together said nothing', async () => {
    const [built] = builtImages(1);
    const installation = await install([built!]);
    const { store, handle } = installation;
    await handle(built!, 0);
    const put = jest.spyOn(store, 'putComposition').mockRejectedValueOnce(new Error('full'));
    expect(kindsOf(await handle(built!, 1))).toEqual(['layer.indexed read', 'layer.indexed known', 'image.indexed']);
    expect(put).toHaveBeenCalledTimes(2);
  });

  it('leaves redelivered work to one process, which counts what ends it', async () => {
    const [built] = builtImages(1);
    const part = { image: built!.manifestDigest, submission: 's', part: 'composition' } as const;
    const ended = new ProcessEnded('took too much memory', { part, stopped: false });
    const { handle, jobs } = await install([built!], (job) =>
      job.kind === 'layer' && job.delivery > 1 ? ended : undefined,
    );
    await handle(built!, 1);
    await expect(handle(built!, 0, 2)).rejects.toMatchObject({ code: 'upstream-unavailable' });
    expect(jobs).toEqual(['layer', 'layer']);
  });
});
