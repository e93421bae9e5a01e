import type { Digest } from '@clarion/model';
import type { UseCaseContext } from '../context';
import { isLarge, requireIndexed } from '../indexed-image';
import type { RenderOptions } from '../report-file';
import { textOf } from '../report-text';
import { historyPart } from './history-part';
import type { HistoryPart } from './part-types';

/** What is known of the past of images, made in another process if any of them is large. Throws what that throws. */
export async function answerPart(
  digests: readonly [Digest, ...Digest[]],
  part: HistoryPart,
  { context, options }: { readonly context: UseCaseContext; readonly options: RenderOptions },
): Promise<unknown> {
  const { renderElsewhere } = context;
  const [digest] = digests;
  for (const one of digests) {
    const image = await requireIndexed(one, context);
    if (renderElsewhere === undefined || !(await isLarge(image, context))) continue;
    return JSON.parse(await textOf(await renderElsewhere({ digest, part }, options))) as unknown;
  }
  return historyPart(digest, part, context);
}
