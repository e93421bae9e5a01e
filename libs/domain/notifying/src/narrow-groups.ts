import type { Advisory, AdvisoryGroup } from '@clarion/model';

/**
 * The groups with only those statements that can take part in decisions about the given flaws: statements that name one of
 * the ids, and those that name an id that such a statement names, and so on. A kernel has ten thousand others. Every group
 * stays, and for each kind of name that its statements are about one statement does, since that alone can matter.
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

/** Adds the ids of a statement that names a known one. */
function add(advisory: Advisory, connected: Set<string>): boolean {
  if (!names(advisory, connected)) return false;
  connected.add(advisory.id);
  for (const alias of advisory.aliases ?? []) connected.add(alias);
  return true;
}
