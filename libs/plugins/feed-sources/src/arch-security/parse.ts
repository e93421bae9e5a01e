import { arrayElements, asObject } from '@clarion/file-formats/documents';
import type { Advisory, FeedDocument, FeedRecord, Severity } from '@clarion/model';

/** Real vulnerability groups are much smaller. */
const limits = { memberBytes: 4 * 1024 * 1024, depth: 20 };

/** Reads `all.json`, one vulnerability group (AVG) at a time; each lists issues and the packages that have them. */
export async function* parse(document: FeedDocument): AsyncGenerator<FeedRecord> {
  let position = 0;
  for await (const element of arrayElements(document.body, limits)) {
    position += 1;
    const entry = 'value' in element ? asObject(element.value) : undefined;
    if (entry === undefined) {
      const message = element.problem ?? 'Vulnerability group is not an object';
      yield { kind: 'problem', record: `group ${position}`, message };
      continue;
    }
    yield* parseGroup(entry, { position, document: document.name });
  }
}

type Entry = Readonly<Record<string, unknown>>;

interface GroupPosition {
  readonly position: number;
  readonly document: string;
}

function* parseGroup(entry: Entry, { position, document }: GroupPosition): Generator<FeedRecord> {
  const name = textOf(entry['name'], /^AVG-\d{1,9}$/);
  const record = name ?? `group ${position}`;
  const state = name === undefined ? 'Vulnerability group has no name' : stateOf(entry);
  if (typeof state === 'string') {
    yield { kind: 'problem', record, message: state };
    return;
  }
  const packages = textsOf(entry['packages'], /^[\w@.+-]{1,128}$/);
  const issues = textsOf(entry['issues'], /^[A-Z][A-Za-z0-9]{1,15}-[\w-]{1,64}$/);
  for (const message of [...packages.problems, ...issues.problems]) yield { kind: 'problem', record, message };
  if (packages.texts.length === 0 || issues.texts.length === 0) {
    yield { kind: 'problem', record, message: 'Vulnerability group names no package or no issue' };
    return;
  }
  const common = { advisory: record, ...state, ...severityOf(entry), links: linksOf(record, entry) };
  const advisories = issues.texts.map((id): Advisory => ({ id, ...common }));
  for (const found of packages.texts) {
    const group = {
      namespace: 'arch',
      package: found,
      feed: 'arch-security',
      document,
      nameKind: 'either',
      scheme: 'alpm',
      advisories,
    } as const;
    yield { kind: 'group', group };
  }
}

/**
 * The state of the group, or the reason why it has none. `affected` is the version in which an issue was found and not
 * a lower bound, so only `fixed` determines the range. A group with a fixed version stays `Vulnerable` until a
 * repository has that version.
 */
function stateOf(entry: Entry): Pick<Advisory, 'state' | 'ranges' | 'reason'> | string {
  const fixed = textOf(entry['fixed'], /^\S{1,128}$/);
  if (fixed === undefined && entry['fixed'] !== null && entry['fixed'] !== undefined)
    return 'Fixed version is not a version';
  const ranges = fixed === undefined ? {} : { ranges: [{ fixed }] };
  switch (entry['status']) {
    case 'Fixed':
      return fixed === undefined ? 'Fixed without a version' : { state: 'fixed', ...ranges };
    case 'Vulnerable':
      return { state: 'affected', ...ranges };
    case 'Testing':
      return { state: 'affected', ...ranges, reason: 'the fix is in the testing repository' };
    case 'Unknown':
      return { state: 'under_investigation', ...ranges };
    case 'Not affected':
      return { state: 'not_affected' };
    default:
      return `Unknown status ${(JSON.stringify(entry['status']) as string | undefined)?.slice(0, 80) ?? ''}`.trimEnd();
  }
}

const severities: ReadonlyMap<string, Severity> = new Map([
  ['Critical', 'Critical'],
  ['High', 'High'],
  ['Medium', 'Medium'],
  ['Low', 'Low'],
]);

/** The severity of the worst issue of the group; `Unknown` is not a severity. */
function severityOf(entry: Entry): Pick<Advisory, 'severity' | 'vendorSeverity'> {
  const word = textOf(entry['severity'], /^[A-Za-z ]{1,40}$/);
  if (word === undefined || word === 'Unknown') return {};
  const severity = severities.get(word);
  return { ...(severity === undefined ? {} : { severity }), vendorSeverity: word };
}

function linksOf(name: string, entry: Entry): readonly string[] {
  const announcements = textsOf(entry['advisories'] ?? [], /^ASA-\d{6}-\d{1,6}$/).texts;
  return [name, ...announcements].map((id) => `https://security.archlinux.org/${id}`);
}

function textOf(value: unknown, pattern: RegExp): string | undefined {
  return typeof value === 'string' && pattern.test(value) ? value : undefined;
}

/** The distinct strings of a list that match the pattern, and a problem for each of the others. */
function textsOf(value: unknown, pattern: RegExp): { readonly texts: readonly string[]; readonly problems: string[] } {
  if (!Array.isArray(value)) return { texts: [], problems: [] };
  const texts = new Set<string>();
  const problems: string[] = [];
  for (const item of value as unknown[]) {
    const text = textOf(item, pattern);
    if (text !== undefined) texts.add(text);
    else problems.push(`No name or id: ${(JSON.stringify(item) as string | undefined)?.slice(0, 80) ?? ''}`);
  }
  return { texts: [...texts], problems };
}
