import type { Vulnerability, VulnerabilityText } from '@clarion/model';

import type { MongoContext } from './context';
import type { ScoreDocument } from './documents';
import { keyPart, recordKey } from './keys';
import { readValue } from './packed-values';
import { headsOf } from './revision-heads';
import { current, currentEach, keyOfRevision, type Revisions, streamWhole } from './revisions';
import { bucketOf, type ScoreRow, toText } from './score-rows';
import { chunks } from './writes';

const idsTogether = 1000;

/** Those known of the vulnerabilities asked for, in that order, each with all that feeds say about it. */
export async function vulnerabilities(
  context: MongoContext,
  ids: readonly string[],
  revisions: Revisions,
): Promise<Vulnerability[]> {
  const found = new Map<string, VulnerabilityText[]>();
  for await (const some of chunks(new Set(ids), idsTogether)) {
    const texts = context
      .collection('texts')
      .find({ id: { $in: some.map(keyPart) } })
      .sort({ id: 1, _id: 1 });
    for await (const document of currentEach(texts, revisions)) {
      const text = (await readValue(context, 'texts', document)) as VulnerabilityText | undefined;
      if (text !== undefined) add(found, text);
    }
    const wanted = new Set(some);
    const buckets = [...new Set(some.flatMap((id) => bucketOf(id) ?? []))];
    const pages = await context
      .collection('scores')
      .find({ bucket: { $in: buckets } })
      .toArray();
    for (const page of current(pages, revisions)) {
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
export function eachText(context: MongoContext, feed: string | undefined): AsyncGenerator<VulnerabilityText> {
  const filter = feed === undefined ? {} : { feed: keyPart(feed) };
  return streamWhole(context, feed === undefined ? undefined : keyPart(feed), async function* (revisions) {
    const texts = context.collection('texts').find(filter).sort({ _id: 1 });
    for await (const document of currentEach(texts, revisions)) {
      const text = await readValue(context, 'texts', document);
      if (text !== undefined) yield text as VulnerabilityText;
    }
    const pages = context.collection('scores').find(filter).sort({ _id: 1 });
    for await (const page of currentEach(pages, revisions)) {
      const scores = await scoresIn(context, page);
      const hidden = await describedOf(context, scores, revisions);
      for (const score of scores) if (!hidden.has(recordKey(score.id, score.feed))) yield score;
    }
  });
}

/** Keys of those scores that a text stands beside. */
async function describedOf(
  context: MongoContext,
  scores: readonly VulnerabilityText[],
  revisions: Revisions,
): Promise<ReadonlySet<string>> {
  const keyed = scores.map(({ id, feed }) => ({ key: recordKey(id, feed), found: { id: keyPart(id) } }));
  return new Set(current(await headsOf(context, 'texts', keyed), revisions).map(({ _id }) => keyOfRevision(_id)));
}

async function scoresIn(context: MongoContext, page: ScoreDocument): Promise<readonly VulnerabilityText[]> {
  const rows = (await readValue(context, 'scores', page)) as readonly ScoreRow[] | undefined;
  return (rows ?? []).map((row) => toText(row, page.feed));
}
