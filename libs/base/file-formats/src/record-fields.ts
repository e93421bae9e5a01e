/**
 * The fields of one record of a package database. A repeated field is damage: package managers reject such a database,
 * and it is unknown which of the values is meant.
 */
export interface RecordFields {
  /** By name; of a repeated field the first value. */
  readonly fields: ReadonlyMap<string, string>;
  /** Further values of repeated fields, at most nine each. */
  readonly repeated: ReadonlyMap<string, readonly string[]>;
  /** The record begins where its opening field was repeated: the separator is missing. */
  readonly joined: boolean;
  /** The record has lines that are not a field. */
  readonly hasOtherLines: boolean;
}

interface GrowingRecord extends RecordFields {
  readonly fields: Map<string, string>;
  readonly repeated: Map<string, string[]>;
  hasOtherLines: boolean;
}

const keptRepeats = 9;

/** Collects the fields of a record; of several records where the field `opener` is repeated. */
export class RecordCollector {
  readonly records: GrowingRecord[] = [];
  private readonly opener: string | undefined;
  private current = this.open(false);

  constructor(opener?: string) {
    this.opener = opener;
  }

  /** Adds a field; returns the map that has it as its first value, if it is one. */
  add(name: string, value: string): Map<string, string> | undefined {
    if (name === this.opener && this.current.fields.has(name)) this.current = this.open(true);
    const { fields, repeated } = this.current;
    if (!fields.has(name)) return fields.set(name, value);
    const more = repeated.get(name);
    if (more === undefined) repeated.set(name, [value]);
    else if (more.length < keptRepeats) more.push(value);
    return undefined;
  }

  /** Records a line that is not a field. */
  addOther(): void {
    this.current.hasOtherLines = true;
  }

  private open(joined: boolean): GrowingRecord {
    const fields = new Map<string, string>();
    const record = { fields, repeated: new Map<string, string[]>(), joined, hasOtherLines: false };
    this.records.push(record);
    return record;
  }
}

/**
 * The possible readings of a record: its fields, and the same with each other value of the fields `decisive`, in all
 * combinations. A record without repeated fields has one reading.
 */
export function possibleReadings(
  { fields, repeated }: RecordFields,
  decisive: readonly string[],
): readonly ReadonlyMap<string, string>[] {
  let readings: readonly ReadonlyMap<string, string>[] = [fields];
  for (const name of decisive) {
    const others = new Set(repeated.get(name));
    others.delete(fields.get(name) ?? '');
    readings = [
      ...readings,
      ...[...others].flatMap((value) => readings.map((reading) => new Map(reading).set(name, value))),
    ];
  }
  return readings;
}
