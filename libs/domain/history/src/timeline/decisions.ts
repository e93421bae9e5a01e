import { createTurns } from '@clarion/deadlines';
import { decidedPieces, knowsRepositories, type PackageFlaw, scopedFacts } from '@clarion/matching';
import {
  type AdvisoryChange,
  ClarionError,
  type GroupChange,
  isAdvisoryChange,
  type PlacedFeature,
  type WorkBudget,
} from '@clarion/model';
import type { FindingOptions } from '@clarion/reporting';
import type { HistoryReader } from '../facts-at';
import type { FeedPeriod } from './feed-periods';
import type { ReplayedFacts } from './replayed-facts';
import type { StepWork } from './step-plan';
import type { StepRegistry } from './step-registry';
import { packageKey, type PackagesByName, type PieceOfSubject } from './subject-periods';
import type { TimelineStep } from './timeline-step';

/** A flaw of a package, decided from the same advisories from one step to another. */
export interface FlawSegment {
  readonly key: string;
  readonly flaw: PackageFlaw;
  readonly from: TimelineStep;
  /** Null: it was still so at the end. */
  until: TimelineStep | null;
}

export interface ReplayContext {
  readonly store: HistoryReader;
  readonly feeds: readonly FeedPeriod[];
  readonly options: FindingOptions;
  readonly steps: StepRegistry;
  readonly budget: WorkBudget;
  /** Ends the work with its reason. */
  readonly signal: AbortSignal | undefined;
}

/** Packages of an image, by their names. */
export interface IndexedPiece {
  readonly piece: PieceOfSubject;
  readonly byName: PackagesByName;
}

interface Affected {
  readonly wholly: ReadonlySet<PlacedFeature>;
  readonly partly: ReadonlySet<PlacedFeature>;
  /** Of the others, only flaws with one of these ids. */
  readonly about: ReadonlySet<string>;
}

/** The flaws that were found of a package; those with other ids are not decided if only some are `about`. */
interface FoundFlaws {
  readonly found?: ReadonlyMap<string, PackageFlaw> | undefined;
  readonly about?: ReadonlySet<string> | undefined;
}

/** The decisions about some packages, kept current from step to step. */
export class Decisions {
  readonly segments: FlawSegment[] = [];
  private readonly live = new Map<string, Map<string, FlawSegment>>();
  private readonly facts: ReplayedFacts;
  private readonly context: ReplayContext;
  private readonly periods: readonly IndexedPiece[];
  private piece: PieceOfSubject;
  private byName: PackagesByName;

  constructor(facts: ReplayedFacts, context: ReplayContext, periods: readonly [IndexedPiece, ...IndexedPiece[]]) {
    this.facts = facts;
    this.context = context;
    this.periods = periods;
    ({ piece: this.piece, byName: this.byName } = periods[0]);
  }

  async replay(works: readonly StepWork[]): Promise<void> {
    const turns = createTurns();
    await this.decide(this.context.steps.start, this.piece.features);
    for (const work of works) {
      this.context.signal?.throwIfAborted();
      if (turns.isOver()) await turns.next();
      await this.advance(work);
    }
  }

  private async advance({ step, changes, repositories, states, isLoad, piece }: StepWork): Promise<void> {
    for (const change of changes) this.facts.apply(change);
    for (const change of repositories) this.facts.applyRepository(change);
    for (const state of states) this.facts.known(state);
    const period = this.periods.find((one) => one.piece === piece);
    if (period !== undefined) {
      ({ piece: this.piece, byName: this.byName } = period);
      this.endMissing(step);
    }
    if (piece !== undefined || isLoad || repositories.length > 0) return this.decide(step, this.piece.features);
    const { wholly, about, partly } = this.affectedBy(changes, states.length > 0);
    await this.decide(step, [...wholly]);
    await this.decide(
      step,
      [...partly].filter((feature) => !wholly.has(feature)),
      about,
    );
  }

  /** The packages of which everything, or only flaws with some ids, may be decided in another way. */
  private affectedBy(changes: readonly (AdvisoryChange | GroupChange)[], isSilenceNew: boolean): Affected {
    const { features, subject } = this.piece;
    const wholly = new Set(isSilenceNew ? features.filter(({ owner }) => owner !== undefined) : []);
    const partly = new Set<PlacedFeature>();
    const about = new Set<string>();
    for (const change of changes) {
      // The first advisory about a package of the release hides those of channels.
      const isWhole = !isAdvisoryChange(change) || subject.channels.length > 0;
      if (isAdvisoryChange(change) && change.silent === true) continue;
      for (const feature of this.byName.get(change)) (isWhole ? wholly : partly).add(feature);
      if (isWhole) continue;
      for (const { id, aliases = [] } of [...change.before, ...change.after])
        for (const one of [id, ...aliases]) about.add(one);
    }
    return { wholly, partly, about };
  }

  private async decide(
    step: TimelineStep,
    features: readonly PlacedFeature[],
    about?: ReadonlySet<string>,
  ): Promise<void> {
    if (features.length === 0) return;
    const { options, budget } = this.context;
    const { subject, features: all, owners } = this.piece;
    const facts = scopedFacts(this.facts.facts(about), options.feeds);
    const repositoriesKnown = knowsRepositories(subject);
    const of = { ...subject, features, owners: beside(features, [...all, ...owners]) };
    const found = new Map<string, Map<string, PackageFlaw>>();
    for await (const { flaws, exceeded } of decidedPieces(of, facts, {
      ...{ ...options, budget, repositoriesKnown },
      ...(about && { about }),
    })) {
      if (exceeded !== undefined) throw tooMuch();
      for (const flaw of flaws) {
        const key = packageKey(flaw.feature);
        const ofPackage = found.get(key) ?? new Map<string, PackageFlaw>();
        found.set(key, ofPackage.set(flaw.flaw.cluster.id, flaw));
      }
    }
    for (const key of new Set(features.map(packageKey))) this.replace(step, key, { found: found.get(key), about });
  }

  private replace(step: TimelineStep, key: string, { found = new Map(), about }: FoundFlaws): void {
    const live = this.live.get(key) ?? new Map<string, FlawSegment>();
    for (const [id, segment] of live) {
      if (about !== undefined && !found.has(id) && !isAbout(segment.flaw, about)) continue;
      segment.until = step;
      live.delete(id);
    }
    for (const [id, flaw] of found) {
      const segment: FlawSegment = { key, flaw, from: step, until: null };
      this.segments.push(segment);
      live.set(id, segment);
    }
    this.live.set(key, live);
  }

  /** Ends what is known of packages that are not there any more. */
  private endMissing(step: TimelineStep): void {
    const present = new Set(this.piece.features.map(packageKey));
    for (const key of this.live.keys()) if (!present.has(key)) this.replace(step, key, {});
  }
}

function beside(features: readonly PlacedFeature[], all: readonly PlacedFeature[]): readonly PlacedFeature[] {
  const names = new Set(features.flatMap(({ owner }) => owner ?? []));
  if (names.size === 0) return [];
  const given = new Set(features);
  return all.filter((feature) => names.has(feature.name) && !given.has(feature));
}

function isAbout({ flaw }: PackageFlaw, ids: ReadonlySet<string>): boolean {
  return flaw.cluster.members.some(
    ({ advisory: { id, aliases = [] } }) => ids.has(id) || aliases.some((alias) => ids.has(alias)),
  );
}

function tooMuch(): ClarionError {
  return new ClarionError('limit-exceeded', 'The time line of this image needs too much work', {
    remedy: 'ask for a shorter time',
  });
}
