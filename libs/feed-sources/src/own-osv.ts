import { asObject, readText, textLines } from '@clarion/file-formats/documents';
import { advisoryStates, type AdvisoryState, ClarionError, type FeedDocument, type FeedRecord } from '@clarion/model';
import { factsOf, factsOfJson, parseOsvArchive } from './osv-archive';
import type { OsvAffected, OsvReading } from './osv-record';
import { ownPlace, unknownEcosystem, withScheme } from './own-place';

const maxDocumentBytes = 64 * 1024 * 1024;
const maxLineBytes = 16 * 1024 * 1024;

const mostFaults = 100;

/**
 * Reads one file of own OSV data; its ending tells the form. An ecosystem that is unknown is a problem, not a silence.
 * `affected[].database_specific.version_scheme` names the order of the versions of a user's own ecosystem (`x-acme`).
 */
export async function* parseOwnOsv(document: FeedDocument, feed: string): AsyncGenerator<FeedRecord> {
  const faults = new Set<string>();
  const reading: OsvReading = {
    feed,
    subject: 'flaw',
    stateOf,
    place: (ecosystem, { entry }) => {
      const known = ownPlace(ecosystem);
      const scheme = asObject(entry['database_specific'])?.['version_scheme'];
      const place = known === undefined ? unknownEcosystem(ecosystem) : withScheme(known, scheme);
      if (typeof place !== 'string') return place;
      if (faults.size < mostFaults) faults.add(place);
      return undefined;
    },
  };
  yield* formOf(document, reading);
  for (const message of faults) yield { kind: 'problem', record: document.name, message };
}

function formOf(document: FeedDocument, reading: OsvReading): AsyncGenerator<FeedRecord> {
  if (/\.(?:zip|tar)$/.test(document.name)) return parseOsvArchive(document, reading);
  if (/\.(?:ndjson|jsonl)$/.test(document.name)) return parseLines(document, reading);
  return parseJson(document, reading);
}

async function* parseLines(document: FeedDocument, reading: OsvReading): AsyncGenerator<FeedRecord> {
  let number = 0;
  for await (const line of textLines(document.body, maxLineBytes)) {
    number += 1;
    if (line.trim() !== '') yield* factsOfJson(line, { name: `${document.name}:${number}`, document, reading });
  }
}

/** One record, or a list of records. */
async function* parseJson(document: FeedDocument, reading: OsvReading): AsyncGenerator<FeedRecord> {
  const text = await readText(document.body, maxDocumentBytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ClarionError('corrupt-data', `Document ${document.name} is not JSON`, { cause });
  }
  for (const [index, record] of (Array.isArray(value) ? (value as readonly unknown[]) : [value]).entries()) {
    yield* factsOf(record, { name: `${document.name}:${index + 1}`, document, reading });
  }
}

/** `database_specific.state` of an own record: one of the seven states, for what OSV's ranges cannot say. */
function stateOf({ entry }: OsvAffected): AdvisoryState | undefined {
  const state = asObject(entry['database_specific'])?.['state'];
  return advisoryStates.find((known) => known === state);
}
