import { shortenText } from '@clarion/file-formats';
import { asObject, jsonElements } from '@clarion/file-formats/documents';
import {
  ClarionError,
  type FeedDocument,
  type FeedRecord,
  type KnownExploited,
  type VulnerabilityRecord,
  isCveId,
} from '@clarion/model';
import { webAddresses } from '../web-addresses';

const list = 'vulnerabilities';
const limits = { memberBytes: 1024 * 1024, depth: 20 };
const maxEntries = 1_000_000;
const maxText = 4096;
const mostLinks = 20;

const day = /^\d{4}-\d{2}-\d{2}$/;

/** Reads `known_exploited_vulnerabilities.json`: one entry at a time. */
export async function* parse(document: FeedDocument): AsyncGenerator<FeedRecord> {
  let stated: unknown;
  let entries = 0;
  for await (const member of jsonElements(document.body, list, limits)) {
    if (member.element !== true) {
      if (member.key === 'count' && member.problem === undefined) stated = member.value;
      continue;
    }
    entries += 1;
    if (entries > maxEntries) throw new ClarionError('limit-exceeded', `Document ${document.name} is too long`);
    yield readEntry(member.problem === undefined ? member.value : undefined, member.problem);
  }
  if (entries === 0) throw new ClarionError('corrupt-data', `Document ${document.name} has no list of entries`);
  if (typeof stated === 'number' && stated !== entries) {
    yield { kind: 'problem', record: 'count', message: `${stated} entries are stated, ${entries} are there` };
  }
}

function readEntry(value: unknown, problem: string | undefined): FeedRecord {
  const entry = asObject(value);
  const id = textOf(entry?.['cveID']);
  const dateAdded = textOf(entry?.['dateAdded']);
  if (entry === undefined || id === undefined || !isCveId(id)) {
    return { kind: 'problem', record: id?.slice(0, 80) ?? list, message: problem ?? 'Entry without a CVE id' };
  }
  if (dateAdded === undefined || !day.test(dateAdded)) {
    return { kind: 'problem', record: id, message: 'Entry without the day it was added' };
  }
  return { kind: 'vulnerability', text: toText(id, dateAdded, entry) };
}

type Entry = Readonly<Record<string, unknown>>;

function toText(id: string, dateAdded: string, entry: Entry): VulnerabilityRecord {
  const dueDate = textOf(entry['dueDate']);
  const requiredAction = textOf(entry['requiredAction']);
  const description = textOf(entry['shortDescription']);
  const cwes = cwesOf(entry['cwes']);
  // URLs separated by semicolons or commas, sometimes with a sentence before the first.
  const links = webAddresses(textOf(entry['notes']) ?? '', mostLinks);
  const knownExploited: KnownExploited = {
    dateAdded,
    ...(dueDate !== undefined && day.test(dueDate) ? { dueDate } : {}),
    ...(requiredAction === undefined ? {} : { requiredAction }),
    ransomware: entry['knownRansomwareCampaignUse'] === 'Known',
  };
  return {
    feed: 'cisa-kev',
    id,
    ...(description === undefined ? {} : { description }),
    ...(cwes.length === 0 ? {} : { cwes }),
    knownExploited,
    ...(links.length === 0 ? {} : { links }),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? shortenText(value.trim(), maxText) : undefined;
}

function cwesOf(value: unknown): readonly string[] {
  return Array.isArray(value)
    ? [...new Set(value.filter((one): one is string => typeof one === 'string' && /^CWE-\d{1,6}$/.test(one)))]
    : [];
}
