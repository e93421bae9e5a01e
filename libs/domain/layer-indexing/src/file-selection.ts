import { takeInThread, type WantedExcerpt } from '@clarion/excerpt-thread';
import { fileMagic, takeExcerpt, type TakenExcerpt } from '@clarion/file-formats/parts';
import { BodyRoom, type FileFilterMatcher } from '@clarion/layer-archive';
import {
  type BackgroundWork,
  type ByteSource,
  type FileFilter,
  type FileMagic,
  headBytes,
  type LayerEntry,
  type ReadRequest,
} from '@clarion/model';
import type { LayerFile } from './layer-file';
import { digestsOf } from './listed-digests';
import { isUsualForPackages } from './package-files';
import { withText } from './shared-sets';

/** A detector whose filter has more conditions than a path, or asks for a part of the file. */
interface SelectiveDetector {
  readonly id: string;
  readonly filter: FileFilter;
}

/** How one file is read, and for which detectors with selective filters. */
interface FileSelection {
  readonly request: ReadRequest | undefined;
  readonly detectors: readonly SelectiveDetector[];
  /** Detectors whose filters the mode of the file does not meet. */
  readonly unselected: readonly string[];
  /** Largest size up to which the whole file is read for other detectors. */
  readonly largest: number | undefined;
}

/** Whether a filter is for whole files by path alone. Only those take files by the names of links to them. */
export function isPathFilter({ executable = false, magic, excerpt }: FileFilter): boolean {
  return !executable && magic === undefined && excerpt === undefined;
}

/** The detectors among `ids` that take whole files by path alone. */
export function pathDetectors(matcher: FileFilterMatcher, ids: readonly string[]): readonly string[] {
  return ids.filter((id) => {
    const filter = matcher.filter(id);
    return filter === undefined || isPathFilter(filter);
  });
}

const executableBits = 0o111;

/** Decides how to read a file of this mode for the detectors `ids`. */
function selectFile(mode: number, { filterOf, ids, largest }: Omit<FileNeeds, 'asked'>): FileSelection {
  const detectors: SelectiveDetector[] = [];
  const unselected: string[] = [];
  for (const id of ids) {
    const filter = filterOf(id);
    if (filter === undefined || isPathFilter(filter)) continue;
    if (filter.executable === true && (mode & executableBits) === 0) unselected.push(id);
    else detectors.push({ id, filter });
  }
  return { detectors, unselected, largest, request: requestFor(detectors, largest) };
}

/** The cheapest way to read what is needed: most files of a filter by format need only their first bytes. */
function requestFor(detectors: readonly SelectiveDetector[], largest: number | undefined): ReadRequest | undefined {
  if (detectors.length === 0) return largest;
  return largest === undefined && detectors.every(({ filter }) => filter.magic !== undefined) ? 'head' : 'open';
}

/** Whether a file that begins with `head` is read for any of the detectors; the others are noted in `file`. */
function isSelected(file: LayerFile, { detectors }: FileSelection, head: Uint8Array): boolean {
  const found = fileMagic(head);
  const isAny = detectors.some(({ filter }) => hasMagic(filter, found));
  // Of nearly all files nothing is recorded.
  if (!isAny && file.byContent === true) return false;
  for (const { id, filter } of detectors) if (!hasMagic(filter, found)) unselect(file, id);
  return isAny;
}

function hasMagic({ magic }: FileFilter, found: FileMagic | undefined): boolean {
  return magic === undefined || (found !== undefined && magic.includes(found));
}

function unselect(file: LayerFile, id: string): void {
  file.unselected = withText(file.unselected, id);
}

interface Taking {
  /** Memory for contents. */
  readonly room: BodyRoom;
  readonly source: ByteSource;
  readonly selection: FileSelection;
  readonly check: () => void;
}

/**
 * Reads what the detectors of a selection ask for out of an open file, and keeps it in `file`. Returns the number of
 * bytes that are kept.
 */
async function takeSelected(
  file: LayerFile,
  { room, source, selection, check }: Taking,
): Promise<number | BackgroundWork> {
  const { detectors, largest } = selection;
  const magic = fileMagic(source.read(0, headBytes));
  let kept = 0;
  if (largest !== undefined && source.size <= largest) kept += keepWhole(file, source, room);
  const wanted: (WantedExcerpt & { readonly id: string })[] = [];
  for (const { id, filter } of detectors) {
    if (file.unselected?.has(id) === true) continue;
    const { excerpt, maxBytes } = filter;
    if (!hasMagic(filter, magic)) unselect(file, id);
    else if (excerpt !== undefined) wanted.push({ id, excerpt, maxBytes });
    else if (source.size <= maxBytes) kept += keepWhole(file, source, room);
  }
  const { path } = file;
  const work = wanted.length === 0 ? undefined : takeInThread(source, wanted, { path, check });
  if (work !== undefined) {
    const background = work.then((taken) => {
      wanted.forEach(({ id }, index) => (kept += keepExcerpt(file, id, taken[index])));
      return kept;
    });
    return { background };
  }
  for (const { id, excerpt, maxBytes } of wanted) {
    kept += keepExcerpt(file, id, await takeExcerpt(source, excerpt, { path, maxBytes, check }));
  }
  if (file.excerpts !== undefined && isUsualForPackages(file.path)) file.digests = digestsOf(source, check);
  return kept;
}

/** Returns the number of bytes that are kept. */
function keepExcerpt(file: LayerFile, id: string, taken: TakenExcerpt | undefined): number {
  if (taken === undefined) {
    unselect(file, id);
    return 0;
  }
  file.excerpts ??= new Map();
  file.excerpts.set(id, taken);
  return taken.content.length;
}

/** Returns the number of bytes that were not kept before. */
function keepWhole(file: LayerFile, source: ByteSource, room: BodyRoom): number {
  if (file.content !== undefined) return 0;
  // The bytes of a source are only valid until it is read again.
  const bytes = source.read(0, source.size);
  const content = room.allocate({ size: bytes.length });
  content.set(bytes);
  file.content = content;
  return source.size;
}

/** A file whose bytes come after its entry. */
interface BegunFile {
  readonly file: LayerFile;
  readonly selection: FileSelection;
}

/** What else is needed of a file, by whom its bytes are passed on. */
export interface FileNeeds {
  readonly filterOf: (id: string) => FileFilter | undefined;
  /** Detectors whose globs match. */
  readonly ids: readonly string[];
  /** Largest size of a file that detectors read as a whole, by its path alone. */
  readonly largest: number | undefined;
  /** What the signs of ecosystems need. */
  readonly asked: number | 'head' | undefined;
}

/** How files with or without the execute bit are read for these detectors alone. */
interface KnownSelection {
  readonly ids: readonly string[];
  readonly isExecutable: boolean;
  readonly selection: FileSelection;
}

const mostSelections = 16;

/** The files of a layer that detectors with selective filters are given, while the layer is read. */
export class SelectedFiles {
  private readonly opening = new Map<LayerEntry, BegunFile & Pick<FileNeeds, 'asked'>>();
  /** The file of which only the first bytes come next. */
  private next: BegunFile | undefined;
  private readonly keep: (file: LayerFile) => void;
  private readonly selections: KnownSelection[] = [];
  private readonly room = new BodyRoom();

  /** `keep` is called with each file that is opened for a detector, before the next entry. */
  constructor(keep: (file: LayerFile) => void) {
    this.keep = keep;
  }

  /** Begins a file and returns how it is read. `written` identifies it later, under any name. */
  begin(written: LayerEntry, file: LayerFile, { filterOf, ids, largest, asked }: FileNeeds): ReadRequest | undefined {
    const selection = this.selectionFor(written, file, { filterOf, ids, largest });
    const { request } = selection;
    if (file.byContent !== true) for (const id of selection.unselected) unselect(file, id);
    this.next = { file, selection };
    if (request === 'open' || (request === 'head' && typeof asked === 'number')) {
      return this.open(written, { file, selection, asked });
    }
    if (request === 'head') return request;
    this.next = undefined;
    return typeof asked === 'number' ? Math.max(asked, request ?? 0) : (request ?? asked);
  }

  /** Takes the first bytes of a file; `open` where more of it is needed. */
  head(entry: LayerEntry, bytes: Uint8Array): 'open' | undefined {
    const { next } = this;
    this.next = undefined;
    if (next === undefined || !isSelected(next.file, next.selection, bytes)) return undefined;
    return this.open(entry, { ...next, asked: undefined });
  }

  /** Nearly all files are for the same detectors with filters by content, and no others. */
  private selectionFor({ mode }: LayerEntry, file: LayerFile, needs: Omit<FileNeeds, 'asked'>): FileSelection {
    if (file.byContent !== true) return selectFile(mode, needs);
    const isExecutable = (mode & executableBits) !== 0;
    const known = this.selections.find((one) => one.ids === needs.ids && one.isExecutable === isExecutable);
    if (known !== undefined) return known.selection;
    const selection = selectFile(mode, needs);
    if (this.selections.length < mostSelections) this.selections.push({ ids: needs.ids, isExecutable, selection });
    return selection;
  }

  private open(entry: LayerEntry, begun: BegunFile & Pick<FileNeeds, 'asked'>): 'open' {
    this.opening.set(entry, begun);
    begun.file.opened = true;
    for (const id of begun.selection.unselected) unselect(begun.file, id);
    this.keep(begun.file);
    return 'open';
  }

  /** No further bytes of the current entry come; one with a name could not be read, whatever is in it. */
  end(entry?: LayerEntry): void {
    if (entry !== undefined && this.next !== undefined) this.keep(this.next.file);
    this.next = undefined;
    if (entry !== undefined) this.opening.delete(entry);
  }

  /** What the signs of ecosystems need of a file that is opened. */
  askedOf(entry: LayerEntry): FileNeeds['asked'] {
    return this.opening.get(entry)?.asked;
  }

  /** Takes what is needed of an open file; returns the bytes that are kept. */
  async take(entry: LayerEntry, source: ByteSource, check: () => void): Promise<number | BackgroundWork> {
    const begun = this.opening.get(entry);
    this.opening.delete(entry);
    if (begun === undefined) return 0;
    const { file, selection } = begun;
    const noteUnselected = (): void => {
      if (selection.detectors.every(({ id }) => file.unselected?.has(id) === true)) file.opened = false;
    };
    const taken = await takeSelected(file, { room: this.room, source, selection, check });
    if (typeof taken !== 'number') return { background: taken.background.finally(noteUnselected) };
    noteUnselected();
    return taken;
  }
}
