import { createHash } from 'node:crypto';
import type { DocumentState, FeedPatch } from '@clarion/model';
import type { PatchContent } from './read-patch';

export interface ReadDocumentData {
  readonly patch: FeedPatch | undefined;
  /** Modification time of the whole document. */
  readonly modifiedAt: string | undefined;
  /** Number of facts in the whole document when it was last read. */
  readonly records: number | undefined;
  /** Whether the whole document was read. */
  readonly whole: boolean;
}

type DocumentData = Pick<DocumentState, 'patched' | 'modifiedAt' | 'records'>;

/** The version of a document's facts: of the whole document, plus the patches since then that changed anything. */
export function documentData(
  { patch, modifiedAt, records, whole }: ReadDocumentData,
  content: PatchContent | undefined,
  last: DocumentState | undefined,
): DocumentData {
  const before = whole ? undefined : last?.patched;
  if (patch === undefined || content === undefined) return defined({ patched: before, modifiedAt, records });
  const { documents, removed } = content;
  const said = JSON.stringify([before ?? null, [...documents].sort(), [...removed].sort()]);
  const times = [modifiedAt, ...content.modifiedAt];
  const latest = times.includes(undefined) ? undefined : times.sort().at(-1);
  return defined({
    patched: createHash('sha256').update(said).digest('hex').slice(0, 32),
    modifiedAt: latest,
    records,
  });
}

type MaybeMembers<T> = { [Member in keyof T]-?: T[Member] | undefined };

function defined(data: MaybeMembers<DocumentData>): DocumentData {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
}
