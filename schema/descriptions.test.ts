import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from './index.ts';

/** A tooltip shows a description alone: it may not begin or end with what stands elsewhere. */
const LEANS_ON_A_NEIGHBOR =
  /^(The same|That of|That,|All of this|As above|Of those|Of these|With everything|They |Their |Why they|Why it |The latest of them|The first ten of them|The longest of them|It |Its |What it (?!is too early)|What its |When it |How often it |Where it |Whether that |Which one\b|How many there are|By itself|End it|Without a word|The program’s own|A package’s|Longest \w+ first|Potentially |From the )|as above|this box|facts below|in between|beside it|\bthen\.$|\b(those|that|these) (interval|exception)\b|\b(up to|first) ten of them\b|\bthese looks\b|\bbehind (it|all of it)\b(?! and)/i;

/** A figure that is not known is null. */
const NUMBER_FOR_UNKNOWN =
  /\b(?:0|-1)\b(?: [a-z]+)? (?:where|while|if|when) (?:it is |that is )?(?:unknown|not known|nobody knows|no time)/i;

/** Names that a figure was once given beside the one that the contract has. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['heapUsed', 'alloc'],
  ['heapUsedBytes', 'alloc'],
  ['heapTotal', 'heapInuse'],
  ['rss', 'sys'],
  ['rssBytes', 'sys'],
  ['cpuPercent', 'usagePercent'],
  ['heapLimitBytes', 'heapLimit'],
  ['longestWaitMs', 'oldestWaitMs'],
  ['longestWaitMinutes', 'waitMinutes'],
  ['liveObjects', 'liveCount'],
  ['totalObjects', 'cumulativeCount'],
  ['lastPauseMs', 'gcPauseNs'],
  ['collectedAt', 'heapReadAt'],
  ['allocationsAt', 'heapReadAt'],
]);

const own = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));

const described = own.flatMap((type) => {
  const parts: [name: string, description: string | null | undefined][] = [
    [type.name, type.description],
  ];
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      parts.push([`${type.name}.${field.name}`, field.description]);
      for (const { name, description } of field.args) {
        parts.push([`${type.name}.${field.name}(${name})`, description]);
      }
    }
  }
  if (isEnumType(type)) {
    for (const { name, description } of type.getValues()) {
      parts.push([`${type.name}.${name}`, description]);
    }
  }
  expect(isInputObjectType(type)).toBe(false);
  return parts;
});

const ofGraphql = ['Boolean', 'Float', 'ID', 'Int', 'String'];

describe('a description', () => {
  it('stands beside every type, field, argument and value', () => {
    expect(described.filter(([, text]) => !text).map(([name]) => name)).toEqual([]);
  });

  it('is understood alone', () => {
    const leaning = described.filter(
      ([name, text]) => !ofGraphql.includes(name) && LEANS_ON_A_NEIGHBOR.test(text ?? ''),
    );
    expect(leaning).toEqual([]);
  });

  it('never gives a number to what is not known', () => {
    expect(described.filter(([, text]) => NUMBER_FOR_UNKNOWN.test(text ?? ''))).toEqual([]);
  });
});

/** Such as `externalAllocations { since }` and `Capture.heapReadAt`, where there is such a field or type to begin with. */
const PATH = /`(?:([A-Z]\w*)\.(\w+)|(\w+)(?:\([^)]*\))? \{ (\w+)[^`]*\})`/g;

const withFields = own.filter((type) => isObjectType(type) || isInterfaceType(type));

/** The fields that may stand behind this name, or null where it is none of the schema's. */
function fieldsBehind(name: string): string[] | null {
  const types = withFields.flatMap((type) => {
    if (type.name === name) return [type];
    const field = type.getFields()[name];
    return field === undefined ? [] : [getNamedType(field.type)];
  });
  const objects = types.filter((type) => isObjectType(type) || isInterfaceType(type));
  return objects.length === 0 ? null : objects.flatMap((type) => Object.keys(type.getFields()));
}

describe('a field that a description names', () => {
  it('is there', () => {
    const missing = described.flatMap(([where, text]) =>
      Array.from((text ?? '').matchAll(PATH)).flatMap(([path, type, ofType, field, ofField]) => {
        const fields = fieldsBehind((type ?? field)!);
        return fields === null || fields.includes((ofType ?? ofField)!)
          ? []
          : [`${where}: ${path}`];
      }),
    );
    expect(missing).toEqual([]);
  });
});

describe('a figure', () => {
  it('has one name, wherever it is told', () => {
    const others = own.flatMap((type) =>
      isObjectType(type)
        ? Object.values(type.getFields())
            .filter(({ name, deprecationReason }) => OTHER_NAMES.has(name) && !deprecationReason)
            .map(({ name }) => `${type.name}.${name}: is it ${OTHER_NAMES.get(name)}?`)
        : [],
    );
    expect(others).toEqual([]);
  });
});
