/** The texts around the searched patterns, one character a byte, in the order of the file. */
export type FoundTexts = readonly string[];

/** The first group of the first match. */
export function firstMatch(pattern: RegExp, texts: FoundTexts): string | undefined {
  for (const text of texts) {
    const found = pattern.exec(text)?.[1];
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Every different version that stands alone between zero bytes. */
export function tokensIn(texts: FoundTexts): readonly string[] {
  const found = texts.flatMap((text) => [...text.matchAll(/\0(\d{1,3}(?:\.\d{1,3}){1,2}(?:-?rc\.?\d{1,3})?)(?=\0)/g)]);
  return [...new Set(found.map(([, token = '']) => token))];
}

/** The one token of a form: where there are several, none is certain. */
export function onlyToken(form: RegExp): (texts: FoundTexts) => string | undefined {
  return (texts) => {
    const [token, ...others] = tokensIn(texts).filter((one) => form.test(one));
    return others.length === 0 ? token : undefined;
  };
}
