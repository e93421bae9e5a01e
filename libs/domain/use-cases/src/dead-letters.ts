import { ClarionError, type DeadLetter, type StoredImage, timeOrderedId, type WorkItem } from '@clarion/model';
import type { UseCaseContext } from './context';
import { cursorPage } from './cursor';
import { isSubmitted } from './image-view';
import { order } from './submit-image';
import type { DeadLetterUseCases } from './use-cases';

export function deadLetterUseCases(context: UseCaseContext): DeadLetterUseCases {
  const { store } = context;
  return {
    list: (page) => cursorPage('dead letters', page, (at) => store.deadLetters(at)),
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

async function replay(letter: DeadLetter, context: UseCaseContext): Promise<void> {
  const { event } = letter;
  switch (event.kind) {
    case 'work.layer':
      await submitAgain(event, context);
      return;
    case 'work.feed':
      await context.bus.publish([{ event: { ...event, request: timeOrderedId(context.now()) } }]);
      return;
    case 'advisories.changed':
      // The bus treats it as a new event; the notification gets the same id as the first time.
      await context.bus.publish([{ event: { ...event, replay: timeOrderedId(context.now()) } }]);
  }
}

/** Restarts a failed image under another submission; an image that was submitted again since is left alone. */
async function submitAgain(
  { image, submission }: Extract<WorkItem, { kind: 'work.layer' }>,
  context: UseCaseContext,
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
