// Compiled, not run: what the declarations promise.

import { RevgraphError, run, status, upgrade, type Run, type State } from 'revgraph';

export async function migrate(url: string): Promise<State> {
  try {
    const done: Run = await upgrade({ url, target: 'head', directory: 'backend' });
    console.log(done.steps.map((step) => step.revision), done.heads);
  } catch (error) {
    if (error instanceof RevgraphError && error.maySucceedLater) console.error(error.kind, error.hints);
    throw error;
  }
  const document: unknown = await run(['heads']);
  // @ts-expect-error: a target is a text
  await upgrade({ target: 1 });
  return document ? (await status({ url })).state : 'empty';
}
