import { repeatedMembers } from '@clarion/file-formats';
import { type JsonPath, positionOfJsonError, type TextPosition } from '@clarion/file-formats/documents';
import { ClarionError, type FeedDocument, type FeedRecord } from '@clarion/model';

export type FeedProblem = Extract<FeedRecord, { kind: 'problem' }>;

/** The text that a mistake is in. */
export interface MistakenText {
  /** The file. */
  readonly name: string;
  /** Number of its first line in the file. */
  readonly line: number;
  /** Looks for the mistake in the text; its time is linear in the text. */
  readonly position: () => TextPosition;
}

export interface Mistake {
  /** From the outermost value of the record inwards. */
  readonly path: JsonPath;
  readonly message: string;
}

/** Mistakes of one document of own data, as problems that name their place. */
export interface Mistakes {
  problem(text: MistakenText, mistake: Mistake): FeedProblem;
}

/** Finding a place costs a reading of the text: whoever makes many mistakes finds the others by their names. */
const maxPlaces = 20;

/** The value of a text of JSON that a document is. Throws `corrupt-data` that names the place where it is none. */
export function parseOwnJson(text: string, name: string): unknown {
  try {
    return JSON.parse(withoutMark(text));
  } catch (cause) {
    throw new ClarionError('corrupt-data', `${placeIn(name, 1, positionOfJsonError(text))}: ${noJson}`, { cause });
  }
}

export const noJson = 'this is not JSON; a comma, a quote or a bracket is missing or too much';

function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/** `name:line:column`, as editors read it. */
function placeIn(name: string, firstLine: number, { line, column }: TextPosition): string {
  return `${name}:${firstLine + line - 1}:${column}`;
}

export function createMistakes(): Mistakes {
  let places = 0;
  return {
    problem: ({ name, line, position }, { path, message }) => {
      places += 1;
      const record = places <= maxPlaces ? placeIn(name, line, position()) : name;
      return { kind: 'problem', record, message, pointer: pointerOf(path) };
    },
  };
}

/**
 * A mistake for each member that its object has twice, up to 20: one of the two would be passed over. `line` is the number of
 * the text's first line in the file `name`.
 */
export function* repeatsIn(
  { text, name, line }: { readonly text: string; readonly name: string; readonly line: number },
  mistakes: Mistakes,
): Generator<FeedProblem> {
  let count = 0;
  for (const { name: member, path, position } of repeatedMembers(text)) {
    count += 1;
    if (count > maxPlaces) return;
    const message = `${JSON.stringify(member.slice(0, 80))} comes twice in one object; write it once`;
    yield mistakes.problem({ name, line, position }, { path, message });
  }
}

/** JSON pointer (RFC 6901). */
function pointerOf(path: JsonPath): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/**
 * Refuses a document with mistakes, whatever else it holds: throws `invalid-input` that names the first of them with its
 * place. Other problems are passed on.
 */
export async function* refusingMistakes(
  document: Pick<FeedDocument, 'name'>,
  records: AsyncIterable<FeedRecord>,
): AsyncGenerator<FeedRecord> {
  let first: FeedProblem | undefined;
  let count = 0;
  for await (const record of records) {
    if (record.kind === 'problem' && record.pointer !== undefined) {
      first ??= record;
      count += 1;
    } else if (first === undefined) yield record;
  }
  if (first === undefined) return;
  const more = count === 1 ? '' : ` (and ${count - 1} more in ${document.name})`;
  throw new ClarionError('invalid-input', `${first.record}: ${first.message}${more}`);
}
