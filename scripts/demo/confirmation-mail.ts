/**
 * THE WORK LEFT BEHIND. Orders are answered at once, while their mail waits minutes for a slow
 * mail server. In pprofql: `outlivedRequest` of the groups below `sendConfirmationMail`.
 */
import { setTimeout as delay } from 'node:timers/promises';

const MAIL_SERVER_ANSWERS_AFTER_MS = 3 * 60_000;

export async function sendConfirmationMail(product: number): Promise<string> {
  const answer = await deliver(`Your product ${product} is on its way.`);
  return answer;
}

async function deliver(text: string): Promise<string> {
  await delay(MAIL_SERVER_ANSWERS_AFTER_MS);
  return `250 OK, ${text.length} bytes`;
}
