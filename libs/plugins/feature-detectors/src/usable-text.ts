const maxTextLength = 4096;

/** Whether a field can be a name or a version: present, and not too long. */
export function isUsableText(text: unknown): text is string {
  return typeof text === 'string' && text !== '' && text.length <= maxTextLength;
}

/** The members of `fields` with usable text. */
export function usableTexts<Key extends string>(
  fields: Readonly<Record<Key, unknown>>,
): Readonly<Partial<Record<Key, string>>> {
  const usable: Partial<Record<Key, string>> = {};
  for (const key of Object.keys(fields) as Key[]) {
    const text = fields[key];
    if (isUsableText(text)) usable[key] = text;
  }
  return usable;
}

/** A name for a message: short, on one line, in quotes. */
export function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
