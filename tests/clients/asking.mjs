// Has a JavaScript client ask what standard input says, and tells what its caller gets.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

export const QUESTION = "Hello";

/** Loads a package from the folder in which this process was started. */
export const installed = createRequire(`${process.cwd()}/`);

/**
 * Asks once for each line of standard input, and writes a line about it.
 * @param {(baseURL: string, stream: boolean) => Promise<string>} ask Asks the question with a
 *   client's defaults; gives the text, and lets the client's exceptions through.
 */
export async function answerOrders(ask) {
  for await (const line of createInterface({ input: process.stdin })) {
    const { base_url: baseURL, stream } = JSON.parse(line);
    const began = performance.now();
    let outcome;
    try {
      outcome = { text: await ask(baseURL, stream) };
    } catch (error) {
      outcome = { error: `${error.name}: ${error.message}` };
    }
    outcome.seconds = (performance.now() - began) / 1000;
    process.stdout.write(`${JSON.stringify(outcome)}\n`);
  }
}
