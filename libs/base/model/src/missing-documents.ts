/** Maximum number of documents that a line names; lists name all of them. */
const mostNamed = 3;

/**
 * One line about a feed that lacks documents: how many, the first ones, and the remedy. The same words are used
 * everywhere. Undefined where no document is missing.
 */
export function describeMissing(feed: string, documents: readonly string[]): string | undefined {
  if (documents.length === 0) return undefined;
  const named = documents.slice(0, mostNamed).join(', ');
  const list = documents.length > mostNamed ? `${named}, …` : named;
  const [count, them] =
    documents.length === 1 ? ['1 document is', 'it'] : [`${documents.length} documents are`, 'them'];
  return `${feed} is partial: ${count} not there (${list}); run clarion update ${feed} with a mirror that has ${them}`;
}
