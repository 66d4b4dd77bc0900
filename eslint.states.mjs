import { readFileSync } from 'node:fs';

/** The names of the states, as src/health/states.ts lists them. */
const table = readFileSync(new URL('src/health/states.ts', import.meta.url), 'utf8');
const names = new Set([...table.matchAll(/^ {2}\| '(\w+)'/gm)].map(([, name]) => name));

/** Where a state may be named: its row, its rule and its words. */
export const namesStates = ['src/health/{states,verdict}.ts', 'src/words/**/*.ts'];

/**
 * Who compares or lists names of states must be found again for every new state. Other things are `starting` or
 * `stopped`, too, so that the types tell which word is the name of a state.
 */
export const stateNames = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      named:
        'Only health/states.ts, health/verdict.ts and words/ know a state by its name: ask for a cell of STATES. docs/architecture.md says where a change belongs.',
    },
  },
  create(context) {
    const { program, esTreeNodeToTSNodeMap: nodes } = context.sourceCode.parserServices;
    const checker = program.getTypeChecker();
    const typeOf = (node) => checker.getTypeAtLocation(nodes.get(node));
    const expected = (node) => checker.getContextualType(nodes.get(node));

    /** Some of the states and nothing else, but perhaps that nobody watched. */
    const isState = (type) => {
      const words = (type?.isUnion() ? type.types : []).flatMap((each) =>
        each.isStringLiteral() && each.value !== 'notWatched' ? [each.value] : [],
      );
      return words.length > 1 && words.every((word) => names.has(word));
    };
    const isKeyedByState = (type) => {
      const keys = type?.getProperties().map(({ name }) => name) ?? [];
      return keys.length > 1 && keys.every((key) => names.has(key));
    };

    /** Of `['wedged', 'stuck'].includes(state)`: whether it is a state that is looked for. */
    const isSearchedForState = (list) => {
      const whole = list.parent.type === 'TSAsExpression' ? list.parent : list;
      const call = whole.parent.type === 'MemberExpression' ? whole.parent.parent : undefined;
      return call?.type === 'CallExpression' && call.arguments.some((each) => isState(typeOf(each)));
    };

    const isName = (node) => {
      const { parent } = node;
      switch (parent.type) {
        case 'BinaryExpression':
          return isState(typeOf(parent.left === node ? parent.right : parent.left));
        case 'SwitchCase':
          return isState(typeOf(parent.parent.discriminant));
        case 'ArrayExpression':
          return isState(expected(node)) || isSearchedForState(parent);
        case 'CallExpression':
        case 'NewExpression':
          return isState(expected(node));
        case 'MemberExpression':
          return parent.property === node && isKeyedByState(typeOf(parent.object));
        case 'Property':
          return (
            parent.key === node &&
            parent.parent.type === 'ObjectExpression' &&
            isKeyedByState(expected(parent.parent))
          );
        default:
          return false;
      }
    };
    const check = (node, word) => {
      if (names.has(word) && isName(node)) context.report({ node, messageId: 'named' });
    };
    return {
      Literal: (node) => check(node, node.value),
      'Property[computed=false] > Identifier.key': (node) => check(node, node.name),
      'MemberExpression[computed=false] > Identifier.property': (node) => check(node, node.name),
    };
  },
};
