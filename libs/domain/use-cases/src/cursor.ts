import { ClarionError, type Page, type PageRequest } from '@clarion/model';

const maxLength = 8192;

/** Encodes a position in a list as an opaque string, which includes the name of the list. */
export function encodeCursor(list: string, position: readonly string[]): string {
  return Buffer.from(JSON.stringify([list, ...position])).toString('base64url');
}

/**
 * Decodes a cursor that `encodeCursor` made for this list. Throws `invalid-input` for anything else: cursors are
 * untrusted input.
 */
export function decodeCursor(list: string, text: string, length: number): readonly string[] {
  let parts: unknown;
  try {
    parts = text.length > maxLength ? undefined : JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    parts = undefined;
  }
  const [named, ...position] = Array.isArray(parts) ? (parts as unknown[]) : [];
  if (named !== list || position.length !== length || !position.every((part) => typeof part === 'string'))
    throw notGivenOut();
  return position;
}

function notGivenOut(): ClarionError {
  return new ClarionError('invalid-input', 'The position in the list (after) is not valid', {
    remedy: 'begin without it, and go on with the `next` of each page',
  });
}

/**
 * A page of a list whose positions are plain strings. Callers get them as cursors of this list: a cursor that was not
 * issued, or for another list, is rejected and not used as a position. Throws `invalid-input`.
 */
export async function cursorPage<P extends Page<unknown>>(
  list: string,
  { after, limit }: PageRequest,
  read: (page: PageRequest) => Promise<P>,
): Promise<P> {
  const [position] = after === undefined ? [] : decodeCursor(list, after, 1);
  const page = await read({ limit, ...(position === undefined ? {} : { after: position }) });
  return page.next === undefined ? page : { ...page, next: encodeCursor(list, [page.next]) };
}
