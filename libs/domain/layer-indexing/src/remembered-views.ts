import type { DetectorInfo, LayerIndex } from '@clarion/model';
import { createRoom, type FactLimits } from './bounded-layers';
import type { LayerFacts } from './layer-facts';
import type { LayerRun } from './layer-runs';
import type { LayeredView } from './layered-view';

/** Facts of a layer, and the steps that it took to arrange them. */
export interface MeasuredFacts {
  readonly facts: LayerFacts;
  readonly steps: number;
}

type Detectors = readonly Pick<DetectorInfo, 'id'>[];

/** The view of the lowest layers of some images. */
export interface RememberedView {
  readonly composed: LayeredView;
  readonly runs: readonly LayerRun[];
  readonly detectors: Detectors;
  /** Of these layers, and maybe of others. */
  readonly facts: ReadonlyMap<LayerIndex, MeasuredFacts>;
  /** What applying the layers took. */
  readonly steps: number;
}

/** All layers of the remembered views together, each counted as often as it is in one. */
const defaultLimits: FactLimits = { facts: 100_000, characters: 16 * 1024 * 1024 };
const mostViews = 8;
const mostChains = 16;

/** The layers of an image that was composed before, by their names and repetitions. */
interface Chain {
  readonly detectors: Detectors;
  readonly names: readonly string[];
}

/**
 * Remembers the views of layers that images have in common, in bounded memory: composing such an image costs what its
 * own layers cost. Layers are recognised as the same objects (`rememberedLayers`), so that equal facts are meant, not
 * only equal names.
 */
export class RememberedViews {
  private readonly limits: FactLimits;
  /** The last one was used last. */
  private known: readonly RememberedView[] = [];
  private chains: readonly Chain[] = [];

  constructor(limits = defaultLimits) {
    this.limits = limits;
  }

  /**
   * The view of the most layers at the bottom of an image, which its caller returns with `keep` when it is as it was;
   * undefined also where an earlier image had more layers of this one: then these are the ones to remember.
   */
  take(runs: readonly LayerRun[], detectors: Detectors): RememberedView | undefined {
    let best: RememberedView | undefined;
    for (const one of this.known) {
      if (one.runs.length > (best?.runs.length ?? 0) && isBelow(one, runs, detectors)) best = one;
    }
    if (best === undefined || best.runs.length < this.sharedRuns(runs, detectors)) return undefined;
    this.known = this.known.filter((one) => one !== best);
    return best;
  }

  /** Remembers a view, in place of those that were used longest ago. */
  keep(view: RememberedView): void {
    const room = createRoom(this.limits);
    const kept: RememberedView[] = [];
    for (const one of [view, ...this.known.toReversed()].slice(0, mostViews)) {
      if (!one.runs.every(({ layer }) => room.takes(layer))) break;
      kept.push(one);
    }
    this.known = kept.reverse();
  }

  /** How many runs of layers at the bottom an earlier image had, too. */
  sharedRuns(runs: readonly LayerRun[], detectors: Detectors): number {
    let most = 0;
    for (const chain of this.chains) {
      if (chain.detectors !== detectors) continue;
      let shared = 0;
      while (shared < runs.length && chain.names[shared] === nameOf(runs[shared])) shared += 1;
      most = Math.max(most, shared);
    }
    return most;
  }

  /** Notes the layers of an image. */
  noteChain(runs: readonly LayerRun[], detectors: Detectors): void {
    const names = runs.map(nameOf);
    this.chains = [{ detectors, names }, ...this.chains].slice(0, mostChains);
  }
}

function isBelow({ runs, detectors }: RememberedView, all: readonly LayerRun[], asked: Detectors): boolean {
  return (
    detectors === asked &&
    runs.length <= all.length &&
    runs.every(({ layer, times }, at) => all[at]?.layer === layer && all[at].times === times)
  );
}

function nameOf(run: LayerRun | undefined): string {
  return run === undefined ? '' : `${run.times} ${run.layer.diffId}`;
}
