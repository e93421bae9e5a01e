import type { Advisory, AdvisoryGroup } from '@clarion/model';
import type { PackageMatch } from './all-matches';

/**
 * The packages that any advisory names together with one of the ids, with no other advisories than those that can take
 * part in a decision about these flaws: an image may have 100,000 packages with a thousand flaws each, and the caller
 * may ask for one.
 */
export function matchesAbout(matches: readonly PackageMatch[], ids: ReadonlySet<string>): readonly PackageMatch[] {
  const groups = new Set(matches.flatMap((match) => match.groups.map(({ group }) => group)));
  const connected = connectedIds(groups, ids);
  const about = new Map<AdvisoryGroup, AdvisoryGroup>();
  for (const group of groups) {
    const advisories = group.advisories.filter((advisory) => idsOf(advisory).some((id) => connected.has(id)));
    about.set(group, { ...group, advisories });
  }
  return matches.flatMap((match) => {
    const narrowed = match.groups.map((found) => ({ ...found, group: about.get(found.group) ?? found.group }));
    return narrowed.some(({ group }) => group.advisories.length > 0) ? [{ ...match, groups: narrowed }] : [];
  });
}

function idsOf({ id, aliases = [] }: Advisory): readonly string[] {
  return [id, ...aliases];
}

/** The ids, and all that advisories name together with one of them, or with one of those. */
function connectedIds(groups: Iterable<AdvisoryGroup>, ids: ReadonlySet<string>): ReadonlySet<string> {
  const together = new Map<string, string[]>();
  for (const { advisories } of groups) {
    for (const advisory of advisories) if (advisory.aliases !== undefined) link(together, idsOf(advisory));
  }
  const connected = new Set(ids);
  // Iterating over a set includes what is added meanwhile.
  for (const id of connected) for (const other of together.get(id) ?? []) connected.add(other);
  return connected;
}

/** Links each id with the first one, so that a long list of aliases stays cheap. */
function link(together: Map<string, string[]>, [first = '', ...others]: readonly string[]): void {
  for (const other of others) {
    append(together, first, other);
    append(together, other, first);
  }
}

function append(lists: Map<string, string[]>, key: string, item: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
