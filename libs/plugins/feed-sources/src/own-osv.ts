import {
  archiveMembers,
  asObject,
  type JsonPath,
  positionInJson,
  positionOfJsonError,
  readText,
  type TextPosition,
  textLines,
} from '@clarion/file-formats/documents';
import { advisoryStates, type AdvisoryState, type FeedDocument, type FeedRecord } from '@clarion/model';
import { factsOf, recordBytes } from './osv-archive';
import type { OsvAffected, OsvReading } from './osv-record';
import { isData, reasonUnread } from './own-files';
import {
  createMistakes,
  type FeedProblem,
  type MistakeReporter,
  noJson,
  parseOwnJson,
  repeatsIn,
} from './own-mistakes';
import { doubtOfNamespace, ownNamespaceRules, withScheme } from './own-namespaces';
import { faultsOfRecord, isWithdrawnLater, schemeNamedBy } from './own-record-faults';

const maxDocumentBytes = 64 * 1024 * 1024;
const maxLineBytes = 16 * 1024 * 1024;
/** Maximum number of unread files of an archive that are listed; the rest are counted. */
const maxUnread = 20;

/** A text with one record or a list of records. */
interface RecordText {
  readonly text: string;
  /** The document, or the file in it. */
  readonly name: string;
  /** Number of its first line. */
  readonly line: number;
}

interface Reading {
  readonly document: FeedDocument;
  readonly feed: string;
  readonly mistakes: MistakeReporter;
}

/**
 * Reads one file of own OSV data; its extension determines the format. Every error in the data is a problem with a
 * pointer to the member (`faultsOfRecord`) and its position in the file; the valid parts of the record are read
 * nevertheless. `affected[].database_specific.version_scheme` names the version scheme of a user-defined ecosystem
 * (`x-acme`).
 */
export async function* parseOwnOsv(document: FeedDocument, feed: string): AsyncGenerator<FeedRecord> {
  const reading = { document, feed, mistakes: createMistakes() };
  if (/\.(?:zip|tar)$/i.test(document.name)) yield* parseArchive(reading);
  else if (/\.(?:ndjson|jsonl)$/i.test(document.name)) yield* parseLines(reading);
  else {
    const text = await readText(document.body, maxDocumentBytes);
    const value = parseOwnJson(text, document.name);
    yield* factsOfValue(value, { text, name: document.name, line: 1 }, reading);
  }
}

async function* parseArchive(reading: Reading): AsyncGenerator<FeedRecord> {
  const { body, name: label } = reading.document;
  const unread: FeedProblem[] = [];
  let others = 0;
  const accept = (name: string): boolean => {
    if (isData(name, ['.json'])) return true;
    const message = name.endsWith('/') ? undefined : reasonUnread(name, ['.json']);
    if (message === undefined) return false;
    if (unread.length < maxUnread) unread.push({ kind: 'problem', record: name, message });
    else others += 1;
    return false;
  };
  for await (const member of archiveMembers(body, { label, memberBytes: recordBytes, accept })) {
    const { name } = member;
    if (member.problem !== undefined) yield { kind: 'problem', record: name, message: member.problem };
    else yield* factsOfText({ text: Buffer.from(member.content).toString('utf8'), name, line: 1 }, reading);
  }
  yield* unread;
  if (others > 0) yield { kind: 'problem', record: label, message: `${others} more files in it are not read` };
}

async function* parseLines(reading: Reading): AsyncGenerator<FeedRecord> {
  let line = 0;
  for await (const text of textLines(reading.document.body, maxLineBytes)) {
    line += 1;
    if (text.trim() !== '') yield* factsOfText({ text, name: reading.document.name, line }, reading);
  }
}

/** Reads one of several texts; invalid JSON is an error in this text only. */
function* factsOfText(source: RecordText, reading: Reading): Generator<FeedRecord> {
  const { text, name, line } = source;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const position = (): TextPosition => positionOfJsonError(text);
    yield reading.mistakes.problem({ name, line, position }, { path: [], message: noJson });
    return;
  }
  yield* factsOfValue(value, source, reading);
}

/** One record, or a list of records. */
function* factsOfValue(value: unknown, source: RecordText, reading: Reading): Generator<FeedRecord> {
  yield* repeatsIn(source, reading.mistakes);
  if (!Array.isArray(value)) yield* factsOfRecord(value, [], { ...source, ...reading });
  else {
    for (const [index, record] of (value as readonly unknown[]).entries())
      yield* factsOfRecord(record, [index], { ...source, ...reading });
  }
}

function* factsOfRecord(record: unknown, at: JsonPath, source: RecordText & Reading): Generator<FeedRecord> {
  const { text, name, line, document, feed, mistakes } = source;
  const faults = faultsOfRecord(record);
  const id = asObject(record)?.['id'];
  const subject = typeof id === 'string' ? `${id.slice(0, 80)}: ` : '';
  for (const { path, message } of faults) {
    const position = (): TextPosition => positionInJson(text, [...at, ...path]);
    yield mistakes.problem({ name, line, position }, { path, message: `${subject}${message}` });
  }
  const unread = new Set<string>();
  const doubts = new Set<string>();
  const reading: OsvReading = {
    feed,
    subject: 'flaw',
    ecosystemRates: true,
    stateOf,
    rulesOf: (ecosystem, { entry }) => {
      const known = ownNamespaceRules(ecosystem);
      if (known === undefined && unread.size < 20) unread.add(ecosystem);
      const rules = known === undefined ? undefined : withScheme(known, schemeNamedBy(entry));
      const doubt = known === undefined ? undefined : doubtOfNamespace(known);
      if (doubt !== undefined && doubts.size < 20) doubts.add(doubt);
      // `faultsOfRecord` already reports an invalid scheme.
      return typeof rules === 'string' ? undefined : rules;
    },
  };
  // The record is valid until its withdrawal date.
  const whole = asObject(record);
  const read = whole !== undefined && isWithdrawnLater(whole) ? { ...whole, withdrawn: undefined } : record;
  for (const fact of factsOf(read, { name, document, reading })) {
    // Already reported by `faultsOfRecord`.
    if (fact.kind !== 'problem' || faults.length === 0) yield fact;
  }
  const subjectOf = typeof id === 'string' ? id : name;
  for (const message of doubts) yield { kind: 'problem', record: subjectOf, message, doubt: true };
  if (faults.length > 0) return;
  for (const ecosystem of unread) {
    const message = `Packages of the ecosystem ${JSON.stringify(ecosystem.slice(0, 80))} are not found in images`;
    yield { kind: 'problem', record: subjectOf, message };
  }
}

/** `database_specific.state` of an own record: one of the seven states, for states that OSV's ranges cannot express. */
function stateOf({ entry }: OsvAffected): AdvisoryState | undefined {
  const state = asObject(entry['database_specific'])?.['state'];
  return advisoryStates.find((known) => known === state);
}
