import { existsSync } from 'node:fs';
import { splitTime, timeFault } from '@clarion/history';
import { ClarionError } from '@clarion/model';

/** An image, and the time that was asked for. */
export interface TimedImage<Image> {
  readonly image: Image;
  /** As it was written. */
  readonly time?: string;
}

/** The image of `IMAGE[@TIME]`. A file or directory with that whole name is the image. Throws what `read` does. */
export async function timedImage<Image>(
  text: string,
  read: (reference: string, time: string | undefined) => Promise<Image>,
): Promise<TimedImage<Image>> {
  if (text.includes('@') && existsSync(text.replace(filePrefix, ''))) return { image: await read(text, undefined) };
  const { reference, time } = splitTime(text);
  if (reference === '') {
    throw new ClarionError('invalid-input', `There is no image before the time in "${text.slice(0, 80)}"`, {
      remedy: 'write IMAGE@TIME',
    });
  }
  try {
    return { image: await read(reference, time), ...(time !== undefined && { time }) };
  } catch (error) {
    throw withTimeFault(error, text);
  }
}

const filePrefix = /^(?:docker-archive|oci-archive|oci|dir):/;

/** An image that is not found under its whole name may be meant with a time. */
function withTimeFault(error: unknown, text: string): unknown {
  if (!(error instanceof ClarionError) || !['invalid-input', 'not-found'].includes(error.code)) return error;
  // In the path of a file an `@` says nothing.
  return fileName.test(text) ? error : (timeFault(text) ?? error);
}

const fileName = /@[^@]*(?:[/\\]|\.[a-z])[^@]*$/i;
