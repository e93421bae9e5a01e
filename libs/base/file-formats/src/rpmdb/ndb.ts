import { byteBudget } from '../byte-budget';
import type { NoteProblem } from '../problem-list';
import type { ReadContext } from '../read-context';

const headerBytes = 32;
const pageBytes = 4096;
const slotBytes = 16;
const blockBytes = 16;
/** Little-endian magic numbers: `Slot` and `BlbS`. */
const slotMagic = 0x746f6c53;
const blobMagic = 0x53626c42;

/**
 * The blobs of an rpm NDB database (`Packages.db`). Slot pages come first; each used slot points at the blocks of one
 * blob, which repeats the package index and contains its length.
 *
 * @see https://github.com/rpm-software-management/rpm/blob/master/lib/backend/ndb/rpmpkg.c
 */
export function* ndbBlobs(bytes: Uint8Array, { note, budget: work }: ReadContext): Generator<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < headerBytes) {
    note('truncated-database', `The database ends after ${bytes.length} bytes`);
    return;
  }
  if (view.getUint32(4, true) !== 0) {
    note('unreadable-database', `The database has the unknown NDB version ${view.getUint32(4, true)}`);
    return;
  }
  const declared = view.getUint32(12, true) * pageBytes;
  if (declared === 0) note('unreadable-database', 'The database has no slot pages');
  if (declared > bytes.length)
    note('truncated-database', `The database ends within its slots at ${bytes.length} bytes`);
  const slotsEnd = Math.min(declared, bytes.length);
  const budget = byteBudget(bytes.length);
  const seen = new Set<number>();
  for (let at = headerBytes; at + slotBytes <= slotsEnd && work.spend(1); at += slotBytes) {
    if (view.getUint32(at, true) !== slotMagic) {
      note('bad-record', `The slot at ${at} of the database is broken`);
      continue;
    }
    const packageIndex = view.getUint32(at + 4, true);
    if (packageIndex === 0) continue;
    const blob = blobAt(view, { packageIndex, start: view.getUint32(at + 8, true) * blockBytes }, note);
    if (blob === undefined) continue;
    if (seen.has(blob.start)) {
      note('bad-record', `Two slots of the database lead to the record of package ${packageIndex}`);
      continue;
    }
    seen.add(blob.start);
    if (!budget.take(blob.end - blob.start)) {
      note('limit-reached', 'The records of the database are larger than the file; the rest is not read');
      return;
    }
    yield bytes.subarray(blob.start, blob.end);
  }
}

interface Slot {
  readonly packageIndex: number;
  readonly start: number;
}

function blobAt(view: DataView, slot: Slot, note: NoteProblem): { start: number; end: number } | undefined {
  const start = slot.start + blockBytes;
  if (start > view.byteLength) {
    note('truncated-database', `Package ${slot.packageIndex} lies beyond the end of the database`);
    return undefined;
  }
  if (view.getUint32(slot.start, true) !== blobMagic || view.getUint32(slot.start + 4, true) !== slot.packageIndex) {
    note('bad-record', `The record of package ${slot.packageIndex} is broken`);
    return undefined;
  }
  const end = start + view.getUint32(slot.start + 12, true);
  if (end > view.byteLength) {
    note('truncated-database', `Package ${slot.packageIndex} ends beyond the end of the database`);
    return undefined;
  }
  return { start, end };
}
