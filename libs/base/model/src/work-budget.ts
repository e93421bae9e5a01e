import type { WantedFile } from './wanted-file';
import type { Problem } from './problem';

/**
 * The cost limit of one piece of work on an image: reading the structure of a layer, one detector's run over its files,
 * composing the image, matching it. Checked in every loop that hostile content can lengthen. Steps are the first guard,
 * so that equal content has an equal outcome on every machine and in every mode; the clock is the second.
 */
export interface WorkBudget {
  /** Counts steps. False once they or the time are used up, and from then on: the caller stops with what it has. */
  spend(steps: number): boolean;
  /**
   * Counts one fact that is kept, such as a package, and the characters of its texts. False when there were too many.
   */
  keep(characters?: number): boolean;
  /** Steps that were counted so far. */
  stepsSpent(): number;
  /** What was used up; undefined while nothing was. Recorded by the creator of the budget, so that no loop has to. */
  problem(): Problem | undefined;
}

export interface WorkLimits {
  readonly steps: number;
  /** Maximum number of facts that are kept. */
  readonly facts: number;
  /** The name of the facts in the problem's message; "packages and other facts" unless stated. */
  readonly kind?: string;
  /** Maximum number of characters of the texts that are kept with facts; unlimited unless stated. */
  readonly characters?: number;
  /** Wall clock. */
  readonly millis: number;
}

const minute = 60_000;

/**
 * Some 50 to 250 ns per step, so that a hostile layer or image ends within seconds. Real ones need a hundredth of the
 * steps: a `dpkg/status` takes one per line, a composition some for each link, directory and package. The largest real
 * images have some ten thousand packages.
 */
export const workLimits = {
  /** The structure of one layer: what is recorded of its entries, and its links. */
  layer: { steps: 5_000_000, facts: 100_000, millis: 15 * minute },
  /** One detector's run over the files of one layer. */
  detector: { steps: 10_000_000, facts: 100_000, millis: 15 * minute },
  /** Composing the layers of one image, however many there are. A real package has some 100 characters. */
  image: { steps: 10_000_000, facts: 100_000, characters: 64 * 1024 * 1024, millis: minute },
  /**
   * Matching one image: a step is the comparison of a package with one interval or version of an advisory. Real
   * findings have some 100 characters of the package each; a hostile image may have 16,000 of them in each.
   */
  matching: {
    steps: 20_000_000,
    facts: 100_000,
    kind: 'findings',
    characters: 16 * 1024 * 1024,
    millis: 10 * minute,
  },
} as const satisfies Record<string, WorkLimits>;

/** Steps between two checks of the clock. */
const stepsBetweenLooks = 100_000;

/** `work` is the subject of the problem's message: `Reading layer 3`. */
export function createWorkBudget(work: string, limits: WorkLimits): WorkBudget {
  const { steps, facts, millis, kind = 'packages and other facts', characters = Infinity } = limits;
  const deadline = performance.now() + millis;
  let stepsLeft = steps;
  let factsLeft = facts;
  let charactersLeft = characters;
  let nextLook = steps - stepsBetweenLooks;
  let exceeded: string | undefined;
  return {
    spend(count) {
      stepsLeft -= count;
      if (stepsLeft > nextLook && stepsLeft >= 0) return exceeded === undefined;
      nextLook = stepsLeft - stepsBetweenLooks;
      if (stepsLeft < 0) exceeded ??= `takes more than ${steps} steps`;
      else if (performance.now() > deadline) exceeded ??= `takes longer than ${millis / 1000} seconds`;
      return exceeded === undefined;
    },
    keep(length = 0) {
      factsLeft -= 1;
      charactersLeft -= length;
      if (factsLeft < 0) exceeded ??= `finds more than ${facts} ${kind}`;
      else if (charactersLeft < 0) exceeded ??= `finds more than ${characters} characters of ${kind}`;
      return factsLeft >= 0 && charactersLeft >= 0;
    },
    stepsSpent: () => steps - stepsLeft,
    problem() {
      if (exceeded === undefined) return undefined;
      return { code: 'limit-reached', message: `${work} ${exceeded}; the rest is not taken into account` };
    },
  };
}

/** Bytes of a file that are read in the time of one step. */
const bytesOfStep = 64;

/** The files that `budget` is sufficient for: reading each costs at least its bytes. */
export function* filesWithin(files: readonly WantedFile[], budget: WorkBudget): Generator<WantedFile> {
  for (const file of files) {
    if (!budget.spend(1 + Math.ceil(file.content.length / bytesOfStep))) return;
    yield file;
  }
}
