import { ClarionError, type FeedPlan, type FeedState, type PlannedDocument, type Upstream } from '@clarion/model';

export const ownFormats = ['osv', 'secdb'] as const;
export type OwnFormat = (typeof ownFormats)[number];

/**
 * Extensions of the files that are read, by format; those of compression (`.gz`) are already removed from the names
 * here.
 */
const endings: Readonly<Record<OwnFormat, readonly string[]>> = {
  osv: ['.json', '.ndjson', '.jsonl', '.zip', '.tar'],
  secdb: ['.json'],
};

/** Hidden files and backup files of editors: never data. */
const leftOver = /^(?:\..*|.*~|#.*#|.*\.sw[a-p])$/;
/** Documentation beside the data. */
const aboutIt = /^(?:README|LICEN[CS]E|CHANGELOG|CONTRIBUTING|CODEOWNERS)(?:\..*)?$|\.md$/i;

const maxFiles = 50_000;

/** Selects the files to read. */
export interface OwnFiles {
  /** The name of the feed in errors. */
  readonly id: string;
  readonly format: OwnFormat;
  /** The only file to read; by default all files of the folder and its subfolders. */
  readonly file?: string;
}

/** The files that a feed reads, as a pattern for users. */
export function layoutOf({ format, file }: Pick<OwnFiles, 'format' | 'file'>): string {
  const [only = '', ...others] = endings[format];
  return file ?? (others.length === 0 ? `<name>${only}` : `<name>.{${endings[format].join(',').replaceAll('.', '')}}`);
}

/**
 * The reason why a file of an own folder, or of an archive in it, is not read although it may be data. Undefined if the
 * file is read, or if its name shows that it is not data.
 */
export function reasonUnread(path: string, known: readonly string[]): string | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (isData(name, known) || leftOver.test(name) || aboutIt.test(name)) return undefined;
  return `files of this kind are not read; name it ${known.join(', ')}, or keep it elsewhere`;
}

/** Whether a file is read, according to its name. */
export function isData(path: string, known: readonly string[]): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return !leftOver.test(name) && known.some((ending) => name.toLowerCase().endsWith(ending));
}

/**
 * The existing files, and those read before. Files that are not read are listed with the reason. In a folder, a file
 * that was read before and is no longer listed was deleted; a file that the configuration or the listing names must
 * exist.
 */
export async function planOfFiles(files: OwnFiles, upstream: Upstream, last: FeedState | undefined): Promise<FeedPlan> {
  const planned = new Map<string, PlannedDocument>();
  if (files.file === undefined) {
    for (const name of await upstream.list('')) {
      if (!name.endsWith('/')) add(name);
      else if (!leftOver.test(name.slice(0, -1))) {
        nameMistaken(name.slice(0, -1));
        await addFolder(name);
      }
    }
  } else planned.set(files.file, { name: files.file, required: true });
  for (const name of Object.keys(last?.documents ?? {})) if (!planned.has(name)) planned.set(name, { name });
  const names = [...planned.keys()];
  return { documents: names.sort().flatMap((name) => planned.get(name) ?? []) };

  async function addFolder(folder: string): Promise<void> {
    for (const name of await upstream.list(folder)) {
      const path = `${folder}${name}`;
      if (!name.endsWith('/')) add(path);
      else if (!leftOver.test(name.slice(0, -1)))
        put({ name: path.slice(0, -1), unread: 'folders in folders are not read; move its files one folder up' });
    }
  }

  function add(name: string): void {
    const known = endings[files.format];
    const unread = reasonUnread(name, known);
    if (unread !== undefined) put({ name, unread });
    else if (isData(name, known)) put({ name, required: true });
  }

  function nameMistaken(folder: string): void {
    if (!isData(folder, endings[files.format])) return;
    put({ name: folder, unread: 'it is a folder with the name of a file; its files are read; rename it' });
  }

  function put(document: PlannedDocument): void {
    planned.set(document.name, document);
    if (planned.size > maxFiles)
      throw new ClarionError('limit-exceeded', `Feed ${files.id} has more than ${maxFiles} files`);
  }
}
