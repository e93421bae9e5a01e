import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInProcessBus } from '@clarion/bus-in-process';
import { localDetectorClient } from '@clarion/detector-client';
import { createEgress } from '@clarion/egress';
import { featureDetectors } from '@clarion/feature-detectors';
import { feedSources, ownVulnerabilities } from '@clarion/feed-sources';
import { indexLayer, indexOpened, keepDeadLetter } from '@clarion/layer-indexing';
import {
  openSubmittedImage,
  openUploadedArchive,
  parseCredentials,
  referenceName,
  resolveImage,
} from '@clarion/layer-sources';
import {
  enabledDetectors,
  type Advisory,
  type Bus,
  laterTimeOrderedId,
  type Store,
  type WebhookAnswer,
} from '@clarion/model';
import { namespaceDetectors } from '@clarion/namespace-detectors';
import { reportFormats } from '@clarion/report-formats';
import { createSealer, newSealingKey } from '@clarion/sealing';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { buildImage, type BuiltImage, file, writeDockerArchive } from '@clarion/test-kit';
import { countVulnerabilities } from '../src/context';
import { createUseCases, type UseCaseService } from '../src/create-use-cases';
import type { UseCaseDependencies } from '../src/dependencies';
import type { ImageUseCases } from '../src/use-cases';

export { recordDebian } from './recorded-debian';

/** One process with everything: embedded store, in-process bus, local detectors, and workers for layers on request. */
export interface TestInstallation {
  readonly useCases: UseCaseService;
  readonly dependencies: UseCaseDependencies;
  readonly store: Store;
  /** Of the store: other processes open it too. */
  readonly directory: string;
  readonly bus: Bus;
  /** Layers whose bytes were opened. */
  readonly opened: string[];
  /** The bodies sent to webhooks. */
  readonly sent: string[];
  /** Starts to handle work. */
  work(): void;
  close(): Promise<void>;
}

/** With an embedded store unless another one is given, which is closed at the end. */
export async function startInstallation(
  changes: Partial<UseCaseDependencies> = {},
  given?: Store,
): Promise<TestInstallation> {
  const directory = mkdtempSync(path.join(tmpdir(), 'clarion-use-cases-'));
  const store = given ?? (await openEmbeddedStore({ directory, mentions: true }));
  const bus = changes.bus ?? createInProcessBus({ backoffMillis: [20], maxDeliveries: 2, duplicateMillis: 50 });
  const policy = { privateNetworks: true, proxy: {} };
  const egress = createEgress(policy, { limits: { retries: 0 } });
  const sealer = createSealer(newSealingKey());
  const detectors =
    changes.detectors ?? localDetectorClient([...namespaceDetectors, ...enabledDetectors(featureDetectors)]);
  const opened: string[] = [];
  const sent: string[] = [];
  const stop = new AbortController();
  const answer: WebhookAnswer = { status: 204, error: null, answer: '' };
  const dependencies: UseCaseDependencies = {
    store,
    bus,
    detectors,
    referenceName,
    resolveImage: (reference, { credentials, ...options }) =>
      resolveImage(reference, {
        ...options,
        egress,
        ...(credentials === undefined ? {} : { credentials: parseCredentials(JSON.stringify(credentials)) }),
      }),
    indexArchive: async (archive, options) =>
      indexOpened(await openUploadedArchive(archive, options), { ...options, layers: store, detectors }),
    // Without name resolution: the names in specs do not exist.
    checkLayerUrls: (urls) => {
      for (const url of urls) egress.check(url);
      return Promise.resolve();
    },
    sealer,
    sendWebhook: (endpoint) => {
      sent.push(endpoint.url);
      return Promise.resolve(answer);
    },
    checkReceiver: () => Promise.resolve(),
    requestConsent: () => Promise.resolve(),
    feeds: feedSources.filter(({ id }) => id === 'debian-security-tracker'),
    ownVulnerabilities,
    formats: reportFormats,
    clarionVersion: '1.2.3',
    ...changes,
  };
  const useCases = createUseCases(dependencies);
  let working: Promise<void> = Promise.resolve();
  return {
    useCases,
    dependencies,
    store,
    directory,
    bus,
    opened,
    sent,
    work() {
      const handler = indexLayer({
        store,
        detectors,
        open: ({ image, submission }) => {
          const source = openSubmittedImage(
            { image, source: submission.origin },
            { egress, layerEgress: egress, open: (sealed) => sealer.open(sealed) },
          );
          return Promise.resolve({
            ...source,
            layer: (index, signal) => {
              opened.push(image.layers[index]?.digest ?? '');
              return source.layer(index, signal);
            },
          });
        },
        count: (image) =>
          countVulnerabilities(image, {
            ...dependencies,
            now: dependencies.now ?? (() => new Date()),
            maxFeedAgeMinutes: 10_080,
          }),
        now: () => new Date(),
        owner: 'spec',
      });
      working = bus.run(
        { 'work.layer': handler },
        {
          signal: stop.signal,
          onDead: (letter) => keepDeadLetter(letter, { store, bus }),
        },
      );
    },
    async close() {
      stop.abort();
      await working;
      await bus.close();
      await egress.close();
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

const osRelease = file('etc/os-release', 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n');

/**
 * A Debian 12 with packages as `name=version`, of one source package if given, and one layer above with `mark`, which
 * makes images distinct.
 */
export function debianImage(packages: readonly string[], mark: string, source?: string): BuiltImage {
  return buildImage({ layers: [[osRelease, dpkgStatus(packages, source)], [file('app', mark)]], compression: 'gzip' });
}

/** A Debian 12 whose layers each have other packages: only those of the last remain. */
export function upgradedImage(layers: readonly (readonly string[])[]): BuiltImage {
  return buildImage({ layers: layers.map((packages) => [osRelease, dpkgStatus(packages)]), compression: 'gzip' });
}

/**
 * A Debian 12 with one package, and empty files besides the databases: `names` in the first layer, one in each above.
 */
export function namesImage(names: number, layers: number): BuiltImage {
  const beside = (name: string): ReturnType<typeof file> => file(`var/lib/dpkg/status.d/${name}.list`);
  const first = [
    osRelease,
    dpkgStatus(['openssl=3.0.11-1']),
    ...Array.from({ length: names }, (_, at) => beside(`a${at}`)),
  ];
  const above = Array.from({ length: layers }, (_, at) => [beside(`b${at}`)]);
  return buildImage({ layers: [first, ...above], compression: 'gzip' });
}

function dpkgStatus(packages: readonly string[], source?: string): ReturnType<typeof file> {
  const of = source === undefined ? '' : `Source: ${source}\n`;
  const stanzas = packages.map((one) => {
    const [name, version] = one.split('=');
    return `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n${of}`;
  });
  return file('var/lib/dpkg/status', stanzas.join('\n'));
}

/** Stores advisories on packages of Debian 12, as a complete update of the tracker would. */
export async function stateDebian(
  store: Store,
  statements: Readonly<Record<string, readonly Advisory[]>>,
): Promise<void> {
  const feed = 'debian-security-tracker';
  const writer = await store.writeFeed(feed);
  for (const [name, advisories] of Object.entries(statements)) {
    await writer.put(
      {
        namespace: 'debian:12',
        package: name,
        feed,
        document: 'json',
        nameKind: 'source',
        scheme: 'dpkg',
        advisories,
      },
      JSON.stringify(advisories),
    );
  }
  const at = new Date().toISOString();
  const state = {
    feed,
    parserVersion: 1,
    documents: { json: { validators: {}, groups: 1, namespaces: ['debian:12'] } },
    lastAttempt: at,
    lastSuccess: at,
    lastChange: at,
    groups: Object.keys(statements).length,
    statements: Object.values(statements).flat().length,
    problems: 0,
    problemSamples: [],
  };
  // Its changes are not recorded.
  const last = (await store.revisions(feed, { limit: 1 })).items[0]?.update;
  await writer.commit(state, { update: laterTimeOrderedId(new Date(at), last), at, first: true });
}

export const openssl = (fixed: string): Advisory => ({
  id: 'CVE-2023-5678',
  state: 'fixed',
  ranges: [{ fixed }],
  severity: 'Medium',
});

/** The image as written by `docker save`, in pieces. */
export async function* archiveOf(image: BuiltImage): AsyncGenerator<Uint8Array> {
  const folder = mkdtempSync(path.join(tmpdir(), 'clarion-archive-'));
  writeDockerArchive(path.join(folder, 'app.tar'), image, { form: 'oci-carrying' });
  const bytes = readFileSync(path.join(folder, 'app.tar'));
  rmSync(folder, { recursive: true });
  for (let at = 0; at < bytes.length; at += 1500) {
    await Promise.resolve();
    yield bytes.subarray(at, at + 1500);
  }
}

/** The text of a report of `ImageUseCases.report`; empty without a body. */
export async function reportText({ body }: Awaited<ReturnType<ImageUseCases['report']>>): Promise<string> {
  return body === undefined ? '' : Buffer.from(await body.in(undefined)).toString();
}
