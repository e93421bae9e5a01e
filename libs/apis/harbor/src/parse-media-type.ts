export interface MediaType {
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const longest = 256;

/** `application/vnd.x+json; version=1.0`, whatever its blanks, case and order. Undefined for anything else. */
export function parseMediaType(text: string): MediaType | undefined {
  if (text.length > longest) return undefined;
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim());
  if (!/^[\w.+*-]+\/[\w.+*-]+$/.test(type)) return undefined;
  const pairs = parameters.flatMap((one) => {
    const [, name = '', value = ''] = /^([\w-]+)\s*=\s*"?([\w.+/-]*)"?$/.exec(one) ?? [];
    return name === '' ? [] : [[name.toLowerCase(), value] as const];
  });
  return { type: type.toLowerCase(), parameters: Object.fromEntries(pairs) };
}
