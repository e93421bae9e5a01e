import { hash } from 'node:crypto';

/**
 * Clair's `state`, from the detectors and their versions (`ImageUseCases.detectors`). Registries index all of their
 * images again when it changes, so that nothing else is part of it.
 */
export function detectorState(detectors: string): string {
  return hash('md5', `clarion\n${detectors.split(' ').join('\n')}\n`);
}

/** Whether a validator of `If-None-Match` (RFC 9110 §13.1.2) is that of a state. */
export function isUnchanged(header: string | undefined, state: string): boolean {
  const validators = (header ?? '').slice(0, 4096).split(',');
  return validators.some((one) => /^\s*(?:W\/)?"([^"]*)"\s*$/.exec(one)?.[1] === state || one.trim() === '*');
}
