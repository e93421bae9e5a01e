import type { UseCases } from '@clarion/use-cases';

/** Whether any feed was loaded: without one, every image would look clean. Once it was, nobody is asked again. */
export function createInitialised({ feeds }: Pick<UseCases, 'feeds'>): () => Promise<boolean> {
  let loaded = false;
  return async () => (loaded ||= (await feeds.list()).some(({ lastSuccess }) => lastSuccess !== undefined));
}
