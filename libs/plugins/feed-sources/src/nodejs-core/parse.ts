import { shortenText } from '@clarion/file-formats';
import { asObject, jsonMembers } from '@clarion/file-formats/documents';
import {
  type Advisory,
  ClarionError,
  type FeedDocument,
  type FeedRecord,
  isCveId,
  type Severity,
} from '@clarion/model';
import { affectedRanges } from './affected-ranges';

/** Real entries have a few kilobytes. */
const limits = { memberBytes: 1024 * 1024, depth: 20 };
const maxDescription = 4000;
const mostCves = 100;

/** Reads `index.json`: an object with one entry for each advisory, by number. */
export async function* parse(document: FeedDocument): AsyncGenerator<FeedRecord> {
  let entries = 0;
  for await (const member of jsonMembers(document.body, limits)) {
    const entry = member.problem === undefined ? asObject(member.value) : undefined;
    const record = member.key.slice(0, 80);
    if (entry === undefined || !/^\d{1,6}$/.test(record)) {
      yield { kind: 'problem', record, message: member.problem ?? 'Not a numbered entry' };
    } else {
      entries += 1;
      yield* parseEntry(entry, record, document.name);
    }
  }
  if (entries === 0) throw new ClarionError('corrupt-data', `Document ${document.name} has no entries`);
}

function* parseEntry(
  entry: Readonly<Record<string, unknown>>,
  number: string,
  document: string,
): Generator<FeedRecord> {
  const [vulnerable, patched] = [textOf(entry['vulnerable']), textOf(entry['patched']) ?? ''];
  const ranges = vulnerable === undefined ? 'Entry without vulnerable versions' : affectedRanges(vulnerable, patched);
  if (typeof ranges === 'string') {
    yield { kind: 'problem', record: number, message: ranges };
    return;
  }
  // Images with a Linux system cannot have the others.
  const systems = textsOf(entry['affectedEnvironments']);
  if (systems.length > 0 && !systems.some((system) => system === 'all' || system === 'linux')) return;
  const name = `NSWG-COR-${number}`;
  const cves = textsOf(entry['cve']).filter(isCveId).slice(0, mostCves);
  const published = /^\d{4}-\d{2}-\d{2}$/.exec(textOf(entry['publish_date']) ?? '')?.[0];
  const link = textOf(entry['ref']);
  const common: Omit<Advisory, 'id'> = {
    state: ranges.some(({ fixed }) => fixed !== undefined) ? 'fixed' : 'affected',
    ranges,
    ...severityOf(entry['severity']),
    ...(published !== undefined && { published }),
    ...(link !== undefined && /^https?:\/\//.test(link) && { links: [link] }),
  };
  const ids = cves.length === 0 ? [name] : [...new Set(cves)];
  const advisories = ids.map((id): Advisory => ({ id, ...(id !== name && { advisory: name }), ...common }));
  yield {
    kind: 'group',
    group: {
      ...{ namespace: 'generic:node', package: 'node', feed: 'nodejs-core', document },
      ...{ nameKind: 'binary', scheme: 'npm', advisories },
    },
  };
  const description = textOf(entry['overview']) ?? textOf(entry['description']);
  if (description === undefined) return;
  for (const id of ids) {
    yield {
      kind: 'vulnerability',
      text: { feed: 'nodejs-core', id, description: shortenText(description, maxDescription) },
    };
  }
}

const severities: ReadonlyMap<string, Severity> = new Map([
  ['critical', 'Critical'],
  ['high', 'High'],
  ['medium', 'Medium'],
  ['low', 'Low'],
]);

function severityOf(value: unknown): Pick<Advisory, 'severity' | 'vendorSeverity'> {
  const word = textOf(value)?.toLowerCase();
  const severity = severities.get(word ?? '');
  return severity === undefined || word === undefined ? {} : { severity, vendorSeverity: word };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
