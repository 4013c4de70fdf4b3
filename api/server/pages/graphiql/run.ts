/**
 * Lets GraphiQL run what its editor shows. GraphiQL reads the name of the operation 100 ms after
 * the text changed, and a run before that asks for the operation of the text before: "Cannot infer
 * operation". So each run waits for as long: of two timers of one length, the one that was set
 * first ends first.
 */
export const RUN_WHAT_IS_SHOWN = `(() => {
  const READS_NAME_AFTER_MS = 100;
  const waited = new WeakSet();

  function runs(event) {
    if (event.type === 'click') {
      const button = event.target.closest?.('.graphiql-execute-button');
      return button?.getAttribute('aria-label').startsWith('Execute') ? button : null;
    }
    const isRunKey = event.key === 'Enter' && (event.ctrlKey || event.metaKey);
    return isRunKey && event.target.closest?.('.graphiql-container') ? event.target : null;
  }

  function hold(event) {
    const target = waited.has(event) ? null : runs(event);
    if (!target) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const again = new event.constructor(event.type, event);
    waited.add(again);
    setTimeout(() => target.dispatchEvent(again), READS_NAME_AFTER_MS);
  }

  window.addEventListener('click', hold, true);
  window.addEventListener('keydown', hold, true);
})();`;
