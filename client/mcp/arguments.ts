/** What a tool was asked with, checked against what it takes. */
import { type Arguments, type Properties, type Property, ToolError } from './tools/tool.ts';

/** JSON Schema of an object with these properties. */
export function schemaOf(properties: Properties) {
  const entries = Object.entries(properties);
  return {
    type: 'object' as const,
    properties: Object.fromEntries(
      entries.map(([name, { isRequired: _, ...schema }]: [string, Property & Required]) => [
        name,
        schema,
      ]),
    ),
    required: entries.filter(([, property]) => 'isRequired' in property).map(([name]) => name),
    additionalProperties: false,
  };
}

interface Required {
  isRequired?: true;
}

/** @throws ToolError `INVALID_INPUT` that names the argument and says what is allowed */
export function checkedArguments<Of extends Properties>(
  properties: Of,
  given: Readonly<Record<string, unknown>>,
): Arguments<Of> {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(properties, name));
  if (unknown !== undefined) {
    const names = Object.keys(properties).join(', ');
    throw new ToolError('INVALID_INPUT', `there is no argument ${unknown}; allowed are: ${names}`);
  }
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => {
      const value = given[name] ?? ('default' in property ? property.default : undefined);
      const allowed = allowedOf(property, value);
      if (allowed === null) return [name, value];
      throw new ToolError('INVALID_INPUT', `${name} is ${shown(value)}, allowed is ${allowed}`);
    }),
  ) as Arguments<Of>;
}

/** What it should have been; null where it is that. */
function allowedOf(property: Property, value: unknown): string | null {
  if (property.type === 'boolean') return typeof value === 'boolean' ? null : 'true or false';
  if (property.type === 'integer') {
    const { minimum, maximum } = property;
    const isRight = Number.isInteger(value) && Number(value) >= minimum && Number(value) <= maximum;
    return isRight ? null : `a whole number from ${minimum} to ${maximum}`;
  }
  if ('enum' in property) {
    return property.enum.includes(value as string) ? null : property.enum.join(' or ');
  }
  if (value === undefined && !('isRequired' in property)) return null;
  return typeof value === 'string' ? null : 'a text';
}

function shown(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 100);
}
