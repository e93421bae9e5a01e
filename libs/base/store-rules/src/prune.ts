import type { PruneResult, StoreMaintenance } from '@clarion/model';

import { firstDayKept } from './days';

type PruneOptions = Parameters<StoreMaintenance['prune']>[0];

/** The deletions of a store, kind by kind; days are those of `dayOf`, numbers count deleted entries. */
export interface PruneSteps {
  images(firstKeptDay: number, keepSubmitted: boolean): Promise<number>;
  compositions(firstKeptDay: number): Promise<void>;
  layers(firstKeptDay: number): Promise<number>;
  seenFiles(firstKeptDay: number): Promise<void>;
  results(firstKeptDay: number): Promise<void>;
  /** RFC 3339. */
  tags(before: string): Promise<void>;
  /** All but these. */
  feeds(keep: ReadonlySet<string>): Promise<number>;
  /** Data whose writing was interrupted. */
  leftovers?(): Promise<void>;
}

/**
 * Prunes in the only order that never deletes data which remaining entries need: images before the data that only they
 * need.
 */
export async function pruneInOrder(
  { before, keepFeeds, keepSubmitted = false }: PruneOptions,
  steps: PruneSteps,
): Promise<PruneResult> {
  const firstKeptDay = firstDayKept(before);
  const images = await steps.images(firstKeptDay, keepSubmitted);
  await steps.compositions(firstKeptDay);
  const layers = await steps.layers(firstKeptDay);
  await steps.seenFiles(firstKeptDay);
  await steps.results(firstKeptDay);
  if (!keepSubmitted) await steps.tags(before);
  const feeds = await steps.feeds(new Set(keepFeeds));
  await steps.leftovers?.();
  return { images, layers, feeds };
}
