/** What is stored, and what of it would be gone. */
export interface Loss {
  readonly groups: number;
  readonly statements: number;
  readonly lostGroups: number;
  readonly lostStatements: number;
}

/** Losing more than this share at once is taken for a broken upstream, not for news. */
const maxShare = 0.2;
/** Below this many, a few ordinary removals would already look like a loss. */
const smallEnough = 20;

/** The same of a feed's texts about vulnerabilities: descriptions, scores, entries of a catalogue. */
export function textShrinkage(stored: number, lost: number, when = 'at once'): string | undefined {
  return isTooMuch(stored, lost) ? `would lose ${lost} of ${stored} vulnerabilities ${when}` : undefined;
}

/** How a loss that is right is accepted, for people: by what they use themselves. */
export type Acceptance = (feed: string) => string;

/** By a command, where a command line updates feeds. */
export const acceptedByCommand: Acceptance = (feed) =>
  `if that is right, accept it with clarion update ${feed} --force, and the --from or --feeds-dir that it came by`;

/** By a request, where `clarion serve` or a service updates feeds: a command line would not reach their store. */
export const acceptedByRequest: Acceptance = (feed) =>
  `if that is right, accept it with POST /api/v1/feeds/${encodeURIComponent(feed)}/update?force=true`;

/** Says what would be lost when that is too much to believe; undefined when it is not. */
export function shrinkage(loss: Loss, when = 'at once'): string | undefined {
  if (isTooMuch(loss.groups, loss.lostGroups)) {
    return `would lose ${loss.lostGroups} of ${loss.groups} packages ${when}`;
  }
  if (isTooMuch(loss.statements, loss.lostStatements)) {
    return `would lose ${loss.lostStatements} of ${loss.statements} advisories ${when}`;
  }
  return undefined;
}

function isTooMuch(stored: number, lost: number): boolean {
  return stored > smallEnough && lost > stored * maxShare;
}
