import type { Advisory, AdvisoryGroup } from '@clarion/model';

/**
 * The groups with only those advisories that can affect the match of the given vulnerabilities: advisories with one of
 * the ids, advisories that share an id with those, and so on. A kernel has ten thousand others. Every group stays, with
 * at least one advisory for each kind of name, because the existence of such an advisory can matter.
 */
export function onlyAbout(ids: ReadonlySet<string>, groups: readonly AdvisoryGroup[]): readonly AdvisoryGroup[] {
  const connected = connectedIds(ids, groups);
  return groups.map((group) => {
    const kinds = new Set<string>();
    const advisories = group.advisories.filter((advisory) => {
      const kind = advisory.nameKind ?? group.nameKind;
      const isFirst = !kinds.has(kind);
      kinds.add(kind);
      return isFirst || names(advisory, connected);
    });
    return { ...group, advisories };
  });
}

function names({ id, aliases }: Advisory, ids: ReadonlySet<string>): boolean {
  return ids.has(id) || aliases?.some((alias) => ids.has(alias)) === true;
}

function connectedIds(ids: ReadonlySet<string>, groups: readonly AdvisoryGroup[]): ReadonlySet<string> {
  const connected = new Set(ids);
  const links = groups.flatMap(({ advisories }) => advisories.filter(({ aliases = [] }) => aliases.length > 0));
  let left = links.filter((advisory) => !add(advisory, connected));
  for (let before = links.length; left.length < before;) {
    before = left.length;
    left = left.filter((advisory) => !add(advisory, connected));
  }
  return connected;
}

/** Adds the ids of an advisory that shares a known one; returns whether it does. */
function add(advisory: Advisory, connected: Set<string>): boolean {
  if (!names(advisory, connected)) return false;
  connected.add(advisory.id);
  for (const alias of advisory.aliases ?? []) connected.add(alias);
  return true;
}
