import { shortenText } from '@clarion/file-formats';
import { asObject, jsonMembers } from '@clarion/file-formats/documents';
import type { Advisory, AdvisoryGroup, FeedDocument, FeedRecord, Severity } from '@clarion/model';
import { namespaceOf } from './suites';

const maxDescription = 32_768;

/** Reads `tracker/data/json`: source package, then id, then suite. Only one source package at a time is in memory. */
export async function* parse(document: FeedDocument): AsyncGenerator<FeedRecord> {
  const described = new Set<string>();
  for await (const member of jsonMembers(document.body)) {
    const flaws = member.problem === undefined ? asObject(member.value) : undefined;
    if (flaws === undefined || member.key === '') {
      yield { kind: 'problem', record: member.key, message: member.problem ?? 'Package entry is not an object' };
      continue;
    }
    yield* parsePackage({ name: member.key, flaws, document: document.name }, described);
  }
}

interface SourcePackage {
  readonly name: string;
  readonly flaws: Readonly<Record<string, unknown>>;
  readonly document: string;
}

function* parsePackage(source: SourcePackage, described: Set<string>): Generator<FeedRecord> {
  const namespaces = new Map<string, Advisory[]>();
  for (const [id, value] of Object.entries(source.flaws)) {
    const flaw = asObject(value);
    const releases = asObject(flaw?.['releases']);
    if (flaw === undefined || releases === undefined || id === '') {
      yield { kind: 'problem', record: `${source.name} ${id}`, message: 'Entry without releases' };
      continue;
    }
    const description = flaw['description'];
    // Every package with the CVE repeats the same description.
    if (typeof description === 'string' && description !== '' && !described.has(id)) {
      described.add(id);
      const text = { feed: 'debian-security-tracker', id, description: shortenText(description, maxDescription) };
      yield { kind: 'vulnerability', text };
    }
    for (const [suite, cell] of Object.entries(releases)) {
      const advisory = parseCell(id, cell);
      if (typeof advisory === 'string') {
        yield { kind: 'problem', record: `${source.name} ${id} ${suite}`, message: advisory };
      } else {
        push(namespaces, namespaceOf(suite), advisory);
      }
    }
  }
  for (const [namespace, advisories] of namespaces) {
    yield { kind: 'group', group: toGroup(source, namespace, advisories) };
  }
}

function push(namespaces: Map<string, Advisory[]>, namespace: string, advisory: Advisory): void {
  const list = namespaces.get(namespace);
  if (list === undefined) namespaces.set(namespace, [advisory]);
  else list.push(advisory);
}

function toGroup(source: SourcePackage, namespace: string, advisories: readonly Advisory[]): AdvisoryGroup {
  return {
    namespace,
    package: source.name,
    feed: 'debian-security-tracker',
    document: source.document,
    nameKind: 'source',
    scheme: 'dpkg',
    advisories,
  };
}

/** The advisory for one CVE of one package in one suite, or the reason why it cannot be read. */
function parseCell(id: string, value: unknown): Advisory | string {
  const cell = asObject(value);
  if (cell === undefined) return 'Suite entry is not an object';
  const state = stateOf(cell);
  if (typeof state === 'string') return state;
  const urgency = textOf(cell['urgency'])?.replace(/\*+$/, '').trim();
  const severity = urgency === undefined ? undefined : severityOf.get(urgency);
  const reason = reasonOf(cell);
  return {
    id,
    ...state,
    ...(severity === undefined ? {} : { severity }),
    ...(urgency === undefined || urgency === '' ? {} : { vendorSeverity: urgency }),
    ...(reason === undefined || state.state === 'fixed' || state.state === 'not_affected' ? {} : { reason }),
  };
}

type Cell = Readonly<Record<string, unknown>>;

function stateOf(cell: Cell): Pick<Advisory, 'state' | 'ranges'> | string {
  const fixed = textOf(cell['fixed_version'])?.trim();
  switch (cell['status']) {
    case 'resolved':
      if (fixed === undefined || fixed === '') return 'Resolved without a fixed version';
      return fixed === '0' ? { state: 'not_affected' } : { state: 'fixed', ranges: [{ fixed }] };
    case 'open':
      // A no-dsa note may be outdated when a fix exists: the fixed version has priority.
      if (fixed !== undefined && fixed !== '' && fixed !== '0') return { state: 'fixed', ranges: [{ fixed }] };
      return { state: openState(cell) };
    case 'undetermined':
      return { state: 'under_investigation' };
    default:
      return `Unknown status ${describe(cell['status'])}`;
  }
}

function openState(cell: Cell): Advisory['state'] {
  if (textOf(cell['urgency'])?.startsWith('end-of-life') === true) return 'end_of_life';
  if (cell['nodsa_reason'] === 'ignored') return 'will_not_fix';
  if (cell['nodsa_reason'] === 'postponed') return 'fix_deferred';
  return 'affected';
}

/** `no-dsa: Minor issue`, `ignored: …`, `postponed: …`. */
function reasonOf(cell: Cell): string | undefined {
  const note = textOf(cell['nodsa']);
  const kind = textOf(cell['nodsa_reason']);
  if (note === undefined && kind === undefined) return undefined;
  const word = kind === undefined || kind === '' ? 'no-dsa' : kind;
  return (note === undefined || note === '' ? word : `${word}: ${note}`).slice(0, 500);
}

/** "not yet assigned" and "end-of-life" are not severities, so none is stored. */
const severityOf: ReadonlyMap<string, Severity> = new Map([
  ['unimportant', 'Negligible'],
  ['low', 'Low'],
  ['medium', 'Medium'],
  ['high', 'High'],
]);

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function describe(value: unknown): string {
  return (JSON.stringify(value) as string | undefined)?.slice(0, 80) ?? 'nothing';
}
