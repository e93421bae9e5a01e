import { z } from 'zod';
import { mostErrors } from './problem';

interface ListRules {
  readonly min?: number;
  readonly max?: number;
}

/**
 * A list that is only checked up to the number of reported errors: zod's own continues to the last element, and each
 * error costs a hundred times as much as a valid element.
 */
export function listOf<T>(item: z.ZodType<T>, { min = 0, max = Number.POSITIVE_INFINITY }: ListRules = {}) {
  const { $schema: _, ...items } = z.toJSONSchema(item, { io: 'input', unrepresentable: 'any' });
  return z
    .custom<readonly T[]>()
    .transform((value, context): readonly T[] => {
      const fault = lengthFault(value, { min, max });
      if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
      return fault === undefined ? elements(value, item, context) : z.NEVER;
    })
    .meta({
      type: 'array',
      items,
      ...(min === 0 ? {} : { minItems: min }),
      ...(Number.isFinite(max) ? { maxItems: max } : {}),
    });
}

function lengthFault(value: unknown, { min, max }: Required<ListRules>): string | undefined {
  if (!Array.isArray(value)) return 'must be a list';
  if (value.length < min) return `must have at least ${min} ${min === 1 ? 'element' : 'elements'}`;
  return value.length > max ? `must have at most ${max} elements` : undefined;
}

function elements<T>(list: readonly unknown[], item: z.ZodType<T>, context: z.RefinementCtx): readonly T[] {
  const read: T[] = [];
  let faults = 0;
  for (const [index, element] of list.entries()) {
    const result = item.safeParse(element);
    if (result.success) read.push(result.data);
    else {
      for (const issue of result.error.issues) context.addIssue({ ...issue, path: [index, ...issue.path] });
      faults += result.error.issues.length;
    }
    if (faults >= mostErrors) break;
  }
  return read;
}
