/** Background work: an interval that reads a file, routine and never to be called stuck. */
import { readFile } from 'node:fs/promises';

const REFRESH_EVERY_MS = 5_000;
const RATES_FILE = new URL('./exchange-rates.json', import.meta.url);

let rates: Readonly<Record<string, number>> = { EUR: 1 };

export function refreshExchangeRatesRegularly(): void {
  setInterval(() => void refreshExchangeRates(), REFRESH_EVERY_MS);
}

export function priceIn(currency: string, euros: number): number {
  return euros * (rates[currency] ?? 1);
}

async function refreshExchangeRates(): Promise<void> {
  rates = JSON.parse(await readFile(RATES_FILE, 'utf8'));
}
