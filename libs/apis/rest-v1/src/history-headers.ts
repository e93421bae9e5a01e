import type { KnownHistory } from '@clarion/use-cases';

export const historyHeaders = {
  'Clarion-Known-Since':
    'Of answers about the past: since when the image and the feeds about it are known here; what is said of earlier times is less',
  'Clarion-History-From':
    'Of answers about the past: the log of changes begins there, as it was pruned; absent while it was not',
};

/** In headers, as the same facts give the same report whenever it is made. */
export function boundsOf(history: KnownHistory | undefined): Readonly<Record<string, string>> {
  const { knownSince = null, historyFrom = null } = history ?? {};
  return {
    ...(knownSince === null ? {} : { 'clarion-known-since': knownSince }),
    ...(historyFrom === null ? {} : { 'clarion-history-from': historyFrom }),
  };
}
