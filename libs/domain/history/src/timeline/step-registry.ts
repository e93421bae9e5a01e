import type { StepCause, TimelineStep } from './timeline-step';

/** The feeds as time lines name them. */
export interface TimelineFeeds {
  readonly nameOf: (feed: string) => string;
  readonly isOwn: (feed: string) => boolean;
}

/** A commit of a feed. */
export interface UpdateOfFeed {
  readonly feed: string;
  readonly update: string;
  /** RFC 3339. */
  readonly at: string;
}

/** One object for each moment of a time line: what changes in one update is one step. */
export class StepRegistry {
  private readonly steps = new Map<string, TimelineStep>();
  private readonly feeds: TimelineFeeds;
  readonly start: TimelineStep;

  constructor(from: string, feeds: TimelineFeeds) {
    this.feeds = feeds;
    this.start = { at: from, cause: { kind: 'start' } };
  }

  update({ feed, update, at }: UpdateOfFeed): TimelineStep {
    return this.step(`${feed}\0${update}`, at, () => this.causeOf(feed, update));
  }

  loaded({ feed, update, at }: UpdateOfFeed): TimelineStep {
    return this.step(`${feed}\0${update}`, at, () => ({ ...this.causeOf(feed, update), loaded: true }));
  }

  detector(at: string): TimelineStep {
    return this.step(at, at, () => ({ kind: 'detector' }));
  }

  private causeOf(feed: string, update: string): StepCause & { readonly kind: 'data' | 'exception' } {
    return { kind: this.feeds.isOwn(feed) ? 'exception' : 'data', feed: this.feeds.nameOf(feed), update };
  }

  private step(key: string, at: string, cause: () => StepCause): TimelineStep {
    const known = this.steps.get(key) ?? { at, cause: cause() };
    this.steps.set(key, known);
    return known;
  }
}
