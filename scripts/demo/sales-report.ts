/**
 * THE HOT PATH. Each report copies its rows over and over; the garbage is collected, but making
 * it costs time. In pprofql: first in `topAllocations`, with a retention near 0.
 */
const ROWS = 4_000;
const PASSES = 4;

interface Row {
  product: number;
  amount: number;
  label: string;
}

export function renderSalesReport(): string {
  let rows: Row[] = [];
  for (let product = 0; product < ROWS; product++) {
    rows.push({ product, amount: (product * 37) % 100, label: `product ${product}` });
  }
  for (let pass = 0; pass < PASSES; pass++) {
    const copies: Row[] = [];
    for (const row of rows) copies.push({ ...row, amount: row.amount * 1.02 });
    rows = copies;
  }
  const total = rows.reduce((sum, row) => sum + row.amount, 0);
  return `${rows.length} products, ${total.toFixed(2)} in sales`;
}
