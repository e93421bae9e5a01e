/** More than the members before the list of vulnerabilities ever take. */
const longestHead = 1024 ** 2;

/** A JSON object in two parts: the members before one of them, parsed, and all of the rest as it is. */
export interface SplitObject {
  readonly head: Readonly<Record<string, unknown>>;
  /** Begins with the name of that member. */
  readonly rest: AsyncIterable<Uint8Array>;
  readonly restBytes: number;
}

/**
 * Splits JSON that is written with a line for each member of the object (`printableJson`), before the member with this
 * name. Reads no more of it than that. Throws a `TypeError` if it has no such member near its beginning.
 */
export async function splitHead(
  { bytes, content }: { readonly bytes: number; readonly content: () => AsyncIterable<Uint8Array> },
  member: string,
): Promise<SplitObject> {
  const chunks = content()[Symbol.asyncIterator]();
  // Strings have no line feeds, and the members of members are indented further.
  const mark = Buffer.from(`,\n  ${JSON.stringify(member)}:`);
  let read = Buffer.alloc(0);
  let at = -1;
  while (at < 0) {
    const next = await chunks.next();
    if (next.done === true || read.length > longestHead) throw new TypeError(`The report has no member ${member}`);
    read = Buffer.concat([read, next.value]);
    at = read.indexOf(mark);
  }
  const head = JSON.parse(`${read.subarray(0, at).toString('utf8')}}`) as SplitObject['head'];
  const first = read.subarray(at + 1);
  return { head, rest: joined(first, chunks), restBytes: bytes - at - 1 };
}

async function* joined(first: Uint8Array, chunks: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
}
