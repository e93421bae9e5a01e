import type { MongoContext } from '../context';
import type { ValueDocument } from '../value-document';
import { pageIds } from '../packed-values';
import { untyped } from '../writes';

/**
 * To format 2: states of feeds move from the documents of their leases to a separate collection with one document per
 * revision. Facts stay as they are: they have revision 0.
 */
export async function revisedFacts(context: MongoContext): Promise<void> {
  const feeds = untyped(context, 'feeds');
  for await (const { _id, v, g, n } of feeds.find({}).sort({ _id: 1 })) {
    if (v === undefined) continue;
    const value: Partial<ValueDocument> = { v, ...(g === undefined ? {} : { g }), ...(n === undefined ? {} : { n }) };
    const insert = { $setOnInsert: { ...value, feed: _id } };
    await untyped(context, 'states').updateOne({ _id }, insert, { upsert: true });
    const pages = pageIds([value]);
    if (pages.length > 0) {
      await context.collection('pages').updateMany({ _id: { $in: pages } }, { $set: { collection: 'states' } });
    }
    await feeds.updateOne({ _id }, { $unset: { v: '', g: '', n: '', applied: '' } });
  }
}
