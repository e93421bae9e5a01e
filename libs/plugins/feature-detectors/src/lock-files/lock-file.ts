import { type NoteProblem, type ProblemList, problemList, textKeeper } from '@clarion/file-formats';
import type { Feature, JsonObject, PackageType, WantedFile, WorkBudget } from '@clarion/model';
import { parseJsonObject } from '../json-object';
import type { ParsedPackages } from '../parsed';
import { isUsableText, quoted } from '../usable-text';
import { decodeLockText } from './lock-text';
import { readToml } from './toml';

/** Names in the messages about packages without an exact version, and about other files. */
const mostNamed = 5;

/** How many there are, and the first names. */
class NamesInMessage {
  private count = 0;
  private readonly first: string[] = [];

  add(name: unknown): void {
    this.count += 1;
    if (this.first.length < mostNamed) this.first.push(quoted(typeof name === 'string' ? name : '?'));
  }

  /** Undefined where there are none. */
  listed(): string | undefined {
    if (this.count === 0) return undefined;
    const more = this.count > this.first.length ? [`${this.count - this.first.length} more`] : [];
    return [...this.first, ...more].join(', ');
  }
}

/** A lock file while it is read: its content in several forms, and the packages that were found in it. */
export class LockFile {
  readonly file: WantedFile;
  readonly budget: WorkBudget;
  readonly note: NoteProblem;
  private readonly type: PackageType;
  private readonly siblings: ReadonlyMap<string, WantedFile>;
  private readonly files: ReadonlyMap<string, WantedFile>;
  /** Whether a file is a lock file by its name. */
  readonly isReadItself: (path: string) => boolean;
  private readonly problems: ProblemList['problems'];
  private readonly features = new Map<string, Feature>();
  /** A part of the text would keep the whole of it in memory. */
  private readonly copy = textKeeper();
  /** Packages without an exact version. */
  private readonly vague = new NamesInMessage();
  /** The form of the file, if its reader does not know it. */
  private unknownForm: string | undefined;
  /** Files that it includes. */
  private readonly notFollowed = new NamesInMessage();

  constructor(
    file: WantedFile,
    {
      type,
      budget,
      siblings,
      files,
      isReadItself,
    }: Pick<LockFile, 'budget' | 'isReadItself'> & {
      readonly type: PackageType;
      /** Lock files of the same directory, by name. */
      readonly siblings: ReadonlyMap<string, WantedFile>;
      /** Those of the layer and files that they name, by path. */
      readonly files: ReadonlyMap<string, WantedFile>;
    },
  ) {
    const { note, problems } = problemList(file.path);
    this.file = file;
    this.type = type;
    this.budget = budget;
    this.siblings = siblings;
    this.files = files;
    this.isReadItself = isReadItself;
    this.note = note;
    this.problems = problems;
  }

  /**
   * Lists a package, each only once. A name or version that is no text of usual length is a problem. False when nothing
   * more can be listed.
   */
  list(name: unknown, version: unknown): boolean {
    if (!this.budget.spend(1)) return false;
    if (!isUsableText(name) || !isUsableText(version)) {
      const shown = quoted(typeof name === 'string' ? name : '?');
      this.note('bad-record', `The package ${shown} has no version, or not a text of usual length`);
      return true;
    }
    const key = `${name}\0${version}`;
    if (this.features.has(key)) return true;
    if (!this.budget.keep()) return false;
    const [ownName, ownVersion] = [this.copy(name), this.copy(version)];
    this.features.set(this.copy(key), { type: this.type, name: ownName, version: ownVersion, path: this.file.path });
    return true;
  }

  /** Notes a package of which the file does not name one exact version. */
  listVague(name: unknown): void {
    this.vague.add(name);
  }

  /** Notes another file that it includes, and that is not read. */
  includesUnread(name: string): void {
    this.notFollowed.add(name);
  }

  /** Notes that the file is not what its name promises. */
  reject(reason: string): void {
    this.note('unreadable-database', `The file cannot be read: ${reason}`);
  }

  /**
   * Notes the form of a file that its reader does not know, such as a later version of the format. That is a problem
   * only if nothing is found: the packages may still stand where they always did.
   */
  isOfUnknownForm(form: string): void {
    this.unknownForm = form;
  }

  /** The lock file of this name in the same directory of the same layer. */
  beside(name: string): WantedFile | undefined {
    return this.siblings.get(name);
  }

  /** Another file of the same layer, which this one may name. */
  fileAt(path: string): WantedFile | undefined {
    return this.files.get(path);
  }

  text(): string {
    return decodeLockText(this.file.content);
  }

  /**
   * The object that a JSON file consists of, once `toJson` has made JSON of it; undefined, with a problem, for anything
   * else.
   */
  json(toJson?: (text: string) => string): JsonObject | undefined {
    return this.noteUnless(parseJsonObject(this.file, toJson));
  }

  /** The tables of a TOML file. */
  toml(): JsonObject | undefined {
    return this.noteUnless(readToml(this.file));
  }

  private noteUnless(parsed: ReturnType<typeof parseJsonObject>): JsonObject | undefined {
    if (parsed.problem !== undefined) this.note(parsed.problem.code, parsed.problem.message);
    return parsed.object;
  }

  /** What was found. */
  found(): ParsedPackages {
    if (this.unknownForm !== undefined && this.features.size === 0) {
      this.note('bad-record', `No packages were found, and the file has a form that is not known: ${this.unknownForm}`);
    }
    const [vague, notFollowed] = [this.vague.listed(), this.notFollowed.listed()];
    if (vague !== undefined) {
      this.note('unknown-version', `Not listed, because the file has no exact version of them: ${vague}`);
    }
    if (notFollowed !== undefined) {
      this.note('unresolved-link', `Not read, although the file includes them: ${notFollowed}`);
    }
    return { features: [...this.features.values()], problems: this.problems() };
  }
}
