import { readText } from '@clarion/file-formats/documents';
import {
  ClarionError,
  type FeedPlan,
  type FeedState,
  type PlannedDocument,
  type Upstream,
  type DocumentValidators,
} from '@clarion/model';
import { type DocumentChange, readChanges } from './changes';
import { type ChangesCursor, readCursor, writeCursor } from './cursor';

/** The name under which the facts of all VEX documents are stored, whatever archive they came from. */
export const vexDocument = 'csaf/v2/vex/archive';
/** Which products a repository carries. */
export const repositoriesDocument = 'metrics/repository-to-cpe.json';

/** Folders of VEX documents below the base; the last is for a base that is such a folder itself. */
const folders = ['csaf/v2/vex/', 'csaf/v2/vex-feed/', ''];
const indexName = 'archive_latest.txt';
const archiveName = /^[A-Za-z0-9][\w.-]{0,199}\.tar(?:\.\w{2,4})?$/;
const lists = ['changes.csv', 'deletions.csv'] as const;
const maxListBytes = 64 * 1024 * 1024;

/** More changes than this are left to a newer archive, or to the next updates where no newer one exists. */
export const maxChanges = 5000;

/**
 * The archive at first, or when it contains too many changes to fetch; else single documents that changed since.
 * Changes are applied oldest first, so that the cursor says exactly how far the feed was read.
 */
export async function planVex(upstream: Upstream, last: FeedState | undefined): Promise<FeedPlan> {
  const { folder, archive, start } = await findArchive(upstream);
  const stored = last?.documents[vexDocument] === undefined ? undefined : readCursor(last.cursor);
  const known = stored?.folder === folder ? stored : undefined;
  const whole: PlannedDocument = { name: vexDocument, path: `${folder}${archive}` };
  const repositories: PlannedDocument = { name: repositoriesDocument };

  const changes = await readList(upstream, `${folder}${lists[0]}`, known);
  const deletions = await readList(upstream, `${folder}${lists[1]}`, known);
  const missing = [
    ...(changes.kind === 'missing' ? [{ name: `${folder}${lists[0]}` }] : []),
    ...(deletions.kind === 'missing' ? [{ name: `${folder}${lists[1]}`, onlyRemoves: true as const }] : []),
  ];
  if (changes.kind === 'missing') return { documents: [whole, repositories], missing };
  // It lists every document with its last change.
  if (changes.kind === 'content' && changes.changes.length === 0) {
    throw new ClarionError('corrupt-data', `${lists[0]} lists no documents`);
  }
  const validators = { ...known?.lists, ...changes.validators, ...deletions.validators };

  const step = nextStep(changes.changes, { known, archive, start });
  const removed = removedSince(step.since, deletions.changes, changes.changes);
  const taken = step.taken.filter(({ id }) => !removed.has(id)).map(({ path }) => `${folder}${path}`);
  // An archive that is read again contains these documents, or the list of changes does.
  const again = step.known === undefined ? [] : notThere(last, folder).filter((name) => !removed.has(idOf(name)));
  const documents = [...new Set([...again, ...taken])].map((name) => ({ name }));
  const cursor: ChangesCursor = {
    folder,
    archive: step.known?.archive ?? archive,
    applied: new Date(Math.max(step.since, step.taken.at(-1)?.at ?? 0)).toISOString(),
    // With changes left over, the list has to be read again although it did not change.
    lists: step.leftOver ? {} : validators,
  };
  return {
    documents: step.known === undefined ? [whole, repositories] : [repositories],
    ...(documents.length > 0 || removed.size > 0
      ? { patch: { into: vexDocument, documents, removed: [...removed] } }
      : {}),
    missing,
    cursor: writeCursor(cursor),
  };
}

/** Documents that were listed as changed but were missing. */
function notThere(last: FeedState | undefined, folder: string): readonly string[] {
  return (last?.missing ?? []).flatMap(({ name }) =>
    name.startsWith(folder) && /^\d{4}\/cve-/.test(name.slice(folder.length)) ? [name] : [],
  );
}

/** `CVE-2024-1234` of `…/2024/cve-2024-1234.json`. */
function idOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1, -'.json'.length).toUpperCase();
}

interface Step {
  /** Undefined: the archive has to be read. */
  readonly known: ChangesCursor | undefined;
  readonly since: number;
  readonly taken: readonly DocumentChange[];
  readonly leftOver: boolean;
}

/** Which changes to apply, and to what: to the stored facts, or to those of the archive where that saves many. */
function nextStep(
  changes: readonly DocumentChange[],
  {
    known,
    archive,
    start,
  }: { readonly known: ChangesCursor | undefined; readonly archive: string; readonly start: number },
): Step {
  const since = known === undefined ? start : Date.parse(known.applied);
  const pending = newerThan(changes, since);
  if (known !== undefined && pending.length > maxChanges && known.archive !== archive) {
    return nextStep(changes, { known: undefined, archive, start });
  }
  return { known, since, taken: pending.slice(0, maxChanges), leftOver: pending.length > maxChanges };
}

interface Archive {
  readonly folder: string;
  readonly archive: string;
  /** Milliseconds since 1970: everything published before is in the archive. */
  readonly start: number;
}

async function findArchive(upstream: Upstream): Promise<Archive> {
  for (const folder of folders) {
    const answer = await upstream.get(`${folder}${indexName}`);
    if (answer.kind !== 'content') continue;
    const archive = (await readText(answer.body, 10_000)).trim();
    if (!archiveName.test(archive)) throw new ClarionError('corrupt-data', `${indexName} names no archive`);
    return { folder, archive, start: startOf(archive, answer.validators.lastModified) };
  }
  throw new ClarionError('upstream-unavailable', `Red Hat VEX has no ${indexName} in ${folders[0] ?? ''}`);
}

const day = 24 * 60 * 60 * 1000;

/**
 * An archive contains what was published before the day in its name. One without a date was made at the latest when the
 * index that names it was written; a day is left for the making.
 */
function startOf(archive: string, indexed: string | undefined): number {
  const date = /\d{4}-\d{2}-\d{2}/.exec(archive)?.[0];
  const start = date === undefined ? Date.parse(indexed ?? '') - day : Date.parse(`${date}T00:00:00Z`);
  return Number.isNaN(start) ? 0 : start;
}

interface ReadList {
  readonly kind: 'missing' | 'unchanged' | 'content';
  readonly changes: readonly DocumentChange[];
  readonly validators: Readonly<Record<string, DocumentValidators>>;
}

async function readList(upstream: Upstream, path: string, known: ChangesCursor | undefined): Promise<ReadList> {
  const validators = known !== undefined && Object.hasOwn(known.lists, path) ? known.lists[path] : undefined;
  const answer = await upstream.get(path, validators);
  if (answer.kind !== 'content') return { kind: answer.kind, changes: [], validators: {} };
  const changes = readChanges(await readText(answer.body, maxListBytes), path);
  return { kind: 'content', changes, validators: { [path]: answer.validators } };
}

/** Oldest first. Those of the very moment may have been added since: they are read once more. */
function newerThan(changes: readonly DocumentChange[], since: number): readonly DocumentChange[] {
  return changes.filter(({ at }) => at >= since).sort((a, b) => a.at - b.at);
}

/** What was deleted and did not come back. */
function removedSince(
  since: number,
  deletions: readonly DocumentChange[],
  changes: readonly DocumentChange[],
): ReadonlySet<string> {
  const newest = new Map<string, number>();
  for (const { id, at } of changes) newest.set(id, Math.max(at, newest.get(id) ?? 0));
  const gone = deletions.filter(({ id, at }) => at >= since && (newest.get(id) ?? 0) <= at);
  return new Set(gone.map(({ id }) => id));
}
