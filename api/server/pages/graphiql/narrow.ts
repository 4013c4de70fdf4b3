/**
 * GraphiQL on a phone: the answer below the query instead of beside it, the tools below both. What
 * GraphiQL drags to size is sized by rules on the elements themselves, hence `!important`.
 */
export const NARROW_STYLE = `
@media (max-width: 720px) {
  .graphiql-container .graphiql-container {
    flex-direction: column-reverse;
  }
  .graphiql-container .graphiql-sidebar {
    flex-direction: row;
    justify-content: space-around;
    width: auto;
    padding: 4px;
  }
  .graphiql-container .graphiql-sidebar > button {
    margin: 0 !important;
  }
  .graphiql-container .graphiql-main {
    flex-direction: column;
    min-height: 0;
  }
  .graphiql-container .graphiql-sessions {
    min-height: 0;
    margin: 0;
    border-radius: 0;
  }
  .graphiql-container #graphiql-session {
    flex-direction: column;
  }
  .graphiql-container .graphiql-editors,
  .graphiql-container .graphiql-response {
    min-height: 0;
    overflow: hidden;
  }
  .graphiql-container .graphiql-query-editor {
    flex: 3 !important;
  }
  .graphiql-container .graphiql-horizontal-drag-bar,
  .graphiql-container .graphiql-logo {
    display: none;
  }
}
`;
