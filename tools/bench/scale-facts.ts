import { createHash } from 'node:crypto';
import { localDetectorClient } from '@clarion/detector-client';
import { featureDetectors } from '@clarion/feature-detectors';
import { feedSources } from '@clarion/feed-sources';
import { assembleImage, compositionOf, detectorsKey } from '@clarion/layer-indexing';
import { countFindings } from '@clarion/reporting';
import {
  enabledDetectors,
  type AdvisoryGroup,
  type DetectorInfo,
  type LayerDetection,
  type Digest,
  type Feature,
  type FeedState,
  type Image,
  type LayerIndex,
  type Store,
  type StoredImage,
} from '@clarion/model';
import { namespaceDetectors } from '@clarion/namespace-detectors';

// Facts of an installation with many images, always the same ones. Most images are a few distributions with packages
// added, under the application layers of many versions of many applications.

/** The amount of generated data, and the registry in the image names. */
export interface Scale {
  readonly images: number;
  readonly layers: number;
  readonly registry: string;
}

/** Packages that there are; an image has about a tenth of them. */
const packages = 1500;
/** Of an image, in its distribution and added to it. */
const [basePackages, addedPackages] = [110, 40];
const advisoryCount = 4000;
const distribution = 'debian:12';
const feed = 'debian-security-tracker';

/** The package that the measured flaws are in; every image has it, only the version differs. */
export const popular = { source: 'openssl', binaries: ['openssl', 'libssl3'], namespace: distribution } as const;

/** Sizes of the groups of images that a flaw fixed in `fixed` affects. */
export function affectedGroups(images: number): readonly { readonly fixed: string; readonly images: number }[] {
  return [1, 1000, 100_000]
    .filter((affected) => affected <= images)
    .map((affected, at) => ({ fixed: `3.0.${at + 2}-1`, images: affected }));
}

/** Always the same numbers (mulberry32). */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function digestOf(text: string): Digest {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

const at = '2026-01-01T00:00:00.000Z';

/** Output of the real detectors for a synthetic distribution: its release, and every package in several versions. */
interface Detected {
  readonly infos: readonly DetectorInfo[];
  readonly release: readonly LayerDetection[];
  /** By number of the package, then of the version. */
  readonly features: readonly (readonly Feature[])[];
  readonly popular: (patch: number) => readonly Feature[];
}

const statusPath = 'var/lib/dpkg/status';
const versions = 3;

function stanza(name: string, source: string, version: string): string {
  return `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nSource: ${source}\nVersion: ${version}\nMaintainer: Debian <m@debian.org>\nDescription: x\n\n`;
}

async function detected(): Promise<Detected> {
  const client = localDetectorClient([...namespaceDetectors, ...enabledDetectors(featureDetectors)]);
  const infos = await client.list();
  const detect = async (detector: string, path: string, text: string) => {
    const [found] = await client.detect([{ detector, files: [{ path, content: Buffer.from(text) }] }]);
    if (found === undefined) throw new Error(`no detector ${detector}`);
    return found;
  };
  const osRelease = await detect(
    'os-release',
    'etc/os-release',
    'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n',
  );
  const release = infos.map(({ id, version }): LayerDetection => {
    const nothing = { features: [], namespaces: [], problems: [] };
    if (id !== 'os-release') return { detector: id, version, files: [], ...nothing };
    return { detector: id, version, files: ['etc/os-release'], ...nothing, namespaces: osRelease.namespaces ?? [] };
  });
  const parsed = async (text: string): Promise<readonly Feature[]> =>
    (await detect('dpkg', statusPath, text)).features ?? [];
  const byVersion = await Promise.all(
    Array.from({ length: versions }, (_, version) =>
      parsed(
        Array.from({ length: packages }, (_, one) =>
          stanza(`package-${one}`, `source-${one >> 1}`, `1.${version}.0-1+deb12u1`),
        ).join(''),
      ),
    ),
  );
  const populars = await Promise.all(
    [1, 2, 3, 4].map((patch) =>
      parsed(popular.binaries.map((name) => stanza(name, popular.source, `3.0.${patch}-1`)).join('')),
    ),
  );
  return {
    infos,
    release,
    features: Array.from({ length: packages }, (_, one) => byVersion.map((features) => features[one]!)),
    popular: (patch) => populars[patch - 1] ?? [],
  };
}

function layerIndex(name: string, detections: readonly LayerDetection[]): LayerIndex {
  const files = detections.flatMap((detection) => detection.files);
  const none = { whiteouts: [], opaques: [], symlinks: [], hardlinks: [], obstacles: [], directories: [] };
  return {
    diffId: digestOf(`layer ${name}`),
    blobs: [digestOf(`blob ${name}`)],
    size: 10_000_000,
    entries: 1000,
    structure: { ...none, files },
    detections,
    problems: [],
  };
}

function withPackages({ release }: Detected, features: readonly Feature[], isBase: boolean): readonly LayerDetection[] {
  return release.map((detection) => {
    if (detection.detector === 'dpkg') return { ...detection, files: [statusPath], features };
    return isBase ? detection : { ...detection, files: [], namespaces: [] };
  });
}

/** Writes the facts of the Debian feed, and marks every other feed as loaded without facts. */
async function fillFeeds(store: Store): Promise<void> {
  const random = pseudoRandom(1);
  const bySource = new Map<number, AdvisoryGroup['advisories'][number][]>();
  const writer = await store.writeFeed(feed);
  for (let flaw = 0; flaw < advisoryCount; flaw += 1) {
    const source = Math.floor(random() * (packages / 2));
    const id = `CVE-2025-${10_000 + flaw}`;
    const severity = (['Low', 'Medium', 'High', 'Critical'] as const)[flaw % 4]!;
    const fixed = { id, state: 'fixed', ranges: [{ fixed: `1.${flaw % 4}.0-1` }], severity } as const;
    bySource.set(source, [...(bySource.get(source) ?? []), fixed]);
    await writer.putText({ feed, id, description: `Flaw ${flaw}: made up for this benchmark.`, severity });
  }
  for (const [source, advisories] of bySource) {
    const group = { namespace: distribution, package: `source-${source}`, feed, document: 'json' };
    await writer.put({ ...group, nameKind: 'source', scheme: 'dpkg', advisories }, digestOf(String(source)));
  }
  await writer.commit(stateOf(feed, 1, { groups: bySource.size, statements: advisoryCount }));
  for (const { id, version } of feedSources) {
    if (id !== feed) await store.putFeedState(stateOf(id, version, { groups: 0, statements: 0 }));
  }
}

function stateOf(id: string, parserVersion: number, counts: Pick<FeedState, 'groups' | 'statements'>): FeedState {
  const times = { lastAttempt: at, lastSuccess: at, lastChange: at };
  const documents = { json: { validators: {}, groups: counts.groups, namespaces: [distribution] } };
  return {
    feed: id,
    parserVersion,
    documents: counts.groups === 0 ? {} : documents,
    ...times,
    ...counts,
    problems: 0,
    problemSamples: [],
  };
}

/** Packages of a distribution release with some added: all images on it have one composition. */
interface Stack {
  readonly layers: readonly LayerIndex[];
  readonly images: number;
}

/**
 * Sizes of stacks: those with the lowest versions of the popular package come first and have the requested numbers of
 * images.
 */
function stacksOf({ images, layers }: Scale): readonly { readonly patch: number; readonly images: number }[] {
  const count = Math.max(4, Math.floor(layers / 10));
  const stacks: { patch: number; images: number }[] = [];
  let [done, patch] = [0, 1];
  const add = (wanted: number, parts: number): void => {
    for (let part = 0; part < parts; part += 1) {
      const share = Math.floor((wanted * (part + 1)) / parts) - Math.floor((wanted * part) / parts);
      stacks.push({ patch, images: share });
      done += share;
    }
    patch += 1;
  };
  const groups = affectedGroups(images);
  groups.forEach(({ images: affected }, number) => {
    add(affected - done, number === 0 ? 1 : Math.max(1, Math.floor(count * (affected / images))));
  });
  patch = 4;
  if (images > done) add(images - done, Math.max(1, count - stacks.length));
  return stacks;
}

interface Filling {
  readonly store: Store;
  readonly scale: Scale;
  readonly facts: Detected;
  readonly random: () => number;
}

/** Layers of a stack, the base ones shared by many. Puts those that are new. */
async function putStack(
  number: number,
  { patch, images }: { readonly patch: number; readonly images: number },
  { store, scale, facts, random }: Filling,
): Promise<Stack> {
  const bases = Math.max(1, Math.floor(scale.layers / 200));
  const base = number % bases;
  const choose = pseudoRandom(base + 7);
  const chosen = new Map<number, Feature>();
  const take = (from: () => number, wanted: number): void => {
    for (const before = chosen.size; chosen.size < before + wanted;) {
      const one = Math.floor(from() ** 2 * packages);
      chosen.set(one, facts.features[one]![base % versions]!);
    }
  };
  take(choose, basePackages);
  const baseLayer = layerIndex(`base ${base}`, withPackages(facts, [...chosen.values()], true));
  if (number < bases) await store.putLayer(baseLayer);
  take(random, addedPackages);
  const features = [...chosen.values(), ...facts.popular(patch)];
  const added = layerIndex(`stack ${number}`, withPackages(facts, features, false));
  await store.putLayer(added);
  return { layers: [baseLayer, added], images };
}

function imageOf(layers: readonly LayerIndex[], name: { readonly digest: Digest; readonly reference: string }): Image {
  const platform = { os: 'linux', architecture: 'amd64' };
  const mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip';
  const described = layers.map(({ diffId, blobs }) => ({ diffId, digest: blobs[0]!, mediaType, size: 4_000_000 }));
  return { reference: name.reference, manifestDigest: name.digest, platform, layers: described };
}

async function putComposition(stack: Stack, { store, facts }: Filling): Promise<string> {
  const image = assembleImage(
    imageOf(stack.layers, { digest: digestOf('x'), reference: 'x' }),
    stack.layers,
    facts.infos,
  );
  const composition = compositionOf(image);
  await store.putComposition(composition, image.features);
  const options = { feeds: feedSources, now: new Date(at) };
  const matching = { ...options, maxFeedAgeMinutes: 0, clarionVersion: 'bench' };
  await store.putCounts(composition.id, await countFindings(image, store, matching));
  return composition.id;
}

/** Images that are put at the same time: the store gathers them into one commit. */
const together = 500;

/** Fills an empty store. Resolves to digests of images, one for each composition at least. */
export async function fillStore(store: Store, scale: Scale, show: (text: string) => void): Promise<readonly Digest[]> {
  const facts = await detected();
  const filling: Filling = { store, scale, facts, random: pseudoRandom(3) };
  await fillFeeds(store);
  const stacks = stacksOf(scale);
  const applications = Math.max(1, scale.layers - stacks.length - Math.floor(scale.layers / 200));
  const samples: Digest[] = [];
  let waiting: Promise<unknown>[] = [];
  let put = 0;
  const empty = facts.release.map((detection) => ({ ...detection, files: [], namespaces: [] }));
  const application = (number: number): LayerIndex => layerIndex(`application ${number}`, empty);
  for (let number = 0; number < applications; number += 1) await store.putLayer(application(number));
  show(`${applications} application layers`);
  for (const [number, size] of stacks.entries()) {
    const stack = await putStack(number, size, filling);
    const composition = await putComposition(stack, filling);
    for (let one = 0; one < stack.images; one += 1) {
      // Versions of an application share all but the last of its layers.
      const own = [Math.floor(put / 40), put].map((seed) => application((Math.imul(seed, 7919) >>> 0) % applications));
      const name = {
        digest: digestOf(`image ${put}`),
        reference: `${scale.registry}/team-${number % 50}/app-${number}:${one}`,
      };
      const layers = [
        ...stack.layers,
        ...own.filter(({ diffId }, at, all) => all.findIndex((l) => l.diffId === diffId) === at),
      ];
      const stored: StoredImage = {
        manifestDigest: name.digest,
        image: imageOf(layers, name),
        layers: layers.map(({ diffId }) => diffId),
        usedAt: at,
        references: [name.reference],
        composition,
        submission: {
          id: `00000000-0000-7000-8000-${put.toString(16).padStart(12, '0')}`,
          state: 'indexed',
          origin: { kind: 'registry', reference: `${scale.registry}/app@${name.digest}` },
          submittedAt: at,
          indexedAt: at,
          detectors: detectorsKey(facts.infos),
        },
      };
      waiting.push(store.changeImage(name.digest, () => stored));
      if (one === 0) samples.push(name.digest);
      put += 1;
      if (waiting.length < together) continue;
      await Promise.all(waiting);
      waiting = [];
      if (put % 100_000 === 0) show(`${put} images`);
    }
  }
  await Promise.all(waiting);
  return samples;
}
