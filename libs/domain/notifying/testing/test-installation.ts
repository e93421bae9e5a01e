import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { diffAdvisories } from '@clarion/feed-updating';
import { compositionOf } from '@clarion/layer-indexing';
import { affectsFindings, makeReport, type ReportOptions } from '@clarion/reporting';
import type {
  AdvisoryGroup,
  ChangedVulnerability,
  Digest,
  EffectiveImage,
  FeedWriter,
  DomainEvent,
  Report,
  Store,
  StoredImage,
  VulnerabilityRecord,
} from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { notifyChange, type NotifyChangeDeps } from '../src/notify-change';

export const now = new Date('2026-03-01T12:00:00Z');
export const matchOptions: ReportOptions = {
  feeds: ['debian', 'alpine', 'redhat', 'other', 'nvd'].map((id) => ({
    id,
    namespaces: ['*'],
    // As these feeds: a silent comprehensive one means that a package of the distribution is not affected.
    listsUnfixed: id !== 'alpine',
    refreshMinutes: 60,
  })),
  now,
  clarionVersion: '0.0.0',
};

/** One installation: a real store with images, and feeds that change. */
export interface TestInstallation {
  readonly store: Store;
  /** Sets the exact content of a feed. Resolves to the changes, one entry per vulnerability. */
  update(
    feed: string,
    groups: readonly AdvisoryGroup[],
    texts?: readonly Omit<VulnerabilityRecord, 'feed'>[],
  ): Promise<readonly ChangedVulnerability[]>;
  addImage(
    image: EffectiveImage,
    references?: readonly string[],
    more?: { readonly byDigest?: true; readonly indexedAt?: string },
  ): Promise<Digest>;
  report(image: EffectiveImage): Promise<Report>;
  /** Runs the handler for one message, and returns the events. */
  notify(changed: ChangedVulnerability, deps?: Partial<NotifyChangeDeps>): Promise<readonly DomainEvent[]>;
  close(): Promise<void>;
}

export async function openTestInstallation(): Promise<TestInstallation> {
  const directory = await mkdtemp(path.join(tmpdir(), 'clarion-notifying-'));
  const store = await openEmbeddedStore({ directory, mentions: true });
  let updates = 0;
  return {
    store,
    async update(feed, groups, texts = []) {
      updates += 1;
      const update = `0190163d-8694-7000-8000-${String(updates).padStart(12, '0')}`;
      const own = texts.map((text): VulnerabilityRecord => ({ ...text, feed }));
      return applyUpdate({ store, feed, update }, groups, own);
    },
    addImage: (image, references = ['registry.example/team/app:1'], more = {}) =>
      addImage(store, image, { references, ...more }),
    report: (image) => makeReport(image, store, matchOptions),
    async notify({ update, vulnerability }, deps = {}) {
      const handler = notifyChange({ store, options: () => matchOptions, now: () => now, ...deps });
      const context = { signal: new AbortController().signal, delivery: 1 };
      const events: DomainEvent[] = [];
      for await (const event of handler({ kind: 'advisories.changed', update, vulnerability }, context)) {
        events.push(event as DomainEvent);
      }
      return events;
    },
    async close() {
      await store.close();
      await rm(directory, { recursive: true });
    },
  };
}

/** The EPSS threshold of the test installation, when its notifier has one. */
export const epssThreshold = 0.5;

/** Those of the tests: a feed that covers another one from now on would change decisions without any change to notify. */
const namespacesWithData = ['debian:11', 'debian:12', 'alpine:v3.20', 'alpine:edge', 'rhel:9', 'pypi'];

interface Update {
  readonly store: Store;
  readonly feed: string;
  readonly update: string;
}

async function putTexts(
  { store, feed, update }: Update,
  texts: readonly VulnerabilityRecord[],
  writer: FeedWriter,
): Promise<void> {
  const known = new Map<string, VulnerabilityRecord>();
  for await (const text of store.texts(feed)) known.set(text.id, text);
  const next = new Map(texts.map((text) => [text.id, text]));
  for (const id of new Set([...known.keys(), ...next.keys()])) {
    const [before, after] = [known.get(id), next.get(id)];
    if (after === undefined) await writer.removeText(id);
    else await writer.putText(after);
    if (!(await affectsFindings(before, after, { epssThreshold }))) continue;
    await writer.putChange({ update, vulnerability: id, feed, before: before ?? null, after: after ?? null });
  }
}

async function applyUpdate(
  to: Update,
  groups: readonly AdvisoryGroup[],
  texts: readonly VulnerabilityRecord[],
): Promise<readonly ChangedVulnerability[]> {
  const { store, feed, update } = to;
  const nameOf = ({ namespace, package: name, document }: AdvisoryGroup): string =>
    JSON.stringify([namespace, name, document]);
  const known = new Map<string, AdvisoryGroup>();
  for await (const group of store.groups(feed, 'all')) known.set(nameOf(group), group);
  const next = new Map(groups.map((group) => [nameOf(group), { ...group, feed, document: 'all' }] as const));
  const writer = await store.writeFeed(feed);
  for (const key of new Set([...known.keys(), ...next.keys()])) {
    const [before, after] = [known.get(key), next.get(key)];
    if (after !== undefined) await writer.put(after, JSON.stringify(after.advisories));
    else if (before !== undefined) await writer.remove(before);
    for (const change of diffAdvisories(before, after)) await writer.putChange({ ...change, update });
  }
  await putTexts(to, texts, writer);
  const counts = { groups: next.size, statements: 0, problems: 0, problemSamples: [] };
  const documents = { all: { validators: {}, groups: next.size, namespaces: namespacesWithData } };
  await writer.commit({ feed, parserVersion: 1, documents, lastChange: update, ...counts });
  const pending = await store.pendingChanges(1000);
  await store.markPublished(pending);
  return pending;
}

type Named = Required<Pick<StoredImage, 'references'>> &
  Pick<StoredImage, 'byDigest'> & { readonly indexedAt?: string };

async function addImage(
  store: Store,
  image: EffectiveImage,
  { indexedAt = now.toISOString(), ...named }: Named,
): Promise<Digest> {
  const { manifestDigest } = image.image;
  if (manifestDigest === undefined) throw new Error('An image without a digest');
  const composition = compositionOf(image);
  await store.putComposition(composition, image.features);
  await store.changeImage(manifestDigest, () => ({
    manifestDigest,
    image: image.image,
    layers: image.layers,
    usedAt: now.toISOString(),
    submission: {
      id: 's',
      state: 'indexed',
      origin: { kind: 'upload' },
      submittedAt: now.toISOString(),
      indexedAt,
    },
    ...named,
    composition: composition.id,
  }));
  return manifestDigest;
}
