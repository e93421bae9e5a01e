import { ClarionError, type DeadLetter, type StoredImage, type WorkItem } from '@clarion/model';
import type { Context } from './context';
import { isSubmitted } from './image-view';
import { Refusal } from './refusal';
import { order } from './submit-image';
import { timeOrderedId } from './time-ordered-id';
import type { DeadLetterUseCases } from './use-cases';

/** For so long the bus takes an event that is published again for the same. */
const sameMillis = 2 * 60_000;

export function deadLetterUseCases(context: Context): DeadLetterUseCases {
  const { store } = context;
  return {
    list: (page) => store.deadLetters(page),
    async replay(id) {
      const letter = await store.deadLetter(id);
      if (letter === undefined) throw unknown(id);
      await replay(letter, context);
      await store.removeDeadLetter(id);
    },
    async remove(id) {
      if (!(await store.removeDeadLetter(id))) throw unknown(id);
    },
  };
}

function unknown(id: string): ClarionError {
  return new ClarionError('not-found', `There is no dead letter ${JSON.stringify(id.slice(0, 200))}`);
}

async function replay(letter: DeadLetter, context: Context): Promise<void> {
  const { event } = letter;
  switch (event.kind) {
    case 'work.layer':
      await submitAgain(event, context);
      return;
    case 'work.feed':
      await context.bus.publish([{ event: { ...event, request: timeOrderedId(context.now()) } }]);
      return;
    case 'advisories.changed': {
      // Its identity is the change itself, so that it is told once: the bus has to forget it first.
      const wait = Date.parse(letter.at) + sameMillis - context.now().getTime();
      if (wait > 0) throw new Refusal('too-soon', 'The work was given up just now', Math.ceil(wait / 1000));
      await context.bus.publish([{ event }]);
    }
  }
}

/** A failed image begins anew under another submission; one that was submitted again since needs nothing. */
async function submitAgain(
  { image, submission }: Extract<WorkItem, { kind: 'work.layer' }>,
  context: Context,
): Promise<void> {
  const at = context.now();
  const id = timeOrderedId(at);
  const stored = await context.store.changeImage(image, (known): StoredImage | undefined => {
    if (!isSubmitted(known) || known.submission.id !== submission || known.submission.state === 'indexed')
      return undefined;
    const { failure: _, absent: __, ...kept } = known.submission;
    return { ...known, submission: { ...kept, id, state: 'queued', submittedAt: at.toISOString() } };
  });
  if (isSubmitted(stored) && stored.submission.id === id) await order(stored, context);
}
