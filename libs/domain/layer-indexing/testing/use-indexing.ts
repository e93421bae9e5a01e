import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { localDetectorClient } from '@clarion/detector-client';
import type { Detector, EffectiveImage, OpenedImage, Store } from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import type { IndexEvent } from '../src/events';
import { indexImage, type IndexImageDeps } from '../src/index-image';

type More = Partial<IndexImageDeps>;

/** Indexes images of tests with some detectors. Each test has a new empty store. */
export interface IndexingHarness {
  readonly store: () => Store;
  readonly deps: (more?: More) => IndexImageDeps;
  readonly events: (opened: OpenedImage, more?: More) => Promise<IndexEvent[]>;
  readonly scan: (opened: OpenedImage, more?: More) => Promise<EffectiveImage>;
}

export function useIndexing(detectors: readonly Detector[]): IndexingHarness {
  let folder = '';
  let store: Store;
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'clarion-indexing-'));
    store = await openEmbeddedStore({ directory: folder });
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const deps: IndexingHarness['deps'] = (more = {}) => ({
    layers: store,
    detectors: localDetectorClient(detectors),
    ...more,
  });
  const events: IndexingHarness['events'] = async (opened, more) => {
    const all: IndexEvent[] = [];
    for await (const event of indexImage(opened, deps(more))) all.push(event);
    return all;
  };
  return {
    store: () => store,
    deps,
    events,
    async scan(opened, more) {
      const last = (await events(opened, more)).at(-1);
      if (last?.kind !== 'image.assembled') throw new Error('The last event is not image.assembled');
      return last.image;
    },
  };
}

/** An installed package in a dpkg status file. */
export function stanza(name: string): string {
  return `Package: ${name}\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n`;
}
