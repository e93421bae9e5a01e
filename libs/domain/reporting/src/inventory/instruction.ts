import { shortenText } from '@clarion/file-formats';
import type { Digest, EffectiveImage } from '@clarion/model';

/** What builders write around an instruction: their shell, the values of build arguments, the mark of BuildKit. */
const notExecuted = /^\/bin\/sh -c #\(nop\)\s+/;
const executed = /^(?:RUN\s+)?(?:\|\d+ .*?)?\/bin\/\w*sh -e?c /s;
const buildKit = / # buildkit$/;

/** UTF-16 units of an instruction; each finding of the layer repeats it. */
const longest = 200;

/**
 * The Dockerfile instruction of a build step as an image configuration records it: `RUN npm ci` of `/bin/sh -c npm ci`,
 * `COPY . /app` of `COPY . /app # buildkit`. The step itself where no builder of Dockerfiles recorded it.
 */
export function instructionOf(step: string): string {
  const text = step.trim().replace(buildKit, '');
  if (notExecuted.test(text)) return shortenText(text.replace(notExecuted, '').trim(), longest);
  return shortenText(executed.test(text) ? `RUN ${text.replace(executed, '').trim()}` : text, longest);
}

/** The instructions that made the layers of an image, by diffID, as far as the image says. */
export function layerInstructions({
  image,
  layers,
}: Pick<EffectiveImage, 'image' | 'layers'>): ReadonlyMap<Digest, string> {
  return new Map(
    layers.flatMap((diffId, index) => {
      const instruction = instructionOf(image.layers[index]?.createdBy ?? '');
      return instruction === '' ? [] : [[diffId, instruction] as const];
    }),
  );
}
