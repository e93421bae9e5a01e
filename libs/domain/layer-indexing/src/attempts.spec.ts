import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { localDetectorClient } from '@clarion/detector-client';
import { featureDetectors } from '@clarion/feature-detectors';
import { enabledDetectors, ClarionError, type ClarionEvent, type Store, type Submission } from '@clarion/model';
import { namespaceDetectors } from '@clarion/namespace-detectors';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { buildImage, type BuiltImage, file, openBuiltImage } from '@clarion/test-kit';
import { endAttempt, type AttemptPart, recordCrash } from './attempts';
import { indexLayer, type IndexLayerDeps } from './index-layer';

const detectors = localDetectorClient([...namespaceDetectors, ...enabledDetectors(featureDetectors)]);
const counts = { Critical: 0, High: 0, Medium: 0, Low: 0, Negligible: 0, Unknown: 0 };
const now = (): Date => new Date('2026-01-01T00:00:00Z');

let folder = '';
let store: Store;
let built: BuiltImage;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'clarion-attempts-'));
  store = await openEmbeddedStore({ directory: folder });
  built = buildImage({ layers: [[file('etc/os-release', 'ID=debian\nVERSION_ID="12"\n')]] });
  const manifestDigest = built.manifestDigest;
  const submission: Submission = {
    id: 's',
    state: 'queued',
    origin: { kind: 'registry', reference: 'registry.example/team/app' },
    submittedAt: '',
  };
  await store.changeImage(manifestDigest, () => ({
    ...{ manifestDigest, image: openBuiltImage(built).image, layers: [], usedAt: now().toISOString(), submission },
  }));
});
/** Ends what "died", so that nothing of it remains after the spec. */
const ending: (() => void)[] = [];
const dead: Promise<unknown>[] = [];
afterEach(async () => {
  ending.splice(0).forEach((end) => {
    end();
  });
  await Promise.allSettled(dead.splice(0));
  await store.close();
  rmSync(folder, { recursive: true });
});

const submissionOf = async (): Promise<Submission | undefined> => (await store.image(built.manifestDigest))?.submission;

async function handle(more: Partial<IndexLayerDeps> = {}): Promise<readonly ClarionEvent[]> {
  // The lease of a dead process has expired.
  const free = { ...store, lease: () => Promise.resolve(true) };
  const open = () => Promise.resolve(openBuiltImage(built));
  const deps = { store: free, detectors, open, count: () => Promise.resolve(counts), now, owner: 'spec', ...more };
  const events: ClarionEvent[] = [];
  const work = { kind: 'work.layer', image: built.manifestDigest, submission: 's', layer: 0 } as const;
  for await (const event of indexLayer(deps)(work, { signal: new AbortController().signal, delivery: 1 }))
    events.push(event);
  return events;
}

/** Works up to `where` and then never continues, like a process that dies there. */
async function dieWhile(where: 'reading' | 'composing'): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const never = (): Promise<never> => {
      resolve();
      return new Promise((_resolve, end) =>
        ending.push(() => {
          end(new Error('The spec is over'));
        }),
      );
    };
    const handled = handle(where === 'reading' ? { open: never } : { count: never });
    dead.push(handled);
    handled.then(() => {
      reject(new Error(`It did not die while ${where}`));
    }, reject);
  });
}

describe.each([
  ['reading', 'layer 0'],
  ['composing', 'composition'],
] as const)('%s', (where, part) => {
  it('counts before it begins, and fails the image after three that did not end', async () => {
    for (const count of [1, 2, 3]) {
      await dieWhile(where);
      expect(await submissionOf()).toMatchObject({ state: 'indexing', attempts: { [part]: { count } } });
    }
    expect(await handle()).toMatchObject([
      ...(where === 'composing' ? [{ kind: 'layer.indexed', read: false }] : []),
      { kind: 'image.failed', code: 'limit-exceeded', message: expect.stringContaining('3 attempts') as string },
    ]);
    expect(await submissionOf()).toMatchObject({ state: 'failed', failure: { code: 'limit-exceeded' } });
  });

  it('is forgiven once it ends well', async () => {
    await dieWhile(where);
    await dieWhile(where);
    expect((await handle()).at(-1)).toMatchObject({ kind: 'image.indexed' });
    expect(await submissionOf()).not.toHaveProperty('attempts');
  });

  it('does not count errors that it survived', async () => {
    const away = (): Promise<never> => Promise.reject(new ClarionError('upstream-unavailable', 'away'));
    await dieWhile(where);
    for (let tries = 0; tries < 5; tries += 1)
      await expect(handle(where === 'reading' ? { open: away } : { count: away })).rejects.toThrow('away');
    expect((await submissionOf())?.attempts?.[part]).toEqual({ count: 1 });
  });

  it('records what killed it, and reports it in the end', async () => {
    const of = { image: built.manifestDigest, submission: 's', part: part satisfies AttemptPart };
    const reason = 'took more than 512 MiB of memory';
    const drained = async (): Promise<readonly ClarionEvent[]> => {
      const events: ClarionEvent[] = [];
      for await (const event of recordCrash(of, reason, store)) events.push(event);
      return events;
    };
    for (const attempt of [1, 2]) {
      await dieWhile(where);
      await expect(drained()).rejects.toMatchObject({
        retryable: true,
        message: expect.stringContaining(reason) as string,
      });
      expect((await submissionOf())?.attempts?.[part]).toEqual({ count: attempt, reason });
    }
    await dieWhile(where);
    expect(await drained()).toMatchObject([
      { kind: 'image.failed', message: expect.stringContaining(reason) as string },
    ]);
    expect((await submissionOf())?.failure?.message).toContain(reason);
  });

  it('can be withdrawn by a caller that ended it for another reason', async () => {
    await dieWhile(where);
    await endAttempt({ image: built.manifestDigest, submission: 's', part }, store);
    expect((await submissionOf())?.attempts?.[part]).toBeUndefined();
  });
});
