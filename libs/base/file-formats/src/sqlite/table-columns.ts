/** One column of a table. */
export interface TableColumn {
  /** Lower case. */
  readonly name: string;
  /** The column is an alias of the row id, and empty in the stored row. */
  readonly isRowId: boolean;
}

const constraints = new Set(['constraint', 'primary', 'unique', 'check', 'foreign']);

/**
 * The columns of a `CREATE TABLE` definition in their order. Parses only as much of the grammar as their names need.
 *
 * @see https://www.sqlite.org/lang_createtable.html
 */
export function tableColumns(definition: string): readonly TableColumn[] {
  const parts = topLevelParts(definition);
  const key = parts.map(keyOfConstraint).find((name) => name !== undefined);
  return parts.flatMap((part) => {
    const { name, quoted } = firstName(part);
    // A quoted name is always a column name.
    if (name === '' || (!quoted && constraints.has(name))) return [];
    const isInteger = /^\s*\S+\s+INTEGER\b/i.test(part);
    return [{ name, isRowId: isInteger && (name === key || /\bPRIMARY\s+KEY\b/i.test(part)) }];
  });
}

/** The column of `PRIMARY KEY("id" AUTOINCREMENT)`, when it is a single one. */
function keyOfConstraint(part: string): string | undefined {
  const list = /^\s*(?:CONSTRAINT\s+\S+\s+)?PRIMARY\s+KEY\s*\(([^,()]*)\)/i.exec(part)?.[1];
  return list === undefined ? undefined : firstName(list).name;
}

function firstName(part: string): { readonly name: string; readonly quoted: boolean } {
  const match = /^\s*(?:"([^"]+)"|`([^`]+)`|\[([^\]]+)\]|(\w+))/.exec(part);
  const quoted = match?.[1] ?? match?.[2] ?? match?.[3];
  return { name: (quoted ?? match?.[4] ?? '').toLowerCase(), quoted: quoted !== undefined };
}

/** The parts between the commas inside the outermost brackets. */
function topLevelParts(definition: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < definition.length; at += 1) {
    const character = definition[at];
    if (character === '(') {
      depth += 1;
      if (depth === 1) start = at + 1;
    } else if ((character === ',' && depth === 1) || (character === ')' && depth === 1)) {
      parts.push(definition.slice(start, at));
      start = at + 1;
    }
    if (character === ')') depth -= 1;
    if (character === ')' && depth === 0) break;
  }
  return parts;
}
