import type { Digest } from '@clarion/model';
import type { UseCaseContext } from '../context';
import { hasManyFindings, isLarge, requireIndexed } from '../indexed-image';
import type { RenderOptions } from '../report-file';
import { textOf } from '../report-text';
import { historyPart } from './history-part';
import type { HistoryPart } from './part-types';
import { readsUntil } from './reads-until';

/**
 * What is known of the past of images, made in another process if any of them is large or has many findings.
 * Ends when the caller is gone. Throws what that throws, and the reason of the signal.
 */
export async function answerPart(
  digests: readonly [Digest, ...Digest[]],
  part: HistoryPart,
  { context, options }: { readonly context: UseCaseContext; readonly options: RenderOptions },
): Promise<unknown> {
  const { renderElsewhere } = context;
  const [digest] = digests;
  for (const one of digests) {
    const image = await requireIndexed(one, context);
    if (renderElsewhere === undefined) continue;
    if (!(await isLarge(image, context)) && !(await hasManyFindings(image, context.store))) continue;
    return JSON.parse(await textOf(await renderElsewhere({ digest, part }, options))) as unknown;
  }
  const { signal } = options;
  return historyPart(digest, part, { ...context, store: readsUntil(signal, context.store), signal });
}
