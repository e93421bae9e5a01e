/** Members of an object that are written one after another, as a map may not fit into memory as one text. */
export type JsonMembers = Iterable<readonly [key: string, value: unknown]>;

/** A member that is an object, written member by member. */
export class StreamedObject {
  readonly members: JsonMembers;

  constructor(members: JsonMembers) {
    this.members = members;
  }
}

/** Characters that are written at once. */
const together = 16 * 1024;

/** A JSON object in pieces, as compact as Clair's. */
export function* writeJson(members: JsonMembers): Generator<string> {
  let piece = '';
  for (const text of textsOf(members)) {
    piece += text;
    if (piece.length < together) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}\n`;
}

function* textsOf(members: JsonMembers): Generator<string> {
  let start = '{';
  for (const [key, value] of members) {
    yield `${start}${JSON.stringify(key)}:`;
    if (value instanceof StreamedObject) yield* textsOf(value.members);
    else yield JSON.stringify(value);
    start = ',';
  }
  yield start === '{' ? '{}' : '}';
}
