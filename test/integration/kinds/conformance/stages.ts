import type { Kind } from '../../../../src/kinds/kind';
import { KINDS } from '../../../../src/kinds/index';
import type { KindId } from '../../../../src/health/report';
import type { Stage } from './stage';
import { dispatchdStage } from './stages/dispatchdStage';
import { ductorStage } from './stages/ductorStage';
import { genericStage } from './stages/genericStage';
import { smithyStage } from './stages/smithyStage';
import { toyFileStage, toyHttpStage } from './stages/toyStage';
import { toyFile } from './toys/toyFile';
import { toyHttp } from './toys/toyHttp';

/** The kinds of the product, and two that nothing in `src/` knows. */
export const ALL_KINDS: readonly Kind[] = [...KINDS, toyHttp, toyFile];

/** Who plays a daemon of each kind. */
export const STAGES: Readonly<Record<KindId, () => Promise<Stage>>> = {
  smithy: smithyStage,
  dispatchd: dispatchdStage,
  ductor: ductorStage,
  generic: genericStage,
  toyHttp: toyHttpStage,
  toyFile: toyFileStage,
};
