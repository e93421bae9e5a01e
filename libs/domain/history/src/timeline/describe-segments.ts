import { createTurns } from '@clarion/deadlines';
import { type MatchFacts, type PackageFlaw, scopedFacts } from '@clarion/matching';
import type { Finding, TextChange, Vulnerability, VulnerabilityRecord } from '@clarion/model';
import { describeFindings, recordIds } from '@clarion/reporting';
import { FirstChanges } from '../first-changes';
import type { FlawSegment, ReplayContext } from './decisions';
import { startsOf } from './feed-periods';
import { orderSteps, type TimelineStep } from './timeline-step';
import { updateSteps } from './update-steps';

/** What a report says of a finding from a step on; null: nothing. */
export interface DescribedFinding {
  /** Of the package. */
  readonly key: string;
  /** The id of the finding then. */
  readonly id: string;
  readonly step: TimelineStep;
  readonly finding: Finding | null;
}

interface StepOfRecords {
  readonly step: TimelineStep;
  readonly begins: FlawSegment[];
  readonly ends: FlawSegment[];
  readonly changes: TextChange[];
  /** Feeds whose records are known from now on. */
  readonly loaded: string[];
}

/**
 * What reports say of flaws through the time, in the order of the steps: at the start of each segment, and where records
 * of its vulnerability changed meanwhile.
 */
export async function describeSegments(
  segments: readonly FlawSegment[],
  context: ReplayContext,
): Promise<readonly DescribedFinding[]> {
  const { store, feeds, steps, options } = context;
  const works = new Map<TimelineStep, StepOfRecords>();
  const at = (step: TimelineStep): StepOfRecords => {
    const work = works.get(step) ?? { step, begins: [], ends: [], changes: [], loaded: [] };
    works.set(step, work);
    return work;
  };
  for (const segment of segments) {
    at(segment.from).begins.push(segment);
    if (segment.until !== null) at(segment.until).ends.push(segment);
  }
  const ids = [...new Set(segments.flatMap(({ flaw }) => recordIds(flaw.flaw.cluster)))];
  const starts = startsOf(feeds);
  const first = new FirstChanges<TextChange>(starts, ({ vulnerability, feed }) => `${vulnerability}\0${feed}`);
  const stored = ids.length === 0 ? [] : await store.vulnerabilities(ids);
  const changes = first.noting(store.textChanges(ids, starts, { withoutSilent: true }));
  for (const { changes: of, ...update } of ids.length === 0 ? [] : await updateSteps(changes, feeds, store)) {
    at(steps.update(update)).changes.push(...of);
  }
  const records = new ReplayedRecords(stored, first.values());
  for (const { feed, start, loadedAt } of feeds) {
    if (loadedAt === undefined) records.known(feed);
    else at(steps.loaded({ feed, update: start, at: loadedAt })).loaded.push(feed);
  }
  const facts = scopedFacts(records.facts(), options.feeds);
  return describeSteps(orderedWorks(works), records, (flaws) => describeFindings(flaws, facts, options));
}

function orderedWorks(works: ReadonlyMap<TimelineStep, StepOfRecords>): readonly StepOfRecords[] {
  return orderSteps([...works.keys()]).flatMap((step) => works.get(step) ?? []);
}

async function describeSteps(
  works: readonly StepOfRecords[],
  records: ReplayedRecords,
  describe: (flaws: readonly PackageFlaw[]) => Promise<readonly Finding[]>,
): Promise<readonly DescribedFinding[]> {
  const described: DescribedFinding[] = [];
  const live = new LiveSegments();
  const turns = createTurns();
  for (const { step, begins, ends, changes, loaded } of works) {
    if (turns.isOver()) await turns.next();
    for (const change of changes) records.apply(change);
    for (const feed of loaded) records.known(feed);
    const gone = new Map(ends.map((segment) => [keyOf(segment), segment]));
    for (const segment of ends) live.remove(segment);
    for (const segment of begins) {
      live.add(segment);
      gone.delete(keyOf(segment));
    }
    for (const { key, flaw } of gone.values()) described.push({ key, id: flaw.flaw.cluster.id, step, finding: null });
    const others = loaded.length > 0 ? live.all() : live.about(changes.map(({ vulnerability }) => vulnerability));
    const asked = [...new Set([...begins.filter((segment) => segment.until !== step), ...others])];
    if (asked.length === 0) continue;
    const findings = await describe(asked.map(({ flaw }) => flaw));
    for (const [index, { key, flaw }] of asked.entries()) {
      described.push({ key, id: flaw.flaw.cluster.id, step, finding: findings[index] ?? null });
    }
  }
  return described;
}

function keyOf({ key, flaw }: FlawSegment): string {
  return `${key}\0${flaw.flaw.cluster.id}`;
}

/** The segments at one time, by the ids that records about them may have. */
class LiveSegments {
  private readonly byId = new Map<string, Set<FlawSegment>>();
  private readonly segments = new Set<FlawSegment>();

  add(segment: FlawSegment): void {
    this.segments.add(segment);
    for (const id of recordIds(segment.flaw.flaw.cluster)) {
      const known = this.byId.get(id);
      if (known === undefined) this.byId.set(id, new Set([segment]));
      else known.add(segment);
    }
  }

  remove(segment: FlawSegment): void {
    this.segments.delete(segment);
    for (const id of recordIds(segment.flaw.flaw.cluster)) this.byId.get(id)?.delete(segment);
  }

  all(): readonly FlawSegment[] {
    return [...this.segments];
  }

  about(ids: readonly string[]): readonly FlawSegment[] {
    return ids.flatMap((id) => [...(this.byId.get(id) ?? [])]);
  }
}

/** Records of vulnerabilities at one time after the other. */
class ReplayedRecords {
  private readonly records = new Map<string, Map<string, VulnerabilityRecord>>();
  private readonly feeds = new Set<string>();

  constructor(stored: readonly Vulnerability[], first: readonly TextChange[]) {
    for (const { id, texts } of stored) this.records.set(id, new Map(texts.map((text) => [text.feed, text])));
    for (const { vulnerability, feed, before } of first) this.put(vulnerability, feed, before);
  }

  known(feed: string): void {
    this.feeds.add(feed);
  }

  apply({ vulnerability, feed, after }: TextChange): void {
    this.put(vulnerability, feed, after);
  }

  facts(): MatchFacts {
    return {
      feedStates: () => Promise.resolve([]),
      advisories: () => Promise.resolve([]),
      packageNames: () => Promise.resolve([]),
      repositories: () => Promise.resolve([]),
      vulnerabilities: (ids) => Promise.resolve(ids.flatMap((id) => this.vulnerability(id))),
    };
  }

  private put(id: string, feed: string, record: VulnerabilityRecord | null): void {
    const ofId = this.records.get(id) ?? new Map<string, VulnerabilityRecord>();
    if (record === null) ofId.delete(feed);
    else ofId.set(feed, record);
    this.records.set(id, ofId);
  }

  private vulnerability(id: string): readonly Vulnerability[] {
    const texts = [...(this.records.get(id)?.values() ?? [])].filter(({ feed }) => this.feeds.has(feed));
    return texts.length === 0 ? [] : [{ id, texts }];
  }
}
