/** Where sentences for people stand. dispatchd and the launcher print to a terminal: they are programs of their own. */
export const textFiles = [
  'src/words/**/*.ts',
  'src/**/*Text.ts',
  'src/ui/tree/*Rows.ts',
  'src/dispatchd/**/*.ts',
  'src/diagnostics/**/*.ts',
];

/** What shows a text, or throws one that is shown. */
const SHOWS =
  /^(say|ask|sayShortly|inStatusBar|inNotification|inLinkedNotification|choose|chooseOrType|pickTimeout|ensureTrusted|showWorkspaceFolderPick|fail)$/;
const THROWS = /^(UserError|Failed|StartFailed)$/;
/** Properties that are shown. */
const SHOWN =
  /^(question|none|title|label|description|detail|tooltip|placeHolder|message|text|spoken|short|problem|summary)$/;
/** More than one word. */
const SENTENCE = /[A-Za-z]{2,} [A-Za-z…]/;

/**
 * Who makes a sentence beside the code that shows the sentence gives a translator nothing to find, and makes the second
 * one a little different.
 */
export const sentencePlaces = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      place:
        'A sentence that a person reads stands in words/, or in the …Text.ts beside the surface. docs/architecture.md says how.',
    },
  },
  create(context) {
    const isShown = (node) => {
      for (let { parent } = node, child = node; parent; child = parent, { parent } = parent) {
        if (/Function|^Class|^TSLiteralType/.test(parent.type)) return false;
        if (parent.type === 'CallExpression' && parent.callee !== child) {
          const { name = '', type } = parent.callee.property ?? parent.callee;
          // A private method of that name writes to the log.
          if (type !== 'PrivateIdentifier' && SHOWS.test(name)) return true;
        }
        if (parent.type === 'NewExpression' && THROWS.test(parent.callee.name ?? '')) return true;
        if (parent.type === 'Property' && parent.value === child && SHOWN.test(parent.key.name ?? ''))
          return true;
      }
      return false;
    };
    const check = (node, text) => {
      if (typeof text === 'string' && SENTENCE.test(text) && isShown(node)) {
        context.report({ node, messageId: 'place' });
      }
    };
    return {
      Literal: (node) => check(node, node.value),
      // A figure that is put in counts as a word.
      TemplateLiteral: (node) => check(node, node.quasis.map(({ value }) => value.cooked).join('…')),
    };
  },
};
