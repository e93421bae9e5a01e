import type { EffectiveImage } from '@clarion/model';
import { makeReport } from '@clarion/reporting';
import { options as base } from '@clarion/test-kit/match-facts';
import fc from 'fast-check';
import { channelImage, commitUpdate, day, feeds, mixedImage, update } from '../../testing/random-updates';
import { recordedHistory } from '../../testing/recorded-history';
import { factsAt } from '../facts-at';
import { imageTimeline, type ImageTimeline } from './image-timeline';

const options = { ...base, feeds };

/** What a time line says about one moment: a line for each finding, and the ids that they are known by. */
function stateAt({ findings }: ImageTimeline, at: string) {
  const lines = new Set<string>();
  const ids = new Set<string>();
  for (const { package: of, from, until, steps } of findings) {
    if (from > at || (until !== null && until <= at)) continue;
    const step = steps.findLast((one) => one.at <= at);
    const [id = '', ...others] = step?.ids ?? [];
    lines.add([of.name, of.path, id, step?.state, step?.fixedIn ?? '-', step?.severity].join(' '));
    for (const one of [id, ...others]) ids.add([of.name, of.path, one].join(' '));
  }
  return { lines, ids };
}

test.each<EffectiveImage>([mixedImage, channelImage])(
  'a time line says of each moment what a report of that moment says: %#',
  async (image) => {
    await fc.assert(
      fc.asyncProperty(fc.array(update, { minLength: 1, maxLength: 8 }), fc.nat(4), async (updates, start) => {
        const store = recordedHistory();
        for (const [index, one] of updates.entries()) commitUpdate(store, day(index + 1), one);
        const end = updates.length;
        const first = Math.min(start, end);
        const period = { from: day(first), to: day(end) };
        const timeline = await imageTimeline([{ subject: image }], period, { store, options });
        for (let number = first; number <= end; number += 1) {
          const { facts } = await factsAt(store, day(number));
          const { findings } = await makeReport(image, facts, { ...options, now: new Date(day(number)) });
          const { lines, ids } = stateAt(timeline, day(number));
          const reported = new Set(
            findings.map(({ id, package: of, state, fixedIn, severity }) =>
              [of.name, of.path, id, state, fixedIn ?? '-', severity].join(' '),
            ),
          );
          // Two findings that are known to be one flaw now are one here, which names both ids.
          expect([...lines].filter((line) => !reported.has(line))).toEqual([]);
          const all = findings.map(({ id, package: of }) => [of.name, of.path, id].join(' '));
          expect(all.filter((id) => !ids.has(id))).toEqual([]);
        }
      }),
      { numRuns: 150 },
    );
  },
);
