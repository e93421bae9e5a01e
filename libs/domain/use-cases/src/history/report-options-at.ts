import { factsAt } from '@clarion/history';
import type { MatchFacts } from '@clarion/matching';
import type { FeedState } from '@clarion/model';
import { matchOptions, type MatchSettings } from '../context';

/** What a report is made from: now, or at a time. */
export interface FactsOfReport<Settings extends MatchSettings> {
  readonly facts: MatchFacts;
  readonly states: readonly FeedState[];
  /** The settings at that time, for which it is always the same time. */
  readonly settings: Settings;
  readonly options: ReturnType<typeof matchOptions>;
}

/** The facts and options of a report now, or as of a time. Throws `history-pruned`. */
export async function factsOfReport<Settings extends MatchSettings>(
  settings: Settings,
  at: string | undefined,
): Promise<FactsOfReport<Settings>> {
  const facts = at === undefined ? settings.store : (await factsAt(settings.store, at)).facts;
  const states = await facts.feedStates();
  const now = at === undefined ? settings.now() : new Date(at);
  const then = { ...settings, now: () => now };
  return { facts, states, settings: then, options: matchOptions(then, states) };
}
