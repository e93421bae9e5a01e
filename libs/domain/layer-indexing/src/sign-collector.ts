import type { EcosystemSign, LayerEntry } from '@clarion/model';
import { phars, programs } from './ecosystem-table';
import type { PathHashes } from './path-hashes';
import { isCalledPhar, isPhar, mayBePhar } from './php-archives';
import { isProgram } from './program-format';
import { looksLikeProgram, mayBeCalledProgram, mayBeProgram, signOf } from './recognised-paths';
import { SignCounter } from './sign-counter';

const mostSeenPrograms = 20_000;

/** Signs of one layer while it is walked, in bounded memory. */
export class SignCollector {
  private readonly counter: SignCounter;
  /** Names of programs that hard links may refer to. */
  private readonly seenPrograms = new Set<string>();
  /** Entries whose first bytes are to come, as they are written, with those under their current paths. */
  private readonly asked = new Map<LayerEntry, LayerEntry>();
  /** The same as they are written, by current path. */
  private readonly askedAt = new Map<string, LayerEntry>();

  /** `hasRoomFor` returns whether one more path may be kept. */
  constructor(hasRoomFor: (path: string) => boolean) {
    this.counter = new SignCounter(hasRoomFor);
  }

  /**
   * Takes an entry under its current path; `written` identifies it later. Asks for its first bytes where these show
   * whether it is a program. `isProgram` of a hard link: whether it is one to a program.
   */
  add(entry: LayerEntry, written: LayerEntry, isProgram: boolean): 'head' | undefined {
    const kind = signOf(entry);
    if (kind !== undefined) this.counter.count(kind, entry.path);
    else if (entry.type === 'hardlink') this.hardLink(entry, isProgram);
    else if (mayBeProgram(entry) || mayBePhar(entry)) {
      this.asked.set(written, entry);
      this.askedAt.set(entry.path, written);
      return 'head';
    }
    return undefined;
  }

  /** Whether the layer has a program at a path, by what was read until now. */
  hasProgram(path: string): boolean {
    return this.seenPrograms.has(path);
  }

  /** Takes the first bytes of a file, or more of them. */
  head(written: LayerEntry, bytes: Uint8Array): void {
    const entry = this.takeAsked(written);
    if (entry === undefined) return;
    if (isPhar(entry, bytes)) this.counter.count(phars, entry.path);
    else if (isProgram(bytes) && mayBeProgram(entry)) this.program(entry.path);
  }

  /** The entry whose bytes came; undefined where they were not requested, or the layer has replaced it meanwhile. */
  private takeAsked(written: LayerEntry): LayerEntry | undefined {
    const entry = this.asked.get(written);
    this.asked.delete(written);
    if (entry !== undefined) this.askedAt.delete(entry.path);
    return entry;
  }

  /** Another name of a program of this layer: an upper layer may delete only the first one. */
  private hardLink(entry: LayerEntry, isProgram: boolean): void {
    if (isProgram && mayBeCalledProgram(entry)) this.program(entry.path);
  }

  private program(path: string): void {
    if (this.seenPrograms.size < mostSeenPrograms) this.seenPrograms.add(path);
    this.counter.count(programs, path);
  }

  /** Takes a file whose bytes are unavailable: larger than a detector reads, or sparse. */
  unread(written: LayerEntry): void {
    const entry = this.takeAsked(written);
    if (entry === undefined) return;
    if (isCalledPhar(entry.path)) this.counter.count(phars, entry.path);
    else if (looksLikeProgram(entry)) this.program(entry.path);
  }

  /** Takes back what was at a path that a later entry of the layer replaces. */
  forget(path: string): void {
    const written = this.askedAt.get(path);
    if (written !== undefined) this.takeAsked(written);
    this.seenPrograms.delete(path);
    this.counter.forget(path);
  }

  /** The paths that can be taken back. */
  *paths(): Generator<string> {
    yield* this.askedAt.keys();
    yield* this.counter.paths();
  }

  /** The signs that count when packages of the layer own `own`. */
  signs(own: PathHashes): readonly EcosystemSign[] {
    return this.counter.signs(own);
  }
}
