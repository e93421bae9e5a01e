import { ClarionError, type Advisory, type AdvisoryGroup } from '@clarion/model';
import { groupKey } from './group-key';
import {
  decodeRecord,
  encodeRecord,
  type FactRecord,
  type RecordLayer,
  type RecordSource,
  type SpooledRecord,
} from './record-encoding';
import { sizeOfRecord } from './record-size';
import { defaultMemoryBytes, maxScratchBytes, type OpenScratch, type ScratchFile, type SpoolOptions } from './scratch';

/**
 * Collects the records of a document by subject, in whatever order they arrive: all parts of one (namespace, package),
 * all records of one vulnerability, all lines of one repository.
 */
export interface RecordSpool {
  add(layer: RecordLayer, record: FactRecord): void;
  /**
   * The records of each key together, in the order they were added. No records may be added afterwards; may be called
   * once.
   */
  entries(): Iterable<readonly SpooledRecord[]>;
  close(): void;
}

/**
 * Records stay in memory until they exceed the allowed size. From then on they are encoded at once and written to the
 * partitions of a scratch file by a hash of their key. They are read back one partition at a time, so memory stays
 * bounded whatever the order. If nothing was spilled, the keys of each kind come in the order of their first appearance
 * in the document; otherwise by partition.
 */
export function createSpool(source: RecordSource, options: SpoolOptions): RecordSpool {
  const { openScratch, memoryBytes = defaultMemoryBytes } = options;
  let buffered = new RecordsByKey();
  let bufferedBytes = 0;
  let partitions: Partitions | undefined;
  const spill = (open: OpenScratch): Partitions => {
    const opened = openPartitions(open(), memoryBytes / 4);
    for (const records of buffered.all()) {
      for (const [layer, record] of records) opened.add(keyOf(record), encodeRecord(layer, record));
    }
    buffered = new RecordsByKey();
    return opened;
  };
  return {
    add(layer, record) {
      if (partitions !== undefined) {
        partitions.add(keyOf(record), encodeRecord(layer, record));
        return;
      }
      bufferedBytes += buffered.add(layer, record) + sizeOfRecord(record);
      if (bufferedBytes > memoryBytes && openScratch !== undefined) partitions = spill(openScratch);
    },
    entries: () => (partitions === undefined ? buffered.all() : gathered(partitions, source)),
    close() {
      buffered = new RecordsByKey();
      partitions?.close();
      partitions = undefined;
    },
  };
}

function* gathered(partitions: Partitions, source: RecordSource): Generator<readonly SpooledRecord[]> {
  for (const lines of partitions.all()) {
    const found = new RecordsByKey();
    for (const line of lines) found.add(...decodeRecord(line, source));
    yield* found.all();
  }
}

/** One record of a whole document as it is, or several: most keys have only one record, and there are many keys. */
type SpoolEntry = FactRecord | SpooledRecord[];

/** Records of all kinds by subject. */
class RecordsByKey {
  private readonly kinds: Record<FactRecord['kind'], Map<string, SpoolEntry>> = {
    group: new Map(),
    vulnerability: new Map(),
    repository: new Map(),
  };

  /** Adds a record; returns the approximate memory overhead in bytes besides the record itself. */
  add(layer: RecordLayer, record: FactRecord): number {
    const entries = this.kinds[record.kind];
    const key = keyOf(record);
    const known = entries.get(key);
    if (known === undefined) {
      entries.set(key, layer === 'base' ? record : [[layer, record]]);
      return record.kind === 'group' ? 60 + key.length : 0;
    }
    if (Array.isArray(known)) known.push([layer, record]);
    else
      entries.set(key, [
        ['base', known],
        [layer, record],
      ]);
    return 60;
  }

  *all(): Generator<readonly SpooledRecord[]> {
    for (const entries of Object.values(this.kinds)) {
      for (const entry of entries.values()) yield Array.isArray(entry) ? entry : [['base', entry]];
    }
  }
}

const partitionCount = 128;

/** Lines of text in a scratch file, partitioned by a hash of their key. */
interface Partitions {
  add(key: string, line: string): void;
  /** The lines of each partition in turn, in the order they were added. */
  all(): Iterable<readonly string[]>;
  close(): void;
}

function openPartitions(file: ScratchFile, pendingLimit: number): Partitions {
  const chunks = Array.from(
    { length: partitionCount },
    (): { readonly offset: number; readonly length: number }[] => [],
  );
  let pending = Array.from({ length: partitionCount }, (): string[] => []);
  let pendingSize = 0;
  const flush = (): void => {
    for (const [index, lines] of pending.entries()) {
      if (lines.length === 0) continue;
      const bytes = Buffer.from(lines.join('\n'));
      const offset = file.append(bytes);
      if (offset > maxScratchBytes) throw new ClarionError('limit-exceeded', 'The document has too many records');
      chunks[index]?.push({ offset, length: bytes.length });
    }
    pending = pending.map(() => []);
    pendingSize = 0;
  };
  return {
    add(key, line) {
      pending[partitionOf(key)]?.push(line);
      pendingSize += line.length;
      if (pendingSize > pendingLimit) flush();
    },
    *all() {
      flush();
      for (const partition of chunks) {
        yield partition.flatMap(({ offset, length }) => linesOf(file.read(offset, length)));
      }
    },
    close: () => {
      file.close();
    },
  };
}

function linesOf({ buffer, byteOffset, length }: Uint8Array): readonly string[] {
  return Buffer.from(buffer, byteOffset, length).toString().split('\n');
}

/** The subject of a record, unique among records of its kind. */
function keyOf(record: FactRecord): string {
  if (record.kind === 'group') return groupKey(record.group);
  return record.kind === 'vulnerability' ? record.text.id : record.repository.repository;
}

/** FNV-1a: spreads names that differ in one character. */
function partitionOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return (hash ^ (hash >>> 15)) & (partitionCount - 1);
}

/**
 * The parts of one group joined into one; parts with another name kind, scheme or epochs than the first are left out.
 */
export function joinParts(parts: readonly AdvisoryGroup[]): {
  readonly group: AdvisoryGroup | undefined;
  readonly refused: number;
} {
  const first = parts[0];
  if (first === undefined || parts.length === 1) return { group: first, refused: 0 };
  const { nameKind, scheme, epochs } = first;
  const advisories: Advisory[] = [];
  let refused = 0;
  for (const part of parts) {
    if (part.nameKind !== nameKind || part.scheme !== scheme || part.epochs !== epochs) refused += 1;
    else for (const advisory of part.advisories) advisories.push(advisory);
  }
  return { group: { ...first, advisories }, refused };
}
