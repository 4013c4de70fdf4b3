/** Answers at once: the cost of a request that creates next to no promise. */
import { serve } from './listening.ts';

const ANSWER = JSON.stringify({ greeting: 'hello', numbers: [1, 2, 3] });

serve((_request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(ANSWER);
});
