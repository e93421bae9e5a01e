import { createTurns } from '@clarion/deadlines';
import type { SeverityCounts } from '@clarion/model';
import { type Counts, countsOf, type ViewContext } from './image-counts';
import { isSubmitted } from './image-view';
import type { MissingCounts, NotJudged } from './missing-counts';
import type { ImageSearch } from './use-cases';

const mostLookedAt = 1000;

/** Undefined for a search that asks for no judgement. */
export async function notJudged(search: ImageSearch, context: ViewContext): Promise<NotJudged | undefined> {
  if (search.by !== 'severity' && search.by !== 'vulnerability') return undefined;
  const reasons = new Map<MissingCounts, number>();
  const turns = createTurns();
  let looked = 0;
  let after: string | undefined;
  do {
    const request = { limit: mostLookedAt - looked, ...(after === undefined ? {} : { after }) };
    const page = await context.store.images({ by: 'all' }, request);
    for (const counts of await countsOf(page.items.filter(isSubmitted), context)) {
      const reason = search.by === 'severity' ? unrated(counts, search.severity) : unmatched(counts);
      if (reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    looked += page.items.length;
    after = page.next;
    if (turns.isOver()) await turns.next();
  } while (after !== undefined && looked < mostLookedAt);
  const sum = [...reasons.values()].reduce((all, one) => all + one, 0);
  return { images: sum, reasons: Object.fromEntries(reasons), of: looked };
}

/** Images with too many vulnerabilities to count are found by each severity. */
function unrated({ counted, missing }: Counts, severity: keyof SeverityCounts): MissingCounts | undefined {
  return missing === 'limit-reached' || (counted?.[severity] ?? 0) > 0 ? undefined : missing;
}

/** Who rates a vulnerability does not matter to who has it. */
function unmatched({ missing }: Counts): MissingCounts | undefined {
  return missing === 'limit-reached' || missing === 'not-rated' ? undefined : missing;
}
