import { splitTime } from '@clarion/history';

/** The image of `IMAGE[@TIME]`, and that time. */
export async function timedImage<Image>(
  text: string,
  read: (reference: string) => Promise<Image>,
): Promise<{ readonly image: Image; readonly time: string | undefined }> {
  const { reference, time } = splitTime(text);
  return { image: await read(reference), time };
}
