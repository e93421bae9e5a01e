import { ClarionError } from '@clarion/model';

const maxLength = 8192;

/** A place in a list as an opaque text. */
export function encodeCursor(parts: readonly string[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** Reads what `encodeCursor` wrote. Throws `invalid-input` for anything else: cursors come back from strangers. */
export function decodeCursor(text: string, length: number): readonly string[] {
  let parts: unknown;
  try {
    parts = text.length > maxLength ? undefined : JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    parts = undefined;
  }
  if (!Array.isArray(parts) || parts.length !== length || !parts.every((part) => typeof part === 'string')) {
    throw new ClarionError('invalid-input', 'The place in the list (after) is none that was given out');
  }
  return parts;
}
