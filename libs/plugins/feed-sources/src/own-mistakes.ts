import { repeatedMembers } from '@clarion/file-formats';
import { type JsonPath, positionOfJsonError, type TextPosition } from '@clarion/file-formats/documents';
import { ClarionError, type FeedDocument, type FeedRecord } from '@clarion/model';

export type FeedProblem = Extract<FeedRecord, { kind: 'problem' }>;

/** The text with the error. */
export interface MistakenText {
  /** The file. */
  readonly name: string;
  /** Number of the first line of the text in the file. */
  readonly line: number;
  /** Finds the error in the text, in linear time. */
  readonly position: () => TextPosition;
}

export interface RecordMistake {
  /** From the outermost value of the record inwards. */
  readonly path: JsonPath;
  readonly message: string;
}

/** Converts the errors of one document of own data to problems with their position. */
export interface MistakeReporter {
  problem(text: MistakenText, mistake: RecordMistake): FeedProblem;
}

/**
 * Finding a position requires another pass over the text, so only the first errors have one; the others have only the
 * file name.
 */
const maxPositions = 20;

/** Parses the JSON text of a document. Throws `corrupt-data` with the position of a syntax error. */
export function parseOwnJson(text: string, name: string): unknown {
  try {
    return JSON.parse(withoutMark(text));
  } catch (cause) {
    throw new ClarionError('corrupt-data', `${positionIn(name, 1, positionOfJsonError(text))}: ${noJson}`, { cause });
  }
}

export const noJson = 'this is not JSON; a comma, a quote or a bracket is missing or too much';

function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/** `name:line:column`, a form that editors understand. */
function positionIn(name: string, firstLine: number, { line, column }: TextPosition): string {
  return `${name}:${firstLine + line - 1}:${column}`;
}

export function createMistakes(): MistakeReporter {
  let positions = 0;
  return {
    problem: ({ name, line, position }, { path, message }) => {
      positions += 1;
      const record = positions <= maxPositions ? positionIn(name, line, position()) : name;
      return { kind: 'problem', record, message, pointer: pointerOf(path) };
    },
  };
}

/**
 * Reports each member that appears twice in its object, up to 20: one of the two values would be ignored. `line` is the
 * number of the first line of the text in the file `name`.
 */
export function* repeatsIn(
  { text, name, line }: { readonly text: string; readonly name: string; readonly line: number },
  mistakes: MistakeReporter,
): Generator<FeedProblem> {
  let count = 0;
  for (const { name: member, path, position } of repeatedMembers(text)) {
    count += 1;
    if (count > maxPositions) return;
    const message = `${JSON.stringify(member.slice(0, 80))} comes twice in one object; write it once`;
    yield mistakes.problem({ name, line, position }, { path, message });
  }
}

/** JSON pointer (RFC 6901). */
function pointerOf(path: JsonPath): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/**
 * Rejects a document with errors, whatever else it contains: throws `invalid-input` with the first error and its
 * position. Passes other problems on.
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
