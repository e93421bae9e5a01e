import type { AdvisoryChange, FeedState, GroupChange, RepositoryChange } from '@clarion/model';
import type { StepRegistry, UpdateOfFeed } from './step-registry';
import type { PieceOfSubject } from './subject-periods';
import { orderSteps, type TimelineStep } from './timeline-step';

/** What happens at a step. */
export interface StepWork {
  readonly step: TimelineStep;
  readonly changes: (AdvisoryChange | GroupChange)[];
  readonly repositories: RepositoryChange[];
  readonly states: FeedState[];
  /** A feed was loaded. */
  isLoad: boolean;
  /** From now on the packages are these. */
  piece?: PieceOfSubject;
}

/** What happens at which step. */
export class StepPlan {
  private readonly steps: StepRegistry;
  private readonly works = new Map<TimelineStep, StepWork>();

  constructor(steps: StepRegistry) {
    this.steps = steps;
  }

  update(of: UpdateOfFeed): StepWork {
    return this.at(this.steps.update(of));
  }

  load(of: UpdateOfFeed, state: FeedState): void {
    const work = this.at(this.steps.loaded(of));
    work.states.push(state);
    work.isLoad = true;
  }

  detectors(at: string, piece: PieceOfSubject | undefined): void {
    if (piece !== undefined) this.at(this.steps.detector(at)).piece = piece;
  }

  ordered(): readonly StepWork[] {
    const ordered = orderSteps([...this.works.keys()]);
    return ordered.flatMap((step) => this.works.get(step) ?? []);
  }

  private at(step: TimelineStep): StepWork {
    const work = this.works.get(step) ?? { step, changes: [], repositories: [], states: [], isLoad: false };
    this.works.set(step, work);
    return work;
  }
}
