import { ClarionError, type Digest, isDigest } from '@clarion/model';

/** A position in a comparison, with what its first page compared. */
export interface ComparisonPosition {
  /** The number of findings that pages before have returned. */
  readonly at: number;
  /** The time that was now, RFC 3339. */
  readonly now: string;
  /** Names the facts that were compared. */
  readonly facts: string;
  /** The images that tags named. */
  readonly a: Digest;
  readonly b: Digest;
}

export function writePosition({ at, now, facts, a, b }: ComparisonPosition): string {
  return [at, now, facts, a, b].join(' ');
}

/** Undefined for the first page. Throws `invalid-input`. */
export function readPosition(after: string | undefined): ComparisonPosition | undefined {
  if (after === undefined) return undefined;
  const [number = '', now = '', facts = '', a = '', b = ''] = after.split(' ');
  const at = Number(number);
  const isValid = number !== '' && Number.isSafeInteger(at) && at >= 0 && !Number.isNaN(Date.parse(now));
  if (isValid && facts !== '' && isDigest(a) && isDigest(b)) {
    return { at, now: new Date(now).toISOString(), facts, a, b };
  }
  throw new ClarionError('invalid-input', 'The position in the list (after) is not valid');
}
