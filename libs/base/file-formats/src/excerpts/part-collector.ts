import {
  ClarionError,
  type ExecutableFormat,
  type FileExcerpt,
  type FilePart,
  type Problem,
  type ProblemCode,
} from '@clarion/model';
import { problemList } from '../problem-list';

/** An excerpt with its bytes, and what could not be read. */
export interface TakenExcerpt {
  readonly content: Uint8Array;
  readonly excerpt: FileExcerpt;
  readonly problems: readonly Problem[];
}

/** Characters of all names in one excerpt: they are sent in one message. */
const mostNameCharacters = 1024 * 1024;

/** Collects the parts of one file within its limits; what is beyond them is left out with a problem. */
export class PartCollector {
  readonly executables: ExecutableFormat[] = [];
  private readonly parts: FilePart[] = [];
  private readonly archives: string[] = [];
  private readonly contents: Uint8Array[] = [];
  private readonly list: ReturnType<typeof problemList>;
  private readonly path: string;
  private readonly maxBytes: number;
  private bytes = 0;
  private characters = 0;

  constructor(path: string, maxBytes: number) {
    this.path = path;
    this.maxBytes = maxBytes;
    this.list = problemList(path);
  }

  /** Bytes that may still be taken. */
  get room(): number {
    return this.maxBytes - this.bytes;
  }

  /** Adds a part whose `size` bytes `read` returns; errors of reading are problems. */
  add(part: FilePart, read: () => Uint8Array): void {
    if (part.size > this.room) {
      this.leaveOut('limit-reached', part, `the parts of the file are larger than ${this.maxBytes} bytes together`);
      return;
    }
    this.guard(part, () => {
      if (!this.names(part)) return;
      const content = read();
      this.parts.push({ ...part, size: content.length });
      this.contents.push(content);
      this.bytes += content.length;
    });
  }

  /** Notes that a nested archive is opened; false where there is no room for its name. */
  open(archive: string): boolean {
    if (!this.names({ name: archive, within: '' })) return false;
    this.archives.push(archive);
    return true;
  }

  /** Runs `read`; what it cannot read is left out. Other errors than our own are thrown. */
  guard(part: Named, read: () => void): void {
    try {
      read();
    } catch (error) {
      this.failed(part, error);
    }
  }

  failed(part: Named, error: unknown): void {
    if (!(error instanceof ClarionError) || !damage.has(error.code)) throw error;
    this.leaveOut(error.code === 'limit-exceeded' ? 'limit-reached' : 'bad-archive-entry', part, error.message);
  }

  leaveOut(code: ProblemCode, { name, within }: Named, why: string): void {
    const inside = [within, name].filter((text) => text !== '').join('!/');
    const shown = inside === '' ? this.path : `${this.path}!/${inside.slice(0, 300)}`;
    this.list.note(code, `${shown} was not read: ${why}`);
  }

  /** Of parts like those that were read, there are more than a limit. */
  leaveOutRest(why: string): void {
    this.list.note('limit-reached', `${this.path} was not read completely: ${why}`);
  }

  finish(fileSize: number): TakenExcerpt {
    const { parts, archives, executables } = this;
    const problems = this.list.problems();
    const leftOut = problems.map(({ message }) => message);
    return {
      content: Buffer.concat(this.contents),
      excerpt: { fileSize, parts, archives, executables, leftOut },
      problems,
    };
  }

  private names(part: Named): boolean {
    this.characters += part.name.length + part.within.length;
    if (this.characters <= mostNameCharacters) return true;
    this.leaveOutRest(`the names of its parts are longer than ${mostNameCharacters} characters`);
    return false;
  }
}

type Named = Pick<FilePart, 'name' | 'within'>;

const damage = new Set<string>(['corrupt-data', 'limit-exceeded', 'unsupported']);
