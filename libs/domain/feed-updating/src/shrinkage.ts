/** What is stored, and how much of it would be lost. */
export interface FactLoss {
  readonly groups: number;
  readonly advisories: number;
  readonly lostGroups: number;
  readonly lostAdvisories: number;
}

/** Losing more than this share at once indicates a broken upstream, not a real change. */
const maxShare = 0.2;
/** Below this count, a few ordinary removals would already look like a loss. */
const smallEnough = 20;

/** The same for a feed's vulnerability records: descriptions, scores, catalogue entries. */
export function textShrinkage(stored: number, lost: number, when = 'at once'): string | undefined {
  return isTooMuch(stored, lost) ? `would lose ${lost} of ${stored} vulnerabilities ${when}` : undefined;
}

/** The instruction for accepting a correct loss, in the interface that the user works with. */
export type AcceptanceHint = (feed: string) => string;

/** By a command, where the command line updates feeds. */
export const acceptedByCommand: AcceptanceHint = (feed) =>
  `if that is right, accept it with clarion update ${feed} --force, and the --from or --feeds-dir that it came by`;

/** By a request, where `clarion serve` or a service updates feeds: the command line cannot reach their store. */
export const acceptedByRequest: AcceptanceHint = (feed) =>
  `if that is right, accept it with POST /api/v1/feeds/${encodeURIComponent(feed)}/update?force=true`;

/** Describes the loss if it is implausibly large; undefined otherwise. */
export function shrinkage(loss: FactLoss, when = 'at once'): string | undefined {
  if (isTooMuch(loss.groups, loss.lostGroups)) {
    return `would lose ${loss.lostGroups} of ${loss.groups} packages ${when}`;
  }
  if (isTooMuch(loss.advisories, loss.lostAdvisories)) {
    return `would lose ${loss.lostAdvisories} of ${loss.advisories} advisories ${when}`;
  }
  return undefined;
}

function isTooMuch(stored: number, lost: number): boolean {
  return stored > smallEnough && lost > stored * maxShare;
}
