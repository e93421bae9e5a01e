import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localDetectorClient } from '@clarion/detector-client';
import { featureDetectors } from '@clarion/feature-detectors';
import { feedSources } from '@clarion/feed-sources';
import { allLayers, assembleImage } from '@clarion/layer-indexing';
import { possibleNames } from '@clarion/matching';
import { type AdvisoryGroup, type EffectiveImage, enabledDetectors, type Store } from '@clarion/model';
import { namespaceDetectors } from '@clarion/namespace-detectors';
import { makeReport, type ReportOptions } from '@clarion/reporting';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { makeTimeline } from '@clarion/use-cases';
import { printTable } from './installations';
import { fillStore } from './scale-facts';

const rounds = 30;
const [updates, changesOfUpdate] = [50, 20];
const feed = 'debian-security-tracker';
const timeOf = (update: number): string => new Date(Date.UTC(2026, 0, 2, update)).toISOString();

/** Median of the CPU milliseconds that this process takes for it. */
async function cost(act: () => Promise<unknown>): Promise<string> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const before = process.cpuUsage();
    await act();
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
  }
  const [first = 0] = times;
  times.sort((a, b) => a - b);
  return `${(times[rounds >> 1] ?? 0).toFixed(1)} ms (the first one ${first.toFixed(1)} ms)`;
}

async function imageOf(store: Store): Promise<EffectiveImage> {
  const [digest = 'sha256:'] = await fillStore(
    store,
    { images: 20, layers: 40, registry: 'registry.example' },
    () => undefined,
  );
  const image = await store.image(digest);
  const detectors = await localDetectorClient([...namespaceDetectors, ...enabledDetectors(featureDetectors)]).list();
  if (image?.submission === undefined) throw new Error('The image is not there');
  const layers = await allLayers({ ...image, submission: image.submission }, { store, detectors });
  if (layers === undefined) throw new Error('The layers of the image are not there');
  return assembleImage(image.image, layers, detectors);
}

/** Updates that each give other fixes and severities to some flaws of the image. */
async function recordUpdates(image: EffectiveImage, store: Store): Promise<void> {
  const names = [
    ...new Map(image.features.flatMap((one) => possibleNames(one, [])).map((name) => [name.join(), name])).values(),
  ];
  const groups = (await store.advisories(names)).filter(({ advisories }) => advisories.length > 0);
  const state = (await store.feedStates()).find((one) => one.feed === feed);
  if (state === undefined) throw new Error('The feed is not there');
  const loading = await store.writeFeed(feed);
  await loading.commit(state, { update: `${timeOf(0)} update`, at: timeOf(0), first: true });
  const current = new Map<number, AdvisoryGroup>(groups.entries());
  for (let number = 1; number <= updates; number += 1) {
    const update = `${timeOf(number)} update`;
    const writer = await store.writeFeed(feed);
    for (let change = 0; change < changesOfUpdate; change += 1) {
      const index = (number * changesOfUpdate + change) % groups.length;
      const group = current.get(index);
      const [first, ...others] = group?.advisories ?? [];
      if (group === undefined || first === undefined) throw new Error('A group has no advisory');
      const severity = (number & 1) === 1 ? ('High' as const) : ('Low' as const);
      const next = { ...group, advisories: [{ ...first, severity, reason: `changed in ${number}` }, ...others] };
      current.set(index, next);
      await writer.put(next, `${number} ${index}`);
      const { namespace, package: name, document, nameKind, scheme } = group;
      const of = { update, feed, namespace, package: name, document, nameKind, scheme, vulnerability: first.id };
      const about = (of: AdvisoryGroup) => of.advisories.filter(({ id }) => id === first.id);
      await writer.putChange({ ...of, before: about(group), after: about(next) });
    }
    const at = timeOf(number);
    await writer.commit({ ...state, lastAttempt: at, lastSuccess: at, lastChange: at }, { update, at });
  }
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'clarion-timeline-cost-'));
  const store = await openEmbeddedStore({ directory });
  try {
    const image = await imageOf(store);
    await recordUpdates(image, store);
    const [horizon] = (await store.horizons()).filter((one) => one.feed === feed);
    const period = { from: horizon?.at ?? '', to: timeOf(updates + 1) };
    const options: ReportOptions = { feeds: feedSources, now: new Date(period.to), clarionVersion: 'bench' };
    const made = await makeTimeline([{ subject: image }], period, { store, options });
    const steps = made.findings.reduce((sum, one) => sum + one.steps.length, 0);
    printTable([
      ['what', 'CPU'],
      ['a report now', await cost(() => makeReport(image, store, options))],
      [
        `a time line: ${updates * changesOfUpdate} changes, ${made.findings.length} findings, ${steps} steps`,
        await cost(() => makeTimeline([{ subject: image }], period, { store, options })),
      ],
    ]);
  } finally {
    await store.close();
    rmSync(directory, { recursive: true });
  }
}

void main();
