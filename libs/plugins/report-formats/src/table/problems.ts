import type { ReportImage, ReportProblem } from '@clarion/model';

import { printable } from '../printable';
import type { TextStyle } from './style';
import { layerName } from './layer-name';
import { wrap } from './text-width';

/** Problems listed before "and 12 more"; the JSON report has all. */
const mostProblems = 20;

/** One entry for each thing that could not be read: where it is, and what is wrong with it. */
export function problemLines(
  problems: readonly ReportProblem[],
  image: ReportImage,
  { paint, width }: TextStyle,
): string[] {
  const lines = problems.slice(0, mostProblems).flatMap(({ layer, path, message }) => {
    const where = [...(layer === null ? [] : [layerName(image, layer)]), ...(path === null ? [] : [printable(path)])];
    const text = where.length === 0 ? printable(message) : `${where.join(' ')}: ${printable(message)}`;
    return wrap(text, width - 4).map((line, index) => `${index === 0 ? `  ${paint.yellow('!')} ` : '    '}${line}`);
  });
  const more = problems.length - mostProblems;
  return more > 0 ? [...lines, `    and ${more} more problems`] : lines;
}
