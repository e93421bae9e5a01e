import { decodeText, shellAssignments } from '@clarion/file-formats';
import type { WantedFile, WorkBudget } from '@clarion/model';
import { nothingParsed, type ParsedPackages } from '../parsed';
import { usableTexts } from '../usable-text';

/** `17.0.9`, `1.8.0_392`, `21.0.1.1`, `22-ea`. */
const version = /^\d+(?:\.\d+){0,4}(?:_\d+)?(?:-[0-9A-Za-z]+)?$/;

/** The runtime that a file `release` describes. Other files have that name, too. */
export function parseRelease({ path, content }: WantedFile, budget: WorkBudget): ParsedPackages {
  if (!budget.spend(content.length / bytesPerStep)) return nothingParsed;
  const values = shellAssignments(decodeText(content));
  const { number, vendor } = usableTexts({ number: values.get('JAVA_VERSION'), vendor: values.get('IMPLEMENTOR') });
  if (number === undefined || !version.test(number) || !budget.keep()) return nothingParsed;
  // Oracle builds OpenJDK as well.
  const name = values.get('BUILD_TYPE') === 'commercial' ? 'jdk' : 'openjdk';
  const feature = { type: 'generic', name, version: number, path, ...(vendor !== undefined && { vendor }) };
  return { features: [feature], problems: [] };
}

const bytesPerStep = 100;
