import {
  type BackgroundWork,
  type ByteSource,
  type FileFilter,
  headBytes,
  type LayerEntry,
  type ReadRequest,
} from '@clarion/model';
import { ecosystemSigns } from './ecosystem-signs';
import { type FileNeeds, SelectedFiles } from './file-selection';
import { type CollectFor, largestAccepted, wantedBy } from './layer-filters';
import { hasRoom, type LayerRecord } from './layer-record';
import { type LayerFile } from './layer-file';

const none: readonly string[] = [];

/** A file whose entry was just read. */
export interface BegunEntry {
  /** Detectors whose filters by name match. */
  readonly ids: readonly string[];
  readonly wanted: boolean;
  /** What the signs of ecosystems need. */
  readonly asked: FileNeeds['asked'];
  readonly written: LayerEntry;
}

/** The contents of the files of a layer, for detectors and for the signs of ecosystems, while it is walked. */
export class LayerContents {
  /** The file whose content comes next. */
  private current: LayerFile | undefined;
  private limit: number | undefined;
  private lastIds: readonly string[] = none;
  private lastNeeded: readonly string[] = none;
  private readonly recognising: boolean;
  private readonly selected: SelectedFiles;
  private readonly filterOf: (id: string) => FileFilter | undefined;
  private readonly record: LayerRecord;
  private readonly collectFor: CollectFor;
  private readonly tracked: ReadonlyMap<string, number>;

  constructor(
    record: LayerRecord,
    { collectFor, tracked }: { readonly collectFor: CollectFor; readonly tracked: ReadonlyMap<string, number> },
  ) {
    this.record = record;
    this.collectFor = collectFor;
    this.tracked = tracked;
    const { byName, byContent, missing } = collectFor;
    this.recognising = missing.has(ecosystemSigns.id);
    this.selected = new SelectedFiles((file) => {
      keepOpened(record, file);
    });
    this.filterOf = (id) => byName.filter(id) ?? byContent?.filter(id);
  }

  /** Nothing more comes of the entry before. */
  next(): void {
    this.current = undefined;
    this.selected.end();
  }

  /** What the signs of ecosystems need of an entry, as it is written; `isProgram` of a hard link to a program. */
  askedOf(
    entry: LayerEntry,
    { written, isProgram }: Pick<BegunEntry, 'written'> & { readonly isProgram: boolean },
  ): FileNeeds['asked'] {
    if (!this.recognising) return undefined;
    const { packageFiles, signs } = this.record;
    return packageFiles.add(written) ?? signs.add(entry, written, isProgram);
  }

  /** Begins a file and returns how it is read. */
  begin(entry: LayerEntry, { ids, wanted, asked, written }: BegunEntry): ReadRequest | undefined {
    const { record, filterOf, collectFor, tracked } = this;
    const { byContent, missing } = collectFor;
    const others = byContent === undefined ? none : wantedBy(byContent, entry.path);
    if (!wanted && others.length === 0) return asked;
    this.limit = larger(largestAccepted(ids, collectFor), tracked.get(entry.path));
    const { path, size } = entry;
    this.current = wanted ? newFile(record, entry) : { path, size, byContent: true };
    if (this.current === undefined) return asked;
    const needed = ids.length === 0 ? this.neededOf(others) : [...ids, ...others].filter((id) => missing.has(id));
    return this.selected.begin(written, this.current, { filterOf, ids: needed, largest: this.limit, asked });
  }

  /** The same list for the same one: nearly all files have the same detectors. */
  private neededOf(ids: readonly string[]): readonly string[] {
    if (this.lastIds !== ids) {
      this.lastIds = ids;
      this.lastNeeded = ids.filter((id) => this.collectFor.missing.has(id));
    }
    return this.lastNeeded;
  }

  head(entry: LayerEntry, bytes: Uint8Array): 'open' | undefined {
    this.record.signs.head(entry, bytes);
    return this.selected.head(entry, bytes);
  }

  opened(entry: LayerEntry, source: ByteSource, check: () => void): Promise<number | BackgroundWork> {
    recogniseOpened(this.record, { entry, source, asked: this.selected.askedOf(entry) });
    return this.selected.take(entry, source, check);
  }

  content(entry: LayerEntry, content: Uint8Array): void {
    if (this.recognising) recogniseContent(this.record, entry, content);
    if (this.current !== undefined) this.current.content = content;
    this.current = undefined;
  }

  oversized(entry: LayerEntry): void {
    this.selected.end(entry);
    if (this.recognising) recogniseUnread(this.record, entry);
    if (this.current !== undefined) this.current.skipped = entry.size > (this.limit ?? 0) ? 'too large' : 'no room';
    this.current = undefined;
  }
}

function recogniseContent(record: LayerRecord, entry: LayerEntry, content: Uint8Array): void {
  record.packageFiles.content(entry, content);
  record.signs.head(entry, content);
}

function recogniseUnread(record: LayerRecord, entry: LayerEntry): void {
  record.packageFiles.unread(entry);
  record.signs.unread(entry);
}

/** Passes what the signs of ecosystems need of an open file on to them. */
function recogniseOpened(
  record: LayerRecord,
  { entry, source, asked }: Pick<FileNeeds, 'asked'> & { readonly entry: LayerEntry; readonly source: ByteSource },
): void {
  if (asked === undefined) return;
  record.signs.head(entry, source.read(0, headBytes));
  if (asked === 'head') return;
  if (source.size <= asked) record.packageFiles.content(entry, Uint8Array.from(source.read(0, source.size)));
  else record.packageFiles.unread(entry);
}

function larger(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}

function newFile(record: LayerRecord, entry: LayerEntry): LayerFile | undefined {
  const { path, size } = entry;
  if (!hasRoom(record, 'files', { path })) return undefined;
  const file: LayerFile = { path, size };
  record.files.set(path, file);
  return file;
}

/** Records a file that a detector may be given for its content. */
function keepOpened(record: LayerRecord, file: LayerFile): void {
  if (file.byContent !== true || record.files.get(file.path) === file) return;
  if (hasRoom(record, 'files', { path: file.path })) record.files.set(file.path, file);
}
