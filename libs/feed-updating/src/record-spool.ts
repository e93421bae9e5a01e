import { ClarionError, type AdvisoryGroup, type FeedRecord } from '@clarion/model';
import { groupKey } from './group-key';
import { defaultMemoryBytes, maxScratchBytes, type ScratchFile, type SpoolOptions } from './scratch';
import { sizeOfRecord } from './record-size';

/** A record that holds facts. */
export type FactRecord = Exclude<FeedRecord, { kind: 'problem' }>;

/** Whether a record stands in the whole document or in a patch of it. */
export type Layer = 'base' | 'patch';

/** A record with the layer it is from. */
export type SpooledRecord = readonly [layer: Layer, record: FactRecord];

/**
 * Gathers the records of a document by what they are about, in whatever order they come: all parts of one (namespace,
 * package), all texts of one vulnerability, all lines of one repository.
 */
export interface RecordSpool {
  add(layer: Layer, record: FactRecord): void;
  /** The records of one key together, in the order they were added. Ends the adding; may be called once. */
  entries(): Iterable<readonly SpooledRecord[]>;
  close(): void;
}

const partitionCount = 128;

/** Bytes of one flush that belong to one partition. */
interface Chunk {
  readonly offset: number;
  readonly length: number;
}

/**
 * Records are held as they are until they outgrow the memory allowed; then they go, encoded, to the partitions of a
 * scratch file by a hash of their key. Read back one partition at a time, so memory stays bounded whatever the order. As
 * long as nothing was spilled, keys come in the order in which they first stood in the document; else by partition.
 */
export function createSpool({ openScratch, memoryBytes = defaultMemoryBytes }: SpoolOptions): RecordSpool {
  let held = new Map<string, SpooledRecord[]>();
  let heldBytes = 0;
  let file: ScratchFile | undefined;
  const partitions = Array.from({ length: partitionCount }, (): Chunk[] => []);
  const spill = (open: () => ScratchFile): void => {
    file ??= open();
    for (const [index, lines] of encodeByPartition(held).entries()) {
      if (lines.length === 0) continue;
      const bytes = Buffer.from(lines.join('\n'));
      const offset = file.append(bytes);
      if (offset > maxScratchBytes) throw new ClarionError('limit-exceeded', 'The document has too many records');
      partitions[index]?.push({ offset, length: bytes.length });
    }
    held = new Map();
    heldBytes = 0;
  };
  function* spilled(from: ScratchFile): Generator<readonly SpooledRecord[]> {
    for (const chunks of partitions) yield* decode(chunks, from).values();
  }
  return {
    add(layer, record) {
      const key = recordKey(record);
      const records = held.get(key);
      if (records === undefined) held.set(key, [[layer, record]]);
      else records.push([layer, record]);
      heldBytes += sizeOfRecord(record) + (records === undefined ? 2 * key.length + 100 : 0);
      if (heldBytes > memoryBytes && openScratch !== undefined) spill(openScratch);
    },
    entries() {
      if (file === undefined || openScratch === undefined) return held.values();
      spill(openScratch);
      return spilled(file);
    },
    close() {
      held = new Map();
      file?.close();
      file = undefined;
    },
  };
}

function encodeByPartition(held: ReadonlyMap<string, readonly SpooledRecord[]>): readonly string[][] {
  const lines = Array.from({ length: partitionCount }, (): string[] => []);
  for (const [key, records] of held) lines[partitionOf(key)]?.push(JSON.stringify(records));
  return lines;
}

function decode(chunks: readonly Chunk[], file: ScratchFile): Map<string, SpooledRecord[]> {
  const found = new Map<string, SpooledRecord[]>();
  for (const { offset, length } of chunks) {
    const { buffer, byteOffset } = file.read(offset, length);
    for (const line of Buffer.from(buffer, byteOffset, length).toString().split('\n')) {
      const records = JSON.parse(line) as SpooledRecord[];
      const first = records[0];
      if (first === undefined) continue;
      const key = recordKey(first[1]);
      const known = found.get(key);
      if (known === undefined) found.set(key, records);
      else for (const record of records) known.push(record);
    }
  }
  return found;
}

function recordKey(record: FactRecord): string {
  if (record.kind === 'group') return `g${groupKey(record.group)}`;
  return record.kind === 'vulnerability' ? `v${record.text.id}` : `r${record.repository.repository}`;
}

/** FNV-1a: spreads names that differ in one character. */
function partitionOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return (hash ^ (hash >>> 15)) & (partitionCount - 1);
}

/** The parts of one group joined into one; parts that say otherwise than the first how to compare are left out. */
export function joinParts(parts: readonly AdvisoryGroup[]): {
  readonly group: AdvisoryGroup | undefined;
  readonly refused: number;
} {
  const [first, ...rest] = parts;
  if (first === undefined || rest.length === 0) return { group: first, refused: 0 };
  const alike = rest.filter(
    ({ nameKind, scheme, epochs }) => nameKind === first.nameKind && scheme === first.scheme && epochs === first.epochs,
  );
  const advisories = [first, ...alike].flatMap((part) => part.advisories);
  return { group: { ...first, advisories }, refused: rest.length - alike.length };
}
