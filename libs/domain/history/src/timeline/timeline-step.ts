import { compareText } from '@clarion/model';

/**
 * Why something is different from one moment on: an update of a feed (`data`), of own data (`exception`), an image that
 * was read with other detectors (`detector`); `start`: it was so when the time line begins.
 */
export type StepCause =
  | { readonly kind: 'start' }
  | { readonly kind: 'detector' }
  | {
      readonly kind: 'data' | 'exception';
      /** Public name of the feed. */
      readonly feed: string;
      readonly update: string;
      /** The feed was loaded for the first time, or again without its changes being recorded. */
      readonly loaded?: true;
    };

/** A moment from which on something may be different. */
export interface TimelineStep {
  /** RFC 3339. */
  readonly at: string;
  readonly cause: StepCause;
}

/**
 * Steps in their order: those of feeds by update, whatever clocks say, and by feed where one update changed several;
 * the others before the first update that was committed after them.
 */
export function orderSteps<Step extends TimelineStep>(steps: readonly Step[]): readonly Step[] {
  const keyed = steps.map((step) => ({ step, update: updateOf(step) }));
  const ofFeeds = keyed
    .filter(({ update }) => update !== undefined)
    .sort((a, b) => compareText(a.update, b.update) || compareText(feedOf(a.step), feedOf(b.step)));
  const ordered = ofFeeds.map(({ step }) => step);
  const others = keyed.flatMap(({ step, update }) => (update === undefined ? [step] : []));
  for (const other of others.sort((a, b) => compareText(a.at, b.at))) {
    const isAfter = (step: Step): boolean => step.at > other.at && updateOf(step) !== undefined;
    const index = other.cause.kind === 'start' ? 0 : ordered.findIndex(isAfter);
    ordered.splice(index < 0 ? ordered.length : index, 0, other);
  }
  return ordered;
}

function updateOf({ cause }: TimelineStep): string | undefined {
  return 'update' in cause ? cause.update : undefined;
}

function feedOf({ cause }: TimelineStep): string {
  return 'feed' in cause ? cause.feed : '';
}
