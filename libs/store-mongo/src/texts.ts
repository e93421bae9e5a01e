import type { Vulnerability, VulnerabilityText } from '@clarion/model';
import type { Document } from 'mongodb';

import type { MongoContext } from './context';
import type { ScoreDocument } from './documents';
import { keyPart, recordKey } from './keys';
import { readValue } from './packed-values';
import { bucketOf, type ScoreRow, toText } from './score-rows';
import { chunks } from './writes';

const idsTogether = 1000;

/** Those known of the vulnerabilities asked for, in that order, each with all that feeds say about it. */
export async function vulnerabilities(context: MongoContext, ids: readonly string[]): Promise<Vulnerability[]> {
  const found = new Map<string, VulnerabilityText[]>();
  for await (const some of chunks(new Set(ids), idsTogether)) {
    for await (const text of textsOf(context, { id: { $in: some.map(keyPart) } })) add(found, text);
    const wanted = new Set(some);
    const buckets = [...new Set(some.flatMap((id) => bucketOf(id) ?? []))];
    const pages = context.collection('scores').find({ bucket: { $in: buckets } });
    for await (const page of pages) {
      for (const score of await scoresIn(context, page)) {
        const hidden = found.get(score.id)?.some(({ feed }) => feed === score.feed) ?? false;
        if (wanted.has(score.id) && !hidden) add(found, score);
      }
    }
  }
  return ids.flatMap((id) => {
    const texts = found.get(id);
    return texts === undefined
      ? []
      : [{ id, texts: texts.sort((a, b) => (keyPart(a.feed) < keyPart(b.feed) ? -1 : 1)) }];
  });
}

function add(found: Map<string, VulnerabilityText[]>, text: VulnerabilityText): void {
  const known = found.get(text.id);
  if (known === undefined) found.set(text.id, [text]);
  else known.push(text);
}

/** All texts, or those of one feed: first the texts proper by id and feed, then the scores. */
export async function* eachText(
  context: MongoContext,
  filter: { readonly feed?: string },
): AsyncGenerator<VulnerabilityText> {
  yield* textsOf(context, filter);
  for await (const page of context.collection('scores').find(filter).sort({ _id: 1 })) {
    const scores = await scoresIn(context, page);
    const keys = scores.map(({ id, feed }) => recordKey(id, feed));
    const hiding = context.collection('texts').find({ _id: { $in: keys } }, { projection: { _id: 1 } });
    const hidden = new Set((await hiding.toArray()).map(({ _id }) => _id));
    for (const [index, score] of scores.entries()) if (!hidden.has(keys[index] ?? '')) yield score;
  }
}

async function* textsOf(context: MongoContext, filter: Document): AsyncGenerator<VulnerabilityText> {
  for await (const document of context.collection('texts').find(filter).sort({ _id: 1 })) {
    const text = await readValue(context, 'texts', document);
    if (text !== undefined) yield text as VulnerabilityText;
  }
}

async function scoresIn(context: MongoContext, page: ScoreDocument): Promise<readonly VulnerabilityText[]> {
  const rows = (await readValue(context, 'scores', page)) as readonly ScoreRow[] | undefined;
  return (rows ?? []).map((row) => toText(row, page.feed));
}
