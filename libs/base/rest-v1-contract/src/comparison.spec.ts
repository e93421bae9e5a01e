import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { comparison } from './comparison';

const file = join(__dirname, '..', '..', '..', '..', 'docs', 'schemas', 'comparison-v1.json');

test('docs/schemas/comparison-v1.json is the schema of comparisons', () => {
  const { $schema, ...schema } = z.toJSONSchema(comparison, {
    override: ({ jsonSchema }) => {
      delete jsonSchema.id;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  const published = {
    $schema,
    $id: 'urn:clarion:schema:comparison-v1',
    title: 'Clarion comparison, version 1',
    description: 'Output of `clarion diff --format json`, and answer of `GET /compare`, which has pages.',
    ...schema,
  };
  // UPDATE_EXPECTED=1 writes it.
  if (process.env['UPDATE_EXPECTED'] === '1') writeFileSync(file, `${JSON.stringify(published, null, 2)}\n`);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(published);
});
