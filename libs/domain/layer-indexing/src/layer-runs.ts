import type { LayerIndex } from '@clarion/model';

/** A layer, and how many times it repeats in a row. */
export interface LayerRun {
  readonly number: number;
  readonly layer: LayerIndex;
  readonly times: number;
}

export function runsOf(layers: readonly LayerIndex[]): readonly LayerRun[] {
  const runs: { number: number; layer: LayerIndex; times: number }[] = [];
  for (const [number, layer] of layers.entries()) {
    const last = runs.at(-1);
    if (last?.layer === layer) last.times += 1;
    else runs.push({ number, layer, times: 1 });
  }
  return runs;
}
