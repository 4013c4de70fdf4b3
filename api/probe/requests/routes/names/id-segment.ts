/**
 * Which part of a path names one thing of many: a number, a UUID, a token. Of what is left a route is
 * made, so an id that is not seen as one is a route of its own, and a word that is taken for an id
 * merges two routes. Words may hold digits (`oauth2callback`, `how-to-write-es2015`); ids mix more.
 */
import { math } from '../../../../base/numbers/math.ts';

/** One or several numbers, and dates: `42`, `1,2,3`, `2026-01-31`. */
const NUMBERS = /^-?\d+(?:[,:_-]\d+)*$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:?\d\d[\d:.]*(?:Z|[+-]\d\d:?\d\d)?$/i;
/** Behind a word, from five digits on: `INV-2026-000123`; `terms-of-2026` is a word. */
const NUMBERED = /^[a-z\d_-]+[_-]\d{5,}$/i;
/** Places and amounts, by a point that no version has: `52.520008`, `-0.1276,51.5`; `1.1` is a version. */
const DECIMALS = /^-?\d+\.\d{3,}$|^-?\d+(?:\.\d+)?(?:,-?\d+(?:\.\d+)?)+$/;
const UUID = /^\{?[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\}?$/i;
const LONG_HEX = /^(?:0x)?[\da-f]{12,}$/i;
/** Shorter ones only where digits and letters are mixed: `facade` is a word. */
const SHORT_HEX = /^(?:0x[\da-f]+|(?=.*\d)(?=.*[a-f])[\da-f]{8,11}|(?=.*\d[a-f]+\d)[\da-f]{7})$/i;
/** Of a network: MAC, IPv4 and IPv6. */
const ADDRESS = /^(?:(?=.*:.*:)[\da-f:.]+|\d{1,3}(?:\.\d{1,3}){3})$/i;
/** Keys as clouds give them: `AKIAIOSFODNN7EXAMPLE`. */
const UPPER_CASE_KEY = /^(?=.*\d)[A-Z\d]{16,}$/;
/** What kind of id follows: `urn:uuid:…`, `sha256:…`, `id=…`. */
const KIND = /^(?:[a-z][\w-]*[:=])+/i;
const EMAIL = /^[^@]+@[^@]+\.[^@]+$/;
const JSON_WEB_TOKEN = /^eyJ[\w-]+\.[\w-]+\.[\w-]*$/;

/** What tokens are made of: base64url, with its padding. */
const TOKEN = /^[\w~-]+={0,2}$/;
/** Words as they stand in paths: `good`, `ES2015`, `10x`. */
const WORD = /^(?:[a-z]+\d*|\d+[a-z]{0,3})$/i;

const SHORTEST_TOKEN = 10;
/** From here on letters of both cases, in the shares of chance, are no name. */
const SHORTEST_MIXED_CASE = 16;
const FEWEST_SWITCHES = 3;
const UPPER_CASE_SHARE = { withDigits: 0.25, withoutDigits: 0.3, most: 0.75 };
const CASE_CHANGES_SHARE = 0.42;

/** True for `42`, `0f8fad5b-d9cb-469f-a165-70867728950e`, `V1StGXR8_Z5jdHi6B-myT`; false for `v2`, `how-to-2`. */
export function isIdSegment(segment: string): boolean {
  return isId(segment) || (KIND.test(segment) && isId(segment.replace(KIND, '')));
}

const FORMS = [
  ...[NUMBERS, DECIMALS, MOMENT, NUMBERED, EMAIL, ADDRESS],
  ...[UUID, LONG_HEX, SHORT_HEX, UPPER_CASE_KEY, JSON_WEB_TOKEN],
];

function isId(text: string): boolean {
  return FORMS.some((form) => form.test(text)) || isToken(text.replace(/%[\da-f]{2}/gi, '-'));
}

function isToken(text: string): boolean {
  if (text.length < SHORTEST_TOKEN || !TOKEN.test(text)) return false;
  const parts = text.split(/[-_~=]+/).filter((part) => part !== '');
  const { letters, digits, upper, switches, caseChanges } = mixOf(parts);
  const upperShare = upper / math.max(1, letters);
  const isMixedCase = (least: number) =>
    text.length >= SHORTEST_MIXED_CASE &&
    upperShare >= least &&
    upperShare <= UPPER_CASE_SHARE.most;
  if (digits === 0) {
    return (
      isMixedCase(UPPER_CASE_SHARE.withoutDigits) && caseChanges >= text.length * CASE_CHANGES_SHARE
    );
  }
  if (isMixedCase(UPPER_CASE_SHARE.withDigits)) return true;
  return switches >= FEWEST_SWITCHES && !parts.every((part) => WORD.test(part));
}

/** How letters, digits and cases stand beside each other. For example `a1B` has two switches. */
function mixOf(parts: readonly string[]) {
  const mix = { letters: 0, digits: 0, upper: 0, switches: 0, caseChanges: 0 };
  for (const part of parts) {
    let previous = '';
    for (const character of part) {
      const kind = kindOf(character);
      if (kind === 'digit') mix.digits += 1;
      else mix.letters += 1;
      if (kind === 'upper') mix.upper += 1;
      if (previous !== '' && kind !== previous) {
        if (kind === 'digit' || previous === 'digit') mix.switches += 1;
        else mix.caseChanges += 1;
      }
      previous = kind;
    }
  }
  return mix;
}

function kindOf(character: string): 'digit' | 'upper' | 'lower' {
  if (character <= '9') return 'digit';
  return character <= 'Z' ? 'upper' : 'lower';
}
